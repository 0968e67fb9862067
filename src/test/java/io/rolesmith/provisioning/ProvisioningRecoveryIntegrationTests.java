package io.rolesmith.provisioning;

import static io.rolesmith.support.FaultProxy.Refused.DENIED;
import static io.rolesmith.support.FaultProxy.Refused.UNSEEN;
import static io.rolesmith.support.World.ECS_EXECUTION_POLICY;
import static io.rolesmith.support.World.body;
import static io.rolesmith.support.World.changes;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One Rolesmith, a process of its own, is killed in the middle of several requests, each at another point; another one on the
 * same database finishes them. Each test looks at one of the requests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProvisioningRecoveryIntegrationTests {

    private final FaultProxy iam = FaultProxy.before(new MemoryIam(TestRolesmith.ACCOUNT));
    private final FaultProxy other = FaultProxy.before(new MemoryIam(World.OTHER_ACCOUNT));
    private final TestDatabase database = TestDatabase.create();
    private final Map<String, JsonNode> ended = new HashMap<>();
    private World world;

    ProvisioningRecoveryIntegrationTests() throws Exception {
        Map<String, String> properties = World.properties(iam, other);
        // As quick to notice a dead worker as db-scheduler can be told to be.
        properties.put("db-scheduler.heartbeat-interval", "500ms");
        properties.put("db-scheduler.polling-interval", "100ms");

        List<Held> points = new ArrayList<>();
        Map<String, ObjectNode> bodies = new HashMap<>();
        points.add(iam.hold("CreateRole", "created", Reach.DONE));
        bodies.put("created", body(inline(role("created"), "assets")));
        points.add(iam.hold("CreateRole", "notCreated", Reach.NOT_DONE));
        bodies.put("notCreated", body(inline(role("notCreated"), "assets")));
        Held late = iam.hold("CreateRole", "createdLate", Reach.NOT_DONE);
        points.add(late);
        bodies.put("createdLate", body(inline(role("createdLate"), "assets")));
        points.add(iam.hold("AttachRolePolicy", "attached", Reach.DONE));
        bodies.put("attached", body(inline(role("attached", ECS_EXECUTION_POLICY), "assets")));
        points.add(iam.hold("AttachRolePolicy", "notAttached", Reach.NOT_DONE));
        bodies.put("notAttached", body(inline(role("notAttached", ECS_EXECUTION_POLICY), "assets")));
        iam.fail("PutRolePolicy", "undone", DENIED);
        points.add(iam.hold("DeleteRole", "undone", Reach.DONE));
        bodies.put("undone", body(inline(role("undone"), "assets")));
        iam.fail("PutRolePolicy", "notUndone", DENIED);
        points.add(iam.hold("DetachRolePolicy", "notUndone", Reach.NOT_DONE));
        bodies.put("notUndone", body(inline(role("notUndone", ECS_EXECUTION_POLICY), "assets")));

        iam.fail("PutRolePolicy", "refused", DENIED);
        points.add(iam.hold("AttachRolePolicy", "sibling", Reach.NOT_DONE));
        bodies.put("sibling", body(role("sibling", ECS_EXECUTION_POLICY), inline(role("refused"), "assets")));

        Map<String, String> locations = new HashMap<>();
        try (TestRolesmith front = TestRolesmith.start(database, properties)) {
            // It takes requests and leaves the work to the one that will be killed.
            front.context().getBean(Scheduler.class).stop();
            bodies.forEach((name, asked) -> locations.put(
                    name,
                    front.post("/role-requests", front.portal(), asked.toString(), "Prefer", "respond-async")
                            .header("Location")));
            Process victim = RolesmithProcess.start(front, properties, ProcessBuilder.Redirect.DISCARD)
                    .process();
            points.forEach(Held::awaitArrival);
            await().until(() -> World.stream(front.auditTrail())
                    .anyMatch(event -> event.get("action").asString().equals("iam.PutRolePolicy")
                            && event.get("role").asString().equals("refused")));
            victim.destroyForcibly().waitFor();
        }
        // And this role is not shown for a while.
        iam.fail("GetRole", "notAttached", 7, UNSEEN);
        // What the killed one had sent goes its way at the worst moment: between its successor's last look and its
        // write.
        Held repeated = iam.hold("CreateRole", "createdLate", Reach.NOT_DONE);
        TestRolesmith successor = TestRolesmith.start(database, properties);
        world = new World(iam, other, successor);
        repeated.awaitArrival();
        late.release();
        await().until(() -> iam.hasRole("createdLate"));
        repeated.release();
        locations.forEach((name, location) -> {
            String path = location.substring("/api/v1".length());
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !successor
                            .get(path, successor.portal())
                            .json()
                            .path("finishedAt")
                            .asString("")
                            .isEmpty());
            ended.put(name, successor.get(path, successor.portal()).json());
        });
    }

    @AfterAll
    void stop() {
        world.close();
    }

    private JsonNode applied(String name) {
        JsonNode request = Objects.requireNonNull(ended.get(name));
        assertThat(request.get("status").asString()).as("%s", request).isEqualTo("APPLIED");
        assertThat(changes(request, name)).allMatch(change -> change.endsWith(" APPLIED"));
        assertThat(iam.ask("GetRole", Map.of("RoleName", name)).xml())
                .contains(request.get("roles").get(0).get("roleId").asString());
        assertThat(request.get("settledAt").isNull()).isFalse();
        return request;
    }

    private JsonNode rolledBack(String name) {
        JsonNode request = Objects.requireNonNull(ended.get(name));
        assertThat(request.get("status").asString()).as("%s", request).isEqualTo("ROLLED_BACK");
        assertThat(iam.hasRole(name)).isFalse();
        assertThat(request.get("failure").get("code").asString()).isEqualTo("aws-failed");
        assertThat(request.get("failure").get("message").asString())
                .isEqualTo("PutRolePolicy for " + name + " was answered with AccessDenied");
        return request;
    }

    private List<String> done(String name) {
        return iam.writes().stream()
                .filter(call -> call.role().equals(name) && call.done())
                .map(FaultProxy.Call::action)
                .toList();
    }

    @Test
    void findsTheRoleThatTheKilledOneHadMade() {
        assertThat(world.trail(applied("created"), "created"))
                .containsExactly("CreateRole SUCCEEDED", "PutRolePolicy SUCCEEDED");
        assertThat(done("created")).containsExactly("CreateRole", "PutRolePolicy");
    }

    @Test
    void makesTheRoleThatTheKilledOneHadNotMade() {
        assertThat(world.trail(applied("notCreated"), "notCreated"))
                .containsExactly("CreateRole FAILED", "CreateRole SUCCEEDED", "PutRolePolicy SUCCEEDED");
    }

    @Test
    void takesTheRoleForItsOwnThatTheKilledOneMadeAfterItsDeath() {
        assertThat(world.trail(applied("createdLate"), "createdLate"))
                .containsExactly(
                        "CreateRole FAILED", "CreateRole FAILED", "CreateRole SUCCEEDED", "PutRolePolicy SUCCEEDED");
        assertThat(done("createdLate")).containsExactly("CreateRole", "PutRolePolicy");
    }

    @Test
    void goesOnBehindTheLastChangeThatWasMade() {
        assertThat(world.trail(applied("attached"), "attached"))
                .containsExactly("CreateRole SUCCEEDED", "AttachRolePolicy SUCCEEDED", "PutRolePolicy SUCCEEDED");
        assertThat(done("attached")).containsExactly("CreateRole", "AttachRolePolicy", "PutRolePolicy");
    }

    @Test
    void makesTheChangeThatWasNotMade() {
        assertThat(world.trail(applied("notAttached"), "notAttached"))
                .containsExactly(
                        "CreateRole SUCCEEDED",
                        "AttachRolePolicy FAILED",
                        "AttachRolePolicy SUCCEEDED",
                        "PutRolePolicy SUCCEEDED");
    }

    @Test
    void knowsOfADeletionThatUndidTheRole() {
        assertThat(world.trail(rolledBack("undone"), "undone"))
                .containsExactly("CreateRole SUCCEEDED", "PutRolePolicy FAILED", "DeleteRole SUCCEEDED undo");
        assertThat(done("undone")).containsExactly("CreateRole", "DeleteRole");
    }

    @Test
    void finishesUndoing() {
        JsonNode request = rolledBack("notUndone");
        assertThat(changes(request, "notUndone"))
                .containsExactly("CreateRole UNDONE", "AttachRolePolicy UNDONE", "PutRolePolicy FAILED");
        assertThat(world.trail(request, "notUndone"))
                .containsExactly(
                        "CreateRole SUCCEEDED",
                        "AttachRolePolicy SUCCEEDED",
                        "PutRolePolicy FAILED",
                        "DetachRolePolicy FAILED undo",
                        "DetachRolePolicy SUCCEEDED undo",
                        "DeleteRole SUCCEEDED undo");
    }

    @Test
    void doesNotGoOnWithARoleWhoseSiblingFailed() {
        JsonNode request = Objects.requireNonNull(ended.get("sibling"));
        assertThat(request.get("status").asString()).isEqualTo("ROLLED_BACK");
        assertThat(request.get("failure").get("role").asString()).isEqualTo("refused");
        assertThat(changes(request, "sibling")).containsExactly("CreateRole UNDONE", "AttachRolePolicy PLANNED");
        assertThat(changes(request, "refused")).containsExactly("CreateRole UNDONE", "PutRolePolicy FAILED");
        assertThat(iam.hasRole("sibling")).isFalse();
        assertThat(iam.hasRole("refused")).isFalse();
    }

    @Test
    void theTrailIsWhatIamDid() {
        world.assertTrailIsWhatIamDid(ended.values().toArray(JsonNode[]::new));
        world.assertNothingIsStuck();
    }
}
