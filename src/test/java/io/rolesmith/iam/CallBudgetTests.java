package io.rolesmith.iam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rolesmith.account.AccountId;
import io.rolesmith.iam.CallBudget.Kind;
import io.rolesmith.support.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** Replicas that share one database, and so one budget. Time is real: the database's clock reckons. */
class CallBudgetTests {

    private static final DataSource DATABASE = impatient(TestDatabase.migrated());
    private static final AtomicInteger ACCOUNTS = new AtomicInteger();
    private static final Duration LONG = Duration.ofSeconds(20);

    private final AccountId account = new AccountId("%012d".formatted(ACCOUNTS.incrementAndGet()));
    private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");

    /** One replica, and how often it asked the database. */
    private final class Replica extends DelegatingDataSource {

        private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
        private final AtomicInteger asked = new AtomicInteger();
        private final CallBudget budget;

        private Replica(double perSecond, int burst, Duration longestWait) {
            super(DATABASE);
            budget = new CallBudget(
                    properties(perSecond, burst, longestWait),
                    JdbcClient.create(this),
                    new DataSourceTransactionManager(this),
                    () -> now,
                    meters);
        }

        @Override
        public Connection getConnection() throws SQLException {
            asked.incrementAndGet();
            return super.getConnection();
        }

        private Optional<IamAnswer.Unsent> write() {
            return budget.take(account, Kind.WRITE);
        }

        /** How many calls have begun to wait. */
        private long waits() {
            return meters.find(CallBudget.WAIT).timers().stream()
                    .mapToLong(Timer::count)
                    .sum();
        }

        private double waited() {
            return meters.get(CallBudget.WAIT).tag("kind", "write").timer().totalTime(TimeUnit.MILLISECONDS);
        }

        private double tokens() {
            return meters.get(CallBudget.TOKENS).tag("kind", "write").gauge().value();
        }
    }

    private static IamProperties properties(double perSecond, int burst, Duration longestWait) {
        return new IamProperties(
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                new IamProperties.Budget(perSecond, burst, perSecond, burst, longestWait));
    }

    @Test
    void aSmallRequestIsNotSlowedAndAsksTheDatabaseOnce() {
        Replica replica = new Replica(5, 20, LONG);

        for (int i = 0; i < 4; i++) {
            assertThat(replica.write()).isEmpty();
        }

        assertThat(replica.waits()).isZero();
        assertThat(replica.asked).hasValue(1);
    }

    @Test
    void theWholeBurstGoesOutAtOnceAndNothingMore() {
        Replica replica = new Replica(0.1, 20, Duration.ZERO);

        for (int i = 0; i < 20; i++) {
            assertThat(replica.write()).isEmpty();
        }

        assertThat(replica.write()).isPresent();
        assertThat(replica.waits()).isZero();
        assertThat(replica.tokens()).isCloseTo(0, within(1.0));
        assertThat(replica.asked.get()).as("questions for 21 calls").isLessThan(15);
    }

    /** Never more than burst + rate × time from the first call on, whoever makes them; and both replicas go on. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void replicasTogetherKeepToTheRate(int seed) {
        double rate = 100;
        int burst = 12;
        List<Replica> replicas = List.of(new Replica(rate, burst, LONG), new Replica(rate, burst, LONG));
        ConcurrentLinkedQueue<Long> grants = new ConcurrentLinkedQueue<>();
        long begun = System.nanoTime();
        long end = begun + Duration.ofMillis(1200).toNanos();
        List<AtomicInteger> shares = List.of(new AtomicInteger(), new AtomicInteger());

        // The fewer they are, the more of their calls come from leases.
        inParallel(2 * seed, caller -> {
            Random random = new Random(seed * 31L + caller);
            while (System.nanoTime() < end) {
                // Sometimes at rest, so that leases are taken and lost.
                if (random.nextInt(12) == 0) {
                    pause(random.nextInt(60));
                }
                assertThat(replicas.get(caller % 2).write()).isEmpty();
                grants.add(System.nanoTime());
                shares.get(caller % 2).incrementAndGet();
            }
        });

        int count = 0;
        for (long grant : grants.stream().sorted().toList()) {
            assertThat(++count)
                    .as("calls after %s ms, seed %s", (grant - begun) / 1e6, seed)
                    .isLessThanOrEqualTo((int) Math.ceil(burst + rate * (grant - begun) / 1e9));
        }
        assertThat(count)
                .as("seed %s: it goes on when the burst is spent", seed)
                .isGreaterThan(burst);
        for (AtomicInteger share : shares) {
            assertThat(share.get()).as("of %s, seed %s", count, seed).isGreaterThan(count / 4);
        }
    }

    /** One may call all the time, and the other still gets its turns. */
    @Test
    void aBusyReplicaDoesNotStarveAnother() {
        Replica busy = new Replica(100, 4, LONG);
        Replica modest = new Replica(100, 4, LONG);
        long end = System.nanoTime() + Duration.ofMillis(800).toNanos();
        AtomicInteger turns = new AtomicInteger();
        AtomicInteger all = new AtomicInteger();

        inParallel(10, caller -> {
            while (System.nanoTime() < end) {
                assertThat((caller == 0 ? modest : busy).write()).isEmpty();
                turns.addAndGet(caller == 0 ? 1 : 0);
                all.incrementAndGet();
            }
        });

        // A tenth of them would be its fair share.
        assertThat(turns.get()).as("of %s", all).isGreaterThanOrEqualTo(all.get() / 16);
    }

