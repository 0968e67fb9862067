package io.rolesmith.audit;

import static io.rolesmith.audit.AuditTrail.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.rolesmith.support.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;

class AuditChainTests {

    private static final String NO_HASH = "0".repeat(64);

    /** Makes the second seal fit its changed event, and leaves the third. */
    private static final String RESEAL_2 = """
            UPDATE audit.seal SET content_hash = content.hash, hash = sha256(previous_hash || int8send(sequence) || content.hash),
                                  action = 'x'
            FROM (SELECT sha256(convert_to(content, 'UTF8')) AS hash FROM audit.event WHERE id = 2) AS content
            WHERE sequence = 2""";

    private final AuditTrail trail = new AuditTrail(16);
    private final AuditRepository audit = trail.audit;
    private long tail;

    @AfterEach
    void close() {
        trail.close();
    }

    @Test
    void anEmptyChainIsIntact() {
        var empty = new ChainVerification(true, 0, new ChainVerification.Head(0, NO_HASH), null);

        assertThat(audit.verify(null)).isEqualTo(empty);
        assertThat(audit.verify(NO_HASH)).isEqualTo(empty);
    }

    @Test
    void eachEventNamesTheHashOfTheOneBefore() {
        trail.append("a", "b", "c");

        List<AuditEvent> events = audit.find(AuditQuery.all(10)).items();
        assertThat(events.get(0).previousHash()).isEqualTo(NO_HASH);
        assertThat(events.get(1).previousHash()).isEqualTo(events.get(0).hash());
        assertThat(events.get(2).previousHash()).isEqualTo(events.get(1).hash());
        assertThat(audit.verify(events.get(1).hash()))
                .isEqualTo(new ChainVerification(
                        true, 3, new ChainVerification.Head(3, events.get(2).hash()), null));
    }

    @Test
    void moreThanABatchIsSealedAtOnceAndTheIdsOfRollbacksLeaveNoGap() {
        trail.append(IntStream.range(0, AuditChain.BATCH + 1)
                .mapToObj(Integer::toString)
                .toArray(String[]::new));
        trail.transaction.executeWithoutResult(state -> {
            audit.append(entry("rolled back"));
            state.setRollbackOnly();
        });
        trail.append("last");

        audit.seal();

        assertThat(trail.jdbc
                        .sql("SELECT count(*) FROM audit.unsealed")
                        .query(Long.class)
                        .single())
                .isZero();
        assertThat(audit.verify(null).verified()).isEqualTo(AuditChain.BATCH + 2);
        assertThat(audit.find(AuditChain.BATCH + 2).orElseThrow().action()).isEqualTo("last");
    }

