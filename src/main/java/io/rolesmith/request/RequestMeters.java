package io.rolesmith.request;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;
import org.springframework.stereotype.Component;

/** What becomes of requests, in numbers. */
@Component
class RequestMeters {

    static final String SUBMITTED = "rolesmith.requests.submitted";
    static final String REFUSED = "rolesmith.requests.refused";

    /** Times requests from their submission to their end, by what was asked and how they ended. */
    static final String ENDED = "rolesmith.requests.ended";

    /** One round trip to IAM, a few, a busy IAM, an account's budget, and beyond. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5)
    };

    private final MeterRegistry meters;
    private final InstantSource clock;
    private final Counter refused;

    RequestMeters(MeterRegistry meters, InstantSource clock) {
        this.meters = meters;
        this.clock = clock;
        this.refused = Counter.builder(REFUSED)
                .description("Submissions that a rule or their shape refused")
                .register(meters);
        // Those that are watched for must be there before the first of them comes, or no rate shows it.
        for (RequestAction action : RequestAction.values()) {
            meters.counter(SUBMITTED, "action", tag(action));
            Arrays.stream(RequestStatus.values())
                    .filter(RequestStatus::isFinal)
                    .forEach(status -> timer(action, status));
        }
    }

    void submitted(RequestAction action) {
        meters.counter(SUBMITTED, "action", tag(action)).increment();
    }

    void refused() {
        refused.increment();
    }

    void ended(RequestAction action, RequestStatus status, Instant submittedAt) {
        timer(action, status).record(Duration.between(submittedAt, clock.instant()));
    }

    private Timer timer(RequestAction action, RequestStatus status) {
        return Timer.builder(ENDED)
                .description("From submission to the end")
                .tags("action", tag(action), "status", tag(status))
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }

    /** As on the wire of the trail: {@code needs-attention}. */
    static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
