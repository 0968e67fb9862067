package io.rolesmith.audit;

import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.JacksonException;

/**
 * Recomputes the chain.
 *
 * <p>Each event says the hash before it, so stretches of the chain are recomputed side by side: each begins with the hash that
 * the last event before it says of itself, which the stretch before has proven by the time that all are looked at.
 */
final class ChainVerifier {

    /** The events of a stretch: half a second's work, so that no transaction lasts longer. A multiple of {@link #SPAN}. */
    static final int STRETCH = 50_000;

    /** The events whose times one row of audit.span keeps (V8__audit_search.sql). */
    private static final int SPAN = 1_000;

    /** Connections that a verification takes of the pool at most. */
    private static final int MOST_THREADS = 4;

    private static final int FETCH_SIZE = 500;

    private final JdbcClient jdbc;
    private final Checkpoints checkpoints;
    private final TransactionTemplate reading;

    // One takes all the processors there are, and a share of the connections.
    private final ReentrantLock oneAtATime = new ReentrantLock(true);

    ChainVerifier(JdbcClient jdbc, PlatformTransactionManager transactions, Checkpoints checkpoints) {
        this.jdbc = jdbc;
        this.checkpoints = checkpoints;
        // A cursor lives in a transaction only. What is sealed stays as it is, so no query need see what another one
        // saw.
        this.reading = new TransactionTemplate(transactions);
        reading.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        reading.setReadOnly(true);
    }

    /** What is found up to the event that is the last now; see {@link AuditRepository#verify}. */
    ChainVerification verify(@Nullable String expectedHead) {
        oneAtATime.lock();
        try {
            byte[] expected = expectedHead == null ? null : HexFormat.of().parseHex(expectedHead);
            Walk walk = walk(expected);
            // Looked for up to where the walk came to, so that it stands before what the walk found.
            Optional<Checkpoint> contradicted = checkpoints.firstContradicted(walk.last.sequence());
            if (contradicted.isPresent()) {
                return rewrittenBefore(contradicted.get());
            }
            Optional<ChainVerification.Break> firstBreak = walk.firstBreak
                    .or(this::firstLostEvent)
                    .or(() -> endMissing(walk.last))
                    .or(this::forgedCheckpoint)
                    .or(() -> expectedHeadMissing(walk, expected));
            return new ChainVerification(
                    firstBreak.isEmpty(),
                    walk.last.sequence(),
                    new ChainVerification.Head(walk.last.sequence(), walk.last.hex()),
                    firstBreak.orElse(null));
        } finally {
            oneAtATime.unlock();
        }
    }

    /**
     * How far the chain is as it was sealed.
     *
     * @param last the last event that is
     * @param headSeen whether the head that was expected is among them
     */
    private record Walk(ChainLink last, boolean headSeen, Optional<ChainVerification.Break> firstBreak) {

        Walk then(Walk next) {
            return new Walk(next.last, headSeen || next.headSeen, next.firstBreak);
        }
    }

