package io.rolesmith.provisioning;

import static io.rolesmith.support.FaultProxy.Refused.DENIED;
import static io.rolesmith.support.FaultProxy.Refused.THROTTLED;
import static io.rolesmith.support.FaultProxy.Refused.UNSEEN;
import static io.rolesmith.support.FaultProxy.Refused.UNTAGGED;
import static io.rolesmith.support.World.ECS_EXECUTION_POLICY;
import static io.rolesmith.support.World.OTHER_ACCOUNT;
import static io.rolesmith.support.World.body;
import static io.rolesmith.support.World.changes;
import static io.rolesmith.support.World.ecsRoles;
import static io.rolesmith.support.World.inBothAccounts;
import static io.rolesmith.support.World.inline;
import static io.rolesmith.support.World.role;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.FaultProxy.Call;
import io.rolesmith.support.FaultProxy.Failed;
import io.rolesmith.support.FaultProxy.Fault;
import io.rolesmith.support.FaultProxy.Held;
import io.rolesmith.support.FaultProxy.Lagging;
import io.rolesmith.support.FaultProxy.Late;
import io.rolesmith.support.FaultProxy.Lost;
import io.rolesmith.support.FaultProxy.Making;
import io.rolesmith.support.FaultProxy.Reach;
import io.rolesmith.support.FaultProxy.Refused;
import io.rolesmith.support.FaultProxy.Weather;
import io.rolesmith.support.QueryForm;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import io.rolesmith.support.World;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What becomes of roles, whatever IAM does to the calls; each test has names of its own. */
abstract class ProvisioningScenarios {

    private static final AtomicInteger NAMES = new AtomicInteger();

    private static final Refused STRANGER = new Refused(
            400,
            "MalformedPolicyDocument",
            "Invalid principal in policy: \"AWS\":\"arn:aws:iam::123456789012:role/x\"");

    private final String task = "taskRole" + NAMES.incrementAndGet();
    private final String execution = "executionRole" + NAMES.incrementAndGet();

    abstract World world();

    @BeforeEach
    void forget() {
        iam().reset();
        world().other().reset();
    }

    private FaultProxy iam() {
        return world().iam();
    }

    private Answer submit(ObjectNode body, String... headers) {
        return world().submit(body, headers);
    }

    private static List<String> texts(List<Call> calls) {
        return calls.stream().map(Call::toString).toList();
    }

