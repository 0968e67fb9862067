package io.rolesmith.provisioning;

import io.rolesmith.account.Account;
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
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.IncorrectUpdateSemanticsDataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Jobs, their roles and changes, and who holds which role. Every write joins the caller's transaction. */
@Repository
class Journal {

    /** A job as it stands. */
    record JobRow(
            JobId id,
            Team team,
            AuditActor actor,
            boolean keep,
            JobStatus status,
            Optional<Failure> failure,
            @Nullable Instant lastWriteAt) {}

    /** A role of a job as it stands, with its changes in order. */
    record RoleRow(
            int ordinal,
            AccountId account,
            RoleName name,
            RoleSpec spec,
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

    void insert(ProvisioningJob job) {
        jdbc.sql("""
                        INSERT INTO rolesmith.job (id, team, issuer, subject, teams, keep, status, version)
                        VALUES (:id, :team, :issuer, :subject, :teams, :keep, :status, 1)
                        """)
                .param("id", job.id().value())
                .param("team", job.team().name())
                .param("issuer", job.actor().issuer())
                .param("subject", job.actor().subject())
                .param("teams", job.actor().teams().toArray(String[]::new))
                .param("keep", job.keep())
                .param("status", JobStatus.QUEUED.name())
                .update();
        for (int ordinal = 0; ordinal < job.roles().size(); ordinal++) {
            Account account = job.roles().get(ordinal).account();
            RoleSpec spec = job.roles().get(ordinal).spec();
            jdbc.sql("""
                            INSERT INTO rolesmith.job_role (job, ordinal, account, name, name_key, spec, status)
                            VALUES (:job, :ordinal, :account, :name, :key, :spec, :status)
                            """)
                    .param("job", job.id().value())
                    .param("ordinal", ordinal)
                    .param("account", account.id().value())
                    .param("name", spec.name().value())
                    .param("key", spec.name().key())
                    .param("spec", Json.write(spec))
                    .param("status", RoleStatus.QUEUED.name())
                    .update();
        }
    }

    /** @throws org.springframework.dao.EmptyResultDataAccessException if there is no such job */
    JobRow job(JobId id) {
        return jdbc.sql("SELECT * FROM rolesmith.job WHERE id = :id")
                .param("id", id.value())
                .query((row, number) -> new JobRow(
                        id,
                        new Team(row.getString("team")),
                        new AuditActor(row.getString("issuer"), row.getString("subject"), texts(row.getArray("teams"))),
                        row.getBoolean("keep"),
                        JobStatus.valueOf(row.getString("status")),
                        Optional.ofNullable(row.getString("failure")).map(Json::readFailure),
                        instant(row, "last_write_at")))
                .single();
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
                        new RoleName(row.getString("name")),
                        Json.readSpec(row.getString("spec")),
                        RoleStatus.valueOf(row.getString("status")),
                        row.getString("role_id"),
                        row.getString("arn"),
                        changes.getOrDefault(row.getInt("ordinal"), List.of())))
                .list();
    }

    /**
     * Takes every role of the job for it, or none; a job that has them already keeps them.
     *
     * @return whether the job has them all; if not, the caller must roll back
     */
    boolean hold(JobId id) {
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
                        """).param("job", id.value()).query(Boolean.class).single();
    }

    void release(JobId id) {
        jdbc.sql("DELETE FROM rolesmith.role_hold WHERE job = :job")
                .param("job", id.value())
                .update();
    }

    void planned(JobId id, int ordinal, RolePlan plan) {
        one(
                "job_role",
                jdbc.sql("""
                                UPDATE rolesmith.job_role SET status = :status, access = :access, fingerprint = :fingerprint
                                WHERE job = :job AND ordinal = :ordinal
                                """)
                        .param("status", RoleStatus.APPLYING.name())
                        .param("access", plan.access().name())
                        .param("fingerprint", plan.fingerprint())
                        .param("job", id.value())
                        .param("ordinal", ordinal)
                        .update());
        for (int position = 0; position < plan.changes().size(); position++) {
            Change change = plan.changes().get(position);
            jdbc.sql("""
                            INSERT INTO rolesmith.change (job, ordinal, position, kind, change, status)
                            VALUES (:job, :ordinal, :position, :kind, :change, :status)
                            """)
                    .param("job", id.value())
                    .param("ordinal", ordinal)
                    .param("position", position)
                    .param("kind", change.operation())
                    .param("change", Json.write(change))
                    .param("status", ChangeStatus.PLANNED.name())
                    .update();
        }
    }

    void change(
            JobId id,
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
                                """)
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

    /** @throws IncorrectUpdateSemanticsDataAccessException if the job does not stand at {@code from} */
    void job(JobId id, JobStatus from, JobStatus to, Optional<Failure> failure, @Nullable Instant lastWriteAt) {
        one(
                "job",
                jdbc.sql("""
                                UPDATE rolesmith.job
                                SET status = :to, failure = :failure, last_write_at = :at, version = version + 1
                                WHERE id = :id AND status = :from
                                """)
                        .param("to", to.name())
                        .param("failure", failure.map(Json::write).orElse(null))
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
                        SELECT job, ordinal, kind, change, status, aws_request_id, finished_at, error
                        FROM rolesmith.change WHERE job = ANY (:jobs) ORDER BY job, ordinal, position
                        """).param("jobs", jobs).query(row -> {
            changes.computeIfAbsent(
                            new Key(row.getObject("job", UUID.class), row.getInt("ordinal")), _ -> new ArrayList<>())
                    .add(new RoleProgress.ChangeProgress(
                            row.getString("kind"),
                            Json.readChange(row.getString("change")).summary(),
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
                    roles.computeIfAbsent(new JobId(job), _ -> new ArrayList<>())
                            .add(new RoleProgress(
                                    row.getString("account"),
                                    row.getString("name"),
                                    RoleStatus.valueOf(row.getString("status")),
                                    access == null ? null : AccessVerdict.valueOf(access),
                                    row.getString("role_id"),
                                    row.getString("arn"),
                                    changes.getOrDefault(new Key(job, row.getInt("ordinal")), List.of())));
                });
        return roles;
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
