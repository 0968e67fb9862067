package io.rolesmith.watching;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.support.TestDatabase;
import io.rolesmith.support.TestRolesmith;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

class HealthIntegrationTests {

    @Test
    void theProbesAnswerAtThePortOfTheApi() {
        try (TestRolesmith rolesmith = TestRolesmith.start(Map.of("management.server.port", "0"))) {
            for (String path : new String[] {"//livez", "//readyz", "//startupz"}) {
                assertThat(rolesmith.get(path, "").status()).as(path).isEqualTo(200);
            }
            assertThat(rolesmith.get("//actuator/health", "").status()).isNotEqualTo(200);
        }
    }

    @Test
    void aSchemaThatIsOlderThanNeededIsNeitherReadyNorStarted() {
        TestDatabase database = TestDatabase.create();
        migrate(database, "8");
        try (TestRolesmith rolesmith = TestRolesmith.start(database, Map.of("spring.flyway.enabled", "false"))) {
            assertThat(rolesmith.get("//livez", "").status()).isEqualTo(200);
            assertThat(rolesmith.get("//readyz", "").status()).isEqualTo(503);
            assertThat(rolesmith.get("//startupz", "").status()).isEqualTo(503);
            JsonNode schema = rolesmith
                    .get("//actuator/health", "")
                    .json()
                    .get("components")
                    .get("schema");
            assertThat(schema.at("/details/reason").asString()).contains("the schema is older than migration");

            migrate(database, "latest");

            assertThat(rolesmith.get("//readyz", "").status()).isEqualTo(200);
            assertThat(rolesmith.get("//startupz", "").status()).isEqualTo(200);
        }
    }

    /** As when an empty database was started in the place of the one before, or another one restored. */
    @Test
    void aSchemaThatIsNotThereAnyMoreIsNotReady() {
        TestDatabase database = TestDatabase.create();
        JdbcClient owner = JdbcClient.create(database.as(TestDatabase.OWNER));
        try (TestRolesmith rolesmith = TestRolesmith.start(database, Map.of())) {
            assertThat(rolesmith.get("//readyz", "").status()).isEqualTo(200);

            owner.sql("ALTER TABLE rolesmith.flyway_schema_history RENAME TO elsewhere")
                    .update();
            assertThat(rolesmith.get("//readyz", "").status()).isEqualTo(503);
            assertThat(rolesmith.get("//livez", "").status()).isEqualTo(200);

            owner.sql("ALTER TABLE rolesmith.elsewhere RENAME TO flyway_schema_history")
                    .update();
            assertThat(rolesmith.get("//readyz", "").status()).isEqualTo(200);
        }
    }

    private static void migrate(TestDatabase database, String target) {
        Flyway.configure()
                .dataSource(database.as(TestDatabase.OWNER))
                .schemas("rolesmith")
                .placeholders(Map.of("runtime", TestDatabase.RUNTIME))
                .target(target)
                .load()
                .migrate();
    }
}
