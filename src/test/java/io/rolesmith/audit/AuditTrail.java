package io.rolesmith.audit;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rolesmith.support.TestDatabase;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A trail on a database of its own, written through the runtime login as in production. */
final class AuditTrail implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-11-23T10:15:30.123456789Z");
    static final AuditActor PORTAL =
            new AuditActor("https://idp.example", "portal", List.of("retail-store", "platform"));

    static final AuditProperties UNSIGNED = properties(null, null);

    final TestDatabase database;
    final HikariDataSource runtime;
    final JdbcClient jdbc;
    final TransactionTemplate transaction;
    final AuditRepository audit;

    /** @param connections how many the runtime login may hold at a time */
    AuditTrail(int connections) {
        this(TestDatabase.migrated(), connections);
    }

    /** The trail of a database that others may use too. */
    AuditTrail(TestDatabase database, int connections) {
        this.database = database;
        runtime = new HikariDataSource();
        runtime.setDataSource(database.as(TestDatabase.RUNTIME));
        runtime.setMaximumPoolSize(connections);
        jdbc = JdbcClient.create((DataSource) runtime);
        var transactions = new JdbcTransactionManager(runtime);
        transaction = new TransactionTemplate(transactions);
        audit = new AuditRepository(jdbc, transactions, () -> NOW, checkpoints(UNSIGNED), new SimpleMeterRegistry());
    }

    Checkpoints checkpoints(AuditProperties properties) {
        return checkpoints(runtime, properties);
    }

    static Checkpoints checkpoints(DataSource dataSource, AuditProperties properties) {
        return new Checkpoints(
                JdbcClient.create(dataSource),
                new JdbcTransactionManager(dataSource),
                new CheckpointSigner(properties),
                properties);
    }

    /** The same trail, seen by somebody with {@code properties}. */
    AuditRepository audit(AuditProperties properties) {
        return new AuditRepository(
                jdbc,
                new JdbcTransactionManager(runtime),
                () -> NOW,
                checkpoints(properties),
                new SimpleMeterRegistry());
    }

    static AuditProperties properties(@Nullable String key, @Nullable URI webhook) {
        return new AuditProperties(
                "test",
                new AuditProperties.Audit(key == null ? null : new Secret(key), Duration.ofMinutes(1), webhook));
    }

    static AuditEntry entry(String action) {
        return AuditEntry.of(PORTAL, action, AuditOutcome.SUCCEEDED);
    }

    void append(String... actions) {
        transaction.executeWithoutResult(state -> {
            for (String action : actions) {
                audit.append(entry(action));
            }
        });
    }

    List<String> actions() {
        return audit.find(AuditQuery.all(AuditQuery.MAX_PAGE_SIZE)).items().stream()
                .map(AuditEvent::action)
                .toList();
    }

    JdbcClient as(String login) {
        return JdbcClient.create(database.as(login));
    }

    /** What the owner can do to the trail, with the triggers switched off. */
    void tamper(String... statements) {
        JdbcClient owner = as(TestDatabase.OWNER);
        List<String> tables = List.of("audit.event", "audit.seal", "audit.checkpoint");
        tables.forEach(table ->
                owner.sql("ALTER TABLE " + table + " DISABLE TRIGGER USER").update());
        for (String statement : statements) {
            owner.sql(statement).update();
        }
        tables.forEach(table ->
                owner.sql("ALTER TABLE " + table + " ENABLE TRIGGER USER").update());
    }

    /** A checkpoint of the head as it is, or none if there is nothing new. */
    Checkpoints.Attempt checkpoint(AuditProperties properties) {
        audit.seal();
        return checkpoints(properties).write(NOW, Duration.ZERO);
    }

    /** Makes the whole chain fit events that were changed. */
    void rewriteChain() {
        tamper("""
                DO $$
                DECLARE
                    place audit.seal;
                    previous bytea := decode(repeat('00', 32), 'hex');
                    content_of text;
                BEGIN
                    FOR place IN SELECT * FROM audit.seal ORDER BY sequence LOOP
                        SELECT content INTO content_of FROM audit.event WHERE id = place.event;
                        UPDATE audit.seal
                        SET content_hash = sha256(convert_to(content_of, 'UTF8')), previous_hash = previous,
                            hash = sha256(previous || int8send(sequence) || sha256(convert_to(content_of, 'UTF8'))),
                            action = content_of::jsonb ->> 'action'
                        WHERE sequence = place.sequence
                        RETURNING hash INTO previous;
                    END LOOP;
                END $$""");
    }

    @Override
    public void close() {
        runtime.close();
    }
}
