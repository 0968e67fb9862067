package io.rolesmith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;

/**
 * Brings the database's schema up to this version and ends, with the settings of the service: {@code java -jar rolesmith.jar
 * migrate}. So the owner's login need not be where the service runs.
 */
@ImportAutoConfiguration({DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class})
final class SchemaMigration {

    static final String COMMAND = "migrate";

    private SchemaMigration() {}

    /** Returns when the schema is as this version needs it; throws if it cannot be. */
    static void run(String... args) {
        new SpringApplicationBuilder(SchemaMigration.class)
                .web(WebApplicationType.NONE)
                .run(args)
                .close();
    }
}