    /** The end of a request that failed while its caller waited: a problem that leads to the request. */
    private JsonNode failed(Answer answer, int status, String code) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("code").asString()).isEqualTo(code);
        JsonNode request = world().read(answer);
        assertThat(answer.json().get("requestId").asString())
                .isEqualTo(request.get("id").asString());
        assertThat(request.get("failure").get("code").asString()).isEqualTo(code);
        assertThat(answer.json().get("detail").asString())
                .isEqualTo(request.get("failure").get("message").asString());
        return request;
    }

    private JsonNode applied(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        JsonNode request = world().read(answer);
        assertThat(request.get("status").asString()).isEqualTo("APPLIED");
        assertThat(request.has("failure") && !request.get("failure").isNull()).isFalse();
        return request;
    }

    private static String status(JsonNode request) {
        return request.get("status").asString();
    }

    @Test
    void makesTwoRolesWithFourCallsAndCreatesBothBeforeEitherGetsAPolicy() {
        Held create = iam().hold("CreateRole", execution, Reach.NOT_DONE);
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> submit(ecsRoles(execution, task)));
        create.awaitArrival();
        // The other role is there by then, and goes no further.
        await().during(Duration.ofMillis(150))
                .until(() -> texts(iam().calls()), calls -> calls.equals(List.of("CreateRole " + task)));
        create.release();
        JsonNode request = applied(answer.join());

        assertThat(texts(iam().calls()))
                .containsExactlyInAnyOrder(
                        "CreateRole " + execution,
                        "CreateRole " + task,
                        "AttachRolePolicy " + execution,
                        "PutRolePolicy " + task);
        long created = iam().calls().stream()
                .filter(call -> call.action().equals("CreateRole"))
                .mapToLong(Call::ended)
                .max()
                .orElseThrow();
        assertThat(iam().calls().stream().filter(call -> !call.action().equals("CreateRole")))
                .allSatisfy(call -> assertThat(call.begun()).isGreaterThan(created));
        assertThat(world().story(request))
                .containsExactly(
                        "request.submitted SUCCEEDED", "request.planned SUCCEEDED", "request.applied SUCCEEDED");
        Instant last = request.get("roles").values().stream()
                .flatMap(role -> role.get("changes").values().stream())
                .map(change -> Instant.parse(change.get("finishedAt").asString()))
                .max(Instant::compareTo)
                .orElseThrow();
        assertThat(Instant.parse(request.get("settledAt").asString())).isEqualTo(last.plusSeconds(15));
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void makesRolesSideBySide() {
        Held first = iam().hold("CreateRole", execution, Reach.NOT_DONE);
        Held second = iam().hold("CreateRole", task, Reach.NOT_DONE);
        Held attach = iam().hold("AttachRolePolicy", execution, Reach.NOT_DONE);
        Held put = iam().hold("PutRolePolicy", task, Reach.NOT_DONE);
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> submit(ecsRoles(execution, task)));

        first.awaitArrival();
        second.awaitArrival();
        first.release();
        second.release();
        attach.awaitArrival();
        put.awaitArrival();
        attach.release();
        put.release();

        applied(answer.join());
    }

    @Test
    void makesTheSameTwoRolesByBlueprintWithFourCalls() {
        ObjectNode body = body();
        body.remove("roles");
        body.withObject("/blueprint").put("id", "ecs-service");
        body.withObject("/blueprint/parameters")
                .put("executionRoleName", execution)
                .put("taskRoleName", task);

        JsonNode request = applied(submit(body));

        assertThat(texts(iam().calls()))
                .containsExactlyInAnyOrder(
                        "CreateRole " + execution,
                        "CreateRole " + task,
                        "AttachRolePolicy " + execution,
                        "PutRolePolicy " + task);
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void rolesAreInIamExactlyAsAsked() {
        ObjectNode role = inline(role(task, ECS_EXECUTION_POLICY), "assets")
                .put("path", "/retail/")
                .put("description", "Für die Aufgaben des Ladens & mehr")
                .put("maxSessionSeconds", 7200);
        role.withObject("/tags").put("service", "retail-store");
        JsonNode request = applied(submit(body(role)));

        String live = iam().ask("GetRole", Map.of("RoleName", task)).xml();
        assertThat(live)
                .contains("<Path>/retail/</Path>", "<MaxSessionDuration>7200</MaxSessionDuration>")
                .contains("<Description>Für die Aufgaben des Ladens &amp; mehr</Description>")
                .containsPattern("<Key>service</Key>\\s*<Value>retail-store</Value>")
                .containsPattern("<Key>rolesmith:installation</Key>\\s*<Value>test</Value>")
                .containsPattern("<Key>rolesmith:team</Key>\\s*<Value>retail-store</Value>")
                .containsPattern("<Key>rolesmith:request</Key>\\s*<Value>"
                        + request.get("id").asString() + "</Value>");
        JsonNode answered = request.get("roles").get(0);
        assertThat(live)
                .contains(answered.get("roleId").asString(), answered.get("arn").asString());
        assertThat(iam().ask("ListAttachedRolePolicies", Map.of("RoleName", task))
                        .xml())
                .contains("<PolicyArn>" + ECS_EXECUTION_POLICY + "</PolicyArn>");
        assertThat(iam().ask("GetRolePolicy", Map.of("RoleName", task, "PolicyName", "assets"))
                        .xml())
                .contains("s3%3AGetObject");
    }

    @Test
    void postingTheSameAgainOnlyReads() {
        applied(submit(ecsRoles(execution, task)));
        iam().reset();

        JsonNode again = applied(submit(ecsRoles(execution, task)));

        assertThat(iam().writes()).isEmpty();
        assertThat(iam().calls()).hasSizeLessThanOrEqualTo(7);
        assertThat(again.get("roles"))
                .allSatisfy(role -> assertThat(role.get("status").asString()).isEqualTo("UNCHANGED"));
        assertThat(again.path("settledAt").isMissingNode()
                        || again.get("settledAt").isNull())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "LimitExceeded, 409, 409, quota-exceeded, Maximum policy size of 10240 bytes exceeded",
        "MalformedPolicyDocument, 400, 422, refused-by-iam, The policy failed legacy parsing",
        "AccessDenied, 403, 502, aws-failed, not authorized to perform: iam:PutRolePolicy with an explicit deny",
        "Throttling, 400, 503, throttled, Rate exceeded"
    })
    void undoesTheRoleWhenItsPolicyIsRefused(String error, int iamStatus, int status, String code, String message) {
        int attempts = error.equals("Throttling") ? 5 : 1;
        iam().fail("PutRolePolicy", task, attempts, new Refused(iamStatus, error, message));

        Answer answer = submit(body(inline(role(task, ECS_EXECUTION_POLICY), "assets")));

        JsonNode request = failed(answer, status, code);
        assertThat(answer.header("Retry-After")).isEqualTo(status == 503 ? "5" : "");
        assertThat(status(request)).isEqualTo("ROLLED_BACK");
        assertThat(request.get("roles").get(0).get("status").asString()).isEqualTo("ROLLED_BACK");
        assertThat(changes(request, task))
                .containsExactly("CreateRole UNDONE", "AttachRolePolicy UNDONE", "PutRolePolicy FAILED");
        assertThat(request.get("roles")
                        .get(0)
                        .get("changes")
                        .get(2)
                        .get("error")
                        .asString())
                .isEqualTo(error + ": " + message);
        assertThat(iam().hasRole(task)).isFalse();
        List<String> tail = List.of("DetachRolePolicy SUCCEEDED undo", "DeleteRole SUCCEEDED undo");
        assertThat(world().trail(request, task))
                .containsExactlyElementsOf(Stream.of(
                                List.of("CreateRole SUCCEEDED", "AttachRolePolicy SUCCEEDED"),
                                Collections.nCopies(attempts, "PutRolePolicy FAILED"),
                                tail)
                        .flatMap(List::stream)
                        .toList());
        assertThat(world().story(request))
                .containsExactly(
                        "request.submitted SUCCEEDED", "request.planned SUCCEEDED", "request.rolled-back FAILED");
        world().assertTrailIsWhatIamDid(request);
        assertThat(world().rolesmith()
                        .get("/roles?name=" + task, world().rolesmith().portal())
                        .json()
                        .get("items"))
                .isEmpty();
    }

    @Test
    void undoesAllRolesWhenThePolicyOfOneIsRefused() {
        Held put = iam().hold("PutRolePolicy", task, Reach.NOT_DONE);
        iam().fail("PutRolePolicy", task, new Refused(409, "LimitExceeded", "Cannot exceed quota"));
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> submit(ecsRoles(execution, task)));
        put.awaitArrival();
        await().until(() -> texts(iam().calls()).contains("AttachRolePolicy " + execution));
        put.release();

        JsonNode request = failed(answer.join(), 409, "quota-exceeded");

        assertThat(changes(request, execution)).containsExactly("CreateRole UNDONE", "AttachRolePolicy UNDONE");
        assertThat(changes(request, task)).containsExactly("CreateRole UNDONE", "PutRolePolicy FAILED");
        assertThat(iam().hasRole(execution)).isFalse();
        assertThat(iam().hasRole(task)).isFalse();
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void aChangeThatWasNeverSentStaysPlanned() {
        Held attach = iam().hold("AttachRolePolicy", execution, Reach.DONE);
        iam().fail("PutRolePolicy", task, DENIED);
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() ->
                submit(body(inline(role(execution, ECS_EXECUTION_POLICY), "later"), inline(role(task), "assets"))));
        attach.awaitArrival();
        await().until(() -> texts(iam().calls()).contains("PutRolePolicy " + task)
                && world().rolesmith().auditTrail().toString().contains("iam.PutRolePolicy"));
        attach.release();

        JsonNode request = failed(answer.join(), 502, "aws-failed");

        assertThat(changes(request, execution))
                .containsExactly("CreateRole UNDONE", "AttachRolePolicy UNDONE", "PutRolePolicy PLANNED");
        assertThat(iam().hasRole(execution)).isFalse();
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void leavesAForeignRoleOfTheNameAloneAndUndoesItsSiblings() {
        makeForeign(task);
        String before = iam().ask("GetRole", Map.of("RoleName", task)).xml();
        // So that the sibling is there before the foreign role is found.
        Held create = iam().hold("CreateRole", task, Reach.NOT_DONE);
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> submit(ecsRoles(execution, task)));
        create.awaitArrival();
        await().until(() -> texts(iam().calls()).contains("CreateRole " + execution));
        create.release();

        JsonNode request = failed(answer.join(), 409, "role-not-ours");

        assertThat(status(request)).isEqualTo("ROLLED_BACK");
        assertThat(changes(request, task)).containsExactly("CreateRole FAILED", "PutRolePolicy PLANNED");
        assertThat(changes(request, execution)).containsExactly("CreateRole UNDONE", "AttachRolePolicy PLANNED");
        assertThat(iam().hasRole(execution)).isFalse();
        assertThat(withoutRequestId(
                        iam().ask("GetRole", Map.of("RoleName", task)).xml()))
                .isEqualTo(withoutRequestId(before));
        assertThat(texts(iam().writes()))
                .containsExactlyInAnyOrder("CreateRole " + task, "CreateRole " + execution, "DeleteRole " + execution);
        world().assertTrailIsWhatIamDid(request);
    }

    private static String withoutRequestId(String xml) {
        return xml.replaceAll("<RequestId>[^<]*</RequestId>", "").replaceAll("<RoleLastUsed.*?</RoleLastUsed>", "");
    }

    @Test
    void failsWhenNoWriteTookEffect() {
        iam().fail("CreateRole", task, DENIED);

        JsonNode request = failed(submit(body(inline(role(task), "assets"))), 502, "aws-failed");

        assertThat(status(request)).isEqualTo("FAILED");
        assertThat(changes(request, task)).containsExactly("CreateRole FAILED", "PutRolePolicy PLANNED");
        assertThat(request.path("settledAt").isMissingNode()
                        || request.get("settledAt").isNull())
                .as("nothing was written, so nothing settles")
                .isTrue();
        assertThat(world().story(request)).last().isEqualTo("request.failed FAILED");
        world().assertTrailIsWhatIamDid(request);
    }

    @ParameterizedTest
    @CsvSource({"Throttling, 400, CreateRole", "ConcurrentModification, 409, PutRolePolicy"})
    void triesAgainWhatIamRefusesInPassing(String error, int status, String action) {
        iam().fail(action, task, new Refused(status, error, "Try again"));

        JsonNode request = applied(submit(body(inline(role(task), "assets"))));

        assertThat(world().trail(request, task))
                .containsSubsequence(action + " FAILED", action + " SUCCEEDED")
                .hasSize(3);
        assertThat(iam().writes()).hasSize(3);
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void findsARoleByItsRequestTagWhenTheAnswerToItsCreationWasLost() {
        iam().fail("CreateRole", task, new Lost(Reach.DONE));

        JsonNode request = applied(submit(body(inline(role(task), "assets"))));

        assertThat(texts(iam().writes())).containsExactly("CreateRole " + task, "PutRolePolicy " + task);
        assertThat(world().trail(request, task))
                .containsExactly("CreateRole UNKNOWN", "CreateRole SUCCEEDED", "PutRolePolicy SUCCEEDED");
        assertThat(iam().ask("GetRole", Map.of("RoleName", task)).xml())
                .contains(request.get("roles").get(0).get("roleId").asString());
        world().assertTrailIsWhatIamDid(request);
    }

    @ParameterizedTest
    @CsvSource({"CreateRole, lost", "CreateRole, failed", "PutRolePolicy, lost", "AttachRolePolicy, failed"})
    void makesAgainWhatIamProvablyDidNotDo(String action, String how) {
        iam().fail(action, task, how.equals("lost") ? new Lost(Reach.NOT_DONE) : new Failed(Reach.NOT_DONE));

        JsonNode request = applied(submit(body(inline(role(task, ECS_EXECUTION_POLICY), "assets"))));

        assertThat(texts(iam().writes()))
                .filteredOn(text -> text.startsWith(action))
                .hasSize(2);
        assertThat(world().trail(request, task))
                .filteredOn(text -> text.startsWith(action))
                .containsExactly(action + " UNKNOWN", action + " FAILED", action + " SUCCEEDED");
        world().assertTrailIsWhatIamDid(request);
    }

    @ParameterizedTest
    @CsvSource({"PutRolePolicy, lost", "AttachRolePolicy, lost", "PutRolePolicy, failed"})
    void doesNotRepeatAWriteThatIamDidWithoutSayingSo(String action, String how) {
        iam().fail(action, task, how.equals("lost") ? new Lost(Reach.DONE) : new Failed(Reach.DONE));

        JsonNode request = applied(submit(body(inline(role(task, ECS_EXECUTION_POLICY), "assets"))));

        assertThat(texts(iam().writes()))
                .containsExactly("CreateRole " + task, "AttachRolePolicy " + task, "PutRolePolicy " + task);
        assertThat(world().trail(request, task))
                .filteredOn(text -> text.startsWith(action))
                .containsExactly(action + " UNKNOWN", action + " SUCCEEDED");
        world().assertTrailIsWhatIamDid(request);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PutRolePolicy", "AttachRolePolicy", "CreateInstanceProfile", "AddRoleToInstanceProfile"})
    void doesNotBelieveTheFirstLookThatDoesNotShowAWrite(String action) {
        iam().fail(action, task, new Late(2));
        ObjectNode role = inline(role(task, ECS_EXECUTION_POLICY), "assets").put("instanceProfile", true);

        JsonNode request = applied(submit(body(role)));

        assertThat(texts(iam().writes())).containsOnlyOnce(action + " " + task);
        assertThat(world().trail(request, task))
                .filteredOn(text -> text.startsWith(action + " "))
                .containsExactly(action + " UNKNOWN", action + " SUCCEEDED");
        world().assertTrailIsWhatIamDid(request);
    }

    /** The next look is how the role was before its last write. */
    private Weather lagging(AtomicBoolean from) {
        AtomicInteger looks = new AtomicInteger();
        return call -> {
            if (!from.get() || call.writes()) {
                return null;
            }
            int look = call.action().equals("GetRole") ? looks.incrementAndGet() : looks.get();
            return look == 1 ? new Lagging(1) : null;
        };
    }

    @Test
    void undoesWhatIamDoesNotShowForAMoment() {
        applied(submit(body(role(task))));
        iam().reset();
        AtomicBoolean denied = new AtomicBoolean();
        Weather lagging = lagging(denied);
        iam().weather(task, call -> {
            if (call.action().equals("PutRolePolicy") && call.get("PolicyName").equals("queue")) {
                denied.set(true);
                return DENIED;
            }
            return lagging.of(call);
        });

        JsonNode request = failed(submit(body(inline(inline(role(task), "assets"), "queue"))), 502, "aws-failed");

        assertThat(status(request)).isEqualTo("ROLLED_BACK");
        assertThat(iam().ask("ListRolePolicies", Map.of("RoleName", task)).xml())
                .doesNotContain("assets");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void plansFromNoRoleOfOursThatLagsBehindWhatItWrote() {
        applied(submit(body(inline(role(task), "assets"))));
        iam().reset();
        iam().weather(task, lagging(new AtomicBoolean(true)));

        JsonNode request = applied(submit(body(role(task))));

        assertThat(changes(request, task)).containsExactly("DeleteRolePolicy APPLIED");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void deletesARoleWhoseOnlyPolicyWasNotDeletedAtFirst() {
        applied(submit(body(inline(role(task), "assets"))));
        iam().reset();
        iam().fail("DeleteRolePolicy", task, new Lost(Reach.NOT_DONE));

        JsonNode request = applied(submit(deletion(task)));

        assertThat(iam().hasRole(task)).isFalse();
        assertThat(world().trail(request, task))
                .containsExactly(
                        "DeleteRolePolicy UNKNOWN",
                        "DeleteRolePolicy FAILED",
                        "DeleteRolePolicy SUCCEEDED",
                        "DeleteRole SUCCEEDED");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void doesNotTakeAForeignRoleForItsOwnWhenAnAnswerWasLost() {
        Held create = iam().hold("CreateRole", task, Reach.NOT_DONE);
        iam().fail("CreateRole", task, new Lost(Reach.NOT_DONE));
        CompletableFuture<Answer> answer =
                CompletableFuture.supplyAsync(() -> submit(body(inline(role(task), "assets"))));
        create.awaitArrival();
        makeForeign(task);
        create.release();

        JsonNode request = failed(answer.join(), 409, "role-not-ours");

        assertThat(status(request)).isEqualTo("FAILED");
        assertThat(texts(iam().writes())).containsExactly("CreateRole " + task);
        assertThat(iam().hasRole(task)).isTrue();
        assertThat(world().trail(request, task)).containsExactly("CreateRole UNKNOWN", "CreateRole FAILED");
    }

    private void makeForeign(String name) {
        assertThat(iam().ask(
                                "CreateRole",
                                Map.of(
                                        "RoleName",
                                        name,
                                        "Path",
                                        "/",
                                        "Description",
                                        "Somebody else's",
                                        "AssumeRolePolicyDocument",
                                        role(name).get("trustPolicy").toString()))
                        .succeeded())
                .isTrue();
    }

    @Test
    void needsAttentionWhenUndoingIsRefusedAndSaysWhatIsLeft() {
        iam().fail("PutRolePolicy", task, new Refused(409, "LimitExceeded", "Cannot exceed quota"));
        iam().fail("DeleteRole", task, DENIED);

        Answer answer = submit(body(inline(role(task, ECS_EXECUTION_POLICY), "assets")));

        JsonNode request = failed(answer, 502, "needs-attention");
        assertThat(status(request)).isEqualTo("NEEDS_ATTENTION");
        assertThat(answer.json().get("detail").asString())
                .isEqualTo("'Create the role " + task + "' on the role " + task
                        + " could not be undone: DeleteRole for " + task + " was answered with AccessDenied");
        assertThat(changes(request, task))
                .containsExactly("CreateRole APPLIED", "AttachRolePolicy UNDONE", "PutRolePolicy FAILED");
        assertThat(iam().hasRole(task)).isTrue();
        assertThat(world().trail(request, task)).last().isEqualTo("DeleteRole FAILED undo");
        assertThat(world().story(request)).last().isEqualTo("request.needs-attention FAILED");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void whatIsUndoneByARetryEndsAsItFirstFailed() {
        iam().fail("PutRolePolicy", task, new Refused(409, "LimitExceeded", "Cannot exceed quota"));
        iam().fail("DeleteRole", task, DENIED);
        ObjectNode body = body(inline(role(task), "assets"));
        JsonNode request = failed(submit(body, "Idempotency-Key", task), 502, "needs-attention");

        leave(request, "retry");

        await().until(() -> status(reread(request)).equals("ROLLED_BACK"));
        assertThat(iam().hasRole(task)).isFalse();
        failed(submit(body, "Idempotency-Key", task), 409, "quota-exceeded");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void whatIsNotKnownToBeUndoneIsFoundOutByARetry() {
        iam().fail("PutRolePolicy", task, DENIED);
        iam().fail("DetachRolePolicy", task, new Lost(Reach.DONE));
        iam().weather(task, new Weather() {
            private int looks;

            @Override
            public @Nullable Fault of(QueryForm call) {
                // After the look that the undo begins with.
                return call.action().equals("GetRole") && looks++ > 0 && looks <= 4 ? DENIED : null;
            }
        });
        Answer answer = submit(body(inline(role(task, ECS_EXECUTION_POLICY), "assets")));
        JsonNode request = failed(answer, 502, "needs-attention");
        assertThat(changes(request, task))
                .containsExactly("CreateRole APPLIED", "AttachRolePolicy UNKNOWN", "PutRolePolicy FAILED");
        assertThat(request.at("/roles/0/attention/left").toString()).contains("whether it was undone is not known");

        leave(request, "retry");

        await().until(() -> status(reread(request)).equals("ROLLED_BACK"));
        assertThat(texts(iam().writes())).containsOnlyOnce("DetachRolePolicy " + task);
        assertThat(world().trail(request, task))
                .containsExactly(
                        "CreateRole SUCCEEDED",
                        "AttachRolePolicy SUCCEEDED",
                        "PutRolePolicy FAILED",
                        "DetachRolePolicy UNKNOWN undo",
                        "DetachRolePolicy SUCCEEDED undo",
                        "DeleteRole SUCCEEDED undo");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void aRetryMakesNoRoleThatTheRequestHasLetGo() {
        iam().fail("CreateRole", task, new Lost(Reach.DONE));
        iam().fail("GetRole", task, 3, DENIED);
        JsonNode request = failed(submit(body(trusting(execution, task), role(task))), 502, "needs-attention");
        assertThat(request.get("roles"))
                .extracting(role -> role.get("status").asString())
                .containsExactly("ROLLED_BACK", "NEEDS_ATTENTION");

        iam().fail("GetRole", task, 5, UNSEEN);
        leave(request, "retry");

        await().until(() -> status(reread(request)).equals("ROLLED_BACK"));
        assertThat(texts(iam().writes())).containsExactly("CreateRole " + task, "DeleteRole " + task);
        assertThat(reread(request).at("/failure/code").asString()).isEqualTo("aws-failed");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void whatIsMadeAndAbandonedCanBeAskedForAgain() {
        iam().fail("PutRolePolicy", task, DENIED);
        iam().fail("DeleteRole", task, DENIED);
        ObjectNode body = body(inline(role(task), "assets"));
        JsonNode request = failed(submit(body), 502, "needs-attention");

        leave(request, "abandonment");

        assertThat(status(reread(request))).isEqualTo("CANCELLED");
        iam().reset();
        JsonNode again = applied(submit(body));
        assertThat(changes(again, task)).containsExactly("PutRolePolicy APPLIED");
        applied(submit(deletion(task)));
        assertThat(iam().hasRole(task)).isFalse();
    }

    @Test
    void whatIsAbandonedDoesNotMakeOursWhatItMetAndDidNotMake() {
        assertThat(iam().ask("CreateInstanceProfile", Map.of("InstanceProfileName", task))
                        .succeeded())
                .isTrue();
        iam().fail("DeleteRole", task, DENIED);
        ObjectNode profiled = role(task).put("instanceProfile", true);
        leave(failed(submit(body(profiled)), 502, "needs-attention"), "abandonment");

        failed(submit(body(profiled)), 409, "role-not-ours");
        JsonNode deletion = applied(submit(deletion(task)));

        assertThat(changes(deletion, task)).containsExactly("DeleteRole APPLIED");
        assertThat(iam().ask("GetInstanceProfile", Map.of("InstanceProfileName", task))
                        .succeeded())
                .isTrue();
    }

    @Test
    void aRetryThatGoesOnEndsByWhatItMeets() {
        iam().fail("CreateRole", task, new Lost(Reach.DONE));
        iam().fail("GetRole", task, 3, DENIED);
        JsonNode request = failed(submit(body(inline(role(task), "assets"))), 502, "needs-attention");
        iam().fail("PutRolePolicy", task, new Refused(409, "LimitExceeded", "Cannot exceed quota"));

        leave(request, "retry");

        await().until(() -> status(reread(request)).equals("ROLLED_BACK"));
        assertThat(reread(request).at("/failure/code").asString()).isEqualTo("quota-exceeded");
        assertThat(iam().hasRole(task)).isFalse();
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void undoesASiblingAlthoughAnotherRoleNeedsAttention() {
        Held put = iam().hold("PutRolePolicy", task, Reach.NOT_DONE);
        iam().fail("PutRolePolicy", task, DENIED);
        iam().fail("DeleteRole", task, DENIED);
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> submit(ecsRoles(execution, task)));
        put.awaitArrival();
        await().until(() -> texts(iam().calls()).contains("AttachRolePolicy " + execution));
        put.release();

        JsonNode request = failed(answer.join(), 502, "needs-attention");

        assertThat(request.get("roles"))
                .extracting(role -> role.get("status").asString())
                .containsExactly("ROLLED_BACK", "NEEDS_ATTENTION");
        assertThat(iam().hasRole(execution)).isFalse();
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void undoWaitsForWhatIamStillSeesOnTheRole() {
        iam().fail("PutRolePolicy", task, DENIED);
        iam().fail("DeleteRole", task, 2, new Refused(409, "DeleteConflict", "must detach all policies first."));

        JsonNode request = failed(submit(body(inline(role(task, ECS_EXECUTION_POLICY), "assets"))), 502, "aws-failed");

        assertThat(status(request)).isEqualTo("ROLLED_BACK");
        assertThat(iam().hasRole(task)).isFalse();
        assertThat(world().trail(request, task))
                .endsWith("DeleteRole FAILED undo", "DeleteRole FAILED undo", "DeleteRole SUCCEEDED undo");
        world().assertTrailIsWhatIamDid(request);
    }

    @ParameterizedTest
    @EnumSource
    void undoesAllTheSameWhenTheAnswerToUndoingIsLost(Reach reach) {
        iam().fail("PutRolePolicy", task, DENIED);
        iam().fail("DeleteRole", task, new Lost(reach));

        JsonNode request = failed(submit(body(inline(role(task), "assets"))), 502, "aws-failed");

        assertThat(status(request)).isEqualTo("ROLLED_BACK");
        assertThat(changes(request, task)).containsExactly("CreateRole UNDONE", "PutRolePolicy FAILED");
        assertThat(iam().hasRole(task)).isFalse();
        assertThat(world().trail(request, task))
                .containsExactlyElementsOf(
                        switch (reach) {
                            case DONE ->
                                List.of(
                                        "CreateRole SUCCEEDED",
                                        "PutRolePolicy FAILED",
                                        "DeleteRole UNKNOWN undo",
                                        "DeleteRole SUCCEEDED undo");
                            case NOT_DONE ->
                                List.of(
                                        "CreateRole SUCCEEDED",
                                        "PutRolePolicy FAILED",
                                        "DeleteRole UNKNOWN undo",
                                        "DeleteRole FAILED undo",
                                        "DeleteRole SUCCEEDED undo");
                        });
        world().assertTrailIsWhatIamDid(request);
    }

    /** IAM is eventually consistent: a role made a moment ago may not be shown yet. */
    @Test
    void undoesARoleThatIamDoesNotShowYet() {
        iam().fail("PutRolePolicy", task, DENIED);
        iam().fail("GetRole", task, new Refused(404, "NoSuchEntity", "The role cannot be found."));

        JsonNode request = failed(submit(body(inline(role(task), "assets"))), 502, "aws-failed");

        assertThat(iam().hasRole(task)).isFalse();
        assertThat(status(request)).isEqualTo("ROLLED_BACK");
        world().assertTrailIsWhatIamDid(request);
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 12})
    void undoesARoleThatIamDoesNotShowForLong(int looks) {
        iam().fail("PutRolePolicy", task, DENIED);
        iam().fail("GetRole", task, looks, UNSEEN);

        JsonNode request = failed(submit(body(inline(role(task), "assets"))), 502, "aws-failed");

        assertThat(iam().hasRole(task)).isFalse();
        assertThat(status(request)).isEqualTo("ROLLED_BACK");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void waitsForTheRoleThatIamSaysIsThere() {
        iam().fail("CreateRole", task, new Lost(Reach.DONE));
        iam().fail("GetRole", task, 9, UNSEEN);

        JsonNode request = applied(submit(body(inline(role(task), "assets"))));

        assertThat(world().trail(request, task))
                .containsExactly(
                        "CreateRole UNKNOWN",
                        "CreateRole FAILED",
                        "CreateRole FAILED",
                        "CreateRole SUCCEEDED",
                        "PutRolePolicy SUCCEEDED");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void waitsForTheInstanceProfileThatIamSaysIsThere() {
        iam().fail("CreateInstanceProfile", task, new Lost(Reach.DONE));
        iam().fail("GetInstanceProfile", task, 9, UNSEEN);

        JsonNode request = applied(submit(body(role(task).put("instanceProfile", true))));

        assertThat(world().trail(request, task))
                .containsExactly(
                        "CreateRole SUCCEEDED",
                        "CreateInstanceProfile UNKNOWN",
                        "CreateInstanceProfile FAILED",
                        "CreateInstanceProfile FAILED",
                        "CreateInstanceProfile SUCCEEDED",
                        "AddRoleToInstanceProfile SUCCEEDED");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void looksForWhatAnEarlierAttemptMayHaveMadeWhenTheLastOneFails() {
        iam().fail("CreateRole", task, new Lost(Reach.DONE));
        iam().fail("CreateRole", task, 4, THROTTLED);
        iam().fail("GetRole", task, 5, UNSEEN);

        JsonNode request = applied(submit(body(inline(role(task), "assets")), "Prefer", "wait=30"));

        assertThat(world().trail(request, task)).endsWith("CreateRole SUCCEEDED", "PutRolePolicy SUCCEEDED");
        assertThat(texts(iam().writes()).stream().filter(("CreateRole " + task)::equals))
                .hasSize(5);
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void looksLongerForARoleThatWillNotBeMadeAgain() {
        iam().fail("CreateRole", task, 4, THROTTLED);
        iam().fail("CreateRole", task, new Lost(Reach.DONE));
        iam().fail("GetRole", task, 5, UNSEEN);

        JsonNode request = applied(submit(body(inline(role(task), "assets")), "Prefer", "wait=30"));

        assertThat(world().trail(request, task)).endsWith("CreateRole SUCCEEDED", "PutRolePolicy SUCCEEDED");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void aRoleThatIamSaysIsThereAndNeverShowsNeedsAPerson() {
        iam().fail("CreateRole", task, new Lost(Reach.DONE));
        iam().fail("GetRole", task, 1000, UNSEEN);

        JsonNode request = failed(submit(body(inline(role(task), "assets"))), 502, "needs-attention");

        assertThat(changes(request, task)).containsExactly("CreateRole UNKNOWN", "PutRolePolicy PLANNED");
        iam().reset();
        leave(request, "retry");
        await().until(() -> status(reread(request)).equals("APPLIED"));
        assertThat(iam().hasRole(task)).isTrue();
    }

    @Test
    void anInstanceProfileThatSomebodyElsesRoleIsInIsNotWaitedFor() {
        applied(submit(body(role(task).put("instanceProfile", true))));
        makeForeign(execution);
        iam().ask("RemoveRoleFromInstanceProfile", Map.of("InstanceProfileName", task, "RoleName", task));
        iam().ask("AddRoleToInstanceProfile", Map.of("InstanceProfileName", task, "RoleName", execution));
        iam().reset();

        JsonNode request = failed(submit(body(role(task))), 502, "aws-failed");

        assertThat(world().trail(request, task)).containsExactly("DeleteInstanceProfile FAILED");
    }

    @Test
    void waitsForTheArnOfARoleWhoseCreationGotNoAnswer() {
        iam().fail("CreateRole", task, new Lost(Reach.DONE));
        iam().fail("GetRole", task, 7, new Making());

        JsonNode request = applied(submit(body(inline(role(task), "assets"))));

        assertThat(arn(request)).endsWith("role/" + task);
        assertThat(world().trail(request, task))
                .containsExactly("CreateRole UNKNOWN", "CreateRole SUCCEEDED", "PutRolePolicy SUCCEEDED");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void undoLeavesARoleAloneThatSomebodyElseMadeAnew() {
        Held put = iam().hold("PutRolePolicy", task, Reach.NOT_DONE);
        iam().fail("PutRolePolicy", task, DENIED);
        CompletableFuture<Answer> answer =
                CompletableFuture.supplyAsync(() -> submit(body(inline(role(task), "assets"))));
        put.awaitArrival();
        iam().ask("DeleteRole", Map.of("RoleName", task));
        makeForeign(task);
        put.release();

        JsonNode request = failed(answer.join(), 502, "needs-attention");

        assertThat(iam().hasRole(task)).isTrue();
        assertThat(request.get("failure").get("message").asString())
                .startsWith("The role " + task + " was made again by somebody else");
        assertThat(texts(iam().writes())).containsExactly("CreateRole " + task, "PutRolePolicy " + task);
    }

    @Test
    void makesARoleOfOursAgainThatWasDeletedOutside() {
        JsonNode first = applied(submit(body(role(task))));
        iam().ask("DeleteRole", Map.of("RoleName", task));
        iam().reset();

        JsonNode second = applied(submit(body(role(task))));

        assertThat(texts(iam().writes())).containsExactly("CreateRole " + task);
        assertThat(iam().hasRole(task)).isTrue();
        assertThat(second.get("roles").get(0).get("roleId").asString())
                .isNotEqualTo(first.get("roles").get(0).get("roleId").asString());
        world().assertTrailIsWhatIamDid(second);
    }

    /** IAM is eventually consistent: absent is believed only when it is seen repeatedly. */
    @Test
    void doesNotMakeARoleOfOursAgainThatIamDoesNotShowForAMoment() {
        applied(submit(body(role(task))));
        iam().reset();
        iam().fail("GetRole", task, new Refused(404, "NoSuchEntity", "The role cannot be found."));

        applied(submit(body(role(task))));

        assertThat(iam().writes()).isEmpty();
    }

    @Test
    void refusesARoleOfOursThatSomebodyElseMadeAnew() {
        applied(submit(body(role(task))));
        iam().ask("DeleteRole", Map.of("RoleName", task));
        makeForeign(task);
        iam().reset();

        JsonNode request = failed(submit(body(role(task))), 409, "role-not-ours");

        assertThat(status(request)).isEqualTo("FAILED");
        assertThat(iam().writes()).isEmpty();
    }

    @Test
    void changesARoleOfOursAndThenItIsUnchanged() {
        applied(submit(body(inline(role(task), "assets"))));
        ObjectNode changed = role(task, ECS_EXECUTION_POLICY).put("description", "Changed");
        iam().reset();

        JsonNode request = applied(submit(body(changed)));

        assertThat(changes(request, task))
                .containsExactlyInAnyOrder(
                        "AttachRolePolicy APPLIED", "DeleteRolePolicy APPLIED", "UpdateRole APPLIED");
        world().assertTrailIsWhatIamDid(request);
        iam().reset();

        JsonNode again = applied(submit(body(changed)));

        assertThat(again.get("roles").get(0).get("status").asString()).isEqualTo("UNCHANGED");
        assertThat(iam().writes()).isEmpty();
    }

    @Test
    void undoesAChangeThatFailsOnTheWay() {
        applied(submit(body(inline(role(task), "assets"))));
        iam().reset();
        iam().fail("UpdateRole", task, DENIED);

        JsonNode request =
                failed(submit(body(role(task, ECS_EXECUTION_POLICY).put("description", "Changed"))), 502, "aws-failed");

        assertThat(status(request)).isEqualTo("ROLLED_BACK");
        assertThat(iam().hasRole(task)).isTrue();
        world().assertTrailIsWhatIamDid(request);
        iam().reset();
        assertThat(applied(submit(body(inline(role(task), "assets"))))
                        .get("roles")
                        .get(0)
                        .get("status")
                        .asString())
                .isEqualTo("UNCHANGED");
    }

    @Test
    void deletesTheEcsRolesInTwelveCalls() {
        applied(submit(ecsRoles(execution, task)));
        iam().reset();

        JsonNode request = applied(submit(deletion(execution, task)));

        assertThat(iam().calls()).hasSizeLessThanOrEqualTo(12);
        assertThat(changes(request, execution)).containsExactly("DetachRolePolicy APPLIED", "DeleteRole APPLIED");
        assertThat(changes(request, task)).containsExactly("DeleteRolePolicy APPLIED", "DeleteRole APPLIED");
        assertThat(iam().hasRole(execution)).isFalse();
        assertThat(iam().hasRole(task)).isFalse();
        world().assertTrailIsWhatIamDid(request);
        failed(submit(deletion(task)), 409, "role-not-ours");
    }

    @Test
    void deletesAnInstanceProfileWithItsRole() {
        applied(submit(body(inline(role(task, ECS_EXECUTION_POLICY), "assets").put("instanceProfile", true))));
        iam().reset();

        JsonNode request = applied(submit(deletion(task)));

        assertThat(changes(request, task))
                .containsExactly(
                        "RemoveRoleFromInstanceProfile APPLIED",
                        "DeleteInstanceProfile APPLIED",
                        "DetachRolePolicy APPLIED",
                        "DeleteRolePolicy APPLIED",
                        "DeleteRole APPLIED");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void takesAnInstanceProfileAwayThatIamStillSeesTheRoleIn() {
        ObjectNode profiled = role(task).put("instanceProfile", true);
        applied(submit(body(profiled)));
        iam().reset();
        iam().fail(
                        "DeleteInstanceProfile",
                        task,
                        2,
                        new Refused(
                                409,
                                "DeleteConflict",
                                "Cannot delete entity, must remove roles from instance profile first."));

        JsonNode request = applied(submit(body(role(task))));

        assertThat(world().trail(request, task))
                .containsExactly(
                        "RemoveRoleFromInstanceProfile SUCCEEDED",
                        "DeleteInstanceProfile FAILED",
                        "DeleteInstanceProfile FAILED",
                        "DeleteInstanceProfile SUCCEEDED");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void aRetryOfADeletionLeavesTheRolesAloneThatItHasLetGo() {
        applied(submit(body(role(execution))));
        applied(submit(body(inline(role(task), "assets"))));
        iam().fail("DeleteRole", execution, DENIED);
        iam().fail("DeleteRole", task, DENIED);
        JsonNode request = failed(submit(deletion(execution, task)), 502, "needs-attention");
        assertThat(request.get("roles"))
                .extracting(role -> role.get("status").asString())
                .containsExactly("FAILED", "NEEDS_ATTENTION");
        applied(submit(deletion(execution)));
        applied(submit(body(role(execution))));

        leave(request, "retry");

        await().until(() -> status(reread(request)).equals("PARTIALLY_APPLIED"));
        JsonNode left = reread(request);
        assertThat(left.get("roles"))
                .extracting(role -> role.get("status").asString())
                .containsExactly("FAILED", "APPLIED");
        assertThat(left.at("/failure/role").asString()).isEqualTo(execution);
        assertThat(iam().hasRole(task)).isFalse();
        assertThat(applied(submit(body(role(execution).put("description", "Still ours"))))
                        .at("/roles/0/status")
                        .asString())
                .isEqualTo("APPLIED");
        assertThat(world().trail(request, execution)).containsExactly("DeleteRole FAILED");
        assertThat(world().trail(request, task))
                .containsExactly("DeleteRolePolicy SUCCEEDED", "DeleteRole FAILED", "DeleteRole SUCCEEDED");
    }

    @Test
    void aDeletionThatStopsOnTheWayNeedsAPersonAndGoesOnWhenRetried() {
        applied(submit(body(inline(role(task), "assets"))));
        iam().reset();
        iam().fail("DeleteRole", task, DENIED);

        JsonNode request = failed(submit(deletion(task)), 502, "needs-attention");

        assertThat(changes(request, task)).containsExactly("DeleteRolePolicy APPLIED", "DeleteRole FAILED");
        failed(submit(body(role(task))), 409, "role-needs-attention");
        leave(request, "retry");
        await().until(() -> status(reread(request)).equals("APPLIED"));
        assertThat(iam().hasRole(task)).isFalse();
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void whatIsAbandonedIsLeftAndFreesItsRole() {
        applied(submit(body(inline(role(task), "assets"))));
        iam().fail("DeleteRole", task, DENIED);
        JsonNode request = failed(submit(deletion(task)), 502, "needs-attention");
        iam().reset();

        leave(request, "abandonment");

        assertThat(status(reread(request))).isEqualTo("CANCELLED");
        assertThat(iam().writes()).isEmpty();
        applied(submit(deletion(task)));
        assertThat(iam().hasRole(task)).isFalse();
    }

    @Test
    void deletesNoRoleThatSomebodyElseMadeAnew() {
        applied(submit(body(role(task))));
        iam().ask("DeleteRole", Map.of("RoleName", task));
        makeForeign(task);
        iam().reset();

        failed(submit(deletion(task)), 409, "role-not-ours");

        assertThat(iam().writes()).isEmpty();
        assertThat(iam().hasRole(task)).isTrue();
    }

    /** Or its tags, by which our own policy allows the write. */
    static Stream<Refused> notSeenYet() {
        return Stream.of(UNSEEN, UNTAGGED);
    }

    @ParameterizedTest
    @MethodSource("notSeenYet")
    void waitsUntilIamSeesTheRoleThatItMade(Refused refusal) {
        iam().fail("PutRolePolicy", task, 2, refusal);

        JsonNode request = applied(submit(body(inline(role(task), "assets"))));

        assertThat(world().trail(request, task))
                .containsExactly(
                        "CreateRole SUCCEEDED",
                        "PutRolePolicy FAILED",
                        "PutRolePolicy FAILED",
                        "PutRolePolicy SUCCEEDED");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void takesARoleBackThatIamNeverSees() {
        iam().fail("PutRolePolicy", task, 1000, UNSEEN);

        JsonNode request = failed(submit(body(inline(role(task), "assets"))), 422, "refused-by-iam");

        assertThat(status(request)).isEqualTo("ROLLED_BACK");
        assertThat(iam().hasRole(task)).isFalse();
        assertThat(world().trail(request, task))
                .filteredOn("PutRolePolicy FAILED"::equals)
                .hasSizeGreaterThan(2);
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void takesARoleBackThatItMayNotWriteToForGood() {
        iam().fail("PutRolePolicy", task, 1000, UNTAGGED);

        JsonNode request = failed(submit(body(inline(role(task), "assets"))), 502, "aws-failed");

        assertThat(status(request)).isEqualTo("ROLLED_BACK");
        assertThat(iam().hasRole(task)).isFalse();
        assertThat(world().trail(request, task))
                .filteredOn("PutRolePolicy FAILED"::equals)
                .hasSizeBetween(6, 16);
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void doesNotWaitForTheTagsOfARoleThatWasThere() {
        applied(submit(body(role(task))));
        iam().fail("PutRolePolicy", task, UNTAGGED);

        JsonNode request = failed(submit(body(inline(role(task), "assets"))), 502, "aws-failed");

        assertThat(world().trail(request, task)).containsExactly("PutRolePolicy FAILED");
    }

    @ParameterizedTest
    @MethodSource("notSeenYet")
    void waitsUntilIamSeesTheInstanceProfileThatItMade(Refused refusal) {
        applied(submit(body(role(task))));
        iam().reset();
        iam().fail("AddRoleToInstanceProfile", task, 2, refusal);

        JsonNode request = applied(submit(body(role(task).put("instanceProfile", true))));

        assertThat(world().trail(request, task))
                .containsExactly(
                        "CreateInstanceProfile SUCCEEDED",
                        "AddRoleToInstanceProfile FAILED",
                        "AddRoleToInstanceProfile FAILED",
                        "AddRoleToInstanceProfile SUCCEEDED");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void waitsForTheInstanceProfileThatItMadeWhenItTakesItBackToo() {
        applied(submit(body(role(task))));
        iam().reset();
        iam().fail("AddRoleToInstanceProfile", task, DENIED);
        iam().fail("DeleteInstanceProfile", task, 2, UNTAGGED);

        JsonNode request = failed(submit(body(role(task).put("instanceProfile", true))), 502, "aws-failed");

        assertThat(status(request)).isEqualTo("ROLLED_BACK");
        assertThat(world().trail(request, task))
                .containsExactly(
                        "CreateInstanceProfile SUCCEEDED",
                        "AddRoleToInstanceProfile FAILED",
                        "DeleteInstanceProfile FAILED undo",
                        "DeleteInstanceProfile FAILED undo",
                        "DeleteInstanceProfile SUCCEEDED undo");
        world().assertTrailIsWhatIamDid(request);
    }

    /** What IAM takes to see the role does not count as attempts, of which there are five. */
    @Test
    void triesAsOftenAsEverOnceIamSeesTheRoleThatItMade() {
        iam().fail("PutRolePolicy", task, 6, UNTAGGED);
        iam().fail("PutRolePolicy", task, THROTTLED);

        JsonNode request = applied(submit(body(inline(role(task), "assets"))));

        assertThat(world().trail(request, task))
                .containsExactlyElementsOf(Stream.of(
                                List.of("CreateRole SUCCEEDED"),
                                Collections.nCopies(7, "PutRolePolicy FAILED"),
                                List.of("PutRolePolicy SUCCEEDED"))
                        .flatMap(List::stream)
                        .toList());
    }

    @Test
    void waitsUntilIamKnowsThePrincipalThatItMade() {
        JsonNode first = applied(submit(body(role(execution))));
        ObjectNode trusting = role(task);
        ((ObjectNode) trusting.at("/trustPolicy/Statement/0"))
                .putObject("Principal")
                .put("AWS", arn(first));
        iam().fail("CreateRole", task, 2, STRANGER);

        JsonNode request = applied(submit(body(trusting)));

        assertThat(world().trail(request, task))
                .containsExactly("CreateRole FAILED", "CreateRole FAILED", "CreateRole SUCCEEDED");
    }

    @Test
    void doesNotWaitForAPrincipalOfOthers() {
        iam().fail("CreateRole", task, STRANGER);

        JsonNode request = failed(submit(body(role(task))), 422, "refused-by-iam");

        assertThat(status(request)).isEqualTo("FAILED");
        assertThat(world().trail(request, task)).containsExactly("CreateRole FAILED");
    }

    @Test
    void deletesARoleOnceIamSeesThatNothingHangsOnItAnyMore() {
        applied(submit(body(inline(role(task), "assets"))));
        iam().reset();
        iam().fail(
                        "DeleteRole",
                        task,
                        2,
                        new Refused(409, "DeleteConflict", "Cannot delete entity, must delete policies first."));

        JsonNode request = applied(submit(deletion(task)));

        assertThat(iam().hasRole(task)).isFalse();
        world().assertTrailIsWhatIamDid(request);
    }

    private static String arn(JsonNode request) {
        return request.get("roles").get(0).get("arn").asString();
    }

    /** A role that another one may assume. */
    private static ObjectNode trusting(String name, String trusted) {
        ObjectNode role = role(name);
        ((ObjectNode) role.at("/trustPolicy/Statement/0"))
                .set(
                        "Principal",
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("AWS", "arn:aws:iam::" + TestRolesmith.ACCOUNT + ":role/" + trusted));
        return role;
    }

    private static ObjectNode deletion(String... names) {
        ObjectNode body = body().put("action", "delete");
        for (String name : names) {
            body.withArray("/roles").addObject().put("name", name);
        }
        return body;
    }

    private void leave(JsonNode request, String exit) {
        TestRolesmith rolesmith = world().rolesmith();
        Answer answer = rolesmith.post(
                "/role-requests/" + request.get("id").asString() + "/" + exit,
                rolesmith.issuer().token("operator", "admin", "platform"),
                "{\"comment\": \"looked at\"}");
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    }

    private JsonNode reread(JsonNode request) {
        TestRolesmith rolesmith = world().rolesmith();
        return rolesmith
                .get("/role-requests/" + request.get("id").asString(), rolesmith.portal())
                .json();
    }

    @Test
    void refusesARoleOfAnotherTeamWithoutAskingIam() {
        applied(submit(body(role(task))));
        iam().reset();
        ObjectNode body = body(role(task)).put("team", "payments");
        TestRolesmith rolesmith = world().rolesmith();
        String token = rolesmith.issuer().token("payments-portal", "roles:read roles:request", "payments");

        Answer answer = rolesmith.post("/role-requests", token, body.toString());

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().get("code").asString()).isEqualTo("role-not-ours");
        assertThat(iam().calls()).isEmpty();
    }

    @Test
    void undoesTheRolesOfAllAccountsWhenOneFails() {
        Held put = world().other().hold("PutRolePolicy", task, Reach.NOT_DONE);
        world().other().fail("PutRolePolicy", task, DENIED);
        CompletableFuture<Answer> answer =
                CompletableFuture.supplyAsync(() -> submit(inBothAccounts(body(inline(role(task), "assets")))));
        put.awaitArrival();
        await().until(() -> texts(iam().calls()).contains("PutRolePolicy " + task));
        put.release();

        JsonNode request = failed(answer.join(), 502, "aws-failed");

        assertThat(status(request)).isEqualTo("ROLLED_BACK");
        assertThat(iam().hasRole(task)).isFalse();
        assertThat(world().other().hasRole(task)).isFalse();
        assertThat(request.get("failure").get("account").asString()).isEqualTo(OTHER_ACCOUNT);
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void keepsTheRolesOfTheAccountsThatSucceededWhereThatIsWanted() {
        world().other().fail("PutRolePolicy", task, DENIED);

        Answer answer =
                submit(inBothAccounts(body(inline(role(task), "assets"))).put("onFailure", "keep"));

        JsonNode request = failed(answer, 502, "aws-failed");
        assertThat(status(request)).isEqualTo("PARTIALLY_APPLIED");
        assertThat(request.get("roles"))
                .extracting(role -> role.get("account").asString() + " "
                        + role.get("status").asString())
                .containsExactly(TestRolesmith.ACCOUNT + " APPLIED", OTHER_ACCOUNT + " ROLLED_BACK");
        assertThat(iam().hasRole(task)).isTrue();
        assertThat(world().other().hasRole(task)).isFalse();
        assertThat(world().story(request)).last().isEqualTo("request.partially-applied FAILED");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void undoesAnInstanceProfileWithItsRole() {
        ObjectNode role = role(task).put("instanceProfile", true);
        iam().fail("AddRoleToInstanceProfile", task, new Refused(409, "LimitExceeded", "Cannot exceed quota"));

        JsonNode request = failed(submit(body(role)), 409, "quota-exceeded");

        assertThat(status(request)).isEqualTo("ROLLED_BACK");
        assertThat(iam().hasRole(task)).isFalse();
        assertThat(world().trail(request, task))
                .containsExactly(
                        "CreateRole SUCCEEDED",
                        "CreateInstanceProfile SUCCEEDED",
                        "AddRoleToInstanceProfile FAILED",
                        "DeleteInstanceProfile SUCCEEDED undo",
                        "DeleteRole SUCCEEDED undo");
        world().assertTrailIsWhatIamDid(request);
    }

    private String customerManaged(String name, String action) {
        iam().ask(
                        "CreatePolicy",
                        Map.of(
                                "PolicyName",
                                name,
                                "PolicyDocument",
                                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\""
                                        + action + "\",\"Resource\":\"*\"}]}"));
        return "arn:aws:iam::" + TestRolesmith.ACCOUNT + ":policy/" + name;
    }

    private static List<String> actions(List<Call> calls) {
        return calls.stream().map(Call::action).toList();
    }

    private JsonNode refused(Answer answer, String code, String pointer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(422);
        JsonNode finding = answer.json().get("findings").get(0);
        assertThat(finding.get("code").asString()).isEqualTo(code);
        assertThat(finding.get("pointer").asString()).isEqualTo(pointer);
        assertThat(iam().writes()).isEmpty();
        return finding;
    }

    @Test
    void readsAPolicyOfTheAccountOnceBeforeItIsAttached() {
        String arn = customerManaged("policy-of-" + task, "s3:*");

        applied(submit(body(role(task, arn))));
        assertThat(actions(iam().calls()))
                .containsExactly("GetPolicy", "GetPolicyVersion", "CreateRole", "AttachRolePolicy");
        iam().reset();

        applied(submit(body(role(execution, arn))));
        assertThat(actions(iam().calls())).containsExactly("CreateRole", "AttachRolePolicy");
    }

    @Test
    void refusesAPolicyOfTheAccountWithPowerOverRolesmith() {
        String arn = customerManaged("policy-of-" + task, "iam:P*");

        JsonNode finding =
                refused(submit(body(role(task, arn))), "PROVISIONER_PROTECTED", "/roles/0/managedPolicyArns/0");

        assertThat(finding.get("message").asString())
                .isEqualTo("The managed policy '" + arn + "' allows iam:P* (/Statement/0) on resources that cover"
                        + " Rolesmith's own identity in this account");
    }

    @Test
    void refusesAPolicyThatCannotBeReadAndTakesItWhenItCan() {
        String arn = customerManaged("policy-of-" + task, "s3:*");
        String other = customerManaged("other-policy-of-" + task, "s3:*");
        iam().fail("GetPolicy", null, DENIED);

        JsonNode finding =
                refused(submit(body(role(task, arn))), "PROVISIONER_PROTECTED", "/roles/0/managedPolicyArns/0");

        assertThat(finding.get("message").asString())
                .isEqualTo(
                        "The managed policy '" + arn + "' could not be read (AccessDenied), so it may give power over"
                                + " Rolesmith's own identity in this account");
        applied(submit(body(role(task, other))));
    }

    @Test
    void refusesAPolicyThatIsNotThereBeforeAnyWrite() {
        String arn = "arn:aws:iam::" + TestRolesmith.ACCOUNT + ":policy/no-policy-of-" + task;

        refused(submit(body(role(task, arn))), "UNKNOWN_MANAGED_POLICY", "/roles/0/managedPolicyArns/0");
    }

    @Test
    void refusesARoleThatDoesNotDoWhatIsExpectedOfIt() {
        ObjectNode role = inline(role(task), "assets");
        role.withArray("/expect")
                .addObject()
                .put("action", "s3:GetObject")
                .put("resource", "arn:aws:s3:::other/key")
                .put("decision", "allowed");

        refused(submit(body(role)), "EXPECTATION_FAILED", "/roles/0/expect/0");

        assertThat(iam().calls()).isEmpty();
    }

    @Test
    void asksOnceForQuotasAndOnlyWhenMoreThanTheDefaultIsWanted() {
        String[] few = new String[20];
        String[] many = new String[21];
        for (int i = 0; i < many.length; i++) {
            many[i] = customerManaged("policy-" + i + "-of-" + task, "s3:*");
        }
        System.arraycopy(many, 0, few, 0, few.length);
        submit(body(role(task, few)));
        assertThat(actions(iam().calls())).doesNotContain("GetAccountSummary");
        iam().reset();

        JsonNode finding =
                refused(submit(body(role(task, many))), "TOO_MANY_MANAGED_POLICIES", "/roles/0/managedPolicyArns");
        refused(submit(body(role(task, many))), "TOO_MANY_MANAGED_POLICIES", "/roles/0/managedPolicyArns");

        assertThat(finding.get("message").asString()).startsWith("21 managed policies; the account allows ");
        assertThat(actions(iam().calls())).containsExactly("GetAccountSummary");
    }

    @Test
    void givesUpWhenIamIsThrottlingReads() {
        applied(submit(body(role(task))));
        iam().reset();
        iam().fail("GetRole", task, 20, THROTTLED);

        Answer answer = submit(body(role(task)));

        JsonNode request = failed(answer, 503, "throttled");
        assertThat(answer.header("Retry-After")).isEqualTo("5");
        assertThat(status(request)).isEqualTo("FAILED");
        assertThat(iam().writes()).isEmpty();
    }

    // --- sessions

    /** A role that two services may assume. */
    private ObjectNode shared() {
        ObjectNode role = role(task);
        role.withArray("/trustPolicy/Statement")
                .addObject()
                .put("Effect", "Allow")
                .put("Action", "sts:AssumeRole")
                .putObject("Principal")
                .put("Service", "lambda.amazonaws.com");
        return role;
    }

    /** The same role for only one of them, which may do more. */
    private ObjectNode narrower() {
        return body(inline(role(task), "assets")).put("liveSessions", "revoke");
    }

    /** Before when sessions of the role are revoked; empty if none are. */
    private Optional<Instant> revokedBefore() {
        String answer = iam().ask(
                        "GetRolePolicy", Map.of("RoleName", task, "PolicyName", "rolesmith-revoke-older-sessions"))
                .xml();
        Matcher moment = Pattern.compile("\"DateLessThan\":\\{\"aws:TokenIssueTime\":\"([^\"]+)\"")
                .matcher(URLDecoder.decode(answer, StandardCharsets.UTF_8));
        return moment.find() ? Optional.of(Instant.parse(moment.group(1))) : Optional.empty();
    }

    @Test
    void revokesOlderSessionsAfterTrustIsLostAndBeforeAnythingIsGranted() {
        applied(submit(body(shared())));
        iam().reset();
        Instant begun = InstantSource.system().instant();

        JsonNode request = applied(submit(narrower()));

        assertThat(changes(request, task))
                .containsExactly("UpdateAssumeRolePolicy APPLIED", "PutRolePolicy APPLIED", "PutRolePolicy APPLIED");
        assertThat(iam().writes().get(1).form().get("PolicyName")).isEqualTo("rolesmith-revoke-older-sessions");
        assertThat(request.get("findings").findValuesAsString("code")).contains("SESSIONS_REVOKED");
        Instant cut = revokedBefore().orElseThrow();
        assertThat(cut)
                .isBetween(
                        begun.plusSeconds(14), InstantSource.system().instant().plusSeconds(15));
        world().assertTrailIsWhatIamDid(request);
        assertThat(world().events(request).toString()).contains(cut.toString()).doesNotContain("1970-01-01");
    }

    @Test
    void leavesARevocationAloneUntilTheRoleGoes() {
        applied(submit(body(shared())));
        applied(submit(narrower()));
        Instant cut = revokedBefore().orElseThrow();
        iam().reset();

        JsonNode again = applied(submit(narrower()));
        assertThat(again.get("roles").get(0).get("status").asString()).isEqualTo("UNCHANGED");
        JsonNode other = applied(submit(body(inline(role(task), "others"))));
        assertThat(revokedBefore()).contains(cut);

        JsonNode deleted = applied(submit(deletion(task)));
        assertThat(changes(deleted, task))
                .containsExactly("DeleteRolePolicy APPLIED", "DeleteRolePolicy APPLIED", "DeleteRole APPLIED");
        assertThat(iam().hasRole(task)).isFalse();
        world().assertTrailIsWhatIamDid(again, other, deleted);
    }

    @Test
    void takesARevocationBackWithTheChangeThatFailed() {
        applied(submit(body(shared())));
        iam().reset();
        iam().weather(task, call -> call.get("PolicyName").equals("assets") ? DENIED : null);

        JsonNode request = failed(submit(narrower()), 502, "aws-failed");

        iam().calm(task);
        assertThat(status(request)).isEqualTo("ROLLED_BACK");
        assertThat(revokedBefore()).isEmpty();
        world().assertTrailIsWhatIamDid(request);
        iam().reset();
        assertThat(applied(submit(body(shared())))
                        .get("roles")
                        .get(0)
                        .get("status")
                        .asString())
                .isEqualTo("UNCHANGED");
    }

    @ParameterizedTest
    @EnumSource
    void findsARevocationWhoseAnswerIsLost(Reach reach) {
        applied(submit(body(shared())));
        iam().reset();
        iam().fail("PutRolePolicy", task, new Lost(reach));

        JsonNode request = applied(submit(narrower()));

        assertThat(revokedBefore()).isPresent();
        assertThat(world().trail(request, task)).contains("PutRolePolicy UNKNOWN");
        world().assertTrailIsWhatIamDid(request);
    }

    @Test
    void datesARevocationWhenItIsWrittenAndNotWhenItIsPlanned() {
        applied(submit(body(shared())));
        TestRolesmith rolesmith = world().rolesmith();
        Answer plan = rolesmith.post("/plans", rolesmith.portal(), narrower().toString());
        assertThat(plan.status()).as("%s", plan).isEqualTo(201);
        assertThat(plan.json().at("/roles/0/changes/1/after").toString())
                .contains("rolesmith-revoke-older-sessions", "1970-01-01T00:00:00Z");
        Instant begun = InstantSource.system().instant();

        applied(rolesmith.post(
                "/role-requests",
                rolesmith.portal(),
                "{\"planId\": \"" + plan.json().get("id").asString() + "\"}"));

        assertThat(revokedBefore().orElseThrow()).isAfter(begun.plusSeconds(13));
    }
}
