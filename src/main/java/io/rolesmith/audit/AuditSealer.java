package io.rolesmith.audit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

    private final AuditRepository audit;
    private @Nullable Loop loop;
    private boolean failing;

    AuditSealer(AuditRepository audit) {
        this.audit = audit;
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
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Seals once. Whatever goes wrong, the next run may succeed: only the first failure of a row is logged. */
    void seal() {
        try {
            audit.seal();
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
