package io.rolesmith.request;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** How much work waits, over all replicas. One look at the database serves all that is read within a few seconds. */
@Component
class QueueMeters {

    static final String DEPTH = "rolesmith.queue.depth";
    static final String OLDEST = "rolesmith.queue.oldest";

    private static final Duration FRESH = Duration.ofSeconds(5);

    private final Requests requests;
    private final InstantSource clock;
    private Optional<Requests.Queue> seen = Optional.empty();
    private Instant seenAt = Instant.MIN;

    QueueMeters(Requests requests, InstantSource clock, MeterRegistry meters) {
        this.requests = requests;
        this.clock = clock;
        Gauge.builder(DEPTH, this, QueueMeters::depth)
                .description("Role requests that have not begun, of all replicas")
                .register(meters);
        Gauge.builder(OLDEST, this, QueueMeters::oldest)
                .description("How long the oldest of them has waited")
                .baseUnit("seconds")
                .register(meters);
    }

    private double depth() {
        return queue().map(Requests.Queue::depth).map(Long::doubleValue).orElse(Double.NaN);
    }

    private double oldest() {
        return queue().map(queue -> {
                    Instant oldest = queue.oldest();
                    return oldest == null
                            ? 0.0
                            : Duration.between(oldest, clock.instant()).toMillis() / 1000.0;
                })
                .orElse(Double.NaN);
    }

    /** Empty as long as the database cannot be asked, which is not known to be nothing. */
    private synchronized Optional<Requests.Queue> queue() {
        Instant now = clock.instant();
        if (now.isAfter(seenAt.plus(FRESH))) {
            try {
                seen = Optional.of(requests.queue());
            } catch (DataAccessException e) {
                seen = Optional.empty();
            }
            seenAt = clock.instant();
        }
        return seen;
    }
}
