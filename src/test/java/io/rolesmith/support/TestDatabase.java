package io.rolesmith.support;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A database of its own on the one real PostgreSQL that a test JVM starts, with the two logins that production has. The
 * server listens on loopback only and trusts every login, so that passwords need not be invented.
 *
 * @param name the database's name
 * @param port the server's, which is another one for a test that stops it
 */
public record TestDatabase(String name, int port) {

    public static final String OWNER = "rolesmith_owner";
    public static final String RUNTIME = "rolesmith";

    private static final AtomicInteger COUNT = new AtomicInteger();

    /** A new, empty database. */
    public static TestDatabase create() {
        String name = "rolesmith_" + COUNT.incrementAndGet();
        execute(Server.POSTGRES.getPostgresDatabase(), "CREATE DATABASE " + name + " OWNER " + OWNER);
        return new TestDatabase(name, Server.POSTGRES.getPort());
    }

    /** A new database with the schema in it. */
    public static TestDatabase migrated() {
        TestDatabase database = create();
        Flyway.configure()
                .dataSource(database.as(OWNER))
                .schemas("rolesmith")
                .placeholders(java.util.Map.of("runtime", RUNTIME))
                .load()
                .migrate();
        return database;
    }

    public String jdbcUrl() {
        return "jdbc:postgresql://localhost:" + port + "/" + name;
    }

    /** Connections of the login {@code user}: {@link #OWNER}, {@link #RUNTIME} or the superuser {@code postgres}. */
    public DataSource as(String user) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(jdbcUrl());
        dataSource.setUser(user);
        return dataSource;
    }

    private static void execute(DataSource dataSource, String sql) {
        try (var connection = dataSource.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Started at first use, stopped by its own shutdown hook. */
    private static final class Server {
        static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            try (var logins = TestDatabase.class.getResourceAsStream("/db/logins.sql")) {
                EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
                execute(
                        postgres.getPostgresDatabase(),
                        new String(java.util.Objects.requireNonNull(logins).readAllBytes(), StandardCharsets.UTF_8));
                return postgres;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
