package io.rolesmith.provisioning;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.stereotype.Component;

/** The pauses between attempts at the same call. */
@Component
class Backoff {

    private final Duration first;

    Backoff(ProvisioningProperties properties) {
        this.first = properties.provisioning().backoff();
    }

    /** Doubles with each attempt, half of it chance, so that writers that met do not meet again. */
    void pause(int attempt) {
        long full = first.toMillis() << Math.min(attempt - 1, 6);
        try {
            Thread.sleep(
                    Duration.ofMillis(full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "Stopped while waiting to repeat a call to IAM; the job is taken up again", e);
        }
    }
}
