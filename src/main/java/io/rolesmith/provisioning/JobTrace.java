package io.rolesmith.provisioning;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.rolesmith.iam.IamTime;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.MDC;

/** One worker's run for a job: its span, the ids on its lines in the log, and its time with IAM. */
final class JobTrace {

    private final Tracer tracer;
    private final Span span;
    private final JobId job;
    private final LongAdder iam = new LongAdder();

    JobTrace(Tracer tracer, Span span, JobId job) {
        this.tracer = tracer;
        this.span = span;
        this.job = job;
    }

    /** Does a part of the run's work, on whatever thread. */
    <T> T within(Supplier<T> work) {
        try (MDC.MDCCloseable _ = MDC.putCloseable(JobId.LOG_KEY, job.toString());
                Tracer.SpanInScope _ = tracer.withSpan(span)) {
            return IamTime.addedTo(iam, work);
        }
    }

    /** How long all calls to IAM took so far, added up. */
    Duration iam() {
        return Duration.ofNanos(iam.sum());
    }

    /** @param outcome one of a few words */
    void end(String outcome) {
        span.tag("outcome", outcome);
        span.end();
    }

    /** It was not the job's turn, and nothing was done that would be worth a span. */
    void forget() {
        span.abandon();
    }
}
