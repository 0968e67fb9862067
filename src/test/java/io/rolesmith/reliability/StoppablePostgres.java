package io.rolesmith.reliability;

import io.rolesmith.support.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * A PostgreSQL of one test's own that can be stopped, and started again on the same data and the same port. Unlike the one
 * that most tests share it does not say that a commit is done before its log is written, as nobody should whose audit trail
 * matters. It goes with the test JVM.
 */
final class StoppablePostgres {

    private static final String DATABASE = "rolesmith";
    private static final Duration LONGEST_START = Duration.ofSeconds(60);

    /** How it is stopped; it does not wait for its clients in any of them. */
    enum Stop {
        /** Transactions are rolled back, and all is written: what an upgrade does. */
        FAST,
        /** Nothing is written, and the next start recovers from the log. */
        IMMEDIATE,
        /** SIGKILL to the postmaster; its children notice that it is gone. */
        KILLED
    }

    private final EmbeddedPostgres server;
    private final Path data;
    private final List<String> command;

    private StoppablePostgres(EmbeddedPostgres server, Path data) {
        this.server = server;
        this.data = data;
        ProcessHandle.Info postmaster = postmaster().info();
        command = new ArrayList<>();
        // PostgreSQL does not run as root; the library that started it did the same.
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(postmaster.command().orElseThrow());
        command.addAll(List.of(postmaster.arguments().orElseThrow()));
    }

    /** A new one, with both logins and an empty database. */
    static StoppablePostgres start(Path data) {
        try (var logins = StoppablePostgres.class.getResourceAsStream("/db/logins.sql")) {
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setDataDirectory(data.toAbsolutePath())
                    .setServerConfig("synchronous_commit", "on")
                    .start();
            StoppablePostgres postgres = new StoppablePostgres(server, data);
            execute(
                    server.getPostgresDatabase(),
                    new String(Objects.requireNonNull(logins).readAllBytes(), StandardCharsets.UTF_8));
            execute(server.getPostgresDatabase(), "CREATE DATABASE " + DATABASE + " OWNER " + TestDatabase.OWNER);
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    TestDatabase database() {
        return new TestDatabase(DATABASE, server.getPort());
    }

    /** Returns once it is gone. */
    void stop(Stop how) {
        ProcessHandle postmaster = postmaster();
        switch (how) {
            case FAST -> Signals.send("INT", postmaster);
            case IMMEDIATE -> Signals.send("QUIT", postmaster);
            case KILLED -> postmaster.destroyForcibly();
        }
        postmaster.onExit().join();
    }

    /** Starts it again. Returns once it takes connections. */
    void startAgain() {
        long deadline = System.nanoTime() + LONGEST_START.toNanos();
        try {
            Process process = launch();
            while (!isThere()) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("PostgreSQL did not start again");
                }
                if (!process.isAlive()) {
                    // Children of one that was killed keep its memory until they notice.
                    process = launch();
                }
                Thread.sleep(50);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        data.resolveSibling(data.getFileName() + ".log").toFile()))
                .start();
    }

    private boolean isThere() {
        try (var connection = database().as(TestDatabase.OWNER).getConnection()) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private ProcessHandle postmaster() {
        try {
            long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid"))
                    .getFirst()
                    .strip());
            return ProcessHandle.of(pid).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void execute(DataSource dataSource, String sql) {
        try (var connection = dataSource.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
