package io.rolesmith.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The order of the events and the hashes over it. Those who append know nothing of it; one sealer at a time, of any
 * replica, gives the committed events their places.
 */
final class AuditChain {

    static final int BATCH = 1_000;

    static final int COUNTED = 10_000;

    /** What the database searches by, of longer text (V2__audit.sql). */
    static final int SEARCHED_CHARACTERS = 256;

    // "rolesmit" in ASCII; the database's other users of advisory locks (Flyway) choose theirs by hashing.
    static final long LOCK = 0x726F6C65736D6974L;
    // A batch takes some 50 ms; who waits longer than this waits for a sealer that hangs.
    private static final String LOCK_TIMEOUT = "5s";

    private final JdbcClient jdbc;
    private final ChainVerifier verifier;
    private final TransactionTemplate sealing;

    AuditChain(JdbcClient jdbc, PlatformTransactionManager transactions, Checkpoints checkpoints) {
        this.jdbc = jdbc;
        this.verifier = new ChainVerifier(jdbc, transactions, checkpoints);
        // Read committed, since what is read after the lock must be no older than the lock. PostgreSQL makes a commit
        // visible before it releases the transaction's locks, so the next sealer sees all that the last one wrote, and
        // a reader who sees a sequence sees every lower one. Its own transaction, or the lock would be held for as long
        // as a caller's lasts.
        this.sealing = new TransactionTemplate(transactions);
        sealing.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        sealing.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    }

    /** Seals what is pending, or leaves it to the sealer who is at it. */
    void sealUnlessBusy() {
        seal(() -> jdbc.sql("SELECT pg_try_advisory_xact_lock(:lock)")
                .param("lock", LOCK)
                .query(Boolean.class)
                .single());
    }

    /**
     * Seals what is pending, so that every event committed before this call has its place after it.
     *
     * @throws org.springframework.dao.CannotAcquireLockException if another sealer hangs
     */
    void seal() {
        seal(() -> {
            jdbc.sql("SELECT set_config('lock_timeout', :timeout, true)")
                    .param("timeout", LOCK_TIMEOUT)
                    .query(String.class)
                    .single();
            try {
                jdbc.sql("SELECT pg_advisory_xact_lock(:lock)")
                        .param("lock", LOCK)
                        .query(resultSet -> {});
                return true;
            } catch (UncategorizedSQLException e) {
                // Spring has no name for PostgreSQL's lock_not_available.
                if (e.getCause() instanceof SQLException cause && "55P03".equals(cause.getSQLState())) {
                    throw new CannotAcquireLockException(
                            "Another sealer has held the audit chain for " + LOCK_TIMEOUT, e);
                }
                throw e;
            }
        });
    }

    private void seal(BooleanSupplier lock) {
        boolean more = isPending();
        while (more) {
            more = sealing.execute(transaction -> lock.getAsBoolean() && sealBatch() == BATCH);
        }
    }

    /** How far the sealing is; counts no more than {@link #COUNTED} events, so that it stays cheap. */
    AuditRepository.Backlog backlog() {
        return jdbc.sql("""
                        SELECT (SELECT count(*) FROM (SELECT FROM audit.unsealed LIMIT :counted) AS waiting),
                               (SELECT extract(epoch FROM clock_timestamp() - occurred_at)
                                FROM audit.unsealed ORDER BY event LIMIT 1)::float8,
                               (SELECT coalesce(max(sequence), 0) FROM audit.seal)
                        """)
                .param("counted", COUNTED)
                .query((resultSet, row) -> new AuditRepository.Backlog(
                        resultSet.getLong(1), Math.max(0, resultSet.getDouble(2)), resultSet.getLong(3)))
                .single();
    }

    private boolean isPending() {
        return jdbc.sql("SELECT EXISTS (SELECT FROM audit.unsealed)")
                .query(Boolean.class)
                .single();
    }

    private int sealBatch() {
        ChainLink head = head(jdbc).orElse(ChainLink.GENESIS);
        List<ChainLink> links = new ArrayList<>();
        jdbc.sql("SELECT event, content_hash FROM audit.unsealed ORDER BY event LIMIT :batch")
                .param("batch", BATCH)
                .query(resultSet -> {
                    ChainLink previous = links.isEmpty() ? head : links.getLast();
                    links.add(previous.next(resultSet.getLong("event"), resultSet.getBytes("content_hash")));
                });
        int sealed = jdbc.sql("""
                        WITH taken AS (DELETE FROM audit.unsealed WHERE event = ANY (:events) RETURNING *)
                        INSERT INTO audit.seal (sequence, event, content_hash, previous_hash, hash, occurred_at, subject,
                                                action, account, role, request_id, outcome)
                        SELECT link.sequence, event, content_hash, link.previous_hash, link.hash, occurred_at, subject,
                               action, account, role, request_id, outcome
                        FROM taken
                        JOIN unnest(:sequences, :events, :previousHashes, :hashes)
                             AS link(sequence, event, previous_hash, hash) USING (event)
                        ORDER BY link.sequence
                        """)
                .param("sequences", new SqlArrayValue("bigint", (Object[])
                        links.stream().map(ChainLink::sequence).toArray(Long[]::new)))
                .param("events", new SqlArrayValue("bigint", (Object[])
                        links.stream().map(ChainLink::event).toArray(Long[]::new)))
                .param("previousHashes", new SqlArrayValue("bytea", (Object[])
                        links.stream().map(ChainLink::previousHash).toArray(byte[][]::new)))
                .param("hashes", new SqlArrayValue("bytea", (Object[])
                        links.stream().map(ChainLink::hash).toArray(byte[][]::new)))
                .update();
        if (sealed != links.size()) {
            throw new IllegalStateException("Of " + links.size() + " unsealed events " + sealed + " were left to seal");
        }
        return sealed;
    }

    /** The last place, empty as long as there is none. */
    static Optional<ChainLink> head(JdbcClient jdbc) {
        return jdbc.sql("SELECT * FROM audit.seal ORDER BY sequence DESC LIMIT 1")
                .query((resultSet, row) -> link(resultSet))
                .optional();
    }

    /** The event at that place. */
    static Optional<ChainLink> link(JdbcClient jdbc, long sequence) {
        return jdbc.sql("SELECT * FROM audit.seal WHERE sequence = :sequence")
                .param("sequence", sequence)
                .query((resultSet, row) -> link(resultSet))
                .optional();
    }

    /** Recomputes the chain from its first event; see {@link AuditRepository#verify}. */
    ChainVerification verify(@Nullable String expectedHead) {
        seal();
        return verifier.verify(expectedHead);
    }

    private static ChainLink link(ResultSet resultSet) throws SQLException {
        return new ChainLink(
                resultSet.getLong("sequence"),
                resultSet.getLong("event"),
                resultSet.getBytes("content_hash"),
                resultSet.getBytes("previous_hash"),
                resultSet.getBytes("hash"));
    }
}
