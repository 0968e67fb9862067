package io.rolesmith.audit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * What is done again and again for as long as the application runs, and once more when it stops. A thread and not
 * {@code @Scheduled}, which would make a span of every run and share its thread with every other fixed delay.
 */
abstract class AuditLoop implements SmartLifecycle {

    private static final Duration LAST_RUN = Duration.ofSeconds(10);

    private final String name;
    private final Duration pause;
    private @Nullable Running running;

    AuditLoop(String name, Duration pause) {
        this.name = name;
        this.pause = pause;
    }

    private record Running(CountDownLatch stop, Thread thread) {}

    /**
     * One run. It throws nothing else: whatever goes wrong, the next run may succeed.
     *
     * @param stop is down once the application stops, so that nothing is waited for any more
     */
    abstract void run(CountDownLatch stop) throws InterruptedException;

    void lastRun(CountDownLatch stop) throws InterruptedException {
        run(stop);
    }

    @Override
    public final synchronized void start() {
        if (running == null) {
            CountDownLatch stop = new CountDownLatch(1);
            running = new Running(stop, Thread.ofVirtual().name(name).start(() -> runUntil(stop)));
        }
    }

    @Override
    public final synchronized void stop() {
        if (running != null) {
            // Not by interruption, which would tear the connection out of the pool.
            running.stop.countDown();
            try {
                running.thread.join(LAST_RUN);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            running = null;
        }
    }

    @Override
    public final synchronized boolean isRunning() {
        return running != null;
    }

    private void runUntil(CountDownLatch stop) {
        try {
            while (!stop.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                run(stop);
            }
            lastRun(stop);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
