package io.rolesmith.iam.aws;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.metrics.CoreMetric;
import software.amazon.awssdk.http.HttpMetric;
import software.amazon.awssdk.metrics.MetricCollection;
import software.amazon.awssdk.metrics.MetricPublisher;
import software.amazon.awssdk.metrics.SdkMetric;

/** What the SDK knows of its calls and connections, as meters. Called by the SDK after each call, on the caller's thread. */
final class SdkMeters implements MetricPublisher {

    /** Times the SDK's calls with all that it does in them: credentials, connection, attempts. */
    static final String CALLS = "rolesmith.aws.calls";

    /** Counts what the SDK tried again by itself, which it does for STS only. */
    static final String RETRIES = "rolesmith.aws.retries";

    /** The one pool of connections, as the last call saw it. */
    static final String CONNECTIONS = "rolesmith.aws.connections";

    private final MeterRegistry meters;
    private final AtomicInteger available;
    private final AtomicInteger leased;
    private final AtomicInteger pending;

    SdkMeters(MeterRegistry meters) {
        this.meters = meters;
        this.available = connections("available");
        this.leased = connections("leased");
        this.pending = connections("pending");
        for (String service : List.of("IAM", "STS")) {
            meters.counter(RETRIES, "service", service);
        }
    }

    private AtomicInteger connections(String state) {
        AtomicInteger count = new AtomicInteger();
        Gauge.builder(CONNECTIONS, count, AtomicInteger::get)
                .description("Connections of the pool to AWS, as the last call saw them")
                .tag("state", state)
                .register(meters);
        return count;
    }

    @Override
    public void publish(MetricCollection call) {
        String service = first(call, CoreMetric.SERVICE_ID);
        String operation = first(call, CoreMetric.OPERATION_NAME);
        Duration duration = first(call, CoreMetric.API_CALL_DURATION);
        Boolean successful = first(call, CoreMetric.API_CALL_SUCCESSFUL);
        if (service == null || operation == null || duration == null) {
            return;
        }
        meters.timer(
                        CALLS,
                        "service",
                        service,
                        "operation",
                        operation,
                        "outcome",
                        Boolean.TRUE.equals(successful) ? "ok" : "failed")
                .record(duration);
        Integer retries = first(call, CoreMetric.RETRY_COUNT);
        if (retries != null && retries > 0) {
            meters.counter(RETRIES, "service", service).increment(retries);
        }
        for (MetricCollection attempt : call.children()) {
            for (MetricCollection http : attempt.children()) {
                keep(http, HttpMetric.AVAILABLE_CONCURRENCY, available);
                keep(http, HttpMetric.LEASED_CONCURRENCY, leased);
                keep(http, HttpMetric.PENDING_CONCURRENCY_ACQUIRES, pending);
            }
        }
    }

    private static void keep(MetricCollection http, SdkMetric<Integer> metric, AtomicInteger count) {
        Integer value = first(http, metric);
        if (value != null) {
            count.set(value);
        }
    }

    private static <T> @Nullable T first(MetricCollection collection, SdkMetric<T> metric) {
        List<T> values = collection.metricValues(metric);
        return values.isEmpty() ? null : values.getFirst();
    }

    @Override
    public void close() {
        // It holds nothing that would have to be let go.
    }
}
