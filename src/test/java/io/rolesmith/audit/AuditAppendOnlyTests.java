package io.rolesmith.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rolesmith.support.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(Lifecycle.PER_CLASS)
class AuditAppendOnlyTests {

    private final AuditTrail trail = new AuditTrail(2);

    @BeforeAll
    void append() {
        trail.append("request.submitted", "request.planned");
        trail.checkpoint(AuditTrail.UNSIGNED);
    }

    /** Nothing that follows may have had any effect. */
    @AfterEach
    void nothingHasChanged() {
        assertThat(trail.actions()).containsExactly("request.submitted", "request.planned");
        assertThat(trail.audit.verify(null).intact()).isTrue();
        assertThat(trail.jdbc
                        .sql("SELECT sequence FROM audit.checkpoint")
                        .query(Long.class)
                        .list())
                .containsExactly(2L);
    }

    @AfterAll
    void close() {
        trail.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    UPDATE audit.event SET content = '{}'                       | permission denied for table event
                    DELETE FROM audit.event                                     | permission denied for table event
                    TRUNCATE audit.event                                        | permission denied for table event
                    DROP TABLE audit.event                                      | must be owner of table event
                    ALTER TABLE audit.event DISABLE TRIGGER refuse_change       | must be owner of table event
                    ALTER TABLE audit.event DISABLE TRIGGER await_seal          | must be owner of table event
                    INSERT INTO audit.event (id, content) OVERRIDING SYSTEM VALUE VALUES (9, '{}') | permission denied for table event
                    UPDATE audit.seal SET hash = ''                             | permission denied for table seal
                    DELETE FROM audit.seal                                      | permission denied for table seal
                    TRUNCATE audit.seal                                         | permission denied for table seal
                    DROP TABLE audit.seal                                       | must be owner of table seal
                    ALTER TABLE audit.seal DISABLE TRIGGER refuse_change        | must be owner of table seal
                    UPDATE audit.checkpoint SET hash = ''                       | permission denied for table checkpoint
                    DELETE FROM audit.checkpoint                                | permission denied for table checkpoint
                    TRUNCATE audit.checkpoint                                   | permission denied for table checkpoint
                    DROP TABLE audit.checkpoint                                 | must be owner of table checkpoint
                    ALTER TABLE audit.checkpoint DISABLE TRIGGER refuse_change  | must be owner of table checkpoint
                    INSERT INTO audit.unsealed SELECT * FROM audit.unsealed     | permission denied for table unsealed
                    UPDATE audit.unsealed SET event = 1                         | permission denied for table unsealed
                    TRUNCATE audit.unsealed                                     | permission denied for table unsealed
                    CREATE OR REPLACE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE sql AS '' | permission denied for schema audit
                    SET session_replication_role = replica                      | permission denied to set parameter "session_replication_role"
                    """)
    void theRuntimeLoginIsRefused(String statement, String reason) {
        assertRefused(TestDatabase.RUNTIME, statement, reason);
    }

    @Test
    void theRuntimeLoginCannotQueueByATriggerOfItsOwn() {
        assertThatThrownBy(() -> trail.transaction.executeWithoutResult(state -> {
                    trail.jdbc
                            .sql("CREATE TEMPORARY TABLE event (id bigint, content text)")
                            .update();
                    trail.jdbc
                            .sql(
                                    "CREATE TRIGGER forge AFTER INSERT ON event FOR EACH ROW EXECUTE FUNCTION audit.await_seal()")
                            .update();
                }))
                .rootCause()
                .isInstanceOf(SQLException.class)
                .hasMessageMatching("ERROR: permission denied for function (audit\\.)?await_seal");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event", "seal", "checkpoint"})
    void theOwnerIsRefusedByTheTriggers(String table) {
        String column = switch (table) {
            case "event" -> "content";
            case "seal" -> "action";
            default -> "installation";
        };
        assertRefusedByTrigger(table, "UPDATE", "UPDATE audit." + table + " SET " + column + " = 'forged'");
        assertRefusedByTrigger(table, "DELETE", "DELETE FROM audit." + table);
        assertRefusedByTrigger(table, "TRUNCATE", "TRUNCATE audit." + table);
    }

    @ParameterizedTest
    @ValueSource(strings = {"event", "seal", "checkpoint"})
    void aSuperuserIsRefusedEvenWhereTriggersRest(String table) {
        for (String operation : List.of("DELETE FROM audit.", "TRUNCATE audit.")) {
            assertRefused(
                    "postgres",
                    "SET session_replication_role = replica; " + operation + table,
                    "audit." + table + " is append-only: " + operation.split(" ", 2)[0] + " is refused");
        }
    }

    private void assertRefusedByTrigger(String table, String operation, String statement) {
        assertRefused(
                TestDatabase.OWNER, statement, "audit." + table + " is append-only: " + operation + " is refused");
    }

    private void assertRefused(String login, String statement, String reason) {
        assertThatThrownBy(() -> trail.as(login).sql(statement).update())
                .as("%s: %s", login, statement)
                .rootCause()
                .isInstanceOf(SQLException.class)
                .hasMessageStartingWith("ERROR: " + reason);
    }
}
