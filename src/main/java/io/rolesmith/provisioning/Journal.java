package io.rolesmith.provisioning;

import io.rolesmith.account.AccountId;
import io.rolesmith.audit.AuditActor;
import io.rolesmith.caller.Team;
import io.rolesmith.iam.IamAnswer;
import io.rolesmith.role.AccessVerdict;
import io.rolesmith.role.Change;
import io.rolesmith.role.LiveSessions;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RolePlan;
import io.rolesmith.role.RoleSpec;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.IncorrectUpdateSemanticsDataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Jobs, their roles and changes, and who holds which role. Every write joins the caller's transaction. */
@Repository
class Journal {

    /**
     * A job as it stands.
     *
     * @param planned whether what is to be done was written down, and shown, before it was asked for
     * @param traceparent where its submission was in a trace
     */
    record JobRow(
            JobId id,
            Team team,
            AuditActor actor,
            boolean keep,
            LiveSessions sessions,
            boolean planned,
            JobStatus status,
            Optional<Failure> failure,
            @Nullable Instant lastWriteAt,
            @Nullable String traceparent) {}

    /** A role of a job as it stands, with its changes in order. */
    record RoleRow(
            int ordinal,
            AccountId account,
            RoleGoal goal,
            String pointer,
            Optional<RoleVersion> expected,
            RoleStatus status,
            @Nullable String roleId,
            @Nullable String arn,
            List<ChangeRow> changes) {}

    record ChangeRow(
            int position,
            Change change,
            ChangeStatus status,
            @Nullable Instant finishedAt) {}

    private final JdbcClient jdbc;