    /** Eight append, four seal, one reads and one verifies, all at once. */
    @Test
    void parallelSealersGiveAChainWithoutGapsOrDuplicatesAndInOrderToAReader() throws Exception {
        int appenders = 8;
        int transactions = 200;
        var appending = new AtomicBoolean(true);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> appended = IntStream.range(0, appenders)
                    .mapToObj(seed -> threads.submit(() -> appendAtRandom(seed, transactions)))
                    .toList();
            List<Callable<Void>> others = new ArrayList<>();
            for (int sealer = 0; sealer < 4; sealer++) {
                others.add(whileTrue(appending, audit::seal));
            }
            others.add(whileTrue(appending, this::readTail));
            others.add(whileTrue(
                    appending, () -> assertThat(audit.verify(null).firstBreak()).isNull()));
            List<Future<Void>> running = others.stream().map(threads::submit).toList();

            int events = 0;
            try {
                for (Future<Integer> future : appended) {
                    events += future.get();
                }
            } finally {
                appending.set(false);
            }
            for (Future<Void> future : running) {
                future.get();
            }

            ChainVerification verification = audit.verify(null);
            assertThat(verification.firstBreak()).isNull();
            assertThat(verification.verified()).isEqualTo(events).isGreaterThan(2_000);
            assertThat(trail.jdbc
                            .sql("SELECT count(DISTINCT event) FROM audit.seal")
                            .query(Long.class)
                            .single())
                    .isEqualTo(events);
        }
    }

    @Test
    void transactionsThatCommitOutOfOrderAreEachSealedOnce() throws SQLException {
        try (Connection slow = begin();
                Connection quick = begin()) {
            insert(slow, "slow");
            insert(quick, "quick");
            quick.commit();
            assertThat(trail.actions()).containsExactly("quick");

            slow.commit();
            assertThat(trail.actions()).containsExactly("quick", "slow");
        }
        assertThat(trail.jdbc
                        .sql("SELECT event FROM audit.seal ORDER BY sequence")
                        .query(Long.class)
                        .list())
                .containsExactly(2L, 1L);
        assertThat(audit.verify(null).intact()).isTrue();
    }

    @Test
    void aSealerLeavesTheWorkToTheOneWhoIsAtItWhileAReaderWaits() throws Exception {
        trail.append("pending");
        try (Connection other = begin();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            lock(other);
            audit.seal();
            assertThat(audit.find(1)).isEmpty();

            Future<List<String>> reader = threads.submit(trail::actions);
            while (waiting() == 0) {
                assertThat(reader.isDone()).isFalse();
                Thread.onSpinWait();
            }
            other.rollback();
            assertThat(reader.get()).containsExactly("pending");
        }
    }

    @Test
    void aReaderDoesNotWaitForeverForASealerThatHangs() throws SQLException {
        trail.append("pending");
        try (Connection other = begin()) {
            lock(other);
            assertThatExceptionOfType(CannotAcquireLockException.class)
                    .isThrownBy(trail::actions)
                    .withMessage("Another sealer has held the audit chain for 5s");
        }
    }

    @Test
    void aReaderWaitsForNobodyWhenNothingIsPending() throws SQLException {
        trail.append("sealed");
        audit.seal();
        try (Connection other = begin()) {
            lock(other);
            assertThat(trail.actions()).containsExactly("sealed");
        }
    }

    @Test
    void changedContentIsFound() {
        sealed("a", "b", "c");
        trail.tamper("UPDATE audit.event SET content = replace(content, '\"b\"', '\"x\"') WHERE id = 2");

        assertBreak(2L, "The content of its event 2 is not what was sealed.");
    }

    @Test
    void changedContentIsFoundWhenItsHashWasChangedToo() {
        sealed("a", "b", "c");
        trail.tamper("UPDATE audit.event SET content = replace(content, '\"b\"', '\"x\"') WHERE id = 2", """
                UPDATE audit.seal SET content_hash = (SELECT sha256(convert_to(content, 'UTF8')) FROM audit.event WHERE id = 2)
                WHERE sequence = 2""");

        assertBreak(2L, "Its hash does not follow from its previous hash, sequence and content hash.");
    }

    @Test
    void changedContentIsFoundWhenItsSealWasRecomputed() {
        sealed("a", "b", "c");
        trail.tamper("UPDATE audit.event SET content = replace(content, '\"b\"', '\"x\"') WHERE id = 2", RESEAL_2);

        assertBreak(3L, "Its previous hash is not the hash of the event before it.");
    }

    @Test
    void aChangedColumnIsFound() {
        for (String change : List.of(
                "occurred_at = occurred_at + interval '1 microsecond'",
                "subject = 'x'",
                "action = 'x'",
                "account = 'x'",
                "role = 'X'",
                "request_id = NULL",
                "outcome = 'FAILED'")) {
            try (AuditTrail other = new AuditTrail(2)) {
                other.append("a");
                other.audit.appendAlone(entry("b").account("a").role("x").request(new UUID(1, 2)));
                other.audit.seal();
                other.tamper("UPDATE audit.seal SET " + change + " WHERE sequence = 2");

                assertThat(other.audit.verify(null).firstBreak())
                        .isEqualTo(new ChainVerification.Break(
                                2L,
                                "Its column " + change.substring(0, change.indexOf(' '))
                                        + " does not say what its event 2 says."));
            }
        }
    }

    @Test
    void aChangedHashIsFound() {
        sealed("a", "b", "c");
        trail.tamper("UPDATE audit.seal SET hash = sha256('x') WHERE sequence = 2");

        assertBreak(2L, "Its hash does not follow from its previous hash, sequence and content hash.");
    }

    @Test
    void aChangedPreviousHashIsFound() {
        sealed("a", "b", "c");
        trail.tamper("UPDATE audit.seal SET previous_hash = sha256('x') WHERE sequence = 1");

        assertBreak(1L, "Its previous hash is not the hash of the event before it.");
    }

    @Test
    void aRemovedEventIsFound() {
        sealed("a", "b", "c");
        trail.tamper("DELETE FROM audit.event WHERE id = 2");

        assertBreak(2L, "Its event 2 is missing.");
    }

    @Test
    void anEventRemovedBeforeItWasSealedIsFoundAndStopsNoSealing() {
        trail.append("a", "b", "c");
        trail.tamper("DELETE FROM audit.event WHERE id = 2");

        assertBreak(2L, "Its event 2 is missing.");
        assertThat(audit.find(3).orElseThrow().action()).isEqualTo("c");
    }

    @Test
    void aRemovedSealIsFound() {
        sealed("a", "b", "c");
        trail.tamper("DELETE FROM audit.seal WHERE sequence = 2");

        assertBreak(2L, "No event stands here: after 1 comes 3.");
    }

    @Test
    void swappedEventsAreFound() {
        sealed("a", "b", "c");
        trail.tamper(
                "UPDATE audit.seal SET event = -event WHERE sequence > 1",
                "UPDATE audit.seal SET event = 5 + event WHERE sequence > 1");

        assertBreak(2L, "The content of its event 3 is not what was sealed.");
    }

    @Test
    void swappedSealsAreFound() {
        sealed("a", "b", "c");
        trail.tamper(
                "UPDATE audit.seal SET sequence = -sequence WHERE sequence > 1",
                "UPDATE audit.seal SET sequence = 5 + sequence WHERE sequence < 0");

        assertBreak(2L, "Its previous hash is not the hash of the event before it.");
    }

    /** The runtime login may insert seals, so a forged one is refused by nothing and must be found. */
    @Test
    void aForgedSealIsFound() {
        sealed("a", "b", "c");
        trail.jdbc.sql("""
                        INSERT INTO audit.seal
                        SELECT 4, 99, content_hash, hash, sha256(hash || int8send(4) || content_hash), occurred_at, subject,
                               action, account, role, request_id, outcome
                        FROM audit.seal WHERE sequence = 3
                        """).update();

        assertBreak(4L, "Its event 99 is missing.");
    }

    @Test
    void aForgedEventThatCannotBeReadIsFound() {
        sealed("a");
        trail.tamper("INSERT INTO audit.event (id, content) OVERRIDING SYSTEM VALUE VALUES (99, 'no JSON')", """
                INSERT INTO audit.seal
                SELECT 2, 99, sha256('no JSON'), hash, sha256(hash || int8send(2) || sha256('no JSON')), occurred_at, subject,
                       action, account, role, request_id, outcome
                FROM audit.seal WHERE sequence = 1""");

        assertBreak(2L, "Its event 99 cannot be read.");
    }

    /** The runtime login may take events out of the queue, so one that it does not seal must be found. */
    @Test
    void anEventThatIsNeitherSealedNorPendingIsFound() {
        sealed("a");
        trail.append("b", "c");
        trail.jdbc.sql("DELETE FROM audit.unsealed WHERE event = 2").update();

        assertBreak(null, "Event 2 is neither sealed nor waiting for it.");
        assertThat(audit.verify(null).verified()).isEqualTo(2);
    }

    @Test
    void aRemovedEndIsFoundByTheExpectedHead() {
        sealed("a", "b", "c");
        String head = audit.verify(null).head().hash();
        String earlier = audit.find(2).orElseThrow().hash();
        trail.tamper("DELETE FROM audit.seal WHERE sequence = 3", "DELETE FROM audit.event WHERE id = 3");

        assertThat(audit.verify(null).intact()).isTrue();
        assertThat(audit.verify(earlier.toUpperCase(Locale.ROOT)).intact()).isTrue();
        assertThat(audit.verify(head))
                .isEqualTo(
                        new ChainVerification(
                                false,
                                2,
                                new ChainVerification.Head(2, earlier),
                                new ChainVerification.Break(
                                        null,
                                        "The expected head is not the hash of any event: the chain's end was removed or rewritten.")));
    }

    @Test
    void aRewrittenEndIsFoundByTheExpectedHead() {
        sealed("a", "b");
        String head = audit.verify(null).head().hash();
        trail.tamper("UPDATE audit.event SET content = replace(content, '\"b\"', '\"x\"') WHERE id = 2", RESEAL_2);

        assertThat(audit.verify(null).intact()).isTrue();
        assertThat(audit.verify(head).intact()).isFalse();
    }

    @Test
    void anEventInsertedInBetweenIsFound() {
        sealed("a", "b", "c");
        trail.tamper("INSERT INTO audit.event (content) SELECT content FROM audit.event WHERE id = 2", """
                UPDATE audit.seal SET sequence = 4 WHERE sequence = 3""", """
                INSERT INTO audit.seal
                SELECT 3, 4, content_hash, hash, sha256(hash || int8send(3) || content_hash), occurred_at, subject,
                       action, account, role, request_id, outcome
                FROM audit.seal WHERE sequence = 2""");

        assertBreak(4L, "Its previous hash is not the hash of the event before it.");
    }

    @Test
    void truncatedEventsAreFound() {
        sealed("a", "b", "c");
        trail.tamper("TRUNCATE audit.event");

        assertBreak(1L, "Its event 1 is missing.");
    }

    @Test
    void truncatedSealsAreFound() {
        sealed("a", "b", "c");
        trail.tamper("TRUNCATE audit.seal");

        assertBreak(null, "Event 1 is neither sealed nor waiting for it.");
    }

    @Test
    void aTruncatedTrailIsFoundByACheckpoint() {
        checkpointed("a", "b", "c");
        trail.tamper("TRUNCATE audit.event", "TRUNCATE audit.seal");

        assertBreak(
                1L,
                "No event stands here, but the checkpoint of 2026-11-23T10:15:30.123456Z names event 3: the chain's end was"
                        + " removed.");
    }

    @Test
    void aRemovedEndIsFoundByACheckpoint() {
        checkpointed("a", "b", "c");
        trail.tamper("DELETE FROM audit.seal WHERE sequence = 3", "DELETE FROM audit.event WHERE id = 3");

        assertBreak(
                3L,
                "No event stands here, but the checkpoint of 2026-11-23T10:15:30.123456Z names event 3: the chain's end was"
                        + " removed.");
    }

    @Test
    void aRemovedEndIsFoundByACheckpointThoughTheChainGrewAgain() {
        checkpointed("a");
        checkpointed("b", "c");
        trail.tamper("DELETE FROM audit.seal WHERE sequence > 1", "DELETE FROM audit.event WHERE id > 1");
        sealed("d", "e", "f");

        assertRewritten(3, 1);
    }

    @Test
    void aRewrittenChainIsFoundByACheckpoint() {
        checkpointed("a");
        checkpointed("b", "c");
        sealed("d");
        trail.tamper("UPDATE audit.event SET content = replace(content, '\"b\"', '\"x\"') WHERE id = 2");
        trail.rewriteChain();

        assertRewritten(3, 1);
    }

    @Test
    void aRewrittenChainIsFoundFromItsBeginningOnAndBeforeALaterBreak() {
        checkpointed("a", "b");
        sealed("c");
        trail.tamper("UPDATE audit.event SET content = replace(content, '\"a\"', '\"x\"') WHERE id = 1");
        trail.rewriteChain();
        trail.tamper("UPDATE audit.event SET content = replace(content, '\"c\"', '\"x\"') WHERE id = 3");

        assertRewritten(2, 0);
    }

    @Test
    void aBreakIsNamedBeforeACheckpointThatComesLater() {
        sealed("a");
        checkpointed("b", "c");
        trail.tamper("UPDATE audit.event SET content = replace(content, '\"a\"', '\"x\"') WHERE id = 1");

        assertBreak(1L, "The content of its event 1 is not what was sealed.");
    }

    /** Who rewrites the checkpoints too can make them fit, but cannot sign them. */
    @Test
    void aRewrittenChainWithRewrittenCheckpointsIsFoundByTheSignature() {
        AuditProperties signing = AuditTrail.properties(TestKey.RFC_8032.privatePem(), null);
        sealed("a", "b", "c");
        trail.checkpoint(signing);
        AuditRepository withKey = trail.audit(signing);
        assertThat(withKey.verify(null).intact()).isTrue();

        trail.tamper("UPDATE audit.event SET content = replace(content, '\"b\"', '\"x\"') WHERE id = 2");
        trail.rewriteChain();
        trail.tamper(
                "UPDATE audit.checkpoint SET hash = seal.hash FROM audit.seal WHERE seal.sequence = checkpoint.sequence");

        ChainVerification verification = withKey.verify(null);
        assertThat(verification.intact()).isFalse();
        assertThat(verification.firstBreak())
                .isEqualTo(new ChainVerification.Break(
                        null, "The checkpoint of event 3 does not bear the signature of the key that it names."));
        assertThat(audit.verify(null).intact()).as("without the key").isTrue();
        assertThat(trail.audit(AuditTrail.properties(TestKey.random("Ed25519").privatePem(), null))
                        .verify(null)
                        .intact())
                .as("after a change of keys")
                .isTrue();
    }

    @Test
    void aChainThatGrewSinceItsCheckpointsIsIntact() {
        checkpointed("a");
        checkpointed("b", "c");
        sealed("d");

        assertThat(audit.verify(null).intact()).isTrue();
        assertThat(audit.verify(null).verified()).isEqualTo(4);
    }

    /** Stretches are verified side by side, and the first break counts, whoever finds one first. */
    @Test
    void theFirstOfManyBreaksIsNamedWhereverStretchesOfAChainMeet() {
        trail.append("a");
        trail.jdbc
                .sql("INSERT INTO audit.event (content) SELECT content FROM audit.event, generate_series(2, :count)")
                .param("count", 2 * ChainVerifier.STRETCH + 10)
                .update();
        long seam = ChainVerifier.STRETCH;
        String head = audit.verify(null).head().hash();
        assertThat(audit.verify(head))
                .isEqualTo(new ChainVerification(
                        true, 2 * seam + 10, new ChainVerification.Head(2 * seam + 10, head), null));

        trail.tamper("UPDATE audit.seal SET action = 'x' WHERE sequence = " + (2 * seam + 5));
        assertBreak(2 * seam + 5, "Its column action does not say what its event %d says.".formatted(2 * seam + 5));
        trail.tamper("UPDATE audit.seal SET previous_hash = sha256('x') WHERE sequence = " + (seam + 1));
        assertBreak(seam + 1, "Its previous hash is not the hash of the event before it.");
        trail.tamper("DELETE FROM audit.seal WHERE sequence BETWEEN %d AND %d".formatted(seam, seam + 3));
        assertBreak(seam, "No event stands here: after %d comes %d.".formatted(seam - 1, seam + 4));
        trail.tamper("DELETE FROM audit.seal WHERE sequence BETWEEN %d AND %d".formatted(seam - 2, 2 * seam));
        assertBreak(seam - 2, "No event stands here: after %d comes %d.".formatted(seam - 3, 2 * seam + 1));
        trail.tamper("UPDATE audit.event SET content = replace(content, '\"a\"', '\"x\"') WHERE id IN (2, 7, %d)"
                .formatted(seam - 3));
        assertBreak(2L, "The content of its event 2 is not what was sealed.");
    }

    @Test
    void aSealBeforeTheFirstIsFound() {
        sealed("a");
        trail.tamper("UPDATE audit.seal SET sequence = 0");

        assertBreak(1L, "No event stands here: after 0 comes 0.");
    }

    /** Who narrows the time that is kept of a thousand events hides them from a search by time. */
    @Test
    void aSpanThatHidesAnEventIsFound() {
        for (String change : List.of(
                "DELETE FROM audit.span",
                "UPDATE audit.span SET earliest = earliest + interval '1 microsecond'",
                "UPDATE audit.span SET latest = latest - interval '1 microsecond'")) {
            try (AuditTrail other = new AuditTrail(2)) {
                other.append("a");
                other.audit.seal();
                other.as(TestDatabase.OWNER).sql(change).update();

                assertThat(other.audit.verify(null).firstBreak())
                        .as(change)
                        .isEqualTo(new ChainVerification.Break(
                                1L, "A search by time does not look for it at 2026-11-23T10:15:30.123456Z."));
            }
        }
    }

    private int appendAtRandom(int seed, int transactions) {
        Random random = new Random(seed);
        int committed = 0;
        for (int i = 0; i < transactions; i++) {
            int events = 1 + random.nextInt(3);
            boolean rollback = random.nextInt(10) == 0;
            trail.transaction.executeWithoutResult(state -> {
                for (int event = 0; event < events; event++) {
                    audit.append(entry("appended.by." + seed));
                }
                if (rollback) {
                    state.setRollbackOnly();
                }
            });
            committed += rollback ? 0 : events;
        }
        return committed;
    }

    /** Every read goes on exactly where the last one ended: nothing appears later in between. */
    private void readTail() {
        List<Long> next = trail.jdbc
                .sql("SELECT sequence FROM audit.seal WHERE sequence > :tail ORDER BY sequence")
                .param("tail", tail)
                .query((resultSet, row) -> resultSet.getLong("sequence"))
                .list();
        assertThat(next)
                .containsExactlyElementsOf(LongStream.rangeClosed(tail + 1, tail + next.size())
                        .boxed()
                        .toList());
        tail += next.size();
    }

    private static Callable<Void> whileTrue(AtomicBoolean condition, Runnable action) {
        return () -> {
            while (condition.get()) {
                action.run();
            }
            return null;
        };
    }

    private void sealed(String... actions) {
        trail.append(actions);
        audit.seal();
    }

    private void checkpointed(String... actions) {
        trail.append(actions);
        assertThat(trail.checkpoint(AuditTrail.UNSIGNED)).isInstanceOf(Checkpoints.Attempt.Written.class);
    }

    private void assertRewritten(long sequence, long certain) {
        ChainVerification verification = audit.verify(null);
        assertThat(verification.firstBreak())
                .isEqualTo(new ChainVerification.Break(
                        sequence,
                        "Its hash is not the one in the checkpoint of 2026-11-23T10:15:30.123456Z: it, or an event after %d, was rewritten."
                                .formatted(certain)));
        assertThat(verification.intact()).isFalse();
        assertThat(verification.verified()).isEqualTo(certain);
        assertThat(verification.head().sequence()).isEqualTo(certain);
    }

    private void assertBreak(@Nullable Long sequence, String reason) {
        ChainVerification verification = audit.verify(null);
        assertThat(verification.intact()).isFalse();
        assertThat(verification.firstBreak()).isEqualTo(new ChainVerification.Break(sequence, reason));
        if (sequence != null) {
            assertThat(verification.verified()).isEqualTo(sequence - 1);
            assertThat(verification.head().sequence()).isEqualTo(sequence - 1);
        }
    }

    private Connection begin() throws SQLException {
        Connection connection = trail.database.as(TestDatabase.RUNTIME).getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private static void insert(Connection connection, String action) throws SQLException {
        try (var statement = connection.prepareStatement("INSERT INTO audit.event (content) VALUES (?)")) {
            statement.setString(1, AuditContent.write(AuditTrail.NOW, entry(action)));
            statement.executeUpdate();
        }
    }

    private static void lock(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(" + AuditChain.LOCK + ")");
        }
    }

    private long waiting() {
        return trail.as("postgres").sql("""
                        SELECT count(*) FROM pg_locks
                        WHERE locktype = 'advisory' AND NOT granted
                          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                        """).query(Long.class).single();
    }
}
