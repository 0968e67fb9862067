package io.rolesmith.reliability;

import static io.rolesmith.support.World.body;
import static io.rolesmith.support.World.inline;
import static io.rolesmith.support.World.role;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import io.rolesmith.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** More is asked than the account's budget of writes lets wait. */
class WriteBudgetIntegrationTests {

    @Test
    void whatFindsNoPlaceInTheBudgetWaitsAndIsNeitherRefusedNorUndone() {
        FaultProxy iam = FaultProxy.before(new MemoryIam(TestRolesmith.ACCOUNT));
        FaultProxy other = FaultProxy.before(new MemoryIam(World.OTHER_ACCOUNT));
        Map<String, String> properties = World.properties(iam, other);
        properties.put("rolesmith.iam.budget.writes-per-second", "3");
        properties.put("rolesmith.iam.budget.write-burst", "1");
        properties.put("rolesmith.iam.budget.longest-wait", "500ms");
        try (World world = new World(iam, other, TestRolesmith.start(properties))) {
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                answers.add(world.submit(body(inline(role("many" + i), "assets")), "Prefer", "respond-async"));
            }
            // Some are on their way, and the others may still be taken back.
            await().until(() -> world.rolesmith()
                            .get(
                                    "/role-requests?status=APPLYING",
                                    world.rolesmith().portal())
                            .json()
                            .get("items")
                            .size()
                    > 0);
            assertThat(answers)
                    .extracting(answer -> world.read(answer).get("status").asString())
                    .contains("QUEUED");
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> answers.stream()
                            .allMatch(answer -> world.read(answer).has("finishedAt")));

            JsonNode[] requests = answers.stream().map(world::read).toArray(JsonNode[]::new);
            assertThat(requests)
                    .extracting(request -> request.get("status").asString())
                    .containsOnly("APPLIED");
            for (int i = 0; i < requests.length; i++) {
                assertThat(world.trail(requests[i], "many" + i))
                        .containsExactly("CreateRole SUCCEEDED", "PutRolePolicy SUCCEEDED");
            }
            world.assertTrailIsWhatIamDid(requests);
            world.assertNothingIsStuck();
        }
    }
}
