package io.rolesmith.provisioning;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Makes the work on a job part of the trace in which it was asked for, whichever replica does it, and whenever. */
@Component
class JobTraces {

    private static final String TRACEPARENT = "traceparent";

    private final Tracer tracer;
    private final Propagator propagator;

    JobTraces(ObjectProvider<Tracer> tracer, ObjectProvider<Propagator> propagator) {
        this.tracer = tracer.getIfAvailable(() -> Tracer.NOOP);
        this.propagator = propagator.getIfAvailable(() -> Propagator.NOOP);
    }

    /** Where the calling thread is in its trace, as W3C's {@code traceparent}; absent if it is in none. */
    @Nullable
    String here() {
        Span span = tracer.currentSpan();
        if (span == null) {
            return null;
        }
        Map<String, String> headers = new HashMap<>();
        propagator.inject(span.context(), headers, (carrier, name, value) -> {
            if (carrier != null) {
                carrier.put(name, value);
            }
        });
        return headers.get(TRACEPARENT);
    }

    /** A worker begins with the job, or takes it up again. */
    JobTrace begin(Journal.JobRow job) {
        String traceparent = job.traceparent();
        Span.Builder span = traceparent == null
                ? tracer.spanBuilder().setNoParent()
                : propagator.extract(Map.of(TRACEPARENT, traceparent), Map::get);
        return new JobTrace(
                tracer,
                span.name("provision")
                        .kind(Span.Kind.CONSUMER)
                        .tag(JobId.LOG_KEY, job.id().toString())
                        .start(),
                job.id());
    }
}
