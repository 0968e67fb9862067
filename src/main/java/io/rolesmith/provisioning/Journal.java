package io.rolesmith.provisioning;

import io.rolesmith.account.AccountId;
import io.rolesmith.audit.AuditActor;
import io.rolesmith.caller.Team;
import io.rolesmith.role.AccessVerdict;
import io.rolesmith.role.Change;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RolePlan;
import io.rolesmith.role.RoleSpec;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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
     */
    record JobRow(
            JobId id,
            Team team,
            AuditActor actor,
            boolean keep,
            boolean planned,
            JobStatus status,
            Optional<Failure> failure,
            @Nullable Instant lastWriteAt) {}

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
    void insert(ProvisioningJob job, JobStatus status) {
        jdbc.sql("""
                        INSERT INTO rolesmith.job (id, team, issuer, subject, teams, keep, planned, status, queued, version)
                        VALUES (:id, :team, :issuer, :subject, :teams, :keep, :planned, :status,
                                CASE WHEN :planned THEN NULL ELSE nextval('rolesmith.job_queue') END, 1)
                        """)
                .param("id", job.id().value())
                .param("team", job.team().name())
                .param("issuer", job.actor().issuer())
                .param("subject", job.actor().subject())
                .param("teams", job.actor().teams().toArray(String[]::new))
                .param("keep", job.keep())
                .param("planned", status == JobStatus.PLANNED)
                .param("status", status.name())
                .update();
        List<ProvisioningJob.RoleTask> roles = job.roles();
        jdbc.sql("""
                        INSERT INTO rolesmith.job_role
                            (job, ordinal, account, name, name_key, spec, pointer, expected_wanted, expected_live, status)
                        SELECT :job, ordinal - 1, account, name, name_key, spec, pointer, wanted, live, :status
                        FROM unnest(:accounts, :names, :keys, :specs, :pointers, :wanted, :live) WITH ORDINALITY
                             AS role(account, name, name_key, spec, pointer, wanted, live, ordinal)
                        """)
                .param("job", job.id().value())
                .param("status", RoleStatus.QUEUED.name())
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
    boolean enqueue(JobId id, AuditActor actor) {
        return jdbc.sql("""
                                UPDATE rolesmith.job
                                SET status = :queued, issuer = :issuer, subject = :subject, teams = :teams,
                                    queued = nextval('rolesmith.job_queue'), version = version + 1
                                WHERE id = :id AND status = :planned
                                """)
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
                        UPDATE rolesmith.job SET status = :applying, failure = NULL, version = version + 1
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
                row.getBoolean("planned"),
                JobStatus.valueOf(row.getString("status")),
                Optional.ofNullable(row.getString("failure")).map(Json::readFailure),
                instant(row, "last_write_at"));
    }

    List<RoleRow> roles(JobId id) {
        Map<Integer, List<ChangeRow>> changes = new HashMap<>();
        jdbc.sql("SELECT * FROM rolesmith.change WHERE job = :job ORDER BY ordinal, position")
                .param("job", id.value())
                .query(row -> {
                    changes.computeIfAbsent(row.getInt("ordinal"), _ -> new ArrayList<>())
                            .add(new ChangeRow(
                                    row.getInt("position"),
                                    Json.readChange(row.getString("change")),
                                    ChangeStatus.valueOf(row.getString("status")),
                                    instant(row, "finished_at")));
                });
        return jdbc.sql("SELECT * FROM rolesmith.job_role WHERE job = :job ORDER BY ordinal")
                .param("job", id.value())
                .query((row, number) -> new RoleRow(
                        row.getInt("ordinal"),
                        new AccountId(row.getString("account")),
                        goal(row),
                        row.getString("pointer"),
                        expected(row),
                        RoleStatus.valueOf(row.getString("status")),
                        row.getString("role_id"),
                        row.getString("arn"),
                        changes.getOrDefault(row.getInt("ordinal"), List.of())))
                .list();
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
     * @return whether the job has them all; if not, the caller must roll back
     */
    boolean hold(JobId id) {
        boolean queued = jdbc.sql("SELECT status = :queued FROM rolesmith.job WHERE id = :job FOR SHARE")
                .param("queued", JobStatus.QUEUED.name())
                .param("job", id.value())
                .query(Boolean.class)
                .single();
        if (!queued) {
            return false;
        }
        jdbc.sql("""
                        INSERT INTO rolesmith.role_hold (account, name_key, job)
                        SELECT account, name_key, job FROM rolesmith.job_role WHERE job = :job
                        ORDER BY account, name_key
                        ON CONFLICT DO NOTHING
                        """).param("job", id.value()).update();
        // Not whether somebody else has one: who had it may have let go between the two statements.
        return jdbc.sql("""
                        SELECT NOT EXISTS (
                            SELECT FROM rolesmith.job_role r
                            WHERE r.job = :job AND NOT EXISTS (
                                SELECT FROM rolesmith.role_hold h
                                WHERE h.account = r.account AND h.name_key = r.name_key AND h.job = :job))
                          AND NOT EXISTS (
                            SELECT FROM rolesmith.job_role mine
                            JOIN rolesmith.job_role theirs
                              ON theirs.name_key = mine.name_key AND theirs.account = mine.account
                            JOIN rolesmith.job earlier ON earlier.id = theirs.job
                            WHERE mine.job = :job AND earlier.status = :queued
                              AND earlier.queued < (SELECT queued FROM rolesmith.job WHERE id = :job))
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
     * What is to be known of a role's plan beside its changes.
     *
     * @param roleId by which a worker that takes over knows which role it is, if it is there already
     */
    void planned(
            JobId id, int ordinal, RoleStatus status, RolePlan plan, @Nullable String roleId, @Nullable String arn) {
        one(
                "job_role",
                jdbc.sql("""
                                UPDATE rolesmith.job_role
                                SET status = :status, access = :access, fingerprint = :fingerprint, gap = :gap,
                                    findings = :findings, role_id = :roleId, arn = :arn
                                WHERE job = :job AND ordinal = :ordinal
                                """)
                        .param("status", status.name())
                        .param("access", plan.access().name())
                        .param("fingerprint", plan.fingerprint())
                        .param("gap", plan.gap().map(Json::write).orElse(null))
                        .param("findings", Json.write(plan.findings()))
                        .param("roleId", roleId)
                        .param("arn", arn)
                        .param("job", id.value())
                        .param("ordinal", ordinal)
                        .update());
    }

    void changes(JobId id, int ordinal, List<Change> changes) {
        jdbc.sql("""
                        INSERT INTO rolesmith.change (job, ordinal, position, kind, change, status)
                        SELECT :job, :ordinal, position - 1, kind, change, :status
                        FROM unnest(:kinds, :changes) WITH ORDINALITY AS planned(kind, change, position)
                        """)
                .param("job", id.value())
                .param("ordinal", ordinal)
                .param("status", ChangeStatus.PLANNED.name())
                .param("kinds", texts(changes, Change::operation))
                .param("changes", texts(changes, Json::write))
                .update();
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

    void role(JobId id, int ordinal, RoleStatus status, @Nullable String roleId, @Nullable String arn) {
        one(
                "job_role",
                jdbc.sql("""
                                UPDATE rolesmith.job_role SET status = :status, role_id = :roleId, arn = :arn
                                WHERE job = :job AND ordinal = :ordinal
                                """)
                        .param("status", status.name())
                        .param("roleId", roleId)
                        .param("arn", arn)
                        .param("job", id.value())
                        .param("ordinal", ordinal)
                        .update());
    }

    /** Notes why the job will not end applied, unless that is known already. */
    void failed(JobId id, Failure failure) {
        one(
                "job",
                jdbc.sql("UPDATE rolesmith.job SET failure = coalesce(failure, :failure) WHERE id = :id")
                        .param("failure", Json.write(failure))
                        .param("id", id.value())
                        .update());
    }

    /** @throws IncorrectUpdateSemanticsDataAccessException if the job is not queued */
    void begin(JobId id, Optional<Failure> failure) {
        one(
                "job",
                jdbc.sql("""
                                UPDATE rolesmith.job SET status = :applying, failure = :failure, version = version + 1
                                WHERE id = :id AND status = :queued
                                """)
                        .param("applying", JobStatus.APPLYING.name())
                        .param("failure", failure.map(Json::write).orElse(null))
                        .param("id", id.value())
                        .param("queued", JobStatus.QUEUED.name())
                        .update());
    }

    /**
     * The job came to its end, and its lease with it.
     *
     * @throws IncorrectUpdateSemanticsDataAccessException if the job does not stand at {@code from}, or is another worker's
     */
    void finish(JobId id, UUID worker, JobStatus from, ProvisioningOutcome.Finished outcome) {
        Instant lastWriteAt = outcome.lastWriteAt();
        one(
                "job",
                jdbc.sql("""
                                UPDATE rolesmith.job
                                SET status = :to, failure = :failure, last_write_at = :at, leased_until = NULL,
                                    version = version + 1
                                WHERE id = :id AND status = :from AND worker = :worker
                                """)
                        .param("worker", worker)
                        .param("to", outcome.status().name())
                        .param("failure", outcome.failure().map(Json::write).orElse(null))
                        .param("at", lastWriteAt == null ? null : lastWriteAt.atOffset(ZoneOffset.UTC))
                        .param("id", id.value())
                        .param("from", from.name())
                        .update());
    }

    Map<JobId, List<RoleProgress>> progress(Collection<JobId> ids) {
        UUID[] jobs = ids.stream().map(JobId::value).toArray(UUID[]::new);
        record Key(UUID job, int ordinal) {}
        Map<Key, List<RoleProgress.ChangeProgress>> changes = new HashMap<>();
        jdbc.sql("""
                        SELECT job, ordinal, change, status, aws_request_id, finished_at, error
                        FROM rolesmith.change WHERE job = ANY (:jobs) ORDER BY job, ordinal, position
                        """).param("jobs", jobs).query(row -> {
            changes.computeIfAbsent(
                            new Key(row.getObject("job", UUID.class), row.getInt("ordinal")), _ -> new ArrayList<>())
                    .add(new RoleProgress.ChangeProgress(
                            Json.readChange(row.getString("change")),
                            ChangeStatus.valueOf(row.getString("status")),
                            row.getString("aws_request_id"),
                            instant(row, "finished_at"),
                            row.getString("error")));
        });
        Map<JobId, List<RoleProgress>> roles = new HashMap<>();
        jdbc.sql("SELECT * FROM rolesmith.job_role WHERE job = ANY (:jobs) ORDER BY job, ordinal")
                .param("jobs", jobs)
                .query(row -> {
                    UUID job = row.getObject("job", UUID.class);
                    String access = row.getString("access");
                    String gap = row.getString("gap");
                    String pointer = row.getString("pointer");
                    roles.computeIfAbsent(new JobId(job), _ -> new ArrayList<>())
                            .add(new RoleProgress(
                                    row.getString("account"),
                                    row.getString("name"),
                                    RoleStatus.valueOf(row.getString("status")),
                                    access == null ? null : AccessVerdict.valueOf(access),
                                    gap == null ? null : Json.readGap(gap),
                                    row.getString("role_id"),
                                    row.getString("arn"),
                                    changes.getOrDefault(new Key(job, row.getInt("ordinal")), List.of()),
                                    Json.readFindings(row.getString("findings")).stream()
                                            .map(finding -> finding.below(pointer))
                                            .toList()));
                });
        return roles;
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
        if (rows != 1) {
            throw new IncorrectUpdateSemanticsDataAccessException(
                    "An update of rolesmith." + table + " was to touch one row and touched " + rows);
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
