package io.rolesmith.audit;

import static io.rolesmith.audit.AuditTrail.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rolesmith.support.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;

class AuditSealerTests {

    private final AuditTrail trail = new AuditTrail(4);
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void close() {
        logger().detachAppender(log);
        trail.close();
    }

    @Test
    void sealsUntilItIsStoppedAndAgainAfterItIsStarted() {
        var sealer = new AuditSealer(trail.audit, meters);
        sealer.start();
        sealer.start();
        trail.append("a");
        await().until(() -> trail.audit.find(1).isPresent());

        sealer.stop();
        assertThat(sealer.isRunning()).isFalse();
        sealer.start();
        assertThat(sealer.isRunning()).isTrue();
        trail.append("b");
        await().until(() -> trail.audit.find(2).isPresent());
        sealer.stop();
        assertThat(log.list).isEmpty();
    }

    @Test
    void anOutageIsLoggedOnceAndSurvived() {
        var down = new AtomicBoolean();
        DataSource failing = failing(down);
        var sealer = new AuditSealer(
                new AuditRepository(
                        JdbcClient.create(failing),
                        new JdbcTransactionManager(failing),
                        () -> AuditTrail.NOW,
                        AuditTrail.checkpoints(failing, AuditTrail.UNSIGNED),
                        meters),
                meters);
        trail.audit.appendAlone(entry("a"));

        down.set(true);
        sealer.seal();
        sealer.seal();
        sealer.seal();
        assertThat(log.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN);
        assertThat(trail.audit.find(1)).isEmpty();

        down.set(false);
        sealer.seal();
        sealer.seal();
        assertThat(trail.audit.find(1)).isPresent();
        down.set(true);
        sealer.seal();
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "Cannot seal audit events, trying again every 250 ms",
                        "Sealing audit events again",
                        "Cannot seal audit events, trying again every 250 ms");
    }

    @Test
    void whatIsAppendedUntilItStopsIsSealed() {
        var sealer = new AuditSealer(trail.audit, meters);
        sealer.start();
        trail.append("a");
        sealer.stop();

        assertThat(trail.audit.find(1)).isPresent();
    }

    @Test
    void itSaysHowManyEventsAwaitTheirSealAndWhereTheChainEnds() {
        var sealer = new AuditSealer(trail.audit, meters);
        trail.append("a", "b", "c");
        sealer.seal();
        assertThat(gauge(AuditSealer.UNSEALED)).isEqualTo(3);
        assertThat(gauge(AuditSealer.HEAD)).isZero();

        sealer.seal();
        assertThat(gauge(AuditSealer.UNSEALED)).isZero();
        assertThat(gauge(AuditSealer.HEAD)).isEqualTo(3);
    }

    @Test
    void whatWasAppendedBeforeACrashIsSealedByAnother() {
        trail.append("a", "b");
        trail.runtime.close();

        try (AuditTrail successor = new AuditTrail(trail.database, 2)) {
            assertThat(successor.audit.backlog().unsealed()).isEqualTo(2);
            new AuditSealer(successor.audit, meters).seal();
            assertThat(successor.audit.backlog()).isEqualTo(new AuditRepository.Backlog(0, 0, 2));
            assertThat(successor.audit.verify(null).intact()).isTrue();
        }
    }

    /** The first sealer has taken its batch out of the queue and waits to insert the seals when its session is killed. */
    @Test
    void whatASealerHadInHandWhenItDiedIsSealedOnceByAnother() throws Exception {
        trail.append("a", "b", "c");
        try (Connection other = trail.database.as(TestDatabase.OWNER).getConnection();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            other.setAutoCommit(false);
            try (var statement = other.createStatement()) {
                statement.execute("LOCK TABLE audit.seal IN SHARE MODE");
            }
            Future<?> dying = threads.submit(trail.audit::seal);
            await().until(() -> killSealer() == 1);
            assertThatExceptionOfType(ExecutionException.class).isThrownBy(dying::get);
            other.rollback();
        }
        assertThat(trail.audit.backlog().unsealed()).isEqualTo(3);
        assertThat(trail.audit.backlog().head()).isZero();

        try (AuditTrail successor = new AuditTrail(trail.database, 2)) {
            new AuditSealer(successor.audit, meters).seal();
            ChainVerification verification = successor.audit.verify(null);
            assertThat(verification.firstBreak()).isNull();
            assertThat(verification.verified()).isEqualTo(3);
            assertThat(successor.actions()).containsExactly("a", "b", "c");
        }
    }

    private int killSealer() {
        return trail.as("postgres").sql("""
                        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO audit.seal%'
                          AND pid <> pg_backend_pid()
                        """).query(Integer.class).single();
    }

    /**
     * A sealer that runs every 250 ms must take whatever came meanwhile in batches that are full but for the last. A
     * transaction's id counts the batches, as it stands in each row that the transaction wrote.
     */
    @Test
    void keepsUpWithEightWhoAppend20000EventsInFullBatches() throws Exception {
        int appenders = 8;
        int each = 2_500;
        try (AuditTrail busy = new AuditTrail(12);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<AuditSealer> sealers =
                    List.of(new AuditSealer(busy.audit, meters), new AuditSealer(busy.audit, meters));
            long begin = System.nanoTime();
            sealers.forEach(AuditSealer::start);
            List<Future<?>> appending = IntStream.range(0, appenders)
                    .<Future<?>>mapToObj(appender -> threads.submit(() -> {
                        for (int i = 0; i < each / 5; i++) {
                            busy.append("a", "b", "c", "d", "e");
                        }
                    }))
                    .toList();
            for (Future<?> appender : appending) {
                appender.get();
            }
            sealers.forEach(AuditSealer::stop);
            long runs = sealers.size()
                    * (2 + Duration.ofNanos(System.nanoTime() - begin).toMillis() / 250);

            int events = appenders * each;
            assertThat(busy.audit.backlog()).isEqualTo(new AuditRepository.Backlog(0, 0, events));
            assertThat(busy.jdbc
                            .sql("SELECT count(DISTINCT xmin::text) FROM audit.seal")
                            .query(Long.class)
                            .single())
                    .isLessThanOrEqualTo(20 + runs);
            assertThat(busy.jdbc
                            .sql("SELECT count(DISTINCT event) FROM audit.seal")
                            .query(Long.class)
                            .single())
                    .isEqualTo(events);
            assertThat(busy.audit.verify(null))
                    .returns(true, ChainVerification::intact)
                    .returns((long) events, ChainVerification::verified);
        }
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    private DataSource failing(AtomicBoolean down) {
        DataSource runtime = trail.database.as(TestDatabase.RUNTIME);
        return new AbstractDataSource() {
            @Override
            public Connection getConnection() throws SQLException {
                if (down.get()) {
                    throw new SQLTransientConnectionException("The database is away");
                }
                return runtime.getConnection();
            }

            @Override
            public Connection getConnection(String user, String password) throws SQLException {
                throw new SQLException("One login only");
            }
        };
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(AuditSealer.class);
    }
}
