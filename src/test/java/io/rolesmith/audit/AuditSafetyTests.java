package io.rolesmith.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.support.TestDatabase;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.env.MockEnvironment;

class AuditSafetyTests {

    private static final String REWRITES = "is a login that can rewrite the audit trail: in the database it ";

    private final TestDatabase database = TestDatabase.migrated();

    @Test
    void twoLoginsAndAKeyAreSafe() {
        assertThat(unsafe(TestDatabase.RUNTIME, TestDatabase.OWNER, TestKey.RFC_8032.privatePem()))
                .isEmpty();
    }

    @Test
    void noKeyIsUnsafe() {
        assertThat(unsafe(TestDatabase.RUNTIME, TestDatabase.OWNER, ""))
                .containsExactly(
                        Map.entry(
                                "rolesmith.audit.checkpoint-key",
                                "is not set: checkpoints are not signed, so that whoever rewrites the audit trail can write fitting ones"));
    }

    @Test
    void oneLoginForOwnerAndRuntimeIsUnsafe() {
        String one = "one login migrates, owns and works, and can rewrite the audit trail";
        assertThat(unsafe(TestDatabase.RUNTIME, "", TestKey.RFC_8032.privatePem()))
                .containsExactly(Map.entry("spring.flyway.user", "is not set: " + one));
        assertThat(unsafe(TestDatabase.RUNTIME, TestDatabase.RUNTIME, TestKey.RFC_8032.privatePem()))
                .containsExactly(Map.entry("spring.flyway.user", "is the runtime login: " + one));
    }

    /** Another name in the configuration does not hide it: the database says what the login may do. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            rolesmith_owner | owns the tables of the trail, and can switch off their triggers
            postgres        | is a superuser
            """)
    void aLoginThatMayRewriteTheTrailIsUnsafe(String login, String power) {
        assertThat(unsafe(login, "somebody else", TestKey.RFC_8032.privatePem()))
                .containsExactly(Map.entry("spring.datasource.username", REWRITES + power));
    }

    /** Logins are the server's, not the database's, so each test has its own and takes it away. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GRANT rolesmith_owner TO unsafe_login    | owns the tables of the trail, and can switch off their triggers
            GRANT pg_write_all_data TO unsafe_login  | may change or remove rows of the trail
            GRANT TRUNCATE ON audit.checkpoint TO unsafe_login | may change or remove rows of the trail
            GRANT SET ON PARAMETER session_replication_role TO unsafe_login | may set session_replication_role
            ALTER SCHEMA audit OWNER TO unsafe_login | owns the tables of the trail, and can switch off their triggers
            """)
    void aLoginThatGotThePowerOtherwiseIsUnsafe(String grant, String power) {
        var superuser = JdbcClient.create(database.as("postgres"));
        superuser.sql("CREATE ROLE unsafe_login LOGIN").update();
        try {
            assertThat(unsafe("unsafe_login", "somebody else", TestKey.RFC_8032.privatePem()))
                    .isEmpty();
            superuser.sql(grant).update();
            assertThat(unsafe("unsafe_login", "somebody else", TestKey.RFC_8032.privatePem()))
                    .containsExactly(Map.entry("spring.datasource.username", REWRITES + power));
        } finally {
            superuser.sql("REASSIGN OWNED BY unsafe_login TO rolesmith_owner").update();
            superuser.sql("DROP OWNED BY unsafe_login").update();
            superuser.sql("DROP ROLE unsafe_login").update();
        }
    }

    private Map<String, String> unsafe(String login, String owner, String key) {
        var environment = new MockEnvironment()
                .withProperty("spring.datasource.username", login)
                .withProperty("spring.flyway.user", owner);
        return new AuditSafety(
                        JdbcClient.create(database.as(login)),
                        new CheckpointSigner(AuditTrail.properties(key, null)),
                        environment)
                .unsafeSettings();
    }
}
