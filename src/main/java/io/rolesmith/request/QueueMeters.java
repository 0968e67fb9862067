package io.rolesmith.request;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** How much work waits, over all replicas. One look at the database serves all that is read within a few seconds. */
@Component
class QueueMeters {

    static final String DEPTH = "rolesmith.queue.depth";
    static final String OLDEST = "rolesmith.queue.oldest";
    static final String OPEN = "rolesmith.requests.open";

    private static final Duration FRESH = Duration.ofSeconds(5);

    private static final Requests.Open NONE = new Requests.Open(0, null);

    private final Requests requests;
    private final InstantSource clock;
    private Optional<Map<RequestStatus, Requests.Open>> seen = Optional.empty();
    private Instant seenAt = Instant.MIN;

    QueueMeters(Requests requests, InstantSource clock, MeterRegistry meters) {
        this.requests = requests;
        this.clock = clock;
        Gauge.builder(DEPTH, this, queue -> queue.value(RequestStatus.QUEUED, open -> (double) open.count()))
                .description("Role requests that have not begun, of all replicas")
                .register(meters);
        Gauge.builder(OLDEST, this, queue -> queue.value(RequestStatus.QUEUED, queue::age))
                .description("How long the oldest of them has waited")
                .baseUnit("seconds")
                .register(meters);
        for (RequestStatus status : Requests.OPEN) {
            Gauge.builder(OPEN, this, queue -> queue.value(status, open -> (double) open.count()))
                    .description("Role requests that are not settled, of all replicas")
                    .tag("status", RequestMeters.tag(status))
                    .register(meters);
        }
    }

    private double age(Requests.Open open) {
        Instant oldest = open.oldest();
        return oldest == null ? 0.0 : Duration.between(oldest, clock.instant()).toMillis() / 1000.0;
    }

    /** Not a number as long as the database cannot be asked, which is not known to be nothing. */
    private synchronized double value(RequestStatus status, Function<Requests.Open, Double> of) {
        Instant now = clock.instant();
        if (now.isAfter(seenAt.plus(FRESH))) {
            try {
                seen = Optional.of(requests.open());
            } catch (DataAccessException | TransactionException e) {
                seen = Optional.empty();
            }
            seenAt = clock.instant();
        }
        return seen.map(open -> of.apply(open.getOrDefault(status, NONE))).orElse(Double.NaN);
    }
}
