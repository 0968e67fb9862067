package io.rolesmith.request;

import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.caller.Team;
import io.rolesmith.policy.Finding;
import io.rolesmith.provisioning.Failure;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.IncorrectUpdateSemanticsDataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The table of requests and that of idempotency keys. Writes join the caller's transaction. */
@Repository
class Requests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<List<Finding>> FINDINGS = new TypeReference<>() {};

    /** The earliest request that has not begun and wants the role {@code mine} of the request {@code :id}. */
    private static final String WAITING_FOR_MINE = """
            (SELECT r.id FROM rolesmith.role_request r JOIN rolesmith.job_role w ON w.job = r.id
             WHERE w.account = mine.account AND w.name_key = mine.name_key AND r.status = :queued AND r.id <> :id
             ORDER BY r.sequence LIMIT 1)""";

    private final JdbcClient jdbc;

    Requests(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(
            RequestId id,
            Caller caller,
            RequestAction action,
            Team team,
            @Nullable String reason,
            List<Finding> findings,
            Instant now) {
        jdbc.sql("""
                        INSERT INTO rolesmith.role_request
                            (id, status, action, team, issuer, subject, reason, created_at, findings, version)
                        VALUES (:id, :status, :action, :team, :issuer, :subject, :reason, :now, :findings, 1)
                        """)
                .param("id", id.value())
                .param("status", RequestStatus.QUEUED.name())
                .param("action", action.name())
                .param("team", team.name())
                .param("issuer", caller.issuer())
                .param("subject", caller.subject())
                .param("reason", reason)
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("findings", JSON.writeValueAsString(findings))
                .update();
    }

    /**
     * What ended.
     *
     * @param submittedAt since when it was there
     * @param next for each of its roles, the earliest request that has not begun and wants the role too
     */
    record Ended(RequestAction action, Instant submittedAt, List<RequestId> next) {}

    /**
     * Ends the request, and takes its task away: the scheduler would need a transaction of its own for that.
     *
     * @throws IncorrectUpdateSemanticsDataAccessException if the request has ended already
     */
    Ended finish(
            RequestId id,
            RequestStatus status,
            Optional<Failure> failure,
            Instant finishedAt,
            @Nullable Instant settledAt) {
        record Row(RequestAction action, Instant submittedAt, Optional<RequestId> next) {}
        List<Row> rows = jdbc.sql("""
                        WITH finished AS (
                            UPDATE rolesmith.role_request
                            SET status = :status, failure = :failure, finished_at = :finished, settled_at = :settled,
                                version = version + 1
                            WHERE id = :id AND finished_at IS NULL
                            RETURNING id, action, created_at),
                        done AS (
                            DELETE FROM rolesmith.scheduled_tasks WHERE task_name = :task AND task_instance = :instance)
                        SELECT DISTINCT finished.action, finished.created_at, %s AS next
                        FROM finished JOIN rolesmith.job_role mine ON mine.job = finished.id
                        """.formatted(WAITING_FOR_MINE))
                .param("status", status.name())
                .param("failure", failure.map(JSON::writeValueAsString).orElse(null), Types.VARCHAR)
                .param("finished", finishedAt.atOffset(ZoneOffset.UTC))
                .param(
                        "settled",
                        settledAt == null ? null : settledAt.atOffset(ZoneOffset.UTC),
                        Types.TIMESTAMP_WITH_TIMEZONE)
                .param("id", id.value())
                .param("task", RequestTask.NAME.getTaskName())
                .param("instance", id.toString())
                .param("queued", RequestStatus.QUEUED.name())
                .query((row, number) -> new Row(
                        RequestAction.valueOf(row.getString("action")),
                        row.getObject("created_at", OffsetDateTime.class).toInstant(),
                        next(row, number)))
                .list();
        // A request has at least one role.
        one(id, Math.min(1, rows.size()));
        return new Ended(
                rows.getFirst().action(),
                rows.getFirst().submittedAt(),
                rows.stream().map(Row::next).flatMap(Optional::stream).toList());
    }

    /** Takes the task of a request away that had ended before. */
    void forgetTask(RequestId id) {
        jdbc.sql("DELETE FROM rolesmith.scheduled_tasks WHERE task_name = :task AND task_instance = :instance")
                .param("task", RequestTask.NAME.getTaskName())
                .param("instance", id.toString())
                .update();
    }

    private static void one(RequestId id, int rows) {
        if (rows != 1) {
            throw new IncorrectUpdateSemanticsDataAccessException(
                    "An update of the request " + id + " was to touch one row and touched " + rows);
        }
    }

    /** @throws IncorrectUpdateSemanticsDataAccessException if the request has begun already */
    void begin(RequestId id) {
        one(
                id,
                jdbc.sql("""
                                UPDATE rolesmith.role_request SET status = :applying, version = version + 1
                                WHERE id = :id AND status = :queued
                                """)
                        .param("applying", RequestStatus.APPLYING.name())
                        .param("queued", RequestStatus.QUEUED.name())
                        .param("id", id.value())
                        .update());
    }

    /** The request is taken back before it began; false if it has. */
    boolean cancel(RequestId id, Instant now) {
        return jdbc.sql("""
                                UPDATE rolesmith.role_request
                                SET status = :cancelled, finished_at = :now, version = version + 1
                                WHERE id = :id AND status = :queued
                                """)
                        .param("cancelled", RequestStatus.CANCELLED.name())
                        .param("now", now.atOffset(ZoneOffset.UTC))
                        .param("queued", RequestStatus.QUEUED.name())
                        .param("id", id.value())
                        .update()
                == 1;
    }

    /** The request is given up that needs attention; false if it does not. Why it needed it stays. */
    boolean abandon(RequestId id) {
        return jdbc.sql("""
                                UPDATE rolesmith.role_request SET status = :cancelled, version = version + 1
                                WHERE id = :id AND status = :attention
                                """)
                        .param("cancelled", RequestStatus.CANCELLED.name())
                        .param("attention", RequestStatus.NEEDS_ATTENTION.name())
                        .param("id", id.value())
                        .update()
                == 1;
    }

    /** The request that needs attention is worked on again; false if it does not need it. */
    boolean reopen(RequestId id) {
        return jdbc.sql("""
                                UPDATE rolesmith.role_request
                                SET status = :applying, failure = NULL, finished_at = NULL, settled_at = NULL,
                                    version = version + 1
                                WHERE id = :id AND status = :attention
                                """)
                        .param("applying", RequestStatus.APPLYING.name())
                        .param("attention", RequestStatus.NEEDS_ATTENTION.name())
                        .param("id", id.value())
                        .update()
                == 1;
    }

    Optional<RoleRequest> find(RequestId id) {
        return jdbc.sql("SELECT * FROM rolesmith.role_request WHERE id = :id")
                .param("id", id.value())
                .query(Requests::request)
                .optional();
    }

    /** Whether the request has come to its end. */
    boolean hasEnded(RequestId id) {
        return jdbc.sql("SELECT finished_at IS NOT NULL FROM rolesmith.role_request WHERE id = :id")
                .param("id", id.value())
                .query(Boolean.class)
                .single();
    }

    List<RoleRequest> list(Caller caller, RequestQuery query) {
        boolean all = caller.scopes().contains(Scope.ADMIN);
        return jdbc.sql("""
                        SELECT * FROM rolesmith.role_request r
                        WHERE (:all OR team = ANY (:teams))
                          AND (:status::text IS NULL OR status = :status)
                          AND (:team::text IS NULL OR team = :team)
                          AND ((:account::text IS NULL AND :role::text IS NULL) OR EXISTS (
                              SELECT FROM rolesmith.job_role j
                              WHERE j.job = r.id
                                AND (:account::text IS NULL OR j.account = :account)
                                AND (:role::text IS NULL OR j.name_key = :role)))
                          AND (:before::bigint IS NULL OR sequence < :before)
                        ORDER BY sequence DESC
                        LIMIT :limit
                        """)
                .param("all", all)
                .param("teams", caller.teams().stream().map(Team::name).toArray(String[]::new))
                .param("status", query.status() == null ? null : query.status().name())
                .param("team", query.team())
                .param("account", query.account())
                .param("role", query.role() == null ? null : query.role().toLowerCase(Locale.ROOT))
                .param("before", query.before())
                .param("limit", query.limit())
                .query(Requests::request)
                .list();
    }

    /** For each role of the request, the earliest request that has not begun and wants the role too. */
    List<RequestId> nextWaitingFor(RequestId id) {
        return jdbc
                .sql("SELECT DISTINCT %s AS next FROM rolesmith.job_role mine WHERE mine.job = :id"
                        .formatted(WAITING_FOR_MINE))
                .param("queued", RequestStatus.QUEUED.name())
                .param("id", id.value())
                .query(Requests::next)
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<RequestId> next(ResultSet row, int number) throws SQLException {
        return Optional.ofNullable(row.getObject("next", UUID.class)).map(RequestId::new);
    }

    /** Where a request stands that is not settled. */
    static final List<RequestStatus> OPEN =
            List.of(RequestStatus.QUEUED, RequestStatus.APPLYING, RequestStatus.NEEDS_ATTENTION);

    /**
     * The requests that stand somewhere.
     *
     * @param oldest when the first of them was submitted; absent if there is none
     */
    record Open(long count, @Nullable Instant oldest) {}

    /** What is not settled, by where it stands; nothing where nothing does. */
    Map<RequestStatus, Open> open() {
        Map<RequestStatus, Open> open = new EnumMap<>(RequestStatus.class);
        jdbc.sql("""
                        SELECT status, count(*) AS count, min(created_at) AS oldest
                        FROM rolesmith.role_request WHERE status = ANY (:open) GROUP BY status
                        """)
                .param("open", OPEN.stream().map(RequestStatus::name).toArray(String[]::new))
                .query(row -> {
                    open.put(
                            RequestStatus.valueOf(row.getString("status")),
                            new Open(row.getLong("count"), instant(row, "oldest")));
                });
        return open;
    }

    /** What a key stands for. */
    record KeyUse(RequestId request, String bodyHash) {}

    /**
     * Lets the key stand for the request, unless it stands for one already. A key that another transaction is about to set
     * is waited for.
     */
    boolean claim(Caller caller, IdempotencyKey key, RequestId id, Instant now) {
        return jdbc.sql("""
                                INSERT INTO rolesmith.idempotency_key (issuer, subject, key, body_hash, request_id, created_at)
                                VALUES (:issuer, :subject, :key, :hash, :request, :now)
                                ON CONFLICT DO NOTHING
                                """)
                        .param("issuer", caller.issuer())
                        .param("subject", caller.subject())
                        .param("key", key.value())
                        .param("hash", key.bodyHash())
                        .param("request", id.value())
                        .param("now", now.atOffset(ZoneOffset.UTC))
                        .update()
                == 1;
    }

    Optional<KeyUse> find(Caller caller, IdempotencyKey key) {
        return jdbc.sql("""
                        SELECT request_id, body_hash FROM rolesmith.idempotency_key
                        WHERE issuer = :issuer AND subject = :subject AND key = :key
                        """)
                .param("issuer", caller.issuer())
                .param("subject", caller.subject())
                .param("key", key.value())
                .query((row, number) ->
                        new KeyUse(new RequestId(row.getObject("request_id", UUID.class)), row.getString("body_hash")))
                .optional();
    }

    void forgetKeysBefore(Instant time) {
        jdbc.sql("DELETE FROM rolesmith.idempotency_key WHERE created_at < :time")
                .param("time", time.atOffset(ZoneOffset.UTC))
                .update();
    }

    /** Without its roles, which provisioning knows. */
    private static RoleRequest request(ResultSet row, int number) throws SQLException {
        String failure = row.getString("failure");
        return new RoleRequest(
                new RequestId(row.getObject("id", UUID.class)),
                row.getLong("sequence"),
                RequestStatus.valueOf(row.getString("status")),
                RequestAction.valueOf(row.getString("action")),
                new Team(row.getString("team")),
                new RoleRequest.Requester(row.getString("issuer"), row.getString("subject")),
                row.getString("reason"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                instant(row, "finished_at"),
                instant(row, "settled_at"),
                List.of(),
                JSON.readValue(row.getString("findings"), FINDINGS),
                Optional.ofNullable(failure).map(text -> JSON.readValue(text, Failure.class)),
                null);
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