    private Walk walk(byte @Nullable [] expected) {
        long end = AuditChain.head(jdbc).map(ChainLink::sequence).orElse(0L);
        Map<Long, Walk> walks = new ConcurrentSkipListMap<>();
        AtomicLong next = new AtomicLong();
        AtomicLong stop = new AtomicLong(end);
        int threads = Math.min(Runtime.getRuntime().availableProcessors(), MOST_THREADS);
        // Not virtual ones: they compute, and would keep the requests from the processors.
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<? extends Future<?>> running = IntStream.range(0, threads)
                    .mapToObj(_ -> executor.submit(() -> {
                        for (long after = next.getAndAdd(STRETCH);
                                after == 0 || after < stop.get();
                                after = next.getAndAdd(STRETCH)) {
                            Walk walk = walkStretch(after, Math.min(after + STRETCH, end), expected);
                            walks.put(after, walk);
                            if (walk.firstBreak.isPresent()) {
                                // Those before it are under way, and may find one that comes first.
                                stop.set(0);
                            }
                        }
                    }))
                    .toList();
            join(running, stop);
        }
        Walk whole = new Walk(ChainLink.GENESIS, Arrays.equals(expected, ChainLink.GENESIS.hash()), Optional.empty());
        for (Walk walk : walks.values()) {
            whole = whole.then(walk);
            if (whole.firstBreak.isPresent()) {
                return whole;
            }
        }
        return whole;
    }

    private static void join(List<? extends Future<?>> running, AtomicLong stop) {
        try {
            for (Future<?> future : running) {
                future.get();
            }
        } catch (ExecutionException e) {
            stop.set(0);
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            stop.set(0);
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the chain was verified", e);
        }
    }

    /** The events after {@code after} up to {@code last}, the first of them as one that follows the event before. */
    private Walk walkStretch(long after, long last, byte @Nullable [] expected) {
        return reading.execute(transaction -> {
            Optional<ChainLink> previous = after == 0 ? Optional.of(ChainLink.GENESIS) : AuditChain.link(jdbc, after);
            if (previous.isEmpty()) {
                // The stretch before ends with this too, and says more.
                return new Walk(
                        ChainLink.GENESIS, false, Optional.of(new ChainVerification.Break(after, "It is missing.")));
            }
            Stretch stretch = new Stretch(previous.get(), expected, spans(after, last));
            try (Stream<Optional<ChainVerification.Break>> rows = jdbc
                    .sql("""
                            SELECT sequence, seal.event, content_hash, previous_hash, hash, occurred_at, subject, action,
                                   account, role, request_id, outcome, content
                            FROM audit.seal LEFT JOIN audit.event ON id = seal.event
                            WHERE sequence > :after AND sequence <= :last ORDER BY sequence
                            """)
                    // What stands before the first place would not be seen otherwise.
                    .param("after", after == 0 ? Long.MIN_VALUE : after)
                    .param("last", last)
                    .withFetchSize(FETCH_SIZE)
                    .query((row, _) -> stretch.breakAt(row))
                    .stream()) {
                Optional<ChainVerification.Break> found =
                        rows.flatMap(Optional::stream).findFirst();
                return new Walk(
                        stretch.previous,
                        stretch.expectedSeen,
                        found.or(() ->
                                stretch.previous.sequence() < last ? gapAfter(stretch.previous) : Optional.empty()));
            }
        });
    }

    private Optional<ChainVerification.Break> gapAfter(ChainLink previous) {
        return jdbc.sql("SELECT sequence FROM audit.seal WHERE sequence > :after ORDER BY sequence LIMIT 1")
                .param("after", previous.sequence())
                .query(Long.class)
                .optional()
                .map(next -> gap(previous, next));
    }

    private static ChainVerification.Break gap(ChainLink previous, long next) {
        return new ChainVerification.Break(
                previous.sequence() + 1,
                "No event stands here: after %d comes %d.".formatted(previous.sequence(), next));
    }

    private record Span(Instant earliest, Instant latest) {
        boolean holds(Instant time) {
            return !time.isBefore(earliest) && !time.isAfter(latest);
        }
    }

    private Map<Long, Span> spans(long after, long last) {
        Map<Long, Span> spans = new HashMap<>();
        jdbc.sql("SELECT first, earliest, latest FROM audit.span WHERE first > :after AND first <= :last")
                .param("after", after)
                .param("last", last)
                .query(row -> {
                    spans.put(row.getLong("first"), new Span(instant(row, "earliest"), instant(row, "latest")));
                });
        return spans;
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    /** Looks at events one after the other. */
    private static final class Stretch {
        private static final long SECONDS_OF_DAY = 86_400;
        private static final String TIME_OF_DAY = "00:00:00.000000Z";

        private final MessageDigest sha256 = ChainLink.sha256();
        private final byte @Nullable [] expected;
        private final Map<Long, Span> spans;
        private ChainLink previous;
        private boolean expectedSeen;
        private long spanFirst;
        private @Nullable Span span;
        private long day = Long.MIN_VALUE;
        private String dayText = "";

        Stretch(ChainLink previous, byte @Nullable [] expected, Map<Long, Span> spans) {
            this.previous = previous;
            this.expected = expected;
            this.spans = spans;
        }

        Optional<ChainVerification.Break> breakAt(ResultSet row) throws SQLException {
            ChainLink link =
                    new ChainLink(row.getLong(1), row.getLong(2), row.getBytes(3), row.getBytes(4), row.getBytes(5));
            if (link.sequence() != previous.sequence() + 1) {
                return Optional.of(gap(previous, link.sequence()));
            }
            String reason = reason(link, row);
            if (reason != null) {
                return Optional.of(new ChainVerification.Break(link.sequence(), reason));
            }
            previous = link;
            expectedSeen |= expected != null && Arrays.equals(expected, link.hash());
            return Optional.empty();
        }

        private @Nullable String reason(ChainLink link, ResultSet row) throws SQLException {
            if (!Arrays.equals(link.previousHash(), previous.hash())) {
                return "Its previous hash is not the hash of the event before it.";
            }
            if (!Arrays.equals(
                    link.hash(), ChainLink.hash(sha256, link.previousHash(), link.sequence(), link.contentHash()))) {
                return "Its hash does not follow from its previous hash, sequence and content hash.";
            }
            byte[] content = row.getBytes(13);
            if (content == null) {
                return "Its event %d is missing.".formatted(link.event());
            }
            if (!Arrays.equals(link.contentHash(), sha256.digest(content))) {
                return "The content of its event %d is not what was sealed.".formatted(link.event());
            }
            Instant occurredAt = row.getObject(6, OffsetDateTime.class).toInstant();
            String column;
            try {
                column = wrongColumn(AuditContent.searched(content), occurredAt, row);
            } catch (JacksonException e) {
                return "Its event %d cannot be read.".formatted(link.event());
            }
            if (column != null) {
                return "Its column %s does not say what its event %d says.".formatted(column, link.event());
            }
            Span span = span(link.sequence());
            return span != null && span.holds(occurredAt)
                    ? null
                    : "A search by time does not look for it at %s.".formatted(occurredAt);
        }

        private @Nullable Span span(long sequence) {
            long first = (sequence - 1) / SPAN * SPAN + 1;
            if (first != spanFirst) {
                spanFirst = first;
                span = spans.get(first);
            }
            return span;
        }

        private @Nullable String wrongColumn(AuditContent.Searched content, Instant occurredAt, ResultSet row)
                throws SQLException {
            if (!isSpelled(content.occurredAt(), occurredAt)) {
                return "occurred_at";
            }
            if (!Objects.equals(start(content.subject()), row.getString(7))) {
                return "subject";
            }
            if (!Objects.equals(start(content.action()), row.getString(8))) {
                return "action";
            }
            if (!Objects.equals(start(content.account()), row.getString(9))) {
                return "account";
            }
            if (!Objects.equals(start(content.role()), row.getString(10))) {
                return "role";
            }
            if (!Objects.equals(content.requestId(), row.getString(11))) {
                return "request_id";
            }
            return Objects.equals(content.outcome(), row.getString(12)) ? null : "outcome";
        }

        /** Whether {@code text} is {@code time} in microseconds. To format it would cost as much as all the rest. */
        private boolean isSpelled(@Nullable String text, Instant time) {
            long timeDay = Math.floorDiv(time.getEpochSecond(), SECONDS_OF_DAY);
            if (timeDay != day) {
                day = timeDay;
                String spelled = AuditContent.MICROSECONDS.format(Instant.ofEpochSecond(day * SECONDS_OF_DAY));
                dayText = spelled.substring(0, spelled.length() - TIME_OF_DAY.length());
            }
            int start = dayText.length();
            if (text == null || text.length() != start + TIME_OF_DAY.length() || !text.startsWith(dayText)) {
                return false;
            }
            int seconds = (int) Math.floorMod(time.getEpochSecond(), SECONDS_OF_DAY);
            long digits = seconds / 3_600 * 10_000L + seconds / 60 % 60 * 100L + seconds % 60;
            digits = digits * 1_000_000 + time.getNano() / 1_000;
            for (int i = TIME_OF_DAY.length() - 1; i >= 0; i--) {
                char wanted = TIME_OF_DAY.charAt(i);
                if (wanted == '0') {
                    wanted += (char) (digits % 10);
                    digits /= 10;
                }
                if (text.charAt(start + i) != wanted) {
                    return false;
                }
            }
            return true;
        }

        private static @Nullable String start(@Nullable String text) {
            return text == null
                            || text.length() <= AuditChain.SEARCHED_CHARACTERS
                            || text.codePointCount(0, text.length()) <= AuditChain.SEARCHED_CHARACTERS
                    ? text
                    : text.substring(0, text.offsetByCodePoints(0, AuditChain.SEARCHED_CHARACTERS));
        }
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

    private Optional<ChainVerification.Break> endMissing(ChainLink last) {
        return checkpoints
                .lastWithoutEvent()
                .map(kept -> new ChainVerification.Break(
                        last.sequence() + 1,
                        "No event stands here, but the checkpoint of %s names event %d: the chain's end was removed."
                                .formatted(kept.at(), kept.sequence())));
    }

    private Optional<ChainVerification.Break> forgedCheckpoint() {
        return checkpoints
                .forged()
                .map(forged -> new ChainVerification.Break(
                        null,
                        "The checkpoint of event %d does not bear the signature of the key that it names."
                                .formatted(forged.sequence())));
    }

    private static Optional<ChainVerification.Break> expectedHeadMissing(Walk walk, byte @Nullable [] expected) {
        return expected == null || walk.headSeen
                ? Optional.empty()
                : Optional.of(new ChainVerification.Break(
                        null,
                        "The expected head is not the hash of any event: the chain's end was removed or rewritten."));
    }
}
