package io.rolesmith.watching;

import static io.rolesmith.support.World.body;
import static io.rolesmith.support.World.inline;
import static io.rolesmith.support.World.role;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.FaultProxy.Held;
import io.rolesmith.support.FaultProxy.Reach;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.TestDatabase;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import io.rolesmith.support.World;
import io.rolesmith.watching.TestCollector.Seen;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two replicas on one database, and a collector that both send their spans to. */
class TraceIntegrationTests {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PORTAL_SPAN = "b7ad6b7169203331";

    private final TestCollector collector = TestCollector.start();
    private final FaultProxy iam = FaultProxy.before(new MemoryIam(TestRolesmith.ACCOUNT));
    private final FaultProxy other = FaultProxy.before(new MemoryIam(World.OTHER_ACCOUNT));
    private final TestDatabase database = TestDatabase.create();

    @AfterEach
    void close() {
        iam.close();
        other.close();
        collector.close();
    }

    private TestRolesmith replica(String name) {
        Map<String, String> properties = World.properties(iam, other);
        properties.put("management.opentelemetry.tracing.export.otlp.endpoint", collector.endpoint());
        properties.put("management.opentelemetry.tracing.export.schedule-delay", "100ms");
        properties.put("management.opentelemetry.resource-attributes.service.instance.id", name);
        properties.put("rolesmith.iam.call-timeout", "2s");
        properties.put("rolesmith.shutdown.work", "0s");
        return TestRolesmith.start(database, properties);
    }

    private static String submit(TestRolesmith replica, String role, String sampled) {
        Answer answer = replica.post(
                "/role-requests",
                replica.portal(),
                body(inline(role(role), "assets"), inline(role(role + "2"), "assets"))
                        .toString(),
                "Prefer",
                "respond-async",
                "traceparent",
                "00-" + TRACE + "-" + PORTAL_SPAN + "-" + sampled);
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        return answer.header("Location").substring("/api/v1".length());
    }

    private static void awaitApplied(TestRolesmith replica, String location) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(replica.get(location, replica.portal())
                                .json()
                                .get("status")
                                .asString())
                        .isEqualTo("APPLIED"));
    }

    @Test
    void oneTraceLeadsFromTheCallerThroughOneReplicaToTheCallsToIamOfAnother() {
        try (TestRolesmith first = replica("first");
                TestRolesmith second = replica("second")) {
            first.context().getBean(Scheduler.class).pause();

            String location = submit(first, "traced", "01");
            awaitApplied(second, location);

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> collector.named("provision").count() == 1);
            List<Seen> trace = collector.of(TRACE);
            Seen http = only(trace, "http post /api/v1/role-requests");
            assertThat(http.replica()).isEqualTo("first");
            assertThat(http.parent()).isEqualTo(PORTAL_SPAN);
            Seen provision = only(trace, "provision");
            assertThat(provision.replica()).isEqualTo("second");
            assertThat(provision.parent()).isEqualTo(http.id());
            assertThat(provision.attributes())
                    .containsEntry("outcome", "applied")
                    .containsEntry("rolesmith.requestId", location.substring(location.lastIndexOf('/') + 1));
            List<Seen> calls = trace.stream()
                    .filter(span -> span.name().startsWith("IAM."))
                    .toList();
            assertThat(calls)
                    .extracting(Seen::name)
                    .containsExactlyInAnyOrder(
                            "IAM.CreateRole", "IAM.CreateRole", "IAM.PutRolePolicy", "IAM.PutRolePolicy");
            assertThat(calls).allSatisfy(call -> {
                assertThat(call.replica()).isEqualTo("second");
                assertThat(call.parent()).isEqualTo(provision.id());
                assertThat(call.attributes().keySet())
                        .isEqualTo(Set.of("rpc.system", "rpc.service", "rpc.method", "outcome", "aws.request_id"));
                assertThat(call.attributes()).containsEntry("outcome", "ok");
                assertThat(call.attributes().get("aws.request_id")).isNotEmpty();
            });
            assertThat(trace.toString()).doesNotContain("s3:GetObject", "Bearer", "AKIDEXAMPLE");
        }
    }

    @Test
    void whoTakesTheWorkOverStaysInTheTrace() throws Exception {
        try (TestRolesmith second = replica("second")) {
            second.context().getBean(Scheduler.class).pause();
            String location;
            try (TestRolesmith first = replica("first")) {
                Held held = iam.hold("CreateRole", "moved", Reach.DONE);
                location = submit(first, "moved", "01");
                held.awaitArrival();
                // Its stop waits for the call under way, which gets no answer.
            }
            second.context().getBean(Scheduler.class).resume();

            awaitApplied(second, location);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> collector.named("provision").count() == 2);
            assertThat(collector.named("provision").collect(Collectors.toMap(Seen::replica, Seen::trace)))
                    .containsExactlyInAnyOrderEntriesOf(Map.of("first", TRACE, "second", TRACE));
            assertThat(collector
                            .named("provision")
                            .map(span -> span.attributes().get("outcome")))
                    .containsExactlyInAnyOrder("parked", "applied");
        }
    }

    @Test
    void whatTheCallerDoesNotSampleIsNotSent() {
        try (TestRolesmith replica = replica("first")) {
            awaitApplied(replica, submit(replica, "unsampled", "00"));
            awaitApplied(replica, submit(replica, "sampled", "01"));

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> collector.named("provision").count() >= 1);
            assertThat(collector.named("provision")).hasSize(1);
        }
    }

    private static Seen only(List<Seen> trace, String name) {
        List<Seen> named =
                trace.stream().filter(span -> span.name().equals(name)).toList();
        assertThat(named).as("%s in %s", name, trace).hasSize(1);
        return named.getFirst();
    }
}
