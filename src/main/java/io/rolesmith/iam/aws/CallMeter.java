package io.rolesmith.iam.aws;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Times each attempt to call IAM, and makes a span of it that says neither what was sent nor what came back. */
final class CallMeter {

    /** Times each call that went out, and those that were not sent, by operation and outcome. */
    static final String CALLS = "rolesmith.iam.calls";

    private final MeterRegistry meters;
    private final Tracer tracer;

    CallMeter(MeterRegistry meters, Tracer tracer) {
        this.meters = meters;
        this.tracer = tracer;
    }

    /** A call of IAM's {@code operation} that begins now, in the span that the thread is in. */
    Call begin(String operation) {
        Span span = tracer.spanBuilder()
                .name("IAM." + operation)
                .kind(Span.Kind.CLIENT)
                // OpenTelemetry's names for calls by the AWS SDK.
                .tag("rpc.system", "aws-api")
                .tag("rpc.service", "IAM")
                .tag("rpc.method", operation)
                .start();
        return new Call(operation, span, System.nanoTime());
    }

    /** A call that is under way. */
    final class Call {

        private final String operation;
        private final Span span;
        private final long begun;

        private Call(String operation, Span span, long begun) {
            this.operation = operation;
            this.span = span;
            this.begun = begun;
        }

        /**
         * Says what came of it.
         *
         * @param error IAM's code or ours, if it failed
         */
        void end(String outcome, @Nullable String awsRequestId, @Nullable String error) {
            meters.timer(CALLS, "operation", operation, "outcome", outcome)
                    .record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
            span.tag("outcome", outcome);
            if (awsRequestId != null) {
                span.tag("aws.request_id", awsRequestId);
            }
            if (error != null) {
                span.tag("error.type", error);
            }
            span.end();
        }
    }
}
