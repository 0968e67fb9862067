package io.rolesmith.audit;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Keeps the chain's head in the table, in the log and at the webhook: each interval in which the chain has grown, by
 * whichever replica comes first, and once more when the application stops. A thread of its own, so that a receiver that
 * hangs holds up no sealing.
 */
@Component
class CheckpointWriter implements SmartLifecycle {

    /** Apart from the class's name, so that checkpoints can be shipped apart. */
    static final String LOGGER = "rolesmith.audit.checkpoint";

    static final String CHECKPOINTS = "rolesmith.audit.checkpoints";
    static final String DELIVERIES = "rolesmith.audit.checkpoint.deliveries";

    private static final Logger CHECKPOINT_LOG = LoggerFactory.getLogger(LOGGER);
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);
    private static final int ATTEMPTS = 3;
    private static final Duration LAST_RUN = Duration.ofSeconds(10);

    private final Checkpoints checkpoints;
    private final Duration interval;
    private final Optional<CheckpointWebhook> webhook;
    private final Duration pause;
    private final InstantSource clock;
    private final MeterRegistry meters;
    private @Nullable Loop loop;
    private boolean failing;

    @Autowired
    CheckpointWriter(Checkpoints checkpoints, AuditProperties properties, InstantSource clock, MeterRegistry meters) {
        this(checkpoints, properties, clock, meters, Duration.ofSeconds(1));
    }

    CheckpointWriter(
            Checkpoints checkpoints,
            AuditProperties properties,
            InstantSource clock,
            MeterRegistry meters,
            Duration pause) {
        this.checkpoints = checkpoints;
        this.interval = properties.audit().checkpointInterval();
        this.webhook =
                Optional.ofNullable(properties.audit().checkpointWebhook()).map(CheckpointWebhook::new);
        this.clock = clock;
        this.meters = meters;
        this.pause = pause;
        List.of("written", "failed").forEach(outcome -> meters.counter(CHECKPOINTS, "outcome", outcome));
        List.of("delivered", "failed").forEach(outcome -> meters.counter(DELIVERIES, "outcome", outcome));
    }

    /** Below the sealer's: started before it, and stopped when it has sealed what there was. */
    @Override
    public int getPhase() {
        return AuditSealer.PHASE - 1;
    }

    @Override
    public synchronized void start() {
        if (loop == null) {
            CountDownLatch stop = new CountDownLatch(1);
            loop = new Loop(stop, Thread.ofVirtual().name("audit-checkpoints").start(() -> writeUntil(stop)));
        }
    }

    @Override
    public synchronized void stop() {
        if (loop != null) {
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

    private void writeUntil(CountDownLatch stop) {
        // More often than a checkpoint is due, since another replica may have written the last one at any time.
        long look = Math.max(interval.toMillis() / 10, 100);
        try {
            while (!stop.await(look, TimeUnit.MILLISECONDS)) {
                write(interval, stop);
            }
            write(Duration.ZERO, stop);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes a checkpoint if one is due. Whatever goes wrong, the next run may succeed. */
    void write(Duration age, CountDownLatch stop) throws InterruptedException {
        try {
            switch (checkpoints.write(clock.instant(), age)) {
                case Checkpoints.Attempt.Written(Checkpoint checkpoint) -> {
                    failing = false;
                    meters.counter(CHECKPOINTS, "outcome", "written").increment();
                    CHECKPOINT_LOG.info("{}", checkpoint.json());
                    if (webhook.isPresent()) {
                        deliver(webhook.get(), checkpoint, stop);
                    }
                }
                case Checkpoints.Attempt.NotDue() -> failing = false;
                case Checkpoints.Attempt.Refused(String reason) ->
                    failed(() -> LOG.error("No checkpoints are written any more. {}", reason));
            }
        } catch (RuntimeException e) {
            failed(() -> LOG.warn("Cannot write a checkpoint of the audit chain, trying again", e));
        }
    }

    private void failed(Runnable log) {
        meters.counter(CHECKPOINTS, "outcome", "failed").increment();
        if (!failing) {
            failing = true;
            log.run();
        }
    }

    /** A checkpoint that cannot be delivered is let go: the next one says all that it says. */
    private void deliver(CheckpointWebhook receiver, Checkpoint checkpoint, CountDownLatch stop)
            throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                receiver.post(checkpoint);
                meters.counter(DELIVERIES, "outcome", "delivered").increment();
                return;
            } catch (IOException e) {
                if (attempt == ATTEMPTS || stop.await(pause.toMillis() << attempt, TimeUnit.MILLISECONDS)) {
                    meters.counter(DELIVERIES, "outcome", "failed").increment();
                    LOG.warn(
                            "rolesmith.audit.checkpoint-webhook did not take the checkpoint of event {}: {}",
                            checkpoint.sequence(),
                            e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
                    return;
                }
            }
        }
    }

    private record Loop(CountDownLatch stop, Thread thread) {}
}
