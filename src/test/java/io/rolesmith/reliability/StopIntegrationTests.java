package io.rolesmith.reliability;

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
import io.rolesmith.support.RolesmithProcess;
import io.rolesmith.support.TestDatabase;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.World;
import java.io.File;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Rolesmith, a process of its own, is told to stop in the middle of its work, and another one goes on with it. */
class StopIntegrationTests {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path directory;

    @Test
    void whatIsInHandIsFinishedOrParkedAndWhoWaitsIsAnswered() throws Exception {
        FaultProxy iam = FaultProxy.before(new MemoryIam(TestRolesmith.ACCOUNT));
        FaultProxy other = FaultProxy.before(new MemoryIam(World.OTHER_ACCOUNT));
        TestDatabase database = TestDatabase.create();
        Map<String, String> properties = World.properties(iam, other);
        properties.put("rolesmith.iam.call-timeout", "5s");
        Map<String, String> stopping = new HashMap<>(properties);
        stopping.put("rolesmith.shutdown.pause", "2s");
        stopping.put("rolesmith.shutdown.work", "2s");
        stopping.put("db-scheduler.shutdown-max-wait", "10s");
        Map<String, JsonNode> answered = new HashMap<>();
        Map<String, Integer> statuses = new HashMap<>();
        File log = directory.resolve("log").toFile();
        try (TestRolesmith front = TestRolesmith.start(database, properties)) {
            front.context().getBean(Scheduler.class).stop();
            RolesmithProcess leaving = RolesmithProcess.start(front, stopping, ProcessBuilder.Redirect.to(log));
            try {
                await().atMost(Duration.ofMinutes(2)).until(() -> leaving.status("/actuator/health/readiness") == 200);
                // Each is in another place when the stop comes: done soon, done too late to go on, and without an
                // answer.
                Map<String, Held> held = new HashMap<>();
                Map<String, CompletableFuture<HttpResponse<String>>> waiting = new HashMap<>();
                for (String name : List.of("finished", "parked", "unanswered")) {
                    held.put(name, iam.hold("CreateRole", name, Reach.DONE));
                    HttpRequest.Builder request = leaving.request("/api/v1/role-requests")
                            .header("Authorization", "Bearer " + front.portal())
                            .header("Content-Type", "application/json")
                            .header("Prefer", "wait=60")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    body(inline(role(name), "assets")).toString()));
                    waiting.put(name, CompletableFuture.supplyAsync(() -> send(leaving, request)));
                    held.get(name).awaitArrival();
                }

                leaving.process().destroy();
                await().until(() -> leaving.status("/actuator/health/readiness") == 503);
                // Whoever has not heard of it yet is served all the same.
                assertThat(leaving.status("/actuator/health/liveness")).isEqualTo(200);
                assertThat(leaving.status("/problems")).isEqualTo(200);
                Objects.requireNonNull(held.get("finished")).release();
                Objects.requireNonNull(waiting.get("finished")).get(10, TimeUnit.SECONDS);
                await().atMost(Duration.ofSeconds(10)).until(() -> leaving.status("/problems") == 0);
                TimeUnit.MILLISECONDS.sleep(2200);
                Objects.requireNonNull(held.get("parked")).release();
                waiting.forEach((name, answer) -> {
                    answered.put(name, JSON.readTree(answer.join().body()));
                    statuses.put(name, answer.join().statusCode());
                });
                assertThat(leaving.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
            } finally {
                leaving.process().destroyForcibly();
            }
            assertThat(leaving.process().exitValue())
                    .as(Files.readString(log.toPath()))
                    .isEqualTo(143);
        }

        assertThat(statuses)
                .containsExactlyInAnyOrderEntriesOf(Map.of("finished", 201, "parked", 202, "unanswered", 202));
        assertThat(Files.readString(log.toPath())).doesNotContain("ERROR", "WARN  ", "already stopping");
        JdbcClient jdbc = JdbcClient.create(database.as(TestDatabase.OWNER));
        assertThat(jdbc.sql("SELECT count(*) FROM audit.unsealed")
                        .query(Long.class)
                        .single())
                .isZero();
        assertThat(jdbc.sql("SELECT count(*) FROM audit.event")
                        .query(Long.class)
                        .single())
                .isEqualTo(jdbc.sql("SELECT max(sequence) FROM audit.checkpoint")
                        .query(Long.class)
                        .single());

        try (World world = new World(iam, other, TestRolesmith.start(database, properties))) {
            Map<String, JsonNode> ended = new HashMap<>();
            answered.forEach((name, answer) -> {
                String path = "/role-requests/" + answer.get("id").asString();
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> world.rolesmith()
                                .get(path, world.rolesmith().portal())
                                .json()
                                .has("finishedAt"));
                ended.put(
                        name,
                        world.rolesmith().get(path, world.rolesmith().portal()).json());
            });
            assertThat(ended.values())
                    .extracting(request -> request.get("status").asString())
                    .containsOnly("APPLIED");
            for (String name : List.of("finished", "parked")) {
                assertThat(world.trail(Objects.requireNonNull(ended.get(name)), name))
                        .containsExactly("CreateRole SUCCEEDED", "PutRolePolicy SUCCEEDED");
            }
            assertThat(world.trail(Objects.requireNonNull(ended.get("unanswered")), "unanswered"))
                    .containsExactly("CreateRole UNKNOWN", "CreateRole SUCCEEDED", "PutRolePolicy SUCCEEDED");
            world.assertTrailIsWhatIamDid(ended.values().toArray(JsonNode[]::new));
            world.assertNothingIsStuck();
        }
    }

    private static HttpResponse<String> send(RolesmithProcess process, HttpRequest.Builder request) {
        try {
            return process.send(request);
        } catch (java.io.IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
