package io.rolesmith.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
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

    private final JdbcClient jdbc;
    private final TransactionTemplate alone;
    private final InstantSource clock;
    private final AuditChain chain;

    AuditRepository(
            JdbcClient jdbc, PlatformTransactionManager transactions, InstantSource clock, Checkpoints checkpoints) {
        this.jdbc = jdbc;
        this.alone = new TransactionTemplate(transactions);
        alone.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.clock = clock;
        this.chain = new AuditChain(jdbc, transactions, checkpoints);
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
     * the call is seen.
     *
     * @throws org.springframework.dao.CannotAcquireLockException if a sealer hangs, so that it cannot be said what is
     *     still to come
     */
    public AuditPage find(AuditQuery query) {
        chain.seal();
        return page(query, query.pageSize(), Long.MAX_VALUE);
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
     * Gives {@code sink} every event after {@code query.afterSequence()} that was committed before the call and that
     * {@code query} lets through, in the order of the chain and whatever the page size. No connection is held while the
     * sink is called: it may be as slow as the network behind it, and a cursor would keep others from the database.
     *
     * @throws org.springframework.dao.CannotAcquireLockException as {@link #find(AuditQuery)}
     */
    public void export(AuditQuery query, Consumer<AuditEvent> sink) {
        chain.seal();
        long end = jdbc.sql("SELECT coalesce(max(sequence), 0) FROM audit.seal")
                .query(Long.class)
                .single();
        Long after = query.afterSequence();
        do {
            AuditPage page = page(query.after(after), AuditQuery.MAX_PAGE_SIZE, end);
            page.items().forEach(sink);
            after = page.nextSequence();
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
     * @param head the chain's last sequence, 0 as long as there is none
     */
    record Backlog(long unsealed, long head) {}

    Backlog backlog() {
        return chain.backlog();
    }

    /** Seals what is pending, unless another sealer is at it. */
    void seal() {
        chain.sealUnlessBusy();
    }

    private AuditPage page(AuditQuery query, int size, long end) {
        // Only the conditions that are asked for: a plan for "(:x IS NULL OR column = :x)" can use no index.
        Map<String, Object> parameters = new LinkedHashMap<>();
        List<String> conditions = new ArrayList<>();
        Long after = query.afterSequence();
        parameters.put("after", after == null ? 0 : after);
        parameters.put("end", end);
        conditions.add("sequence > :after AND sequence <= :end");
        addText("account", query.account(), "account = left(:account, %d)", conditions, parameters);
        addText(
                "role",
                query.role(),
                "lower(role COLLATE \"C\") = lower(left(:role, %d) COLLATE \"C\")",
                conditions,
                parameters);
        addText("actor", query.actor(), "subject = left(:actor, %d)", conditions, parameters);
        addText("action", query.action(), "action = left(:action, %d)", conditions, parameters);
        if (query.outcome() != null) {
            conditions.add("outcome = :outcome");
            parameters.put("outcome", query.outcome().name());
        }
        if (query.requestId() != null) {
            conditions.add("request_id = :requestId");
            parameters.put("requestId", query.requestId());
        }
        if (query.from() != null) {
            conditions.add("occurred_at >= :from");
            parameters.put("from", query.from().atOffset(ZoneOffset.UTC));
        }
        if (query.to() != null) {
            conditions.add("occurred_at < :to");
            parameters.put("to", query.to().atOffset(ZoneOffset.UTC));
        }
        List<AuditEvent> events = jdbc.sql("""
                        SELECT sequence, content_hash, previous_hash, hash, content
                        FROM audit.seal JOIN audit.event ON id = event WHERE %s ORDER BY sequence LIMIT :limit
                        """.formatted(String.join(" AND ", conditions)))
                .params(parameters)
                .param("limit", size + 1)
                .query((resultSet, row) -> event(resultSet))
                .list();
        if (events.size() <= size) {
            return new AuditPage(events, null);
        }
        List<AuditEvent> items = events.subList(0, size);
        return new AuditPage(items, items.getLast().sequence());
    }

    private static void addText(
            String name,
            @Nullable String value,
            String condition,
            List<String> conditions,
            Map<String, Object> parameters) {
        if (value != null) {
            conditions.add(condition.formatted(AuditChain.SEARCHED_CHARACTERS));
            // As the event holds it, or PostgreSQL refuses the whole query.
            parameters.put(name, value.replace('\0', '\uFFFD'));
        }
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
