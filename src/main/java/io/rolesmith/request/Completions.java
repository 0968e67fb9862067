package io.rolesmith.request;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.springframework.stereotype.Component;

/** Lets threads wait for the end of a request: told at once when it ends here, by asking the database when elsewhere. */
@Component
class Completions {

    private static final long POLL_NANOS = Duration.ofMillis(500).toNanos();

    private final ConcurrentMap<RequestId, Waiters> waiting = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    private static final class Waiters {
        private final CountDownLatch ended = new CountDownLatch(1);
        private int count;
    }

    void await(RequestId id, Duration atMost, BooleanSupplier hasEnded) {
        Waiters waiters = waiting.compute(id, (_, there) -> {
            Waiters mine = there == null ? new Waiters() : there;
            mine.count++;
            return mine;
        });
        try {
            long deadline = System.nanoTime() + atMost.toNanos();
            long left = atMost.toNanos();
            // Asked once before waiting, since the request may have ended before anybody waited.
            while (left > 0 && !hasEnded.getAsBoolean()) {
                // Looked at after the latch was put where stop() finds it.
                if (stopped || waiters.ended.await(Math.min(left, POLL_NANOS), TimeUnit.NANOSECONDS)) {
                    return;
                }
                left = deadline - System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            waiting.computeIfPresent(id, (_, there) -> --there.count == 0 ? null : there);
        }
    }

    /** Lets nobody wait any more: nothing will end here. */
    void stop() {
        stopped = true;
        waiting.values().forEach(waiters -> waiters.ended.countDown());
    }

    void signal(RequestId id) {
        Waiters waiters = waiting.get(id);
        if (waiters != null) {
            waiters.ended.countDown();
        }
    }
}
