package io.rolesmith.audit;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Seals events soon after they were committed, for as long as the application runs. A thread and not {@code @Scheduled},
 * which would make a span of every run and share its thread with every other fixed delay.
 */
@Component
class AuditSealer implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(AuditSealer.class);
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration LAST_RUN = Duration.ofSeconds(10);

    /**
     * Of the life cycle. Far below the web server's, which stops first: what running requests append is then sealed too,
     * and not left to the next start.
     */
    static final int PHASE = 0;

    static final String UNSEALED = "rolesmith.audit.unsealed";
    static final String OLDEST = "rolesmith.audit.unsealed.oldest";
    static final String SEALING = "rolesmith.audit.sealing";
    static final String HEAD = "rolesmith.audit.head";

    private final AuditRepository audit;
    // What the last run saw: a scrape must not wait for the database.
    private final AtomicLong unsealed = new AtomicLong();
    private final AtomicLong head = new AtomicLong();
    private final Timer sealing;
    private volatile double oldest;
    private @Nullable Loop loop;
    private boolean failing;

    AuditSealer(AuditRepository audit, MeterRegistry meters) {
        this.audit = audit;
        Gauge.builder(UNSEALED, unsealed, AtomicLong::get)
                .description("Audit events that awaited their seal when the sealer last looked, up to 10,000")
                .register(meters);
        Gauge.builder(OLDEST, this, sealer -> sealer.oldest)
                .description("How long the first of them had waited then")
                .baseUnit("seconds")
                .register(meters);
        this.sealing = Timer.builder(SEALING)
                .description("Runs that sealed audit events")
                .register(meters);
        Gauge.builder(HEAD, head, AtomicLong::get)
                .description("The last sequence of the audit chain when the sealer last looked")
                .register(meters);
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public synchronized void start() {
        if (loop == null) {
            CountDownLatch stop = new CountDownLatch(1);
            loop = new Loop(stop, Thread.ofVirtual().name("audit-sealer").start(() -> sealUntil(stop)));
        }
    }

    @Override
    public synchronized void stop() {
        if (loop != null) {
            // Not by interruption, which would tear the connection out of the pool.
            loop.stop.countDown();
            try {
                loop.thread.join(LAST_RUN);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            loop = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return loop != null;
    }

    private void sealUntil(CountDownLatch stop) {
        try {
            while (!stop.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                seal();
            }
            seal();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Seals once. Whatever goes wrong, the next run may succeed: only the first failure of a row is logged. */
    void seal() {
        try {
            AuditRepository.Backlog backlog = audit.backlog();
            unsealed.set(backlog.unsealed());
            oldest = backlog.oldest();
            head.set(backlog.head());
            if (backlog.unsealed() > 0) {
                sealing.record(audit::seal);
            }
            if (failing) {
                failing = false;
                LOG.info("Sealing audit events again");
            }
        } catch (RuntimeException e) {
            if (!failing) {
                failing = true;
                LOG.warn("Cannot seal audit events, trying again every {} ms", PAUSE.toMillis(), e);
            }
        }
    }

    private record Loop(CountDownLatch stop, Thread thread) {}
}
