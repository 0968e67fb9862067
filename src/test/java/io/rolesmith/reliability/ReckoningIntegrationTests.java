package io.rolesmith.reliability;

import static io.rolesmith.support.World.ECS_EXECUTION_POLICY;
import static io.rolesmith.support.World.body;
import static io.rolesmith.support.World.inline;
import static io.rolesmith.support.World.role;
import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.support.FaultProxy.Lagging;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/**
 * The reckoning itself is tried, with a request that leaves what a stranger put on the role since it was asked to, and of which
 * the reckoning is told that nothing else was to be there.
 */
class ReckoningIntegrationTests {

    private static final AtomicInteger NAMES = new AtomicInteger();

    private static @Nullable World world;

    private final String name = "reckoned" + NAMES.incrementAndGet();
    private final List<Asked> asked = new ArrayList<>();

    @BeforeAll
    static void start() {
        world = World.over(new MemoryIam(TestRolesmith.ACCOUNT));
    }

    @AfterAll
    static void stop() {
        world().close();
    }

    private static World world() {
        return Objects.requireNonNull(world);
    }

    @BeforeEach
    void aStrangersPolicyIsOnARoleOfOurs() {
        leavesOthers(role(name));
        world().iam().stranger("AttachRolePolicy", Map.of("RoleName", name, "PolicyArn", ECS_EXECUTION_POLICY));
    }

    @Test
    void whatTheRequestSawIsNotToStay() {
        saidToLeaveNothingElse(Set.of());

        assertThat(complaints()).singleElement().asString().contains(ECS_EXECUTION_POLICY);
    }

    @Test
    void whatTheRequestSawIsNotToStayAlthoughItsLastLookLagged() {
        saidToLeaveNothingElse(Set.of(2, 3, 4));

        assertThat(complaints()).singleElement().asString().contains(ECS_EXECUTION_POLICY);
    }

    @Test
    void whatALagHidMayStay() {
        saidToLeaveNothingElse(Set.of(1));

        assertThat(complaints()).isEmpty();
    }

    @Test
    void whatOnlyAnotherRequestSawMayStay() {
        leavesOthers(role(name));
        saidToLeaveNothingElse(Set.of(1));

        assertThat(complaints()).isEmpty();
    }

    private List<String> complaints() {
        return Reckoning.of(world()).complaints(asked);
    }

    private void leavesOthers(ObjectNode role) {
        ObjectNode body = body(role.put("policyOwnership", "additive"));
        asked.add(new Asked(applied(body), body));
    }

    /** @param lagging the looks that show the role as it was before the last write, from 1 */
    private void saidToLeaveNothingElse(Set<Integer> lagging) {
        AtomicInteger looks = new AtomicInteger();
        world().iam().weather(name, call -> {
            int look = call.action().equals("GetRole") ? looks.incrementAndGet() : looks.get();
            return !call.writes() && lagging.contains(look) ? new Lagging(1) : null;
        });
        ObjectNode role = inline(role(name), "assets");
        String id = applied(body(role.deepCopy().put("policyOwnership", "additive")));
        asked.add(new Asked(id, body(role)));
        assertThat(world().iam().log(name))
                .filteredOn(call -> call.stale() && call.action().equals("GetRole"))
                .hasSameSizeAs(lagging);
    }

    private String applied(ObjectNode body) {
        TestRolesmith.Answer answer = world().submit(body);
        assertThat(answer.status()).as("%s", answer).isIn(200, 201);
        return answer.json().get("id").asString();
    }
}
