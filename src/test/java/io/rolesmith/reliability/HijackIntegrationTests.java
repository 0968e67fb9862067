package io.rolesmith.reliability;

import static io.rolesmith.support.FaultProxy.Refused.DENIED;
import static io.rolesmith.support.FaultProxy.Refused.THROTTLED;
import static io.rolesmith.support.World.ECS_EXECUTION_POLICY;
import static io.rolesmith.support.World.body;
import static io.rolesmith.support.World.changes;
import static io.rolesmith.support.World.inline;
import static io.rolesmith.support.World.role;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rolesmith.role.RoleState;
import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.FaultProxy.Failed;
import io.rolesmith.support.FaultProxy.Held;
import io.rolesmith.support.FaultProxy.Lagging;
import io.rolesmith.support.FaultProxy.Lost;
import io.rolesmith.support.FaultProxy.Reach;
import io.rolesmith.support.FaultProxy.Refused;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.ObservedRole;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import io.rolesmith.support.World;
import java.net.http.HttpRequest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Somebody else in the account takes the place of a role of ours, looks like one, or writes where we write. What is theirs is
 * never overwritten and never deleted. A look at a role holds for no time here, so that only a call that is under way at that
 * moment can meet them: IAM has no condition on a write.
 */
class HijackIntegrationTests {

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final Refused CONCURRENT = new Refused(409, "ConcurrentModification", "Try again");
    private static final String THEIRS = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
            + "\"Action\":\"sqs:SendMessage\",\"Resource\":\"*\"}]}";

    private static final MemoryIam IAM = new MemoryIam(TestRolesmith.ACCOUNT);
    private static @Nullable World world;

    private final String name = "hijacked" + NAMES.incrementAndGet();

    @BeforeAll
    static void start() {
        FaultProxy iam = FaultProxy.before(IAM);
        FaultProxy other = FaultProxy.before(new MemoryIam(World.OTHER_ACCOUNT));
        Map<String, String> properties = World.properties(iam, other);
        properties.put("rolesmith.provisioning.sight", "0s");
        world = new World(iam, other, TestRolesmith.start(properties));
    }

    @AfterAll
    static void stop() {
        world().assertNothingIsStuck();
        world().close();
    }

    private static World world() {
        return Objects.requireNonNull(world);
    }

    private static FaultProxy iam() {
        return world().iam();
    }

    @BeforeEach
    void forget() {
        iam().reset();
    }

    private JsonNode applied(ObjectNode body) {
        Answer answer = world().submit(body);
        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        return answer.json();
    }

