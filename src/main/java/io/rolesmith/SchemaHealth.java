package io.rolesmith;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Says whether the schema has come to what this version works with. Where another process migrates it, the chart's Job for one,
 * it may not have, and a replica that took requests would fail each of them. A newer schema does: each migration leaves what the
 * version before it reads and writes.
 */
@Component("schemaHealthIndicator")
class SchemaHealth implements HealthIndicator {

    private static final Pattern MIGRATION = Pattern.compile("V(\\d+)__.*\\.sql");

    private final JdbcClient jdbc;
    private final int needed;
    private volatile boolean there;

    SchemaHealth(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.needed = newest();
    }

    private static int newest() {
        try {
            return Arrays.stream(
                            new PathMatchingResourcePatternResolver().getResources("classpath:db/migration/V*.sql"))
                    .map(file -> MIGRATION.matcher(Objects.requireNonNullElse(file.getFilename(), "")))
                    .flatMap(name -> name.matches() ? Stream.of(name.toMatchResult()) : Stream.<MatchResult>empty())
                    .mapToInt(name -> Integer.parseInt(name.group(1)))
                    .max()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Health health() {
        try {
            int found = jdbc.sql("""
                            SELECT coalesce(max(version::int), 0) FROM rolesmith.flyway_schema_history
                            WHERE success AND version IS NOT NULL""").query(Integer.class).single();
            there = found >= needed;
            return there ? Health.up().build() : older();
        } catch (BadSqlGrammarException e) {
            // There is no such table, or it may not be read, which older schemas did not grant; or this is another
            // database than before.
            there = false;
            return older();
        } catch (DataAccessException e) {
            // Of a database that is away nothing else is known than before; that it is away, DatabaseHealth says.
            return there
                    ? Health.up().build()
                    : Health.down()
                            .withDetail("reason", "the database does not answer")
                            .build();
        }
    }

    private Health older() {
        return Health.down()
                .withDetail("reason", "the schema is older than migration " + needed + ", which this version needs")
                .build();
    }
}
