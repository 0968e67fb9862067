package io.rolesmith.iam;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.rolesmith.account.AccountId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * How many calls IAM may be sent: for each account one token bucket for reads and one for writes, shared by all replicas. IAM's
 * rates are published nowhere and cannot be raised, so whoever exhausts them slows down everybody in the account.
 *
 * <p>A bucket is one moment in the database, {@code spent_until}: when all tokens taken so far will have been refilled. As far as
 * it lies beyond now plus a full bucket, there are callers who wait. Taking a token moves it on, so each caller reserves
 * its place, and they go in the order in which they came, whatever their replica.
 *
 * <p>While a bucket is well filled, a replica takes a few tokens at once and spends them within {@value #LEASE_SECONDS} s
 * without asking again. What it does not spend is lost, which costs a little rate and never exceeds it. In any stretch of time
 * all replicas together make at most {@code burst + rate × (stretch + 2 s)} calls, and from the first call on at most
 * {@code burst + rate × time}.
 */
@Component
public class CallBudget {

    /** What a call does; IAM counts reads and writes apart. */
    public enum Kind {
        READ,
        WRITE
    }

    /** Times those calls that waited. */
    static final String WAIT = "rolesmith.iam.budget.wait";

    /**
     * Tokens in the emptiest bucket that this replica knows; negative while calls wait. Not by account: there may be thousands,
     * and the one to look at is the emptiest.
     */
    static final String TOKENS = "rolesmith.iam.budget.tokens";

    private static final Logger LOG = LoggerFactory.getLogger(CallBudget.class);

    private static final int LEASE_SECONDS = 2;

    /** A replica takes this part of what there is, so that others find some too. */
    private static final int LEASED_PART = 4;

    private record Key(AccountId account, Kind kind) {}

    /** A kind's bucket in figures, durations in seconds as the database reckons them. */
    private record Limit(int burst, double secondsPerToken, double longestWait) {

        static Limit of(Kind kind, IamProperties.Budget budget) {
            double longest = seconds(budget.longestWait());
            return switch (kind) {
                case READ -> new Limit(budget.readBurst(), 1 / budget.readsPerSecond(), longest);
                case WRITE -> new Limit(budget.writeBurst(), 1 / budget.writesPerSecond(), longest);
            };
        }

        /** How long an empty bucket takes to fill. */
        double full() {
            return burst * secondsPerToken;
        }

        int lease() {
            return Math.max(1, burst / LEASED_PART);
        }
    }

    /** Tokens that were taken, and how far the bucket is spent then. */
    private record Draw(int tokens, double debt) {}

    /** What this replica has of a bucket and knows of it. */
    private final class Bucket {

        private final Limit limit;
        private int left;
        private Instant until = Instant.MIN;
        private boolean leasing;
        private double debt;
        private Instant seen;
        private Instant exhaustedUntil = Instant.MIN;

        private Bucket(Limit limit) {
            this.limit = limit;
            this.seen = clock.instant();
        }

        /** Whether a token of the lease could be spent. */
        synchronized boolean spend() {
            if (left == 0 || !clock.instant().isBefore(until)) {
                return false;
            }
            left--;
            return true;
        }

        /** How many tokens to ask for. While one caller fetches a lease, those who come meanwhile ask for themselves only. */
        synchronized int wanted() {
            int wanted = leasing ? 1 : limit.lease();
            leasing = true;
            return wanted;
        }

        synchronized void asked(int wanted) {
            if (wanted > 1) {
                leasing = false;
            }
        }

        synchronized void drawn(Draw draw) {
            if (draw.tokens() > 1) {
                left = draw.tokens() - 1;
                until = clock.instant().plusSeconds(LEASE_SECONDS);
            }
            know(draw.debt());
        }

        synchronized void refused() {
            exhaustedUntil = clock.instant()
                    .plusNanos((long) (1e9 * Math.max(limit.longestWait() / 4, limit.secondsPerToken())));
        }

        synchronized boolean isExhausted() {
            return clock.instant().isBefore(exhaustedUntil);
        }

        synchronized void empty() {
            left = 0;
            know(Math.max(debt, limit.full()));
        }

        private void know(double debt) {
            this.debt = debt;
            this.seen = clock.instant();
        }

        synchronized double tokens() {
            double now = Math.max(0, debt - seconds(Duration.between(seen, clock.instant())));
            return limit.burst() - now / limit.secondsPerToken();
        }
    }

    private final Map<Kind, Limit> limits;
    private final JdbcClient jdbc;
    private final TransactionTemplate alone;
    private final InstantSource clock;
    private final MeterRegistry meters;
    private final Map<Key, Bucket> buckets = new ConcurrentHashMap<>();

    public CallBudget(
            IamProperties properties,
            JdbcClient jdbc,
            PlatformTransactionManager transactions,
            InstantSource clock,
            MeterRegistry meters) {
        this.limits = Map.of(
                Kind.READ, Limit.of(Kind.READ, properties.budget()),
                Kind.WRITE, Limit.of(Kind.WRITE, properties.budget()));
        this.jdbc = jdbc;
        // What a caller's transaction takes back has been sent all the same; and its lock would stop all other
        // replicas.
        this.alone = new TransactionTemplate(transactions);
        alone.setPropagationBehavior(TransactionDefinition.PROPAGATION_NOT_SUPPORTED);
        this.clock = clock;
        this.meters = meters;
        for (Kind kind : Kind.values()) {
            Gauge.builder(TOKENS, this, budget -> budget.fewest(kind))
                    .description("Calls left in the emptiest bucket that this replica knows")
                    .tag("kind", tag(kind))
                    .register(meters);
            meters.timer(WAIT, "kind", tag(kind));
        }
    }

    /**
     * Waits for the turn of one call; empty if the call is to be made now, else why it must not be made:
     * {@link IamErrors#BUDGET_EXHAUSTED} at once if it would wait for longer than is configured,
     * {@link IamErrors#BUDGET_UNKNOWN} if the database is away, and {@code Interrupted} if the thread was.
     */
    public Optional<IamAnswer.Unsent> take(AccountId account, Kind kind) {
        Bucket bucket = bucket(account, kind);
        if (bucket.spend()) {
            return Optional.empty();
        }
        Optional<Draw> draw;
        int wanted = bucket.wanted();
        try {
            draw = draw(account, kind, wanted);
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("Account {}: its budget of {}s cannot be asked: {}", account, tag(kind), e.getMessage());
            // Without the exception's words, which quote SQL: a caller may be told of it.
            return unsent(
                    IamErrors.BUDGET_UNKNOWN,
                    "What is left of the account's call budget cannot be found out: the database is away");
        } finally {
            bucket.asked(wanted);
        }
        if (draw.isEmpty()) {
            bucket.refused();
            return unsent(
                    IamErrors.BUDGET_EXHAUSTED,
                    "The account's budget of " + tag(kind) + "s is spent for longer than a call may wait");
        }
        bucket.drawn(draw.get());
        return await(kind, draw.get().debt() - limit(kind).full());
    }

    /**
     * Whether work that would need such calls had better not be begun: one was refused its turn here a moment ago. Knows of this
     * replica only, so that it costs nothing.
     */
    public boolean isExhausted(AccountId account, Kind kind) {
        return bucket(account, kind).isExhausted();
    }

    /**
     * Empties the bucket, for all replicas: IAM said that there were too many calls, so that it knows better than we do. What
     * other replicas have taken already they may still spend.
     */
    public void empty(AccountId account, Kind kind) {
        bucket(account, kind).empty();
        try {
            alone.executeWithoutResult(_ -> jdbc.sql("""
                            INSERT INTO rolesmith.call_budget AS budget (account, kind, spent_until, leased)
                            VALUES (:account, :kind, clock_timestamp() + make_interval(secs => :full), 0)
                            ON CONFLICT (account, kind) DO UPDATE
                            SET spent_until = greatest(
                                budget.spent_until, clock_timestamp() + make_interval(secs => :full))""")
                    .param("account", account.value())
                    .param("kind", kind.name())
                    .param("full", limit(kind).full())
                    .update());
        } catch (DataAccessException | TransactionException e) {
            // Then no call of anybody's is made either, until it is back.
            LOG.warn("Account {}: its budget of {}s cannot be emptied: {}", account, tag(kind), e.getMessage());
        }
    }

    /**
     * Takes as many tokens as are wanted and there, and one even if it must be waited for; empty if that takes too long. A debt
     * that no caller can have left (the database's clock was set back, or the limits were changed) counts as an empty bucket.
     */
    private Optional<Draw> draw(AccountId account, Kind kind, int wanted) {
        Limit limit = limit(kind);
        double bearable = limit.full() + limit.longestWait();
        return Objects.requireNonNull(alone.execute(_ -> jdbc.sql("""
                        INSERT INTO rolesmith.call_budget AS budget (account, kind, spent_until, leased)
                        VALUES (:account, :kind, clock_timestamp() + make_interval(secs => :wanted * :refill), :wanted)
                        ON CONFLICT (account, kind) DO UPDATE
                        SET (spent_until, leased) = (
                            SELECT now + make_interval(secs => debt + tokens * :refill), tokens
                            FROM (SELECT clock_timestamp() AS now) AS clock,
                                LATERAL (SELECT extract(epoch FROM budget.spent_until - now)::float8 AS said) AS known,
                                LATERAL (SELECT CASE WHEN said > :impossible THEN :full ELSE greatest(said, 0) END AS debt)
                                    AS spent,
                                LATERAL (SELECT greatest(1, least(:wanted, floor((:full - debt) / :refill / :part)))::integer
                                    AS tokens) AS taken)
                        WHERE extract(epoch FROM budget.spent_until - clock_timestamp()) + :refill <= :bearable
                            OR extract(epoch FROM budget.spent_until - clock_timestamp()) > :impossible
                        RETURNING leased, extract(epoch FROM spent_until - clock_timestamp())::float8 AS debt""")
                .param("account", account.value())
                .param("kind", kind.name())
                .param("wanted", wanted)
                .param("refill", limit.secondsPerToken())
                .param("full", limit.full())
                .param("part", LEASED_PART)
                .param("bearable", bearable)
                // A second for what happens between two looks at the clock.
                .param("impossible", bearable + 1)
                .query((row, _) -> new Draw(row.getInt("leased"), row.getDouble("debt")))
                .optional()));
    }

    private Optional<IamAnswer.Unsent> await(Kind kind, double seconds) {
        if (seconds <= 0) {
            return Optional.empty();
        }
        Duration wait = Duration.ofNanos((long) Math.ceil(seconds * 1e9));
        meters.timer(WAIT, "kind", tag(kind)).record(wait);
        try {
            Thread.sleep(wait);
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unsent(IamErrors.INTERRUPTED, "The call was stopped while it waited for its turn");
        }
    }

    private double fewest(Kind kind) {
        return buckets.entrySet().stream()
                .filter(bucket -> bucket.getKey().kind() == kind)
                .mapToDouble(bucket -> bucket.getValue().tokens())
                .min()
                .orElse(limit(kind).burst());
    }

    private Bucket bucket(AccountId account, Kind kind) {
        return buckets.computeIfAbsent(new Key(account, kind), _ -> new Bucket(limit(kind)));
    }

    private Limit limit(Kind kind) {
        return Objects.requireNonNull(limits.get(kind));
    }

    private static Optional<IamAnswer.Unsent> unsent(String code, String message) {
        return Optional.of(new IamAnswer.Unsent(code, message));
    }

    private static String tag(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