    @Test
    void whoComesFirstGoesFirstWhateverTheReplica() {
        List<Replica> replicas = List.of(new Replica(20, 1, LONG), new Replica(20, 1, LONG));
        // Long enough for all to queue up, however slow the machine.
        owe("2 s");
        List<Integer> went = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Void>> calls = new ArrayList<>();

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 6; i++) {
                int caller = i;
                calls.add(CompletableFuture.runAsync(
                        () -> {
                            assertThat(replicas.get(caller % 2).write()).isEmpty();
                            went.add(caller);
                        },
                        threads));
                await(() -> replicas.getFirst().waits() + replicas.getLast().waits() > caller);
            }
            calls.forEach(CompletableFuture::join);
        }

        assertThat(went).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void aCallThatWouldWaitTooLongIsGivenUpAtOnceAndReservesNothing() {
        Replica replica = new Replica(0.1, 1, Duration.ofSeconds(8));
        assertThat(replica.write()).isEmpty();

        for (int i = 0; i < 10; i++) {
            assertThat(replica.write())
                    .hasValue(new IamAnswer.Unsent(
                            "BudgetExhausted",
                            "The account's budget of writes is spent for longer than a call may wait"));
        }

        assertThat(replica.waits()).isZero();
        assertThat(debt()).isBetween(7.0, 10.0);
    }

    @Test
    void anEmptiedBucketMakesAllReplicasWait() {
        Replica one = new Replica(1, 20, LONG);
        Replica other = new Replica(1, 20, LONG);
        assertThat(one.write()).isEmpty();

        one.budget.empty(account, Kind.WRITE);

        assertThat(other.write()).isEmpty();
        assertThat(other.waited()).isBetween(100.0, 1000.0);
        assertThat(one.write()).isEmpty();
        assertThat(one.waits()).as("what it had leased is gone too").isEqualTo(1);
        assertThat(one.budget.take(account, Kind.READ)).isEmpty();
        assertThat(one.waits()).as("reads are another bucket").isEqualTo(1);
    }

    @Test
    void emptyingForgivesNobodysPlaceInTheQueue() {
        Replica replica = new Replica(1, 1, LONG);
        owe("9 s");

        replica.budget.empty(account, Kind.WRITE);

        assertThat(debt()).isBetween(5.0, 9.0);
    }

    @Test
    void withoutTheDatabaseThereIsNoBudget() {
        PGSimpleDataSource away = new PGSimpleDataSource();
        away.setUrl("jdbc:postgresql://127.0.0.1:1/rolesmith");
        CallBudget budget = new CallBudget(
                properties(5, 20, LONG),
                JdbcClient.create(away),
                new DataSourceTransactionManager(away),
                () -> now,
                new SimpleMeterRegistry());

        for (int i = 0; i < 3; i++) {
            assertThat(budget.take(account, Kind.WRITE).orElseThrow().code()).isEqualTo("BudgetUnknown");
        }
        budget.empty(account, Kind.WRITE);
    }

    @Test
    void aLeaseLastsTwoSeconds() {
        Replica replica = new Replica(5, 20, LONG);
        assertThat(replica.write()).isEmpty();

        now = now.plusMillis(1999);
        assertThat(replica.write()).isEmpty();
        assertThat(replica.asked).hasValue(1);

        now = now.plusMillis(1);
        assertThat(replica.write()).isEmpty();
        assertThat(replica.asked).hasValue(2);
    }

    @Test
    void aCallersTransactionIsNotJoined() {
        Replica replica = new Replica(0.1, 8, Duration.ZERO);
        Replica other = new Replica(0.1, 8, Duration.ZERO);

        new TransactionTemplate(new DataSourceTransactionManager(replica)).executeWithoutResult(transaction -> {
            assertThat(replica.write()).isEmpty();
            assertThat(other.write()).as("behind no lock").isEmpty();
            transaction.setRollbackOnly();
        });

        assertThat(debt()).as("two tokens and one, of 10 s each").isGreaterThan(20);
    }

    /** As after a failover to a machine whose clock is behind, or from a much larger burst. */
    @Test
    void aDebtThatNobodyCanHaveMadeCountsAsAnEmptyBucket() {
        Replica replica = new Replica(20, 20, LONG);
        owe("1 h");

        assertThat(replica.write()).isEmpty();

        assertThat(debt()).isLessThan(1.1);
    }

    @Test
    void accountsHaveBucketsOfTheirOwn() {
        Replica replica = new Replica(0.1, 1, Duration.ZERO);
        AccountId neighbour = new AccountId("%012d".formatted(ACCOUNTS.incrementAndGet()));

        assertThat(replica.write()).isEmpty();
        assertThat(replica.write()).isPresent();
        assertThat(replica.budget.take(neighbour, Kind.WRITE)).isEmpty();
        assertThat(replica.budget.take(account, Kind.READ)).isEmpty();
    }

    @Test
    void anInterruptEndsTheWaitAndStays() {
        Replica replica = new Replica(0.1, 1, LONG);
        assertThat(replica.write()).isEmpty();
        CompletableFuture<Optional<IamAnswer.Unsent>> answer = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();

        Thread thread = Thread.ofVirtual().start(() -> {
            answer.complete(replica.write());
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        await(() -> replica.waits() > 0);
        thread.interrupt();

        assertThat(answer.join())
                .hasValue(new IamAnswer.Unsent("Interrupted", "The call was stopped while it waited for its turn"));
        assertThat(interrupted.join()).isTrue();
    }

    @Test
    void theGaugeShowsTheEmptiestBucketFillingUp() {
        Replica replica = new Replica(5, 20, LONG);
        assertThat(replica.tokens()).isEqualTo(20);

        assertThat(replica.write()).isEmpty();
        assertThat(replica.tokens()).as("five are leased").isCloseTo(15, within(0.5));

        now = now.plusMillis(600);
        assertThat(replica.tokens()).isCloseTo(18, within(0.5));
        now = now.plusSeconds(60);
        assertThat(replica.tokens()).isEqualTo(20);
    }

    /** Where a lock would be waited for in vain, a test is to fail and not to hang. */
    private static DataSource impatient(TestDatabase database) {
        PGSimpleDataSource dataSource = (PGSimpleDataSource) database.as(TestDatabase.RUNTIME);
        dataSource.setOptions("-c lock_timeout=5s");
        return dataSource;
    }

    private void owe(String interval) {
        JdbcClient.create(DATABASE)
                .sql("INSERT INTO rolesmith.call_budget VALUES (?, 'WRITE', clock_timestamp() + ?::interval, 0)")
                .param(account.value())
                .param(interval)
                .update();
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for in vain").isLessThan(end);
            pause(1);
        }
    }

    /** How far the bucket is spent, in seconds. */
    private double debt() {
        return JdbcClient.create(DATABASE)
                .sql("SELECT extract(epoch FROM spent_until - clock_timestamp())::float8 FROM rolesmith.call_budget"
                        + " WHERE account = ? AND kind = 'WRITE'")
                .param(account.value())
                .query(Double.class)
                .single();
    }

    private static void inParallel(int callers, IntConsumer caller) {
        List<CompletableFuture<Void>> calls = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < callers; i++) {
                int number = i;
                calls.add(CompletableFuture.runAsync(() -> caller.accept(number), threads));
            }
            calls.forEach(CompletableFuture::join);
        }
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
