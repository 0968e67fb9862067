package io.rolesmith.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The order of the events and the hashes over it. Those who append know nothing of it; one sealer at a time, of any
 * replica, gives the committed events their places.
 */
final class AuditChain {

    static final int BATCH = 1_000;

    static final int COUNTED = 10_000;

    /** What the database searches by, of longer text (V2__audit.sql). */
    static final int SEARCHED_CHARACTERS = 256;

    private static final int FETCH_SIZE = 200;
    // "rolesmit" in ASCII; the database's other users of advisory locks (Flyway) choose theirs by hashing.
    static final long LOCK = 0x726F6C65736D6974L;
    // A batch takes some 50 ms; who waits longer than this waits for a sealer that hangs.
    private static final String LOCK_TIMEOUT = "5s";

    private final JdbcClient jdbc;
    private final Checkpoints checkpoints;
    private final TransactionTemplate sealing;
    private final TransactionTemplate reading;

    AuditChain(JdbcClient jdbc, PlatformTransactionManager transactions, Checkpoints checkpoints) {
        this.jdbc = jdbc;
        this.checkpoints = checkpoints;
        // Read committed, since what is read after the lock must be no older than the lock. PostgreSQL makes a commit
        // visible before it releases the transaction's locks, so the next sealer sees all that the last one wrote, and
        // a reader who sees a sequence sees every lower one. Its own transaction, or the lock would be held for as long
        // as a caller's lasts.
        this.sealing = new TransactionTemplate(transactions);
        sealing.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        sealing.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
        // A cursor lives in a transaction only. Each query of a verification sees one snapshot, in which every event is
        // either sealed or awaits it, however many are appended meanwhile; so no stricter isolation is needed.
        this.reading = new TransactionTemplate(transactions);
        reading.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        reading.setReadOnly(true);
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
                               (SELECT coalesce(max(sequence), 0) FROM audit.seal)
                        """)
                .param("counted", COUNTED)
                .query((resultSet, row) -> new AuditRepository.Backlog(resultSet.getLong(1), resultSet.getLong(2)))
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

    /** Recomputes the chain from its first event; see {@link AuditRepository#verify}. */
    ChainVerification verify(@Nullable String expectedHead) {
        seal();
        return reading.execute(transaction -> {
            Walk walk = new Walk(expectedHead);
            Optional<ChainVerification.Break> firstBreak = walk.firstBreak();
            // Looked for up to where the walk came to, so that it stands before what the walk found.
            Optional<Checkpoint> contradicted = checkpoints.firstContradicted(walk.last.sequence());
            if (contradicted.isPresent()) {
                return rewrittenBefore(contradicted.get());
            }
            firstBreak = firstBreak
                    .or(this::firstLostEvent)
                    .or(walk::endMissing)
                    .or(this::forgedCheckpoint)
                    .or(walk::expectedHeadMissing);
            return new ChainVerification(
                    firstBreak.isEmpty(),
                    walk.last.sequence(),
                    new ChainVerification.Head(walk.last.sequence(), walk.last.hex()),
                    firstBreak.orElse(null));
        });
    }

    /** Every hash fits, but not the head that was kept: only what an earlier checkpoint says is certain. */
    private ChainVerification rewrittenBefore(Checkpoint contradicted) {
        ChainVerification.Head certain = checkpoints
                .lastBefore(contradicted.sequence())
                .map(kept -> new ChainVerification.Head(kept.sequence(), kept.hash()))
                .orElse(new ChainVerification.Head(0, ChainLink.GENESIS.hex()));
        return new ChainVerification(
                false,
                certain.sequence(),
                certain,
                new ChainVerification.Break(
                        contradicted.sequence(),
                        "Its hash is not the one in the checkpoint of %s: it, or an event after %d, was rewritten."
                                .formatted(contradicted.at(), certain.sequence())));
    }

    private Optional<ChainVerification.Break> forgedCheckpoint() {
        return checkpoints
                .forged()
                .map(forged -> new ChainVerification.Break(
                        null,
                        "The checkpoint of event %d does not bear the signature of the key that it names."
                                .formatted(forged.sequence())));
    }

    private Optional<ChainVerification.Break> firstLostEvent() {
        return jdbc.sql("""
                        SELECT id FROM audit.event
                        WHERE NOT EXISTS (SELECT FROM audit.seal WHERE event = id)
                          AND NOT EXISTS (SELECT FROM audit.unsealed WHERE event = id)
                        ORDER BY id LIMIT 1
                        """)
                .query(Long.class)
                .optional()
                .map(id -> new ChainVerification.Break(null, "Event " + id + " is neither sealed nor waiting for it."));
    }

    private final class Walk {
        private final @Nullable String expectedHead;
        private ChainLink last = ChainLink.GENESIS;
        private boolean expectedHeadSeen;

        Walk(@Nullable String expectedHead) {
            this.expectedHead = expectedHead == null ? null : expectedHead.toLowerCase(Locale.ROOT);
            this.expectedHeadSeen =
                    expectedHead == null || ChainLink.GENESIS.hex().equals(this.expectedHead);
        }

        Optional<ChainVerification.Break> firstBreak() {
            try (Stream<SealedEvent> events =
                    jdbc
                            .sql("""
                            SELECT seal.*, event.content FROM audit.seal LEFT JOIN audit.event ON event.id = seal.event
                            ORDER BY sequence
                            """)
                            .withFetchSize(FETCH_SIZE)
                            .query((resultSet, row) -> sealedEvent(resultSet))
                            .stream()) {
                Iterator<SealedEvent> iterator = events.iterator();
                while (iterator.hasNext()) {
                    SealedEvent event = iterator.next();
                    Optional<ChainVerification.Break> found = event.breakAfter(last);
                    if (found.isPresent()) {
                        return found;
                    }
                    last = event.link;
                    expectedHeadSeen |= last.hex().equals(expectedHead);
                }
                return Optional.empty();
            }
        }

        Optional<ChainVerification.Break> endMissing() {
            return checkpoints
                    .lastWithoutEvent()
                    .map(kept -> new ChainVerification.Break(
                            last.sequence() + 1,
                            "No event stands here, but the checkpoint of %s names event %d: the chain's end was removed."
                                    .formatted(kept.at(), kept.sequence())));
        }

        Optional<ChainVerification.Break> expectedHeadMissing() {
            return expectedHeadSeen
                    ? Optional.empty()
                    : Optional.of(
                            new ChainVerification.Break(
                                    null,
                                    "The expected head is not the hash of any event: the chain's end was removed or rewritten."));
        }
    }

    private record SealedEvent(
            ChainLink link,
            Map<String, @Nullable String> columns,
            @Nullable String content) {

        Optional<ChainVerification.Break> breakAfter(ChainLink previous) {
            if (link.sequence() != previous.sequence() + 1) {
                long missing = previous.sequence() + 1;
                return at(
                        missing,
                        "No event stands here: after %d comes %d.".formatted(previous.sequence(), link.sequence()));
            }
            return reasonAfter(previous).flatMap(reason -> at(link.sequence(), reason));
        }

        private static Optional<ChainVerification.Break> at(long sequence, String reason) {
            return Optional.of(new ChainVerification.Break(sequence, reason));
        }

        private Optional<String> reasonAfter(ChainLink previous) {
            if (!Arrays.equals(link.previousHash(), previous.hash())) {
                return Optional.of("Its previous hash is not the hash of the event before it.");
            }
            if (!Arrays.equals(link.hash(), ChainLink.hash(link.previousHash(), link.sequence(), link.contentHash()))) {
                return Optional.of("Its hash does not follow from its previous hash, sequence and content hash.");
            }
            if (content == null) {
                return Optional.of("Its event %d is missing.".formatted(link.event()));
            }
            if (!Arrays.equals(link.contentHash(), ChainLink.contentHash(content))) {
                return Optional.of("The content of its event %d is not what was sealed.".formatted(link.event()));
            }
            try {
                return wrongColumn(AuditContent.parse(content))
                        .map(column ->
                                "Its column %s does not say what its event %d says.".formatted(column, link.event()));
            } catch (JacksonException e) {
                return Optional.of("Its event %d cannot be read.".formatted(link.event()));
            }
        }

        private Optional<String> wrongColumn(JsonNode content) {
            Map<String, @Nullable String> wanted = searched(content);
            return columns.keySet().stream()
                    .filter(column -> !Objects.equals(columns.get(column), wanted.get(column)))
                    .findFirst();
        }
    }

    private static Map<String, @Nullable String> searched(JsonNode content) {
        Map<String, @Nullable String> columns = new LinkedHashMap<>();
        columns.put("occurred_at", AuditContent.text(content, "occurredAt"));
        columns.put("subject", start(AuditContent.text(content.path("actor"), "subject")));
        columns.put("action", start(AuditContent.text(content, "action")));
        columns.put("account", start(AuditContent.text(content, "account")));
        columns.put("role", start(AuditContent.text(content, "role")));
        columns.put("request_id", AuditContent.text(content, "requestId"));
        columns.put("outcome", AuditContent.text(content, "outcome"));
        return columns;
    }

    private static @Nullable String start(@Nullable String text) {
        return text == null || text.codePointCount(0, text.length()) <= SEARCHED_CHARACTERS
                ? text
                : text.substring(0, text.offsetByCodePoints(0, SEARCHED_CHARACTERS));
    }

    private static SealedEvent sealedEvent(ResultSet resultSet) throws SQLException {
        Instant occurredAt =
                resultSet.getObject("occurred_at", OffsetDateTime.class).toInstant();
        Map<String, @Nullable String> columns = new LinkedHashMap<>();
        columns.put("occurred_at", AuditContent.MICROSECONDS.format(occurredAt));
        for (String column : List.of("subject", "action", "account", "role", "request_id", "outcome")) {
            columns.put(column, resultSet.getString(column));
        }
        return new SealedEvent(link(resultSet), columns, resultSet.getString("content"));
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
