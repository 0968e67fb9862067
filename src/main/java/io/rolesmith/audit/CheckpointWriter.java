package io.rolesmith.audit;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Keeps the chain's head in the table, in the log and at the webhook: each interval in which the chain has grown, by
 * whichever replica comes first, and once more when the application stops. Apart from the sealer, so that
 * a receiver that hangs holds up no sealing.
 */
@Component
class CheckpointWriter extends AuditLoop {

    /** Apart from the class's name, so that checkpoints can be shipped apart. */
    static final String LOGGER = "rolesmith.audit.checkpoint";

    static final String CHECKPOINTS = "rolesmith.audit.checkpoints";
    static final String DELIVERIES = "rolesmith.audit.checkpoint.deliveries";

    private static final Logger CHECKPOINT_LOG = LoggerFactory.getLogger(LOGGER);
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);
    private static final int ATTEMPTS = 3;

    private final Checkpoints checkpoints;
    private final Duration interval;
    private final Optional<CheckpointWebhook> webhook;
    private final Duration pause;
    private final InstantSource clock;
    private final MeterRegistry meters;
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
        super("audit-checkpoints", look(properties.audit().checkpointInterval()));
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

    /** More often than a checkpoint is due, since another replica may have written the last one at any time. */
    private static Duration look(Duration interval) {
        return Duration.ofMillis(Math.max(interval.toMillis() / 10, 100));
    }

    /** Below the sealer's: started before it, and stopped when it has sealed what there was. */
    @Override
    public int getPhase() {
        return AuditSealer.PHASE - 1;
    }

    @Override
    void run(CountDownLatch stop) throws InterruptedException {
        write(interval, stop);
    }

    @Override
    void lastRun(CountDownLatch stop) throws InterruptedException {
        write(Duration.ZERO, stop);
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
}