    private JsonNode failed(Answer answer, int status, String code) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.json().get("code").asString()).isEqualTo(code);
        return world().read(answer);
    }

    private ObjectNode deletion() {
        ObjectNode body = body().put("action", "delete");
        body.withArray("/roles").addObject().put("name", name);
        return body;
    }

    private RoleState live() {
        return ObservedRole.of(IAM, name).orElseThrow();
    }

    private void ask(String action, String... members) {
        Map<String, String> all = new LinkedHashMap<>(Map.of("RoleName", name));
        for (int i = 0; i < members.length; i += 2) {
            all.put(members[i], members[i + 1]);
        }
        assertThat(iam().ask(action, all).succeeded()).as(action).isTrue();
    }

    /** Somebody deletes the role if there is one, and makes another of the name that carries these tags. */
    private RoleState replace(Map<String, String> tags) {
        ObservedRole.of(IAM, name).ifPresent(old -> {
            old.managedPolicyArns().forEach(arn -> ask("DetachRolePolicy", "PolicyArn", arn));
            old.inlinePolicies().keySet().forEach(policy -> ask("DeleteRolePolicy", "PolicyName", policy));
            ask("DeleteRole");
        });
        return foreign(tags);
    }

    private RoleState foreign(Map<String, String> tags) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("RoleName", name);
        members.put("Path", "/");
        members.put(
                "AssumeRolePolicyDocument",
                role(name).get("trustPolicy").toString().replace("ecs-tasks", "lambda"));
        int number = 1;
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            members.put("Tags.member." + number + ".Key", tag.getKey());
            members.put("Tags.member." + number++ + ".Value", tag.getValue());
        }
        assertThat(iam().ask("CreateRole", members).succeeded()).isTrue();
        return live();
    }

    /** The same, with the tags of the role that was there. */
    private RoleState replaceLikeOurs() {
        return replace(live().tags());
    }

    private void takeOffOurTags() {
        ask(
                "UntagRole",
                "TagKeys.member.1",
                "rolesmith:installation",
                "TagKeys.member.2",
                "rolesmith:team",
                "TagKeys.member.3",
                "rolesmith:request");
    }

    private static Map<String, String> ourTags(String request) {
        return Map.of("rolesmith:installation", "test", "rolesmith:team", "retail-store", "rolesmith:request", request);
    }

    /** Lets somebody do something while the first call of the action waits, once IAM has done it or before. */
    private Answer during(String action, Reach reach, Supplier<Answer> request, Runnable somebody) {
        Held held = iam().hold(action, name, reach);
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(request);
        held.awaitArrival();
        somebody.run();
        held.release();
        return answer.join();
    }

    private Answer put(ObjectNode role) {
        ObjectNode declared = role.deepCopy().put("team", "retail-store").put("reason", "A test");
        declared.remove("name");
        TestRolesmith rolesmith = world().rolesmith();
        return rolesmith.send(rolesmith
                .request("/accounts/" + TestRolesmith.ACCOUNT + "/roles/" + name, rolesmith.portal())
                .header("Content-Type", "application/json")
                .header("If-Match", "*")
                .PUT(HttpRequest.BodyPublishers.ofString(declared.toString())));
    }

    private Answer delete() {
        TestRolesmith rolesmith = world().rolesmith();
        return rolesmith.send(rolesmith
                .request("/accounts/" + TestRolesmith.ACCOUNT + "/roles/" + name, rolesmith.portal())
                .DELETE());
    }

    // --- Tags

    @Test
    void tagsOfOursDoNotMakeARoleOurs() {
        String request = applied(body(role(name + "sibling"))).get("id").asString();
        RoleState theirs = foreign(ourTags(request));
        iam().reset();

        JsonNode made = failed(world().submit(body(inline(role(name), "assets"))), 409, "role-not-ours");
        failed(world().submit(deletion()), 409, "role-not-ours");
        assertThat(delete().status()).isEqualTo(404);

        assertThat(made.get("status").asString()).isEqualTo("FAILED");
        assertThat(made.get("failure").get("message").asString())
                .isEqualTo("IAM has a role of the name " + name + " that Rolesmith did not make");
        assertThat(live()).isEqualTo(theirs);
        assertThat(iam().writes()).extracting(FaultProxy.Call::action).containsExactly("CreateRole");
    }

    /**
     * Who may read the request knows its id, and makes the role in the moment in which our own call gets lost. It looks like
     * ours that somebody edited, and only a person can tell the one from the other.
     */
    @Test
    void tagsOfTheVeryRequestDoNotMakeARoleOursThatIsNotAsAsked() {
        Held held = iam().hold("CreateRole", name, Reach.NOT_DONE);
        iam().fail("CreateRole", name, new Lost(Reach.NOT_DONE));
        Answer accepted = world().submit(body(inline(role(name), "assets")), "Prefer", "respond-async");
        held.awaitArrival();
        RoleState theirs = foreign(ourTags(accepted.json().get("id").asString()));
        held.release();

        assertLeftToAPerson(accepted, theirs);
    }

    /** Nothing tells it from one that somebody else made just so in that moment. */
    @Test
    void aRoleWhoseTagsWereTakenOffBeforeWeSawThemIsLeftToAPerson() {
        iam().fail("CreateRole", name, new Lost(Reach.DONE));
        Held look = iam().hold("GetRole", name, Reach.NOT_DONE);
        Answer accepted = world().submit(body(inline(role(name), "assets")), "Prefer", "respond-async");
        look.awaitArrival();
        takeOffOurTags();
        RoleState left = live();
        look.release();

        assertLeftToAPerson(accepted, left);
    }

    /** Whether the role was made is not known, and it is as it was. */
    private void assertLeftToAPerson(Answer accepted, RoleState as) {
        await().until(() ->
                !world().read(accepted).path("finishedAt").asString("").isEmpty());
        JsonNode request = world().read(accepted);
        assertThat(request.get("failure").get("code").asString()).isEqualTo("needs-attention");
        assertThat(request.get("status").asString()).isEqualTo("NEEDS_ATTENTION");
        assertThat(request.at("/roles/0/attention/left/0").asString())
                .isEqualTo("'Create the role " + name + "': whether it was done is not known");
        assertThat(live()).isEqualTo(as);
        assertThat(iam().writes()).extracting(FaultProxy.Call::action).containsExactly("CreateRole");
        abandon(request);
    }

    @Test
    void aRoleWithoutOurTagsIsStillOurs() {
        applied(body(role(name, ECS_EXECUTION_POLICY)));
        takeOffOurTags();

        applied(body(inline(role(name), "assets")));
        assertThat(live().inlinePolicies()).containsOnlyKeys("assets");
        assertThat(live().managedPolicyArns()).isEmpty();
        assertThat(live().tags()).as("they are never written again").isEmpty();

        applied(deletion());
        assertThat(ObservedRole.of(IAM, name)).isEmpty();
    }

    // --- Another role under the name

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "deletion"})
    void aRoleThatWasReplacedIsNotTouched(String how) {
        applied(body(inline(role(name), "assets")));
        RoleState theirs = replaceLikeOurs();
        iam().reset();

        JsonNode request = failed(
                switch (how) {
                    case "POST" -> world().submit(body(inline(role(name), "assets")));
                    case "PUT" -> put(inline(role(name), "assets"));
                    case "DELETE" -> delete();
                    default -> world().submit(deletion());
                },
                409,
                "role-not-ours");

        assertThat(request.get("failure").get("message").asString())
                .startsWith("The role " + name + " was made again by somebody else: its RoleId is " + theirs.roleId());
        assertThat(iam().writes()).isEmpty();
        assertThat(live()).isEqualTo(theirs);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPlanIsNotAppliedToAnotherRole(boolean deletes) {
        applied(body(inline(role(name), "assets")));
        TestRolesmith rolesmith = world().rolesmith();
        ObjectNode asked = deletes ? deletion() : body(inline(role(name), "others"));
        Answer plan = rolesmith.post("/plans", rolesmith.portal(), asked.toString());
        assertThat(plan.status()).as("%s", plan).isEqualTo(201);
        RoleState theirs = replaceLikeOurs();
        iam().reset();

        Answer answer = rolesmith.post(
                "/role-requests",
                rolesmith.portal(),
                "{\"planId\": \"" + plan.json().get("id").asString() + "\"}");

        failed(answer, 409, "role-not-ours");
        assertThat(iam().writes()).isEmpty();
        assertThat(live()).isEqualTo(theirs);
    }

    @Test
    void anUpdateStopsWhereTheRoleIsReplaced() {
        applied(body(role(name)));
        iam().reset();
        RoleState[] theirs = new RoleState[1];

        Answer answer = during(
                "PutRolePolicy",
                Reach.DONE,
                () -> world().submit(body(inline(role(name, ECS_EXECUTION_POLICY), "assets"))),
                () -> theirs[0] = replaceLikeOurs());

        JsonNode request = failed(answer, 502, "needs-attention");
        assertThat(request.get("failure").get("message").asString())
                .startsWith("The role " + name + " was made again by somebody else (its RoleId is " + theirs[0].roleId()
                        + ", ours was ");
        assertThat(changes(request, name)).containsExactly("PutRolePolicy APPLIED", "AttachRolePolicy FAILED");
        assertThat(live()).isEqualTo(theirs[0]);
        world().assertTrailIsWhatIamDid(request);
        abandon(request);
    }

    @ParameterizedTest
    @CsvSource({
        "DetachRolePolicy, DONE, , needs-attention",
        // Nothing of ours was done: IAM found no such policy on the other role.
        "DetachRolePolicy, NOT_DONE, , role-not-ours",
        "DeleteRole, NOT_DONE, throttled, needs-attention"
    })
    void aDeletionStopsWhereTheRoleIsReplaced(String action, Reach reach, @Nullable String then, String code) {
        applied(body(role(name, ECS_EXECUTION_POLICY)));
        iam().reset();
        RoleState[] theirs = new RoleState[1];
        Held held = iam().hold(action, name, reach);
        if (then != null) {
            iam().fail(action, name, THROTTLED);
        }
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> world().submit(deletion()));
        held.awaitArrival();
        theirs[0] = replaceLikeOurs();
        held.release();

        boolean begun = code.equals("needs-attention");
        JsonNode request = failed(answer.join(), begun ? 502 : 409, code);

        assertThat(request.get("failure").get("message").asString())
                .isEqualTo((begun ? "The role " + name + " is not deleted, and part of what hung on it is gone: " : "")
                        + "The role " + name + " was made again by somebody else: its RoleId is " + theirs[0].roleId());
        assertThat(live()).isEqualTo(theirs[0]);
        world().assertTrailIsWhatIamDid(request);
        if (begun) {
            abandon(request);
        }
    }

    @Test
    void undoingStopsWhereTheRoleIsReplaced() {
        iam().fail("PutRolePolicy", name, DENIED);
        RoleState[] theirs = new RoleState[1];

        Answer answer = during(
                "DetachRolePolicy",
                Reach.DONE,
                () -> world().submit(body(inline(role(name, ECS_EXECUTION_POLICY), "assets"))),
                () -> theirs[0] = replaceLikeOurs());

        JsonNode request = failed(answer, 502, "needs-attention");
        assertThat(changes(request, name))
                .containsExactly("CreateRole APPLIED", "AttachRolePolicy UNDONE", "PutRolePolicy FAILED");
        assertThat(live()).isEqualTo(theirs[0]);
        world().assertTrailIsWhatIamDid(request);
        abandon(request);
    }

    @Test
    void aWriteIsNotRepeatedOnAnotherRole() {
        applied(body(role(name)));
        iam().reset();
        RoleState[] theirs = new RoleState[1];
        Held held = iam().hold("PutRolePolicy", name, Reach.NOT_DONE);
        iam().fail("PutRolePolicy", name, THROTTLED);
        CompletableFuture<Answer> answer =
                CompletableFuture.supplyAsync(() -> world().submit(body(inline(role(name), "assets"))));
        held.awaitArrival();
        theirs[0] = replaceLikeOurs();
        held.release();

        JsonNode request = failed(answer.join(), 409, "role-not-ours");

        assertThat(request.get("status").asString()).isEqualTo("FAILED");
        assertThat(live()).isEqualTo(theirs[0]);
        assertThat(iam().writes()).extracting(FaultProxy.Call::action).containsExactly("PutRolePolicy");
        world().assertTrailIsWhatIamDid(request);
    }

    // --- Another writer on our role

    @Test
    void whatSomebodyElseWroteWhereWeAreToWriteStays() {
        applied(body(inline(inline(role(name), "assets"), "more")));
        ObjectNode asked = inline(inline(role(name), "assets"), "more");
        for (String policy : List.of("assets", "more")) {
            ((ObjectNode) asked.at("/inlinePolicies/" + policy + "/Statement/0")).put("Action", "s3:PutObject");
        }
        String before = live().inlinePolicies().get("assets");
        iam().reset();

        Answer answer = during(
                "PutRolePolicy",
                Reach.DONE,
                () -> world().submit(body(asked)),
                () -> ask("PutRolePolicy", "PolicyName", "more", "PolicyDocument", THEIRS));

        JsonNode request = failed(answer, 409, "plan-stale");
        assertThat(request.get("failure").get("message").asString())
                .isEqualTo("Somebody else changed the role " + name + " before 'Replace the inline policy more'");
        assertThat(request.get("status").asString()).isEqualTo("ROLLED_BACK");
        assertThat(changes(request, name)).containsExactly("PutRolePolicy UNDONE", "PutRolePolicy FAILED");
        assertThat(live().inlinePolicies()).isEqualTo(Map.of("assets", before, "more", THEIRS));
        world().assertTrailIsWhatIamDid(request);
    }

    /**
     * The three looks that settle the first write show what somebody else wrote. The one before each further write lags behind
     * them.
     */
    @ParameterizedTest
    @ValueSource(strings = {"assets more", "assets between more"})
    void whatAnEarlierLookShowedIsNotForgottenForOneThatLags(String names) {
        List<String> policies = List.of(names.split(" "));
        ObjectNode asked = role(name);
        policies.forEach(policy -> inline(asked, policy));
        applied(body(asked.deepCopy()));
        policies.forEach(policy ->
                ((ObjectNode) asked.at("/inlinePolicies/" + policy + "/Statement/0")).put("Action", "s3:PutObject"));
        iam().reset();
        Held held = iam().hold("PutRolePolicy", name, Reach.NOT_DONE);
        iam().fail("PutRolePolicy", name, new Failed(Reach.DONE));
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> world().submit(body(asked)));
        held.awaitArrival();
        ask("PutRolePolicy", "PolicyName", "more", "PolicyDocument", THEIRS);
        AtomicInteger writes = new AtomicInteger();
        AtomicInteger looks = new AtomicInteger();
        iam().weather(name, call -> {
            if (call.writes()) {
                writes.incrementAndGet();
                looks.set(0);
            } else if (call.action().equals("GetRole")) {
                looks.incrementAndGet();
            }
            boolean lags = !call.writes() && looks.get() == (writes.get() == 0 ? 4 : 1);
            return lags ? new Lagging(writes.get() + 2) : null;
        });
        held.release();

        JsonNode request = failed(answer.join(), 409, "plan-stale");

        assertThat(live().inlinePolicies()).containsEntry("more", THEIRS);
        assertThat(changes(request, name))
                .containsExactlyElementsOf(Stream.concat(
                                Collections.nCopies(policies.size() - 1, "PutRolePolicy UNDONE").stream(),
                                Stream.of("PutRolePolicy FAILED"))
                        .toList());
        world().assertTrailIsWhatIamDid(request);
    }

    /** The looks that end the request show that somebody else wrote over ours too. The next two, to take ours back, lag. */
    @Test
    void whatALookShowedThatEndedTheRequestIsNotForgottenWhenItIsUndone() {
        ObjectNode asked = inline(inline(role(name), "assets"), "more");
        applied(body(asked.deepCopy()));
        for (String policy : List.of("assets", "more")) {
            ((ObjectNode) asked.at("/inlinePolicies/" + policy + "/Statement/0")).put("Action", "s3:PutObject");
        }
        iam().reset();
        Held first = iam().hold("PutRolePolicy", name, Reach.DONE);
        Held second = iam().hold("PutRolePolicy", name, Reach.NOT_DONE);
        iam().fail("PutRolePolicy", name, CONCURRENT);
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> world().submit(body(asked)));
        first.awaitArrival();
        first.release();
        second.awaitArrival();
        ask("PutRolePolicy", "PolicyName", "assets", "PolicyDocument", THEIRS);
        ask("PutRolePolicy", "PolicyName", "more", "PolicyDocument", THEIRS);
        AtomicInteger looks = new AtomicInteger();
        iam().weather(name, call -> {
            int look = call.action().equals("GetRole") ? looks.incrementAndGet() : looks.get();
            return !call.writes() && (look == 4 || look == 5) ? new Lagging(2) : null;
        });
        second.release();

        JsonNode request = failed(answer.join(), 502, "needs-attention");

        assertThat(live().inlinePolicies()).isEqualTo(Map.of("assets", THEIRS, "more", THEIRS));
        assertThat(changes(request, name)).containsExactly("PutRolePolicy APPLIED", "PutRolePolicy FAILED");
        abandon(request);
    }

    /** What we were about to detach is not attached again when all is taken back: it was not we who detached it. */
    @Test
    void whatSomebodyElseTookAwayBeforeUsStaysAway() {
        applied(body(role(name, ECS_EXECUTION_POLICY)));
        ObjectNode asked = role(name);
        asked.put("trustPolicy", asked.get("trustPolicy").toString().replace("ecs-tasks", "lambda"));
        String trusted = live().trustPolicy();
        iam().reset();
        iam().fail("UpdateAssumeRolePolicy", name, DENIED);

        Answer answer = during(
                "DetachRolePolicy",
                Reach.NOT_DONE,
                () -> world().submit(body(asked)),
                () -> ask("DetachRolePolicy", "PolicyArn", ECS_EXECUTION_POLICY));

        JsonNode request = failed(answer, 502, "aws-failed");
        assertThat(changes(request, name)).containsExactly("DetachRolePolicy APPLIED", "UpdateAssumeRolePolicy FAILED");
        assertThat(request.at("/roles/0/changes/0/error").asString()).startsWith("NoSuchEntity");
        assertThat(live().managedPolicyArns()).isEmpty();
        assertThat(live().trustPolicy()).isEqualTo(trusted);
        world().assertTrailIsWhatIamDid(request);
    }

    /** Nothing is written by name to a role that is gone, since whoever makes it again by that name is somebody else. */
    @Test
    void nothingIsGivenBackToARoleThatIsGone() {
        applied(body(inline(role(name, ECS_EXECUTION_POLICY), "assets")));
        iam().reset();
        iam().fail("DeleteRolePolicy", name, DENIED);

        Answer answer = during("DetachRolePolicy", Reach.DONE, () -> world().submit(body(role(name))), () -> {
            ask("DeleteRolePolicy", "PolicyName", "assets");
            ask("DeleteRole");
        });

        JsonNode request = failed(answer, 502, "aws-failed");
        assertThat(changes(request, name)).containsExactly("DetachRolePolicy UNDONE", "DeleteRolePolicy FAILED");
        assertThat(iam().writes())
                .extracting(FaultProxy.Call::action)
                .doesNotContain("AttachRolePolicy", "PutRolePolicy");
        assertThat(ObservedRole.of(IAM, name)).isEmpty();
    }

    @Test
    void whatSomebodyElseWroteElsewhereOnTheRoleStaysAndIsInNobodysWay() {
        applied(body(role(name)));
        iam().reset();

        Answer answer = during(
                "PutRolePolicy",
                Reach.DONE,
                () -> world().submit(body(inline(role(name, ECS_EXECUTION_POLICY), "assets"))),
                () -> ask("PutRolePolicy", "PolicyName", "theirs", "PolicyDocument", THEIRS));

        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        assertThat(live().inlinePolicies()).containsOnlyKeys("assets", "theirs").containsEntry("theirs", THEIRS);
        world().assertTrailIsWhatIamDid(world().read(answer));
    }

    @Test
    void twoWhoMeetAtOnePartDoNotOverwriteEachOther() {
        applied(body(inline(role(name), "assets")));
        ObjectNode asked = inline(role(name), "assets");
        ((ObjectNode) asked.at("/inlinePolicies/assets/Statement/0")).put("Action", "s3:PutObject");
        iam().reset();
        Held held = iam().hold("PutRolePolicy", name, Reach.NOT_DONE);
        iam().fail("PutRolePolicy", name, CONCURRENT);
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> world().submit(body(asked)));
        held.awaitArrival();
        ask("PutRolePolicy", "PolicyName", "assets", "PolicyDocument", THEIRS);
        held.release();

        JsonNode request = failed(answer.join(), 409, "plan-stale");

        assertThat(request.get("status").asString()).isEqualTo("FAILED");
        assertThat(live().inlinePolicies()).containsEntry("assets", THEIRS);
        assertThat(world().trail(request, name)).containsExactly("PutRolePolicy FAILED", "PutRolePolicy FAILED");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void undoingLeavesWhatSomebodyElseWroteOverOurs() {
        applied(body(role(name)));
        Held held = iam().hold("AttachRolePolicy", name, Reach.NOT_DONE);
        iam().fail("AttachRolePolicy", name, DENIED);
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(
                () -> world().submit(body(inline(role(name, ECS_EXECUTION_POLICY), "assets"))));
        held.awaitArrival();
        ask("PutRolePolicy", "PolicyName", "assets", "PolicyDocument", THEIRS);
        held.release();

        JsonNode request = failed(answer.join(), 502, "needs-attention");

        assertThat(request.get("failure").get("message").asString())
                .isEqualTo("Somebody else changed what 'Put the inline policy assets' wrote on the role " + name
                        + "; it is left as it is");
        assertThat(live().inlinePolicies()).containsEntry("assets", THEIRS);
        abandon(request);
    }

    /** The window that IAM leaves: a write that is under way cannot be called back. */
    @Test
    void aCallThatIsUnderWayMeetsTheRoleThatIsThereThen() {
        applied(body(role(name)));
        iam().reset();

        Answer answer = during(
                "PutRolePolicy",
                Reach.NOT_DONE,
                () -> world().submit(body(inline(role(name, ECS_EXECUTION_POLICY), "assets"))),
                this::replaceLikeOurs);

        JsonNode request = failed(answer, 502, "needs-attention");
        assertThat(live().inlinePolicies()).as("the one that was under way").containsOnlyKeys("assets");
        assertThat(live().managedPolicyArns()).as("no other was sent").isEmpty();
        assertThat(iam().writes()).extracting(FaultProxy.Call::action).containsExactly("PutRolePolicy");
        world().assertTrailIsWhatIamDid(request);
        abandon(request);
    }

    // --- Instance profiles

    @Test
    void anInstanceProfileOfSomebodyElseStays() {
        applied(body(role(name).put("instanceProfile", true)));
        iam().ask("RemoveRoleFromInstanceProfile", Map.of("RoleName", name, "InstanceProfileName", name));
        iam().ask("DeleteInstanceProfile", Map.of("InstanceProfileName", name));
        iam().ask("CreateInstanceProfile", Map.of("InstanceProfileName", name));
        iam().ask("AddRoleToInstanceProfile", Map.of("RoleName", name, "InstanceProfileName", name));

        applied(deletion());

        assertThat(ObservedRole.of(IAM, name)).isEmpty();
        assertThat(iam().ask("GetInstanceProfile", Map.of("InstanceProfileName", name))
                        .succeeded())
                .isTrue();
    }

    // --- Roles of AWS

    @ParameterizedTest
    @CsvSource({
        "AWSServiceRoleForAmazonEKS, /aws-service-role/eks.amazonaws.com/",
        "AWSReservedSSO_Admin_0123456789abcdef, /aws-reserved/sso.amazonaws.com/"
    })
    void rolesThatAreAwssAreNotEvenLookedAt(String reserved, String path) {
        Map<String, String> members = Map.of(
                "RoleName",
                reserved,
                "Path",
                path,
                "AssumeRolePolicyDocument",
                role(name).get("trustPolicy").toString());
        assertThat(iam().ask("CreateRole", members).succeeded()).isTrue();
        RoleState before = ObservedRole.of(IAM, reserved).orElseThrow();
        ObjectNode deletion = body().put("action", "delete");
        deletion.withArray("/roles").addObject().put("name", reserved);

        assertThat(world().submit(body(role(reserved))).status()).isEqualTo(422);
        assertThat(world().submit(body(role(name).put("path", path))).status()).isEqualTo(422);
        assertThat(world().submit(deletion).status()).isEqualTo(409);

        assertThat(iam().calls()).isEmpty();
        assertThat(ObservedRole.of(IAM, reserved)).contains(before);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRoleThatATemplateManagesIsNotTouched(boolean deletes) {
        applied(body(role(name)));
        IAM.template(name);
        RoleState before = live();
        iam().reset();

        JsonNode request =
                failed(world().submit(deletes ? deletion() : body(inline(role(name), "assets"))), 409, "role-not-ours");

        assertThat(request.get("failure").get("message").asString())
                .isEqualTo("The role " + name + " is managed by a role template of AWS, which any change would break");
        assertThat(iam().writes()).isEmpty();
        assertThat(live()).isEqualTo(before);
    }

    @Test
    void anUpdateStopsWhereATemplateTakesTheRole() {
        applied(body(role(name)));
        iam().reset();

        Answer answer = during(
                "PutRolePolicy",
                Reach.DONE,
                () -> world().submit(body(inline(role(name, ECS_EXECUTION_POLICY), "assets"))),
                () -> IAM.template(name));

        JsonNode request = failed(answer, 502, "needs-attention");
        assertThat(iam().writes()).extracting(FaultProxy.Call::action).containsExactly("PutRolePolicy");
        abandon(request);
    }

    /** So that nothing is left to a person when the tests end. */
    private void abandon(JsonNode request) {
        TestRolesmith rolesmith = world().rolesmith();
        Answer answer = rolesmith.post(
                "/role-requests/" + request.get("id").asString() + "/abandonment",
                rolesmith.issuer().token("operator", "admin", "platform"),
                "{\"comment\": \"looked at\"}");
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    }
}