    Journal(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param status {@link JobStatus#QUEUED}, or {@link JobStatus#PLANNED} until it is asked for */
    void insert(ProvisioningJob job, JobStatus status, @Nullable String traceparent) {
        List<ProvisioningJob.RoleTask> roles = job.roles();
        jdbc.sql("""
                        WITH job AS (
                            INSERT INTO rolesmith.job
                                (id, team, issuer, subject, teams, keep, live_sessions, planned, status, queued,
                                 traceparent, version)
                            VALUES (:id, :team, :issuer, :subject, :teams, :keep, :sessions, :planned, :status,
                                    CASE WHEN :planned THEN NULL ELSE nextval('rolesmith.job_queue') END,
                                    :traceparent, 1))
                        INSERT INTO rolesmith.job_role
                            (job, ordinal, account, name, name_key, spec, pointer, expected_wanted, expected_live, status)
                        SELECT :id, ordinal - 1, account, name, name_key, spec, pointer, wanted, live, :roleStatus
                        FROM unnest(:accounts, :names, :keys, :specs, :pointers, :wanted, :live) WITH ORDINALITY
                             AS role(account, name, name_key, spec, pointer, wanted, live, ordinal)
                        """)
                .param("traceparent", traceparent, Types.VARCHAR)
                .param("id", job.id().value())
                .param("team", job.team().name())
                .param("issuer", job.actor().issuer())
                .param("subject", job.actor().subject())
                .param("teams", job.actor().teams().toArray(String[]::new))
                .param("keep", job.keep())
                .param("sessions", job.sessions().name())
                .param("planned", status == JobStatus.PLANNED)
                .param("status", status.name())
                .param("roleStatus", RoleStatus.QUEUED.name())
                .param("accounts", texts(roles, role -> role.account().id().value()))
                .param("names", texts(roles, role -> role.goal().name().value()))
                .param("keys", texts(roles, role -> role.goal().name().key()))
                .param(
                        "specs",
                        texts(
                                roles,
                                role -> role.goal() instanceof RoleGoal.Present(RoleSpec spec)
                                        ? Json.write(spec)
                                        : null))
                .param("pointers", texts(roles, ProvisioningJob.RoleTask::pointer))
                .param(
                        "wanted",
                        roles.stream()
                                .map(role ->
                                        role.expected().map(RoleVersion::wanted).orElse(null))
                                .toArray(Long[]::new))
                .param(
                        "live",
                        texts(
                                roles,
                                role -> role.expected()
                                        .map(RoleVersion::fingerprint)
                                        .orElse(null)))
                .update();
    }

    private static <T> @Nullable String[] texts(List<T> rows, Function<T, @Nullable String> column) {
        return rows.stream().map(column).toArray(String[]::new);
    }

    /** Queues a job that was planned only, for {@code actor}; false if it was queued before. */
    boolean enqueue(JobId id, AuditActor actor, @Nullable String traceparent) {
        return jdbc.sql("""
                                UPDATE rolesmith.job
                                SET status = :queued, issuer = :issuer, subject = :subject, teams = :teams,
                                    queued = nextval('rolesmith.job_queue'), traceparent = :traceparent,
                                    version = version + 1
                                WHERE id = :id AND status = :planned
                                """)
                        .param("traceparent", traceparent, Types.VARCHAR)
                        .param("queued", JobStatus.QUEUED.name())
                        .param("issuer", actor.issuer())
                        .param("subject", actor.subject())
                        .param("teams", actor.teams().toArray(String[]::new))
                        .param("id", id.value())
                        .param("planned", JobStatus.PLANNED.name())
                        .update()
                == 1;
    }

    /** Calls the job off that stands at {@code from}, with its roles that do; false if it does not. */
    boolean end(JobId id, JobStatus from, RoleStatus roles) {
        int ended = jdbc.sql("""
                        UPDATE rolesmith.job SET status = :cancelled, version = version + 1
                        WHERE id = :id AND status = :from
                        """)
                .param("cancelled", JobStatus.CANCELLED.name())
                .param("id", id.value())
                .param("from", from.name())
                .update();
        if (ended == 1) {
            move(id, roles, RoleStatus.CANCELLED);
            release(id);
        }
        return ended == 1;
    }

    /** Lets a job that needs attention go on from where it stopped; false if it does not need it. */
    boolean takeUpAgain(JobId id) {
        int applying = jdbc.sql("""
                        UPDATE rolesmith.job SET status = :applying, version = version + 1
                        WHERE id = :id AND status = :attention
                        """)
                .param("applying", JobStatus.APPLYING.name())
                .param("id", id.value())
                .param("attention", JobStatus.NEEDS_ATTENTION.name())
                .update();
        if (applying == 1) {
            move(id, RoleStatus.NEEDS_ATTENTION, RoleStatus.APPLYING);
        }
        return applying == 1;
    }

    private void move(JobId id, RoleStatus from, RoleStatus to) {
        jdbc.sql("UPDATE rolesmith.job_role SET status = :to WHERE job = :job AND status = :from")
                .param("to", to.name())
                .param("job", id.value())
                .param("from", from.name())
                .update();
    }

    /** Removes a job that was planned only; false if it is queued by now. */
    boolean delete(JobId id) {
        boolean planned = jdbc.sql("SELECT status FROM rolesmith.job WHERE id = :id FOR UPDATE")
                .param("id", id.value())
                .query(String.class)
                .optional()
                .filter(JobStatus.PLANNED.name()::equals)
                .isPresent();
        if (planned) {
            jdbc.sql("DELETE FROM rolesmith.change WHERE job = :id")
                    .param("id", id.value())
                    .update();
            jdbc.sql("DELETE FROM rolesmith.job_role WHERE job = :id")
                    .param("id", id.value())
                    .update();
            jdbc.sql("DELETE FROM rolesmith.job WHERE id = :id")
                    .param("id", id.value())
                    .update();
        }
        return planned;
    }

    /** Gives the job to {@code worker}, unless another one may still write for it; empty if one may. */
    Optional<JobRow> lease(JobId id, UUID worker, Duration lease, Duration longestCall) {
        return jdbc.sql("""
                        UPDATE rolesmith.job
                        SET worker = :worker, leased_until = clock_timestamp() + :lease * interval '1 millisecond'
                        WHERE id = :id
                          AND (leased_until IS NULL
                               OR leased_until + :call * interval '1 millisecond' < clock_timestamp())
                        RETURNING *
                        """)
                .param("worker", worker)
                .param("lease", lease.toMillis())
                .param("call", longestCall.toMillis())
                .param("id", id.value())
                .query(Journal::jobRow)
                .optional();
    }

    /** False if the job is another worker's by now; a lease that ran out is renewed if nobody took it. */
    boolean renew(JobId id, UUID worker, Duration lease) {
        return jdbc.sql("""
                                UPDATE rolesmith.job
                                SET leased_until = clock_timestamp() + :lease * interval '1 millisecond'
                                WHERE id = :id AND worker = :worker
                                """)
                        .param("lease", lease.toMillis())
                        .param("id", id.value())
                        .param("worker", worker)
                        .update()
                == 1;
    }

    void endLease(JobId id, UUID worker) {
        jdbc.sql("UPDATE rolesmith.job SET leased_until = NULL WHERE id = :id AND worker = :worker")
                .param("id", id.value())
                .param("worker", worker)
                .update();
    }

    /** @throws org.springframework.dao.EmptyResultDataAccessException if there is no such job */
    JobRow job(JobId id) {
        return jdbc.sql("SELECT * FROM rolesmith.job WHERE id = :id")
                .param("id", id.value())
                .query(Journal::jobRow)
                .single();
    }

    private static JobRow jobRow(ResultSet row, int number) throws SQLException {
        return new JobRow(
                new JobId(row.getObject("id", UUID.class)),
                new Team(row.getString("team")),
                new AuditActor(row.getString("issuer"), row.getString("subject"), texts(row.getArray("teams"))),
                row.getBoolean("keep"),
                LiveSessions.valueOf(row.getString("live_sessions")),
                row.getBoolean("planned"),
                JobStatus.valueOf(row.getString("status")),
                Optional.ofNullable(row.getString("failure")).map(Json::readFailure),
                instant(row, "last_write_at"),
                row.getString("traceparent"));
    }

    List<RoleRow> roles(JobId id) {
        Map<Integer, RoleRow> roles = new LinkedHashMap<>();
        jdbc.sql("""
                        SELECT r.*, c.position, c.change, c.status AS change_status, c.finished_at
                        FROM rolesmith.job_role r LEFT JOIN rolesmith.change c USING (job, ordinal)
                        WHERE r.job = :job ORDER BY r.ordinal, c.position
                        """).param("job", id.value()).query(row -> {
            int ordinal = row.getInt("ordinal");
            RoleRow role = roles.get(ordinal);
            if (role == null) {
                role = roleRow(row);
                roles.put(ordinal, role);
            }
            if (row.getString("change") != null) {
                role.changes()
                        .add(new ChangeRow(
                                row.getInt("position"),
                                Json.readChange(row.getString("change")),
                                ChangeStatus.valueOf(row.getString("change_status")),
                                instant(row, "finished_at")));
            }
        });
        return List.copyOf(roles.values());
    }

    /** Its changes are still to be added. */
    private static RoleRow roleRow(ResultSet row) throws SQLException {
        return new RoleRow(
                row.getInt("ordinal"),
                new AccountId(row.getString("account")),
                goal(row),
                row.getString("pointer"),
                expected(row),
                RoleStatus.valueOf(row.getString("status")),
                row.getString("role_id"),
                row.getString("arn"),
                new ArrayList<>());
    }

    private static RoleGoal goal(ResultSet row) throws SQLException {
        String spec = row.getString("spec");
        return spec == null
                ? new RoleGoal.Absent(new RoleName(row.getString("name")))
                : new RoleGoal.Present(Json.readSpec(spec));
    }

    private static Optional<RoleVersion> expected(ResultSet row) throws SQLException {
        String live = row.getString("expected_live");
        return live == null ? Optional.empty() : Optional.of(new RoleVersion(row.getLong("expected_wanted"), live));
    }

    /**
     * Takes every role of the job for it, or none, if none of them is wanted by a job that was queued before; a job that has
     * them already keeps them. A job that was called off gets none.
     *
     * @param roles how many the job has
     * @return whether the job has them all; if not, the caller must roll back
     */
    boolean hold(JobId id, int roles) {
        int taken = jdbc.sql("""
                        WITH asked AS (
                            SELECT id, queued FROM rolesmith.job WHERE id = :job AND status = :queued FOR NO KEY UPDATE),
                        taken AS (
                            INSERT INTO rolesmith.role_hold (account, name_key, job)
                            SELECT r.account, r.name_key, r.job
                            FROM asked JOIN rolesmith.job_role r ON r.job = asked.id
                            WHERE NOT EXISTS (
                                SELECT FROM rolesmith.job_role mine
                                JOIN rolesmith.job_role theirs
                                  ON theirs.name_key = mine.name_key AND theirs.account = mine.account
                                JOIN rolesmith.job earlier ON earlier.id = theirs.job
                                WHERE mine.job = :job AND earlier.status = :queued
                                  AND earlier.queued < (SELECT queued FROM asked))
                            ORDER BY r.account, r.name_key
                            ON CONFLICT DO NOTHING
                            RETURNING 1)
                        SELECT (SELECT count(*) FROM taken)
                        """)
                .param("job", id.value())
                .param("queued", JobStatus.QUEUED.name())
                .query(Integer.class)
                .single();
        return taken == roles || holds(id);
    }

    /** A statement of its own, since whoever had a role may have let go while the first one waited for him. */
    private boolean holds(JobId id) {
        return jdbc.sql("""
                        SELECT status = :queued AND NOT EXISTS (
                            SELECT FROM rolesmith.job_role r
                            WHERE r.job = :job AND NOT EXISTS (
                                SELECT FROM rolesmith.role_hold h
                                WHERE h.account = r.account AND h.name_key = r.name_key AND h.job = :job))
                          AND NOT EXISTS (
                            SELECT FROM rolesmith.job_role mine
                            JOIN rolesmith.job_role theirs
                              ON theirs.name_key = mine.name_key AND theirs.account = mine.account
                            JOIN rolesmith.job earlier ON earlier.id = theirs.job
                            WHERE mine.job = :job AND earlier.status = :queued AND earlier.queued < job.queued)
                        FROM rolesmith.job WHERE id = :job
                        """)
                .param("job", id.value())
                .param("queued", JobStatus.QUEUED.name())
                .query(Boolean.class)
                .single();
    }

    /** A job that holds one of the roles and waits for a person. */
    Optional<JobId> blocker(JobId id) {
        return jdbc.sql("""
                        SELECT holder.id FROM rolesmith.job_role r
                        JOIN rolesmith.role_hold h ON h.account = r.account AND h.name_key = r.name_key
                        JOIN rolesmith.job holder ON holder.id = h.job
                        WHERE r.job = :job AND holder.status = :attention AND holder.id <> :job
                        LIMIT 1
                        """)
                .param("job", id.value())
                .param("attention", JobStatus.NEEDS_ATTENTION.name())
                .query((row, number) -> new JobId(row.getObject("id", UUID.class)))
                .optional();
    }

    /** Whether one of the roles with these ARNs was made by us since then. */
    boolean madeSince(Collection<String> arns, Instant since) {
        return jdbc.sql("""
                        SELECT EXISTS (
                            SELECT FROM rolesmith.job_role r JOIN rolesmith.change c USING (job, ordinal)
                            WHERE r.name_key = ANY (:names) AND r.arn = ANY (:arns)
                              AND c.kind = 'CreateRole' AND c.status = :applied AND c.finished_at > :since)
                        """)
                .param(
                        "names",
                        arns.stream()
                                .map(arn ->
                                        arn.substring(arn.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT))
                                .toArray(String[]::new))
                .param("arns", arns.toArray(String[]::new))
                .param("applied", ChangeStatus.APPLIED.name())
                .param("since", since.atOffset(ZoneOffset.UTC))
                .query(Boolean.class)
                .single();
    }

    /** Whether we wrote to the role since then, or may have. */
    boolean wroteSince(AccountId account, RoleName role, Instant since) {
        return jdbc.sql("""
                        SELECT EXISTS (
                            SELECT FROM rolesmith.job_role r JOIN rolesmith.change c USING (job, ordinal)
                            WHERE r.name_key = :name AND r.account = :account AND c.finished_at > :since)
                        """)
                .param("name", role.key())
                .param("account", account.value())
                .param("since", since.atOffset(ZoneOffset.UTC))
                .query(Boolean.class)
                .single();
    }

    /** Lets go of the job's roles but those that wait for a person. */
    void release(JobId id) {
        jdbc.sql("""
                        DELETE FROM rolesmith.role_hold h
                        WHERE job = :job AND NOT EXISTS (
                            SELECT FROM rolesmith.job_role r
                            WHERE r.job = :job AND r.account = h.account AND r.name_key = h.name_key
                              AND r.status = :attention)
                        """)
                .param("job", id.value())
                .param("attention", RoleStatus.NEEDS_ATTENTION.name())
                .update();
    }

    /**
     * What was found out to be done about a role.
     *
     * @param roleId by which a worker that takes over knows which role it is, if it is there already
     * @param changes to be written down, at the places that they have in the list
     * @param begun how many of them, from the first on, may be sent from now on
     */
    record PlannedRole(
            int ordinal,
            RolePlan plan,
            @Nullable String roleId,
            @Nullable String arn,
            List<Change> changes,
            int begun) {}

    /**
     * Writes down what is to be done, and moves the job.
     *
     * @param failure why it will not be done after all
     * @throws IncorrectUpdateSemanticsDataAccessException if the job does not stand at {@code from}
     */
    void planned(
            JobId id,
            JobStatus from,
            JobStatus to,
            Optional<Failure> failure,
            RoleStatus status,
            List<PlannedRole> roles) {
        record Planned(int ordinal, int position, Change change, ChangeStatus status) {}
        List<Planned> changes = new ArrayList<>();
        for (PlannedRole role : roles) {
            for (int i = 0; i < role.changes().size(); i++) {
                changes.add(new Planned(
                        role.ordinal(),
                        i,
                        role.changes().get(i),
                        i < role.begun() ? ChangeStatus.STARTED : ChangeStatus.PLANNED));
            }
        }
        exactly(
                "job and job_role",
                1 + roles.size(),
                jdbc.sql("""
                                WITH moved AS (
                                    UPDATE rolesmith.job SET status = :to, failure = :failure, version = version + 1
                                    WHERE id = :job AND status = :from
                                    RETURNING 1),
                                planned AS (
                                    UPDATE rolesmith.job_role role
                                    SET status = :status, access = plan.access, fingerprint = plan.fingerprint,
                                        gap = plan.gap, findings = plan.findings, role_id = plan.role_id, arn = plan.arn
                                    FROM unnest(:roles, :access, :fingerprints, :gaps, :findings, :roleIds, :arns)
                                         AS plan(ordinal, access, fingerprint, gap, findings, role_id, arn)
                                    WHERE role.job = :job AND role.ordinal = plan.ordinal
                                    RETURNING 1),
                                written AS (
                                    INSERT INTO rolesmith.change (job, ordinal, position, kind, change, status)
                                    SELECT :job, change.*
                                    FROM unnest(:ordinals, :positions, :kinds, :changes, :statuses) AS change)
                                SELECT (SELECT count(*) FROM moved) + (SELECT count(*) FROM planned)
                                """)
                        .param("job", id.value())
                        .param("from", from.name())
                        .param("to", to.name())
                        .param("failure", failure.map(Json::write).orElse(null))
                        .param("status", status.name())
                        .param("roles", roles.stream().map(PlannedRole::ordinal).toArray(Integer[]::new))
                        .param(
                                "access",
                                texts(roles, role -> role.plan().access().name()))
                        .param("fingerprints", texts(roles, role -> role.plan().fingerprint()))
                        .param(
                                "gaps",
                                texts(
                                        roles,
                                        role -> role.plan()
                                                .gap()
                                                .map(Json::write)
                                                .orElse(null)))
                        .param(
                                "findings",
                                texts(roles, role -> Json.write(role.plan().findings())))
                        .param("roleIds", texts(roles, PlannedRole::roleId))
                        .param("arns", texts(roles, PlannedRole::arn))
                        .param(
                                "ordinals",
                                changes.stream().map(Planned::ordinal).toArray(Integer[]::new))
                        .param(
                                "positions",
                                changes.stream().map(Planned::position).toArray(Integer[]::new))
                        .param("kinds", texts(changes, change -> change.change().operation()))
                        .param("changes", texts(changes, change -> Json.write(change.change())))
                        .param(
                                "statuses",
                                texts(changes, change -> change.status().name()))
                        .query(Integer.class)
                        .single());
    }

    /** Notes what a planned change will be when it is sent. */
    void rewrite(JobId id, int ordinal, int position, Change change) {
        one(
                "change",
                jdbc.sql("""
                                UPDATE rolesmith.change SET change = :change
                                WHERE job = :job AND ordinal = :ordinal AND position = :position
                                """)
                        .param("change", Json.write(change))
                        .param("job", id.value())
                        .param("ordinal", ordinal)
                        .param("position", position)
                        .update());
    }

    /** How the role must be found when the plan is applied. */
    void expect(JobId id, int ordinal, RoleVersion version) {
        one(
                "job_role",
                jdbc.sql("""
                                UPDATE rolesmith.job_role SET expected_wanted = :wanted, expected_live = :live
                                WHERE job = :job AND ordinal = :ordinal
                                """)
                        .param("wanted", version.wanted())
                        .param("live", version.fingerprint())
                        .param("job", id.value())
                        .param("ordinal", ordinal)
                        .update());
    }

    /**
     * Notes how a change stands.
     *
     * @param worker who says so; must have the job still, or another one may have said otherwise since
     * @throws IncorrectUpdateSemanticsDataAccessException if the job is another worker's by now
     */
    void change(
            JobId id,
            UUID worker,
            int ordinal,
            int position,
            ChangeStatus status,
            @Nullable String awsRequestId,
            @Nullable String error,
            @Nullable Instant finishedAt) {
        one(
                "change",
                jdbc.sql("""
                                UPDATE rolesmith.change
                                SET status = :status, aws_request_id = coalesce(:request, aws_request_id),
                                    error = :error, finished_at = :at
                                WHERE job = :job AND ordinal = :ordinal AND position = :position
                                  -- Locked, so that nobody takes the job over before this is committed.
                                  AND EXISTS (SELECT FROM rolesmith.job WHERE id = :job AND worker = :worker FOR NO KEY UPDATE)
                                """)
                        .param("worker", worker)
                        .param("status", status.name())
                        .param("request", awsRequestId)
                        .param("error", error)
                        .param("at", finishedAt == null ? null : finishedAt.atOffset(ZoneOffset.UTC))
                        .param("job", id.value())
                        .param("ordinal", ordinal)
                        .param("position", position)
                        .update());
    }

    /**
     * As {@link #change}, with what follows from a change that was made.
     *
     * @param made the role that it made, if it made one
     * @param next the position of the change of the same role that may be sent from now on, if one may
     */
    void change(
            JobId id,
            UUID worker,
            int ordinal,
            int position,
            ChangeStatus status,
            @Nullable String awsRequestId,
            @Nullable String error,
            @Nullable Instant finishedAt,
            Optional<IamAnswer.CreatedRole> made,
            Optional<Integer> next) {
        exactly(
                "change and job_role",
                1 + (made.isPresent() ? 1 : 0) + (next.isPresent() ? 1 : 0),
                jdbc.sql("""
                                -- Locked, so that nobody takes the job over before this is committed.
                                WITH held AS (
                                    SELECT id FROM rolesmith.job WHERE id = :job AND worker = :worker FOR NO KEY UPDATE),
                                tried AS (
                                    UPDATE rolesmith.change change
                                    SET status = :status, aws_request_id = coalesce(:request, aws_request_id),
                                        error = :error, finished_at = :at
                                    FROM held
                                    WHERE job = held.id AND ordinal = :ordinal AND position = :position
                                    RETURNING 1),
                                following AS (
                                    UPDATE rolesmith.change change SET status = :started FROM held
                                    WHERE job = held.id AND ordinal = :ordinal AND position = :next
                                    RETURNING 1),
                                made AS (
                                    UPDATE rolesmith.job_role role SET role_id = :roleId, arn = :arn FROM held
                                    WHERE job = held.id AND ordinal = :ordinal AND :roleId IS NOT NULL
                                    RETURNING 1)
                                SELECT (SELECT count(*) FROM tried) + (SELECT count(*) FROM following)
                                       + (SELECT count(*) FROM made)
                                """)
                        .param("worker", worker)
                        .param("status", status.name())
                        .param("request", awsRequestId, Types.VARCHAR)
                        .param("error", error, Types.VARCHAR)
                        .param(
                                "at",
                                finishedAt == null ? null : finishedAt.atOffset(ZoneOffset.UTC),
                                Types.TIMESTAMP_WITH_TIMEZONE)
                        .param("job", id.value())
                        .param("ordinal", ordinal)
                        .param("position", position)
                        .param("started", ChangeStatus.STARTED.name())
                        .param("next", next.orElse(null), Types.INTEGER)
                        .param("roleId", made.map(IamAnswer.CreatedRole::roleId).orElse(null), Types.VARCHAR)
                        .param("arn", made.map(IamAnswer.CreatedRole::arn).orElse(null), Types.VARCHAR)
                        .query(Integer.class)
                        .single());
    }

    /** The role of that place in the job will not be made. */
    void refused(JobId id, int ordinal) {
        one(
                "job_role",
                jdbc.sql("UPDATE rolesmith.job_role SET status = :failed WHERE job = :job AND ordinal = :ordinal")
                        .param("failed", RoleStatus.FAILED.name())
                        .param("job", id.value())
                        .param("ordinal", ordinal)
                        .update());
    }

    /** Notes why the job will not end applied, unless that is known already. */
    void failed(JobId id, UUID worker, Failure failure) {
        one(
                "job",
                jdbc.sql("""
                                UPDATE rolesmith.job SET failure = coalesce(failure, :failure)
                                WHERE id = :id AND worker = :worker
                                """)
                        .param("failure", Json.write(failure))
                        .param("id", id.value())
                        .param("worker", worker)
                        .update());
    }

    /** How a role of a job ended. */
    record EndedRole(
            int ordinal,
            RoleStatus status,
            @Nullable String roleId,
            @Nullable String arn) {}

    /**
     * The job came to its end, and its lease with it. Its roles are let go but for those that wait for a person.
     *
     * @param failure why it ended so, or where it waits for a person, what it is to go on with
     * @param roles those of which there is anything to say
     * @throws IncorrectUpdateSemanticsDataAccessException if the job does not stand at {@code from}, or is another worker's
     */
    void finish(
            JobId id,
            UUID worker,
            JobStatus from,
            ProvisioningOutcome.Finished outcome,
            Optional<Failure> failure,
            List<EndedRole> roles) {
        Instant lastWriteAt = outcome.lastWriteAt();
        exactly(
                "job and job_role",
                1 + roles.size(),
                jdbc.sql("""
                                WITH finished AS (
                                    UPDATE rolesmith.job
                                    SET status = :to, failure = :failure, last_write_at = :at, leased_until = NULL,
                                        version = version + 1
                                    WHERE id = :job AND status = :from AND worker = :worker
                                    RETURNING 1),
                                ended AS (
                                    SELECT * FROM unnest(:ordinals, :statuses, :roleIds, :arns)
                                                  AS ended(ordinal, status, role_id, arn)),
                                moved AS (
                                    UPDATE rolesmith.job_role role
                                    SET status = ended.status, role_id = ended.role_id, arn = ended.arn
                                    FROM ended WHERE role.job = :job AND role.ordinal = ended.ordinal
                                    RETURNING 1),
                                released AS (
                                    DELETE FROM rolesmith.role_hold hold
                                    USING rolesmith.job_role role LEFT JOIN ended USING (ordinal)
                                    WHERE role.job = :job AND hold.job = :job
                                      AND hold.account = role.account AND hold.name_key = role.name_key
                                      AND coalesce(ended.status, role.status) <> :attention)
                                SELECT (SELECT count(*) FROM finished) + (SELECT count(*) FROM moved)
                                """)
                        .param("worker", worker)
                        .param("to", outcome.status().name())
                        .param("failure", failure.map(Json::write).orElse(null), Types.VARCHAR)
                        .param(
                                "at",
                                lastWriteAt == null ? null : lastWriteAt.atOffset(ZoneOffset.UTC),
                                Types.TIMESTAMP_WITH_TIMEZONE)
                        .param("job", id.value())
                        .param("from", from.name())
                        .param(
                                "ordinals",
                                roles.stream().map(EndedRole::ordinal).toArray(Integer[]::new))
                        .param("statuses", texts(roles, role -> role.status().name()))
                        .param("roleIds", texts(roles, EndedRole::roleId))
                        .param("arns", texts(roles, EndedRole::arn))
                        .param("attention", RoleStatus.NEEDS_ATTENTION.name())
                        .query(Integer.class)
                        .single());
    }

    Map<JobId, List<RoleProgress>> progress(Collection<JobId> ids) {
        record Key(UUID job, int ordinal) {}
        Map<Key, List<RoleProgress.ChangeProgress>> changes = new HashMap<>();
        Map<JobId, List<RoleProgress>> roles = new HashMap<>();
        jdbc.sql("""
                        SELECT r.job, r.ordinal, account, name, r.status, access, gap, role_id, arn, findings, pointer,
                               change, c.status AS change_status, aws_request_id, finished_at, error
                        FROM rolesmith.job_role r LEFT JOIN rolesmith.change c USING (job, ordinal)
                        WHERE r.job = ANY (:jobs) ORDER BY r.job, r.ordinal, c.position
                        """)
                .param("jobs", ids.stream().map(JobId::value).toArray(UUID[]::new))
                .query(row -> {
                    Key key = new Key(row.getObject("job", UUID.class), row.getInt("ordinal"));
                    List<RoleProgress.ChangeProgress> made = changes.get(key);
                    if (made == null) {
                        made = new ArrayList<>();
                        changes.put(key, made);
                        roles.computeIfAbsent(new JobId(key.job()), _ -> new ArrayList<>())
                                .add(roleProgress(row, made));
                    }
                    if (row.getString("change") != null) {
                        made.add(new RoleProgress.ChangeProgress(
                                Json.readChange(row.getString("change")),
                                ChangeStatus.valueOf(row.getString("change_status")),
                                row.getString("aws_request_id"),
                                instant(row, "finished_at"),
                                row.getString("error")));
                    }
                });
        return roles;
    }

    private static RoleProgress roleProgress(ResultSet row, List<RoleProgress.ChangeProgress> changes)
            throws SQLException {
        String access = row.getString("access");
        String gap = row.getString("gap");
        String pointer = row.getString("pointer");
        return new RoleProgress(
                row.getString("account"),
                row.getString("name"),
                RoleStatus.valueOf(row.getString("status")),
                access == null ? null : AccessVerdict.valueOf(access),
                gap == null ? null : Json.readGap(gap),
                row.getString("role_id"),
                row.getString("arn"),
                changes,
                Json.readFindings(row.getString("findings")).stream()
                        .map(finding -> finding.below(pointer))
                        .toList());
    }

    /** For each of the jobs that is queued, its place among those that are and want one of its roles; 1 is the next. */
    Map<JobId, Integer> queuePositions(Collection<JobId> ids) {
        Map<JobId, Integer> positions = new HashMap<>();
        jdbc.sql("""
                        SELECT mine.job, 1 + count(DISTINCT earlier.id) AS position
                        FROM rolesmith.job asked
                        JOIN rolesmith.job_role mine ON mine.job = asked.id
                        LEFT JOIN (rolesmith.job_role theirs JOIN rolesmith.job earlier
                                   ON earlier.id = theirs.job AND earlier.status = :queued)
                          ON theirs.name_key = mine.name_key AND theirs.account = mine.account
                             AND earlier.queued < asked.queued
                        WHERE asked.id = ANY (:jobs) AND asked.status = :queued
                        GROUP BY mine.job
                        """)
                .param("jobs", ids.stream().map(JobId::value).toArray(UUID[]::new))
                .param("queued", JobStatus.QUEUED.name())
                .query(row -> {
                    positions.put(new JobId(row.getObject("job", UUID.class)), row.getInt("position"));
                });
        return positions;
    }

    private static void one(String table, int rows) {
        exactly(table, 1, rows);
    }

    private static void exactly(String tables, int expected, int rows) {
        if (rows != expected) {
            throw new IncorrectUpdateSemanticsDataAccessException(
                    "An update of rolesmith." + tables + " was to touch " + expected + " rows and touched " + rows);
        }
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }
}
