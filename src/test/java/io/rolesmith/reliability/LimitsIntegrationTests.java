package io.rolesmith.reliability;

import static io.rolesmith.support.World.body;
import static io.rolesmith.support.World.role;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.FaultProxy.Held;
import io.rolesmith.support.FaultProxy.Reach;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import io.rolesmith.support.World;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** What one caller may send and take up, and that nothing of our inside is in what he is answered. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class LimitsIntegrationTests {

    private final World world;

    LimitsIntegrationTests() {
        FaultProxy iam = FaultProxy.before(new MemoryIam(TestRolesmith.ACCOUNT));
        FaultProxy other = FaultProxy.before(new MemoryIam(World.OTHER_ACCOUNT));
        Map<String, String> properties = World.properties(iam, other);
        properties.put("rolesmith.api.concurrent-waits", "2");
        world = new World(iam, other, TestRolesmith.start(properties));
    }

    @AfterAll
    void stop() {
        world.close();
    }

    /** Fails as nobody foresaw. */
    private static final class Unforeseen {

        @GetMapping
        @ResponseBody
        @SuppressWarnings("unused")
        String fails() {
            throw new IllegalStateException("SELECT password FROM secrets");
        }
    }

    @Test
    void whatNobodyForesawSaysNothingOfOurInside(CapturedOutput output) throws NoSuchMethodException {
        RequestMappingHandlerMapping mappings =
                world.rolesmith().context().getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
        mappings.registerMapping(
                RequestMappingInfo.paths("/api/v1/unforeseen")
                        .options(mappings.getBuilderConfiguration())
                        .build(),
                new Unforeseen(),
                Unforeseen.class.getDeclaredMethod("fails"));

        Answer answer = world.rolesmith().get("/unforeseen", world.rolesmith().portal());

        assertThat(answer.status()).as("%s", answer).isEqualTo(500);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("code").asString()).isEqualTo("internal-error");
        assertThat(answer.body()).doesNotContain("SELECT", "password", "IllegalState", "io.rolesmith", "at java.");
        assertThat(output.getOut()).contains(answer.json().get("errorId").asString(), "SELECT password FROM secrets");
    }

    @Test
    void whoWaitsForTooMuchIsRefusedBeforeAnythingIsStoredAndMayAskWithoutWaiting() {
        Held one = world.iam().hold("CreateRole", "waitedOne", Reach.NOT_DONE);
        Held two = world.iam().hold("CreateRole", "waitedTwo", Reach.NOT_DONE);
        List<CompletableFuture<Answer>> waiting = List.of(
                CompletableFuture.supplyAsync(() -> world.submit(body(role("waitedOne")))),
                CompletableFuture.supplyAsync(() -> world.submit(body(role("waitedTwo")), "Prefer", "wait=30")));
        one.awaitArrival();
        two.awaitArrival();

        Answer refused = world.submit(body(role("refusedWait")));

        assertThat(refused.status()).as("%s", refused).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("5");
        assertThat(refused.json().get("code").asString()).isEqualTo("too-many-waits");
        assertThat(refused.json().get("detail").asString())
                .isEqualTo("You wait for 2 requests already. Nothing was submitted; send Prefer: respond-async to be"
                        + " answered without a wait");
        assertThat(world.rolesmith()
                        .get(
                                "/role-requests?role=refusedWait",
                                world.rolesmith().portal())
                        .json()
                        .get("items"))
                .isEmpty();
        assertThat(world.submit(body(role("refusedWait")), "Prefer", "respond-async")
                        .status())
                .isEqualTo(202);
        // Another caller is not held up.
        String another = world.rolesmith().issuer().token("another", "roles:request", "retail-store");
        assertThat(world.rolesmith()
                        .post("/role-requests", another, body(role("ofAnother")).toString())
                        .status())
                .isEqualTo(201);
        one.release();
        two.release();
        assertThat(waiting)
                .allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(201));
        assertThat(world.submit(body(role("waitedAgain"))).status()).isEqualTo(201);
    }

    @Test
    void aQueuedRequestSaysWhoIsBeforeItAndTheQueueIsMeasured() {
        Held held = world.iam().hold("CreateRole", "wanted", Reach.NOT_DONE);
        List<Answer> answers = new ArrayList<>();
        answers.add(world.submit(body(role("wanted")), "Prefer", "respond-async"));
        held.awaitArrival();
        for (int i = 0; i < 3; i++) {
            answers.add(world.submit(body(role("wanted")), "Prefer", "respond-async"));
        }

        assertThat(answers.subList(1, 4))
                .extracting(answer -> answer.json().get("queuePosition").asInt())
                .containsExactly(1, 2, 3);
        assertThat(answers.subList(1, 4))
                .extracting(answer -> answer.header("Retry-After"))
                .containsExactly("1", "2", "3");
        Answer first = get(answers.getFirst());
        assertThat(first.json().get("status").asString()).isEqualTo("APPLYING");
        assertThat(first.json().has("queuePosition")).isFalse();
        assertThat(first.header("Retry-After")).isEqualTo("1");
        MeterRegistry meters = world.rolesmith().context().getBean(MeterRegistry.class);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> meters.get("rolesmith.queue.depth").gauge().value() == 3);
        assertThat(meters.get("rolesmith.queue.oldest").gauge().value()).isPositive();

        held.release();
        await().until(() ->
                get(answers.getLast()).json().get("status").asString().equals("APPLIED"));
        assertThat(get(answers.getLast()).header("Retry-After")).isEmpty();
        assertThat(get(answers.getLast()).json().has("queuePosition")).isFalse();
    }

    private Answer get(Answer submitted) {
        return world.rolesmith()
                .get(
                        submitted.header("Location").substring("/api/v1".length()),
                        world.rolesmith().portal());
    }

    @Test
    void everyLimitAnswersWithAProblemThatSaysNothingOfOurInside() throws IOException {
        String token = world.rolesmith().portal();
        List<Answer> answers = new ArrayList<>();
        answers.add(is(400, "invalid-parameter", raw("X-Many: 1\r\n".repeat(101))));
        answers.add(is(400, "invalid-parameter", raw("X-Large: " + "x".repeat(17_000) + "\r\n")));
        answers.add(is(
                400,
                "malformed-json",
                post(
                        "/role-requests",
                        "{\"roles\": [{\"trustPolicy\": " + "{\"x\": ".repeat(70) + "1" + "}".repeat(70) + "}]}")));
        answers.add(is(413, "body-too-large", post("/role-requests", "\"" + "x".repeat(2 * 1024 * 1024) + "\"")));
        answers.add(is(400, "invalid-parameter", world.rolesmith().get("/role-requests?pageSize=201", token)));
        answers.add(is(400, "invalid-parameter", world.rolesmith().get("/role-requests?pageSize=many", token)));
        answers.add(is(
                400,
                "invalid-parameter",
                world.rolesmith()
                        .get("/audit-events?pageToken=x", world.rolesmith().auditor())));
        answers.add(is(400, "malformed-json", post("/role-requests", "{")));
        answers.add(is(400, "invalid-request", post("/role-requests", "{}")));
        answers.add(is(401, "unauthenticated", world.rolesmith().get("/role-requests", "")));
        answers.add(is(403, "scope-missing", world.rolesmith().get("/audit-events", token)));
        answers.add(is(404, "not-found", world.rolesmith().get("/nothing", token)));
        answers.add(is(404, "not-found", world.rolesmith().get("/role-requests/x%27%20OR%201=1--", token)));
        answers.add(is(405, "method-not-allowed", post("/accounts", "{}")));
        answers.add(is(
                415,
                "unsupported-media-type",
                world.rolesmith()
                        .send(world.rolesmith()
                                .request("/role-requests", token)
                                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("x")))));
        answers.add(
                is(400, "invalid-parameter", world.submit(body(role("keyed")), "Idempotency-Key", "x".repeat(256))));
        world.iam()
                .fail("CreateRole", "secretive", new FaultProxy.Refused(403, "AccessDenied", "secret of the account"));
        answers.add(is(502, "aws-failed", world.submit(body(role("secretive")))));

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.body())
                        .doesNotContainIgnoringCase(
                                "exception",
                                "io.rolesmith",
                                "java.",
                                "\tat ",
                                "tomcat",
                                "jackson",
                                "insert into",
                                "secret of"));
    }

    private Answer post(String path, String body) {
        return world.rolesmith().post(path, world.rolesmith().portal(), body);
    }

    private static Answer is(int status, String code, Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        JsonNode problem = answer.json();
        assertThat(problem.get("code").asString()).isEqualTo(code);
        assertThat(problem.get("errorId").asString()).isNotEmpty();
        return answer;
    }

    /** What the JDK's client would not send. */
    private Answer raw(String headers) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", world.rolesmith().uri("/").getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(("GET /api/v1/role-requests HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers
                                    + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return Answer.parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
