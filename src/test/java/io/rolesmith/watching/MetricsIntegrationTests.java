package io.rolesmith.watching;

import static io.rolesmith.support.World.body;
import static io.rolesmith.support.World.inline;
import static io.rolesmith.support.World.role;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import io.rolesmith.support.World;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Metrics as Prometheus reads them, and the documents that name them. */
class MetricsIntegrationTests {

    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| `(rolesmith\\.[a-z.]+)` \\|");
    private static final Pattern SAMPLE = Pattern.compile("rolesmith_[a-z_]+");

    /** All tags of our meters: none of them grows with accounts, roles, teams or callers. */
    private static final Set<String> TAGS =
            Set.of("action", "kind", "operation", "outcome", "service", "state", "status");

    private static World world;

    @BeforeAll
    static void provision() {
        FaultProxy iam = FaultProxy.before(new MemoryIam(TestRolesmith.ACCOUNT));
        FaultProxy other = FaultProxy.before(new MemoryIam(World.OTHER_ACCOUNT));
        Map<String, String> properties = World.properties(iam, other);
        properties.put("management.server.port", "0");
        world = new World(iam, other, TestRolesmith.start(properties));
        iam.fail("PutRolePolicy", "measured", new FaultProxy.Refused(400, "Throttling", "Rate exceeded"));
        assertThat(world.submit(body(inline(role("measured"), "assets"))).status())
                .isEqualTo(201);
        assertThat(world.submit(body(role("measured", "none"))).status()).isEqualTo(422);
    }

    @AfterAll
    static void close() {
        world.close();
    }

    private static MeterRegistry meters() {
        return world.rolesmith().context().getBean(MeterRegistry.class);
    }

    private static HttpResponse<String> scrape(String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                + world.rolesmith().context().getEnvironment().getProperty("local.management.port")
                + "/actuator/prometheus"));
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    (headers.length == 0 ? request : request.headers(headers)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void aPortOfItsOwnGivesTheMetricsToWhoeverReachesIt() throws Exception {
        HttpResponse<String> metrics = scrape();

        assertThat(metrics.statusCode()).isEqualTo(200);
        assertThat(metrics.body())
                .contains("rolesmith_requests_ended_seconds_count{action=\"provision\",status=\"applied\"} 1")
                .contains(
                        "rolesmith_requests_ended_seconds_bucket{action=\"provision\",status=\"applied\",le=\"30.0\"} 1")
                .contains("rolesmith_requests_refused_total 1.0")
                .contains("rolesmith_iam_calls_seconds_count{operation=\"PutRolePolicy\",outcome=\"throttled\"} 1")
                .contains("rolesmith_audit_appends_total{outcome=\"refused\"} 1.0")
                .contains(
                        "rolesmith_aws_calls_seconds_count{operation=\"CreateRole\",outcome=\"ok\",service=\"IAM\"} 1")
                .contains("rolesmith_requests_open{status=\"needs-attention\"} 0.0");
        assertThat(meters().get("rolesmith.requests.iam")
                        .tag("status", "applied")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(meters().get("rolesmith.aws.connections")
                        .tag("state", "leased")
                        .gauge()
                        .value())
                .isPositive();
    }

    @Test
    void thePortOfTheApiGivesThemToNobody() {
        TestRolesmith rolesmith = world.rolesmith();

        assertThat(rolesmith.get("//actuator/prometheus", "").status()).isEqualTo(401);
        assertThat(rolesmith
                        .get("//actuator/prometheus", rolesmith.issuer().token("operator", "admin"))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void withoutAPortOfTheirOwnTheyAreForAdministrators() {
        try (TestRolesmith rolesmith = TestRolesmith.start()) {
            assertThat(rolesmith.get("//actuator/prometheus", "").status()).isEqualTo(401);
            assertThat(rolesmith
                            .get("//actuator/prometheus", rolesmith.portal())
                            .status())
                    .isEqualTo(404);
            Answer metrics =
                    rolesmith.get("//actuator/prometheus", rolesmith.issuer().token("operator", "admin"));
            assertThat(metrics.status()).isEqualTo(200);
            assertThat(metrics.body()).contains("rolesmith_audit_head");
        }
    }

    @Test
    void nothingElseIsOpenAtThatPort() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            String port = world.rolesmith().context().getEnvironment().getProperty("local.management.port");
            assertThat(http.send(
                                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/info"))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void theTableNamesEveryMetricAndNoOther() throws IOException {
        Set<String> there = meters().getMeters().stream()
                .map(meter -> meter.getId().getName())
                .filter(name -> name.startsWith("rolesmith."))
                .collect(Collectors.toCollection(TreeSet::new));

        String document = Files.readString(Path.of("docs/operations.md"));
        assertThat(DOCUMENTED
                        .matcher(document.substring(document.indexOf("\n## Metrics"), document.indexOf("\n## Traces")))
                        .results()
                        .map(name -> name.group(1)))
                .containsExactlyInAnyOrderElementsOf(there);
    }

    @Test
    void everyMetricOfAnAlertIsThere() throws Exception {
        String metrics = scrape().body();
        Set<String> samples = SAMPLE.matcher(Files.readString(Path.of("docs/alerts.yaml")))
                .results()
                .map(name -> name.group())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(samples).hasSizeGreaterThan(5);
        assertThat(samples).allSatisfy(sample -> assertThat(metrics).containsPattern("(?m)^" + sample + "[{ ]"));
    }

    @Test
    void noTagGrowsWithWhatIsProvisioned() {
        assertThat(meters().getMeters().stream()
                        .map(Meter::getId)
                        .filter(id -> id.getName().startsWith("rolesmith."))
                        .flatMap(id -> id.getTags().stream())
                        .map(Tag::getKey))
                .isSubsetOf(TAGS);
    }
}
