package io.rolesmith;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class SchemaMigrationTests {

    @Test
    void makesTheSchemaAsTheOwnerForTheRuntimeLoginAndMayRunAgain() {
        TestDatabase database = TestDatabase.create();

        migrate(database);
        migrate(database);

        assertThat(JdbcClient.create(database.as("postgres"))
                        .sql("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname IN ('rolesmith', 'audit')")
                        .query(String.class)
                        .list())
                .containsExactly(TestDatabase.OWNER);
        assertThat(JdbcClient.create(database.as(TestDatabase.RUNTIME))
                        .sql("SELECT count(*) FROM rolesmith.role_request")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    private static void migrate(TestDatabase database) {
        RolesmithApplication.main(new String[] {
            "migrate",
            "--spring.datasource.url=" + database.jdbcUrl(),
            "--spring.datasource.username=" + TestDatabase.RUNTIME,
            "--spring.flyway.user=" + TestDatabase.OWNER
        });
    }
}
