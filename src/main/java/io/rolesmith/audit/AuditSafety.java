package io.rolesmith.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What of the configuration lets the trail be edited, or its loss go unnoticed. */
@Component
public class AuditSafety {

    private static final String OWNER = "spring.flyway.user";
    private static final String RUNTIME = "spring.datasource.username";

    private final JdbcClient jdbc;
    private final CheckpointSigner signer;
    private final Environment environment;

    AuditSafety(JdbcClient jdbc, CheckpointSigner signer, Environment environment) {
        this.jdbc = jdbc;
        this.signer = signer;
        this.environment = environment;
    }

    /**
     * The unsafe settings, name of the property to what is wrong with it. The database is asked what the runtime login
     * may do there, since no configuration says that.
     *
     * @throws org.springframework.dao.DataAccessException if the database cannot be asked
     */
    public Map<String, String> unsafeSettings() {
        Map<String, String> settings = new LinkedHashMap<>();
        if (!signer.hasKey()) {
            settings.put(
                    CheckpointSigner.PROPERTY,
                    "is not set: checkpoints are not signed, so that whoever rewrites the audit trail can write fitting ones");
        }
        String owner = environment.getProperty(OWNER, "");
        if (owner.isBlank() || owner.equals(environment.getProperty(RUNTIME))) {
            settings.put(
                    OWNER,
                    (owner.isBlank() ? "is not set" : "is the runtime login")
                            + ": one login migrates, owns and works, and can rewrite the audit trail");
        }
        List<String> powers = powers();
        if (!powers.isEmpty()) {
            settings.put(
                    RUNTIME,
                    "is a login that can rewrite the audit trail: in the database it " + String.join(", and ", powers));
        }
        return settings;
    }

    /** Who may act as an owner can switch triggers off; who may drop the schema can make it anew. */
    private List<String> powers() {
        return jdbc.sql("""
                        SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser,
                               bool_or(pg_has_role(current_user, relowner, 'MEMBER')
                                       OR pg_has_role(current_user, nspowner, 'MEMBER')) AS owner,
                               bool_or(has_table_privilege(class.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')) AS writer,
                               has_parameter_privilege('session_replication_role', 'SET') AS replica
                        FROM pg_class AS class JOIN pg_namespace AS namespace ON namespace.oid = relnamespace
                        WHERE nspname = 'audit' AND relname IN ('event', 'seal', 'checkpoint')
                        """)
                .query((resultSet, row) -> {
                    List<String> powers = new ArrayList<>();
                    if (resultSet.getBoolean("superuser")) {
                        return List.of("is a superuser");
                    }
                    if (resultSet.getBoolean("owner")) {
                        powers.add("owns the tables of the trail, and can switch off their triggers");
                    } else if (resultSet.getBoolean("writer")) {
                        powers.add("may change or remove rows of the trail");
                    }
                    if (resultSet.getBoolean("replica")) {
                        powers.add("may set session_replication_role");
                    }
                    return powers;
                })
                .single();
    }
}
