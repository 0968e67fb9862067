package io.rolesmith.request;

import jakarta.validation.Valid;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/** How requests are dealt with. */
@Validated
@ConfigurationProperties("rolesmith")
record RequestProperties(@DefaultValue @Valid Requests requests) {

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
            @DefaultValue("250ms") Duration busyRetry) {}
}
