package io.rolesmith.audit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.NonTransientDataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The trail of everything that was asked, refused and done. Nothing in it can be changed or taken away. */
@Component
public class AuditRepository {

    /** Counts appended events, by what came of what they record; those of a transaction that is rolled back then, too. */
    static final String APPENDS = "rolesmith.audit.appends";

    private final JdbcClient jdbc;
    private final TransactionTemplate alone;
    private final InstantSource clock;
    private final AuditChain chain;
    private final AuditSearch search;
    private final Map<AuditOutcome, Counter> appends = new EnumMap<>(AuditOutcome.class);

    AuditRepository(
            JdbcClient jdbc,
            PlatformTransactionManager transactions,
            InstantSource clock,
            Checkpoints checkpoints,
            MeterRegistry meters) {
        this.jdbc = jdbc;
        this.alone = new TransactionTemplate(transactions);
        alone.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.clock = clock;
        this.chain = new AuditChain(jdbc, transactions, checkpoints);
        this.search = new AuditSearch(jdbc);
        for (AuditOutcome outcome : AuditOutcome.values()) {
            appends.put(
                    outcome, meters.counter(APPENDS, "outcome", outcome.name().toLowerCase(Locale.ROOT)));
        }
    }

    /**
     * Records {@code entry} in the transaction of the state that it describes, so that neither is there without the
     * other.
     *
     * @throws IllegalStateException if no transaction is open
     * @throws org.springframework.dao.DataAccessException if it cannot be written: what it describes must then not happen
     */
    public void append(AuditEntry entry) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException(
                    "The audit entry " + entry.action() + " needs the transaction of the state that it describes");
        }
        String content = AuditContent.write(clock.instant().truncatedTo(ChronoUnit.MICROS), entry);
        try {
            jdbc.sql("INSERT INTO audit.event (content) VALUES (:content)")
                    .param("content", content)
                    .update();
        } catch (NonTransientDataAccessException e) {
            // Whatever keeps the row out (a login without the right, a standby that takes no writes) is our trouble and
            // not
            // the caller's, who may ask again.
            throw new DataAccessResourceFailureException("The audit entry " + entry.action() + " cannot be written", e);
        }
        Objects.requireNonNull(appends.get(entry.outcome())).increment();
    }

    /**
     * Records {@code entry} in a transaction of its own: for refusals, where no state is written, and which stay when a
     * transaction that is open is rolled back.
     *
     * @throws org.springframework.dao.DataAccessException if it cannot be written: nobody may then be told of the refusal
     * @throws org.springframework.transaction.TransactionException if there is no connection to write it
     */
    public void appendAlone(AuditEntry entry) {
        alone.executeWithoutResult(transaction -> append(entry));
    }

    /**
     * The next page of events that {@code query} lets through, in the order of the chain. Every event committed before
     * the call is seen. A page of several filters may hold fewer events than asked for, or none, though more are to come.
     *
     * @throws org.springframework.dao.CannotAcquireLockException if a sealer hangs, so that it cannot be said what is
     *     still to come
     */
    public AuditPage find(AuditQuery query) {
        chain.seal();
        AuditSearch.Page page = search.page(query, query.pageSize(), Long.MAX_VALUE);
        List<AuditEvent> events = new ArrayList<>(page.events().size());
        for (StoredEvent stored : page.events()) {
            byte[] content = stored.content();
            if (content != null) {
                events.add(StoredEvent.read(stored, content));
            }
        }
        return new AuditPage(events, page.next());
    }

    /** The event at that place in the chain. */
    public Optional<AuditEvent> find(long sequence) {
        return jdbc.sql("""
                        SELECT sequence, content_hash, previous_hash, hash, content
                        FROM audit.seal JOIN audit.event ON id = event WHERE sequence = :sequence
                        """)
                .param("sequence", sequence)
                .query((resultSet, row) -> event(resultSet))
                .optional();
    }

    /**
     * Writes every event after {@code query.afterSequence()} that was committed before the call and that {@code query} lets
     * through, in the order of the chain, each as one JSON object on a line of its own. No connection is held while {@code
     * out} is written to: it may be as slow as the network behind it, and a cursor would keep others from the database.
     *
     * @throws org.springframework.dao.CannotAcquireLockException as {@link #find(AuditQuery)}
     * @throws IOException if {@code out} throws it
     */
    public void export(AuditQuery query, OutputStream out) throws IOException {
        chain.seal();
        long end = jdbc.sql("SELECT coalesce(max(sequence), 0) FROM audit.seal")
                .query(Long.class)
                .single();
        Long after = query.afterSequence();
        do {
            AuditSearch.Page page = search.page(query.after(after), AuditQuery.MAX_PAGE_SIZE, end);
            for (StoredEvent event : page.events()) {
                byte[] content = event.content();
                // One that was removed leaves a gap, which tells.
                if (content != null) {
                    ExportLine.write(event, content, out);
                }
            }
            after = page.next();
        } while (after != null);
    }

    /**
     * Seals what is pending and recomputes the whole chain: contents against their hashes, what is searched by against
     * the contents, hashes against each other, sequences, whether any event is lost, and the checkpoints that were kept:
     * all of them against the hashes of their events, the last {@value Checkpoints#SIGNATURES} of our key against their
     * signatures.
     *
     * @param expectedHead the hash of a head that an earlier verification gave, which must stand in the chain: without
     *     it a chain looks intact whose end was cut off after the last checkpoint
     * @throws org.springframework.dao.CannotAcquireLockException as {@link #find(AuditQuery)}
     */
    public ChainVerification verify(@Nullable String expectedHead) {
        return chain.verify(expectedHead);
    }

    /**
     * How far the sealing is.
     *
     * @param unsealed how many events await their place, counted up to {@value AuditChain#COUNTED}
     * @param oldest how long the first of them has waited, in seconds; 0 if none does
     * @param head the chain's last sequence, 0 as long as there is none
     */
    record Backlog(long unsealed, double oldest, long head) {}

    Backlog backlog() {
        return chain.backlog();
    }

    /** Seals what is pending, unless another sealer is at it. */
    void seal() {
        chain.sealUnlessBusy();
    }

    private static AuditEvent event(ResultSet resultSet) throws SQLException {
        return AuditContent.read(
                resultSet.getLong("sequence"),
                resultSet.getString("content"),
                resultSet.getBytes("content_hash"),
                resultSet.getBytes("previous_hash"),
                resultSet.getBytes("hash"));
    }
}
