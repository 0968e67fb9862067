package io.rolesmith.request;

import io.rolesmith.caller.Team;
import io.rolesmith.policy.Finding;
import io.rolesmith.provisioning.RoleProgress;
import io.rolesmith.role.Ownership;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The table of plans. Writes join the caller's transaction. */
@Repository
class Plans {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private static final TypeReference<List<Finding>> FINDINGS = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final Duration retention;

    Plans(JdbcClient jdbc, RequestProperties properties) {
        this.jdbc = jdbc;
        this.retention = properties.requests().planRetention();
    }

    void insert(RequestId id, Submission submission, List<Finding> findings, List<RoleProgress> roles, Instant now) {
        jdbc.sql("""
                        INSERT INTO rolesmith.plan (id, action, team, digest, findings, created_at, expires_at)
                        VALUES (:id, :action, :team, :digest, :findings, :now, :expires)
                        """)
                .param("id", id.value())
                .param("action", submission.action().name())
                .param("team", submission.team().name())
                .param("digest", digest(roles))
                .param("findings", JSON.writeValueAsString(findings))
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("expires", now.plus(retention).atOffset(ZoneOffset.UTC))
                .update();
    }

    /**
     * Over each role with its changes: what each of them replaces and puts there. The tag that names the plan itself is left
     * out, or no two plans would be equal.
     */
    private static String digest(List<RoleProgress> roles) {
        List<List<Object>> content = roles.stream()
                .map(role -> List.<Object>of(
                        role.account(),
                        role.name(),
                        role.changes().stream()
                                .map(RoleProgress.ChangeProgress::change)
                                .map(change -> List.of(change.operation(), change.before(), unnamed(change.after())))
                                .toList()))
                .toList();
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(JSON.writeValueAsString(content).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static Map<String, Object> unnamed(Map<String, Object> after) {
        Map<String, Object> content = new HashMap<>(after);
        content.computeIfPresent("tags", (_, tags) -> {
            Map<Object, Object> others = new HashMap<>((Map<?, ?>) tags);
            others.remove(Ownership.REQUEST_TAG);
            return others;
        });
        return content;
    }

    /** Without its roles, which provisioning knows. */
    Optional<Plan> find(RequestId id) {
        return jdbc.sql("SELECT * FROM rolesmith.plan WHERE id = :id")
                .param("id", id.value())
                .query(Plans::plan)
                .optional();
    }

    /** Plans that expired before {@code time} and were never asked for. */
    List<RequestId> unusedBefore(Instant time) {
        return jdbc.sql("""
                        SELECT id FROM rolesmith.plan p
                        WHERE expires_at < :time AND NOT EXISTS (SELECT FROM rolesmith.role_request r WHERE r.id = p.id)
                        LIMIT 1000
                        """)
                .param("time", time.atOffset(ZoneOffset.UTC))
                .query((row, number) -> new RequestId(row.getObject("id", UUID.class)))
                .list();
    }

    void delete(RequestId id) {
        jdbc.sql("DELETE FROM rolesmith.plan WHERE id = :id")
                .param("id", id.value())
                .update();
    }

    private static Plan plan(ResultSet row, int number) throws SQLException {
        return new Plan(
                new RequestId(row.getObject("id", UUID.class)),
                RequestAction.valueOf(row.getString("action")),
                new Team(row.getString("team")),
                row.getString("digest"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("expires_at", OffsetDateTime.class).toInstant(),
                List.of(),
                JSON.readValue(row.getString("findings"), FINDINGS));
    }
}
