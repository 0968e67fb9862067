package io.rolesmith.audit;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Seals events soon after they were committed. */
@Component
class AuditSealer extends AuditLoop {

    private static final Logger LOG = LoggerFactory.getLogger(AuditSealer.class);
    private static final Duration PAUSE = Duration.ofMillis(250);

    /**
     * Of the life cycle. Far below the web server's, which stops first: what running requests append is then sealed too,
     * and not left to the next start.
     */
    static final int PHASE = 0;

    static final String UNSEALED = "rolesmith.audit.unsealed";
    static final String OLDEST = "rolesmith.audit.unsealed.oldest";
    static final String SEALING = "rolesmith.audit.sealing";
    static final String HEAD = "rolesmith.audit.head";

    private final AuditRepository audit;
    // What the last run saw: a scrape must not wait for the database.
    private final AtomicLong unsealed = new AtomicLong();
    private final AtomicLong head = new AtomicLong();
    private final Timer sealing;
    private volatile double oldest;
    private boolean failing;

    AuditSealer(AuditRepository audit, MeterRegistry meters) {
        super("audit-sealer", PAUSE);
        this.audit = audit;
        Gauge.builder(UNSEALED, unsealed, AtomicLong::get)
                .description("Audit events that awaited their seal when the sealer last looked, up to 10,000")
                .register(meters);
        Gauge.builder(OLDEST, this, sealer -> sealer.oldest)
                .description("How long the first of them had waited then")
                .baseUnit("seconds")
                .register(meters);
        this.sealing = Timer.builder(SEALING)
                .description("Runs that sealed audit events")
                .register(meters);
        Gauge.builder(HEAD, head, AtomicLong::get)
                .description("The last sequence of the audit chain when the sealer last looked")
                .register(meters);
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    void run(CountDownLatch stop) {
        seal();
    }

    /** Seals once. Whatever goes wrong, the next run may succeed: only the first failure of a row is logged. */
    void seal() {
        try {
            AuditRepository.Backlog backlog = audit.backlog();
            unsealed.set(backlog.unsealed());
            oldest = backlog.oldest();
            head.set(backlog.head());
            if (backlog.unsealed() > 0) {
                sealing.record(audit::seal);
            }
            if (failing) {
                failing = false;
                LOG.info("Sealing audit events again");
            }
        } catch (RuntimeException e) {
            if (!failing) {
                failing = true;
                LOG.warn("Cannot seal audit events, trying again every {} ms", PAUSE.toMillis(), e);
            }
        }
    }
}
