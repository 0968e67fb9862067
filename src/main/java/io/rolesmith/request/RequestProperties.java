package io.rolesmith.request;

import jakarta.validation.Valid;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/** How requests are dealt with. */
@Validated
@ConfigurationProperties("rolesmith")
record RequestProperties(
        @DefaultValue @Valid Requests requests,
        @DefaultValue Shutdown shutdown) {

    /**
     * @param settleAfter how long after the last write IAM's propagation counts as over; AWS publishes no bound, single
     *     observations are of 4 to 6 s
     * @param idempotencyRetention how long an idempotency key is kept
     * @param planRetention how long a plan can be asked for after it was made
     * @param busyRetry how soon a request is tried again that waits for another one on the same role
     */
    record Requests(
            @DefaultValue("15s") Duration settleAfter,
            @DefaultValue("7d") Duration idempotencyRetention,
            @DefaultValue("1h") Duration planRetention,
            @DefaultValue("250ms") Duration busyRetry) {

        public Requests {
            positive("requests.settle-after", settleAfter);
            positive("requests.idempotency-retention", idempotencyRetention);
            positive("requests.plan-retention", planRetention);
            positive("requests.busy-retry", busyRetry);
        }
    }

    /**
     * @param pause how long everything goes on after readiness went down, so that whoever sends us requests hears of it
     * @param work how long work in hand may go on then; what is not done is left to a successor, after the call under way
     */
    record Shutdown(
            @DefaultValue("0s") Duration pause,
            @DefaultValue("10s") Duration work) {

        public Shutdown {
            if (pause.isNegative()) {
                throw new IllegalArgumentException("rolesmith.shutdown.pause must not be negative");
            }
            if (work.isNegative()) {
                throw new IllegalArgumentException("rolesmith.shutdown.work must not be negative");
            }
        }
    }

    private static void positive(String property, Duration duration) {
        if (!duration.isPositive()) {
            throw new IllegalArgumentException("rolesmith." + property + " must be longer than nothing");
        }
    }
}
