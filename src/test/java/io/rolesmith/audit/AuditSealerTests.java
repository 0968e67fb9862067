package io.rolesmith.audit;

import static io.rolesmith.audit.AuditTrail.entry;
import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.concurrent.atomic.AtomicBoolean;
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
        var sealer = new AuditSealer(new AuditRepository(
                JdbcClient.create(failing), new JdbcTransactionManager(failing), () -> AuditTrail.NOW,
                AuditTrail.checkpoints(failing, AuditTrail.UNSIGNED)), meters);
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
