package io.rolesmith.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.rolesmith.support.TestDatabase;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import java.net.http.HttpRequest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;
import tools.jackson.databind.JsonNode;

/** A role's life from outside: planned, made, changed and deleted, and the ways out of a request. */
class LifecycleApiIntegrationTests {

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final String TRUST = trust("ecs-tasks.amazonaws.com");
    private static final String READ = policy("\"s3:GetObject\"");
    private static final String MORE = policy("[\"s3:GetObject\", \"s3:PutObject\"]");

    private static TestRolesmith rolesmith;

    @BeforeAll
    static void start() {
        rolesmith = TestRolesmith.start(
                Map.of("rolesmith.accounts[0].teams[0]", "retail-store", "rolesmith.accounts[0].teams[1]", "payments"));
    }

    @AfterAll
    static void stop() {
        rolesmith.close();
    }

    private static String name() {
        return "life-" + NAMES.incrementAndGet();
    }

    private static String trust(String service) {
        return """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
              "Principal": {"Service": "%s"}, "Action": "sts:AssumeRole"}]}\
            """.formatted(service);
    }

    private static String policy(String actions) {
        return """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": %s, "Resource": "arn:aws:s3:::life/*"}]}\
            """.formatted(actions);
    }

    /** A role with one inline policy. */
    private static String role(String name, String document) {
        return """
            {"name": "%s", "trustPolicy": %s, "inlinePolicies": {"p": %s}}\
            """.formatted(name, TRUST, document);
    }

    private static String request(String role) {
        return """
            {"accounts": ["retail-dev"], "team": "retail-store", "reason": "A test", "roles": [%s]}\
            """.formatted(role);
    }

    private static String deletion(String name) {
        return request("{\"name\": \"" + name + "\"}").replaceFirst("\\{", "{\"action\": \"delete\", ");
    }

    private static String declaration(String document) {
        return """
            {"team": "retail-store", "reason": "A test", "trustPolicy": %s, "inlinePolicies": {"p": %s}}\
            """.formatted(TRUST, document);
    }

    private static Answer post(String path, String body, String... headers) {
        return rolesmith.post(path, rolesmith.portal(), body, headers);
    }

    private static Answer made(String role) {
        Answer answer = post("/role-requests", request(role));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        return answer;
    }

    private static Answer plan(String body) {
        Answer answer = post("/plans", body);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        return answer;
    }

    private static Answer apply(JsonNode plan) {
        return post("/role-requests", "{\"planId\": \"" + plan.get("id").asString() + "\", \"reason\": \"As shown\"}");
    }

    private static String address(String name) {
        return "/accounts/retail-dev/roles/" + name;
    }

    private static Answer get(String name) {
        return rolesmith.get(address(name), rolesmith.portal());
    }

    private static Answer putAs(String name, String token, String body, String... headers) {
        HttpRequest.Builder request = rolesmith
                .request(address(name), token)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body));
        return rolesmith.send(headers.length == 0 ? request : request.headers(headers));
    }

    private static Answer put(String name, String body, String... headers) {
        return putAs(name, rolesmith.portal(), body, headers);
    }

    private static Answer delete(String name, String... headers) {
        HttpRequest.Builder request = rolesmith
                .request(address(name) + "?reason=No+more", rolesmith.portal())
                .DELETE();
        return rolesmith.send(headers.length == 0 ? request : request.headers(headers));
    }

    private static String trusting(String... roles) {
        return "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"sts:AssumeRole\","
                + " \"Principal\": {\"AWS\": ["
                + Stream.of(roles)
                        .map(role -> "\"arn:aws:iam::123456789012:role/" + role + "\"")
                        .collect(Collectors.joining(", "))
                + "]}}]}";
    }

    private static String stranger() {
        return rolesmith.issuer().token("stranger", "roles:read roles:request", "payments");
    }

    private static String admin() {
        return rolesmith.issuer().token("operator", "admin");
    }

    private static String code(Answer answer) {
        return answer.json().get("code").asString();
    }

    private static List<String> kinds(JsonNode answer) {
        return answer.get("roles")
                .valueStream()
                .flatMap(role -> role.get("changes").valueStream())
                .map(change -> change.get("kind").asString())
                .toList();
    }

    /** Writes to IAM of the role that are in the trail, of whatever outcome. */
    private static List<String> writes(String name) {
        return rolesmith
                .get("/audit-events?pageSize=200&role=" + name, rolesmith.auditor())
                .json()
                .get("items")
                .valueStream()
                .map(event -> event.get("action").asString())
                .filter(action -> action.startsWith("iam."))
                .toList();
    }

    private static long refusals() {
        return rolesmith
                .get("/audit-events?pageSize=200&action=request.refused", rolesmith.auditor())
                .json()
                .get("items")
                .size();
    }

    // --- plans

    @Test
    void aRoleMayTrustItselfOrOthersInACircle() {
        String self = name();
        String one = name();
        String two = name();
        String roles = """
            {"name": "%s", "trustPolicy": %s, "inlinePolicies": {"p": %s}, "instanceProfile": true},
            {"name": "%s", "trustPolicy": %s}, {"name": "%s", "trustPolicy": %s}\
            """.formatted(
                        self, trusting(self), policy("\"s3:GetObject\""), one, trusting(two, self), two, trusting(one));

        JsonNode plan = plan(request(roles)).json();
        Answer applied = apply(plan);

        // IAM refuses a principal that is not there yet.
        assertThat(kinds(plan))
                .containsExactly(
                        "CreateRole",
                        "PutRolePolicy",
                        "UpdateAssumeRolePolicy",
                        "CreateInstanceProfile",
                        "AddRoleToInstanceProfile",
                        "CreateRole",
                        "UpdateAssumeRolePolicy",
                        "CreateRole",
                        "UpdateAssumeRolePolicy");
        assertThat(applied.status()).as(applied.toString()).isEqualTo(201);
        assertThat(post("/role-requests", request(roles)).json().findValuesAsString("status"))
                .containsExactly("APPLIED", "UNCHANGED", "UNCHANGED", "UNCHANGED");
    }

    @Test
    void aRoleMayNameItselfInAConditionFromTheBeginning() {
        String name = name();
        String trust = trusting(name)
                .replace(":role/" + name, ":root")
                .replace(
                        "}]}",
                        ", \"Condition\": {\"ArnEquals\": {\"aws:PrincipalArn\": \"arn:aws:iam::123456789012:role/"
                                + name + "\"}}}]}");

        assertThat(kinds(made("{\"name\": \"" + name + "\", \"trustPolicy\": " + trust + "}")
                        .json()))
                .containsExactly("CreateRole");
    }

    @Test
    void aPlanShowsWhatWouldBeDoneAndWritesNothing() {
        String name = name();

        Answer planned = plan(request(role(name, READ)));

        JsonNode plan = planned.json();
        assertThat(planned.header("Location"))
                .isEqualTo("/api/v1/plans/" + plan.get("id").asString());
        assertThat(plan.get("digest").asString()).matches("[0-9a-f]{64}");
        assertThat(plan(request(role(name, READ))).json().get("digest")).isEqualTo(plan.get("digest"));
        assertThat(plan.get("expiresAt").asString())
                .isGreaterThan(plan.get("createdAt").asString());
        JsonNode role = plan.get("roles").get(0);
        assertThat(role.get("account").asString()).isEqualTo(TestRolesmith.ACCOUNT);
        assertThat(role.get("name").asString()).isEqualTo(name);
        assertThat(role.get("access").asString()).isEqualTo("widens");
        assertThat(role.get("iamCalls").asInt()).isEqualTo(2);
        assertThat(role.has("status")).isFalse();
        assertThat(kinds(plan)).containsExactly("CreateRole", "PutRolePolicy");
        JsonNode put = role.get("changes").get(1);
        assertThat(put.get("call").asString()).isEqualTo("iam:PutRolePolicy");
        assertThat(put.get("summary").asString()).isEqualTo("Put the inline policy p");
        assertThat(put.get("before")).isEmpty();
        assertThat(put.get("after")
                        .get("document")
                        .get("Statement")
                        .get(0)
                        .get("Action")
                        .asString())
                .isEqualTo("s3:GetObject");
        assertThat(put.has("differences")).isFalse();
        assertThat(rolesmith
                        .get("/plans/" + plan.get("id").asString(), rolesmith.portal())
                        .json())
                .isEqualTo(plan);
        assertThat(get(name).status()).isEqualTo(404);
        assertThat(writes(name)).isEmpty();
    }

    @Test
    void aPlanIsAppliedAsItWasShown() {
        String name = name();
        JsonNode plan = plan(request(role(name, READ))).json();

        Answer applied = apply(plan);

        assertThat(applied.status()).as(applied.toString()).isEqualTo(201);
        assertThat(applied.json().get("id")).isEqualTo(plan.get("id"));
        assertThat(applied.json().get("reason").asString()).isEqualTo("As shown");
        assertThat(applied.json().get("status").asString()).isEqualTo("APPLIED");
        assertThat(kinds(applied.json())).isEqualTo(kinds(plan));
        assertThat(get(name).status()).isEqualTo(200);
        assertThat(rolesmith
                        .get("/plans/" + plan.get("id").asString(), rolesmith.portal())
                        .json())
                .isEqualTo(plan);
    }

    @Test
    void aPlanThatIsAskedForTwiceIsOneRequest() {
        String name = name();
        JsonNode plan = plan(request(role(name, READ))).json();
        apply(plan);
        List<String> writes = writes(name);

        Answer again = apply(plan);

        assertThat(again.status()).as(again.toString()).isEqualTo(201);
        assertThat(again.json().get("id")).isEqualTo(plan.get("id"));
        assertThat(writes(name)).isEqualTo(writes);
    }

    @Test
    void aPlanOfAChangeShowsBothSidesAndInWhatTheyDiffer() {
        String name = name();
        made(role(name, READ));
        String changed = request(role(name, MORE).replace(TRUST, trust("ec2.amazonaws.com")));

        JsonNode first = plan(changed).json();
        JsonNode second = plan(changed).json();

        JsonNode role = first.get("roles").get(0);
        assertThat(role.get("access").asString()).isEqualTo("incomparable");
        assertThat(kinds(first)).containsExactlyInAnyOrder("UpdateAssumeRolePolicy", "PutRolePolicy");
        JsonNode put = role.get("changes")
                .valueStream()
                .filter(change -> change.get("kind").asString().equals("PutRolePolicy"))
                .findFirst()
                .orElseThrow();
        assertThat(put.get("before").get("policyName").asString()).isEqualTo("p");
        assertThat(put.get("before")
                        .get("document")
                        .get("Statement")
                        .get(0)
                        .get("Action")
                        .asString())
                .isEqualTo("s3:GetObject");
        assertThat(put.get("after").get("document").get("Statement").get(0).get("Action"))
                .hasSize(2);
        JsonNode difference = put.get("differences").get(0);
        assertThat(difference.get("kind").asString()).isEqualTo("changed");
        assertThat(difference.get("element").asString()).isEqualTo("Action");
        assertThat(difference.get("added").get(0).asString()).isEqualTo("s3:PutObject");
        assertThat(difference.get("right").asString()).isEqualTo("/Statement/0/Action");
        assertThat(second.get("id")).isNotEqualTo(first.get("id"));
        assertThat(second.get("digest")).isEqualTo(first.get("digest"));
        assertThat(writes(name)).containsOnlyOnce("iam.PutRolePolicy");
    }

    @Test
    void aPlanOfAnUnchangedRoleHasNoChanges() {
        String name = name();
        made(role(name, READ));

        JsonNode plan = plan(request(role(name, READ))).json();

        assertThat(plan.get("roles").get(0).get("changes")).isEmpty();
        assertThat(plan.get("roles").get(0).get("iamCalls").asInt()).isZero();
        assertThat(plan.get("roles").get(0).get("access").asString()).isEqualTo("equal");
        Answer applied = apply(plan);
        assertThat(applied.status()).as(applied.toString()).isEqualTo(201);
        assertThat(applied.json().get("roles").get(0).get("status").asString()).isEqualTo("UNCHANGED");
    }

    @Test
    void aPlanIsStaleWhenTheRoleMoved() {
        String name = name();
        made(role(name, READ));
        JsonNode plan = plan(request(role(name, MORE))).json();
        made(role(name, READ).replace("\"trust", "\"description\": \"In between\", \"trust"));
        List<String> writes = writes(name);

        Answer stale = apply(plan);

        assertThat(stale.status()).as(stale.toString()).isEqualTo(409);
        assertThat(code(stale)).isEqualTo("plan-stale");
        assertThat(stale.json().get("requestId")).isEqualTo(plan.get("id"));
        assertThat(writes(name)).isEqualTo(writes);
        assertThat(apply(plan).status()).isEqualTo(409);
    }

    @Test
    void aPlanOfANewRoleIsStaleWhenTheRoleWasMadeMeanwhile() {
        String name = name();
        JsonNode plan = plan(request(role(name, READ))).json();
        made(role(name, MORE));
        List<String> writes = writes(name);

        Answer stale = apply(plan);

        assertThat(stale.status()).as(stale.toString()).isEqualTo(409);
        assertThat(code(stale)).isEqualTo("plan-stale");
        assertThat(writes(name)).isEqualTo(writes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aDeletionIsPlannedAndAppliedToo(int policies) {
        String name = name();
        String inline = List.of("{}", "{\"p\": " + READ + "}", "{\"p\": " + READ + ", \"q\": " + MORE + "}")
                .get(policies);
        made(role(name, READ).replace("{\"p\": " + READ + "}", inline));

        JsonNode plan = plan(deletion(name)).json();
        Answer applied = apply(plan);

        assertThat(plan.get("roles").get(0).get("access").asString()).isEqualTo("narrows");
        assertThat(kinds(plan)).hasSize(policies + 1).endsWith("DeleteRole");
        assertThat(applied.status()).as(applied.toString()).isEqualTo(201);
        assertThat(applied.json().get("action").asString()).isEqualTo("delete");
        assertThat(kinds(applied.json())).isEqualTo(kinds(plan));
        assertThat(get(name).status()).isEqualTo(404);
    }

    @Test
    void whatCannotBePlannedSaysWhy() {
        String name = name();
        made(role(name, READ));
        String theirs = request(role(name, READ)).replace("retail-store\"", "payments\"");
        long refusals = refusals();

        Answer refused = post("/plans", request(role("x".repeat(65), READ)));
        Answer notOurs = rolesmith.post("/plans", stranger(), theirs);
        Answer renamed = post("/plans", request(role(name.toUpperCase(Locale.ROOT), READ)));
        Answer gone = post("/plans", deletion(name()));

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().get("findings").get(0).get("pointer").asString())
                .isEqualTo("/roles/0/name");
        assertThat(notOurs.status()).as(notOurs.toString()).isEqualTo(409);
        assertThat(code(notOurs)).isEqualTo("role-not-ours");
        assertThat(code(renamed)).isEqualTo("role-cannot-be-renamed");
        assertThat(code(gone)).isEqualTo("role-not-ours");
        assertThat(refusals()).isEqualTo(refusals + 4);
    }

    @Test
    void aPlanOfNobodysOrOfAnotherTeamsIsUnknown() {
        JsonNode plan = plan(request(role(name(), READ))).json();

        Answer unknown = post("/role-requests", "{\"planId\": \"00000000-0000-0000-0000-000000000000\"}");
        Answer theirs = rolesmith.post(
                "/role-requests", stranger(), "{\"planId\": \"" + plan.get("id").asString() + "\"}");

        for (Answer answer : List.of(unknown, theirs)) {
            assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
            JsonNode finding = answer.json().get("findings").get(0);
            assertThat(finding.get("code").asString()).isEqualTo("UNKNOWN_PLAN");
            assertThat(finding.get("pointer").asString()).isEqualTo("/planId");
        }
        assertThat(rolesmith
                        .get("/plans/" + plan.get("id").asString(), stranger())
                        .status())
                .isEqualTo(404);
        assertThat(rolesmith.get("/plans/none", rolesmith.portal()).status()).isEqualTo(404);
        assertThat(rolesmith.get("/plans/" + plan.get("id").asString(), admin()).status())
                .isEqualTo(200);
    }

    @Test
    void aPlanThatExpiredIsStale() {
        JsonNode plan = plan(request(role(name(), READ))).json();
        JdbcClient.create(rolesmith.database().as(TestDatabase.OWNER))
                .sql("UPDATE rolesmith.plan SET expires_at = created_at WHERE id = :id")
                .param("id", UUID.fromString(plan.get("id").asString()))
                .update();

        Answer stale = apply(plan);

        assertThat(stale.status()).as(stale.toString()).isEqualTo(409);
        assertThat(code(stale)).isEqualTo("plan-stale");
        assertThat(rolesmith
                        .get("/role-requests/" + plan.get("id").asString(), rolesmith.portal())
                        .status())
                .isEqualTo(404);
    }

    @Test
    void keysAndPlansAreForgottenInTheirTime() {
        String key = UUID.randomUUID().toString();
        Answer first = post("/role-requests", request(role(name(), READ)), "Idempotency-Key", key);
        String another = request(role(name(), READ));
        String expired = plan(another).json().get("id").asString();
        String kept = plan(another).json().get("id").asString();
        age(key, "167 hours");
        forget();
        assertThat(post("/role-requests", another, "Idempotency-Key", key).status())
                .isEqualTo(422);
        assertThat(rolesmith.get("/plans/" + expired, rolesmith.portal()).status())
                .isEqualTo(200);
        JdbcClient owner = JdbcClient.create(rolesmith.database().as(TestDatabase.OWNER));
        age(key, "1 hour");
        owner.sql("UPDATE rolesmith.plan SET expires_at = created_at WHERE id = :id")
                .param("id", UUID.fromString(expired))
                .update();

        forget();

        Answer again = post("/role-requests", another, "Idempotency-Key", key);
        assertThat(again.status()).as(again.toString()).isEqualTo(201);
        assertThat(again.json().get("id")).isNotEqualTo(first.json().get("id"));
        assertThat(rolesmith.get("/plans/" + expired, rolesmith.portal()).status())
                .isEqualTo(404);
        assertThat(rolesmith.get("/plans/" + kept, rolesmith.portal()).status()).isEqualTo(200);
        assertThat(owner.sql("SELECT id FROM rolesmith.job WHERE id = ANY (:ids)")
                        .param("ids", new UUID[] {UUID.fromString(expired), UUID.fromString(kept)})
                        .query(UUID.class)
                        .list())
                .containsExactly(UUID.fromString(kept));
    }

    /** The second one comes to ask for the role only when the first one is through, though neither knew of the other. */
    @Test
    void twoDeletionsUnderOneKeyAreOneHoweverTheyOvertakeEachOther() throws SQLException {
        String name = name();
        String key = UUID.randomUUID().toString();
        made(role(name, READ));
        try (Connection owner = rolesmith.database().as(TestDatabase.OWNER).getConnection();
                Statement sql = owner.createStatement()) {
            sql.execute("CREATE TEMP TABLE role_before AS SELECT * FROM rolesmith.managed_role WHERE name = '" + name
                    + "'");
            Answer first = delete(name, "Idempotency-Key", key);
            assertThat(first.status()).as(first.toString()).isEqualTo(201);
            sql.execute("CREATE TEMP TABLE key_after AS SELECT * FROM rolesmith.idempotency_key WHERE key LIKE '%" + key
                    + "%'");
            // As it was before the first one, for the second one.
            owner.setAutoCommit(false);
            sql.execute("DELETE FROM rolesmith.idempotency_key WHERE key LIKE '%" + key + "%'");
            sql.execute("INSERT INTO rolesmith.managed_role SELECT * FROM role_before");
            owner.commit();
            sql.execute("LOCK TABLE rolesmith.managed_role IN ACCESS EXCLUSIVE MODE");

            CompletableFuture<Answer> second =
                    CompletableFuture.supplyAsync(() -> delete(name, "Idempotency-Key", key));
            await().until(() -> {
                try (ResultSet waiting = sql.executeQuery(
                        "SELECT count(*) FROM pg_locks WHERE relation = 'rolesmith.managed_role'::regclass AND NOT granted")) {
                    return waiting.next() && waiting.getInt(1) == 1;
                }
            });
            sql.execute("DELETE FROM rolesmith.managed_role WHERE name = '" + name + "'");
            sql.execute("INSERT INTO rolesmith.idempotency_key SELECT * FROM key_after");
            owner.commit();

            assertThat(second.join().status()).as(second.join().toString()).isEqualTo(201);
            assertThat(second.join().json().get("id")).isEqualTo(first.json().get("id"));
        }
    }

    private static void age(String key, String interval) {
        JdbcClient.create(rolesmith.database().as(TestDatabase.OWNER))
                .sql("UPDATE rolesmith.idempotency_key SET created_at = created_at - :by::interval WHERE key = :key")
                .param("by", interval)
                .param("key", key)
                .update();
    }

    /** What the clock would have done. */
    private static void forget() {
        assertThat(rolesmith.context().getBean(ScheduledTaskHolder.class).getScheduledTasks().stream()
                        .map(ScheduledTask::getTask)
                        .filter(task -> task.toString().contains("forget"))
                        .peek(task -> task.getRunnable().run()))
                .hasSize(2);
    }

    @Test
    void aDeclarationMayRevokeSessionsAndAnswersTheNextETagAllTheSame() {
        String name = name();
        put(name, declaration(READ));
        String swapped = declaration(READ)
                .replace("ecs-tasks.amazonaws.com", "lambda.amazonaws.com")
                .replaceFirst("\\{", "{\"liveSessions\": \"revoke\", ");

        Answer revoking = put(name, swapped, "If-Match", get(name).header("ETag"));

        assertThat(revoking.status()).as(revoking.toString()).isEqualTo(201);
        assertThat(kinds(revoking.json())).containsExactly("UpdateAssumeRolePolicy", "PutRolePolicy");
        assertThat(revoking.json().get("findings").findValuesAsString("code")).contains("SESSIONS_REVOKED");
        assertThat(get(name).json().at("/wanted/inlinePolicies").propertyNames())
                .containsExactly("p");
        Answer again = put(name, swapped, "If-Match", get(name).header("ETag"));
        assertThat(again.json().at("/roles/0/status").asString())
                .as(again.toString())
                .isEqualTo("UNCHANGED");
        // Who assumes the role anew may do what it may; a simulation is of such a session.
        Answer simulation = post("/access-simulations", """
                {"role": {"account": "retail-dev", "name": "%s"},
                 "requests": [{"action": "s3:GetObject", "resource": "arn:aws:s3:::life/c"}]}""".formatted(name));
        assertThat(simulation.json().at("/results/0/decision").asString()).isEqualTo("allowed");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {} | /accounts /team ''
        {"accounts": ["retail-dev"], "team": "retail-store", "roles": [{"name": "x"}]} | /roles/0/trustPolicy
        {"planId": "x"} | /planId
        {"planId": "00000000-0000-0000-0000-000000000000", "team": "a", "action": "provision"} | /action /team
        {"planId": "00000000-0000-0000-0000-000000000000", "roles": [{"name": "x"}], "onFailure": "undo"} | /roles /onFailure
        {"planId": "00000000-0000-0000-0000-000000000000", "liveSessions": "revoke"} | /liveSessions
        {"action": "delete", "accounts": ["retail-dev"], "team": "retail-store", "roles": [{"name": "x", "path": "/", "trustPolicy": {}}]} | /roles/0/path /roles/0/trustPolicy
        {"action": "delete", "accounts": ["retail-dev"], "team": "retail-store", "roles": [{"name": "x", "permissionsBoundaryArn": null}]} | /roles/0/permissionsBoundaryArn
        {"action": "delete", "accounts": ["retail-dev"], "team": "retail-store", "blueprint": {"id": "ecs-task"}, "variables": {"a": "b"}} | /blueprint /variables
        {"action": "delete", "accounts": ["retail-dev"], "team": "retail-store", "roles": [{}]} | /roles/0/name
        {"action": "delete", "accounts": ["retail-dev"], "team": "retail-store", "roles": [{"name": "x"}], "liveSessions": "keep"} | /liveSessions
        """)
    void aBodyWhosePartsDoNotGoTogetherIsRefusedWithTheirPlaces(String body, String pointers) {
        long refusals = refusals();

        Answer answer = post("/role-requests", body);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(code(answer)).isEqualTo("invalid-request");
        assertThat(answer.json().get("findings").findValuesAsString("pointer"))
                .containsExactlyInAnyOrder(pointers.replace("''", "").split(" ", -1));
        assertThat(refusals()).isEqualTo(refusals + 1);
    }

    @Test
    void aPlanIsNotMadeOfAPlan() {
        Answer answer = post("/plans", "{\"planId\": \"00000000-0000-0000-0000-000000000000\"}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("findings").findValuesAsString("pointer")).contains("/planId");
    }

    // --- PUT

    @Test
    void aRoleIsMadeAtItsAddress() {
        String name = name();

        Answer answer = put(name, declaration(READ));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        assertThat(answer.header("Location"))
                .isEqualTo("/api/v1/role-requests/" + answer.json().get("id").asString());
        assertThat(answer.json().get("reason").asString()).isEqualTo("A test");
        assertThat(kinds(answer.json())).containsExactly("CreateRole", "PutRolePolicy");
        Answer role = get(name);
        assertThat(role.header("ETag")).matches("\"1-[0-9a-f]{64}\"");
        assertThat(role.json().get("requestId")).isEqualTo(answer.json().get("id"));
    }

    @Test
    void aRoleIsReplacedAtTheVersionThatWasRead() {
        String name = name();
        put(name, declaration(READ));
        String read = get(name).header("ETag");

        Answer replaced = put(name.toUpperCase(Locale.ROOT), declaration(MORE), "If-Match", read);
        Answer late = put(name, declaration(READ), "If-Match", read);

        assertThat(replaced.status()).as(replaced.toString()).isEqualTo(201);
        assertThat(kinds(replaced.json())).containsExactly("PutRolePolicy");
        assertThat(replaced.json().get("roles").get(0).get("name").asString()).isEqualTo(name);
        assertThat(late.status()).as(late.toString()).isEqualTo(412);
        assertThat(code(late)).isEqualTo("precondition-failed");
        assertThat(late.json().has("requestId")).isTrue();
        assertThat(get(name).header("ETag")).startsWith("\"2-").isNotEqualTo(read);
        assertThat(get(name)
                        .json()
                        .get("wanted")
                        .get("inlinePolicies")
                        .get("p")
                        .get("Statement")
                        .get(0)
                        .get("Action"))
                .hasSize(2);
    }

    @Test
    void aRoleThatIsAsDeclaredIsLeftAloneAndKeepsItsTag() {
        String name = name();
        put(name, declaration(READ));
        String read = get(name).header("ETag");

        Answer again = put(name, declaration(READ), "If-Match", read);

        assertThat(again.status()).as(again.toString()).isEqualTo(201);
        assertThat(again.json().get("roles").get(0).get("status").asString()).isEqualTo("UNCHANGED");
        assertThat(get(name).header("ETag")).isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
        If-Match | * | 201
        If-Match | "1-x", "none", TAG | 201
        If-Match | , TAG , | 201
        If-Match | "1-x", "2-x" | 412
        If-Match | "1-0000" | 412
        If-Match | "somebody-elses" | 412
        If-Match | "" | 412
        If-Match | W/TAG | 412
        If-Match | TAG TAG | 400
        If-Match | abc | 400
        If-Match | "abc | 400
        If-Match | *, TAG | 400
        If-None-Match | * | 412
        If-None-Match | "abc" | 428
        If-None-Match | abc | 400
        """)
    void aRoleThatIsThereIsWrittenToUnderConditionsOnly(String header, String value, int status) {
        String name = name();
        put(name, declaration(READ));
        String tag = get(name).header("ETag");

        Answer answer = put(name, declaration(MORE), header, value.replace("TAG", tag));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(writes(name)).hasSize(status == 201 ? 3 : 2);
    }

    /** As somebody with access to the account would. */
    private static void inAws(String statement, String name) {
        JdbcClient.create(rolesmith.database().as(TestDatabase.RUNTIME))
                .sql(statement)
                .param("name", name)
                .update();
    }

    @Test
    void whatSomebodyDidInAwsIsAnotherVersion() {
        String name = name();
        put(name, declaration(READ));
        String read = get(name).header("ETag");
        JsonNode plan = plan(request(role(name, MORE))).json();
        inAws("UPDATE sandbox.role SET description = 'By hand' WHERE name = :name", name);

        Answer changed = put(name, declaration(MORE), "If-Match", read);
        Answer planned = apply(plan);

        assertThat(get(name).header("ETag")).startsWith("\"1-").isNotEqualTo(read);
        assertThat(changed.status()).as(changed.toString()).isEqualTo(412);
        assertThat(changed.json().get("detail").asString()).endsWith("somebody changed it in AWS");
        assertThat(code(planned)).isEqualTo("plan-stale");
        assertThat(writes(name)).hasSize(2);
    }

    @Test
    void aRoleThatSomebodyMadeAgainIsNotTouched() {
        String name = name();
        made(role(name, READ).replace("{\"p\": " + READ + "}", "{}"));
        inAws("DELETE FROM sandbox.role WHERE name = :name", name);
        inAws(
                "INSERT INTO sandbox.role SELECT 'AROAFOREIGNROLE000001', '123456789012', lower(:name), :name, '/', '',"
                        + " '" + TRUST + "', 3600, NULL",
                name);

        Answer deleted = delete(name);
        Answer changed = put(name, declaration(READ), "If-Match", "*");

        assertThat(code(deleted)).as(deleted.toString()).isEqualTo("role-not-ours");
        assertThat(code(changed)).as(changed.toString()).isEqualTo("role-not-ours");
        assertThat(writes(name)).containsExactly("iam.CreateRole");
    }

    @Test
    void oneOfTwoWhoMakeARoleAtOnceIsToldThatItIsThere() {
        String name = name();
        Scheduler scheduler = rolesmith.context().getBean(Scheduler.class);
        scheduler.pause();
        Answer first;
        Answer second;
        try {
            first = put(name, declaration(READ), "Prefer", "respond-async");
            second = put(name, declaration(MORE), "Prefer", "respond-async", "Idempotency-Key", "second-" + name);
        } finally {
            scheduler.resume();
        }

        Answer ended = put(name, declaration(MORE), "Idempotency-Key", "second-" + name);

        assertThat(first.status()).as(first.toString()).isEqualTo(202);
        assertThat(second.status()).as(second.toString()).isEqualTo(202);
        assertThat(ended.status()).as(ended.toString()).isEqualTo(412);
        assertThat(get(name).json().get("requestId")).isEqualTo(first.json().get("id"));
        assertThat(writes(name)).hasSize(2);
    }

    @Test
    void aRoleThatIsThereIsNotWrittenToWithoutACondition() {
        String name = name();
        put(name, declaration(READ));
        long refusals = refusals();

        Answer answer = put(name, declaration(MORE));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(428);
        assertThat(code(answer)).isEqualTo("precondition-required");
        assertThat(writes(name)).hasSize(2);
        assertThat(refusals()).isEqualTo(refusals + 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
        If-Match | * | 412
        If-Match | "1-abc" | 412
        If-None-Match | * | 201
        If-None-Match | "1-abc" | 201
        """)
    void aRoleThatIsNotThereIsMadeUnlessItHadToBe(String header, String value, int status) {
        String name = name();

        Answer answer = put(name, declaration(READ), header, value);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(writes(name)).hasSize(status == 201 ? 2 : 0);
    }

    @Test
    void theFindingsOfADeclarationPointIntoItsBody() {
        Answer document = put(name(), declaration(READ.replace("Effect", "Efect")));
        Answer missing = put(name(), "{\"team\": \"retail-store\"}");
        Answer named = put("x".repeat(65), declaration(READ));
        Answer more = put(name(), declaration(READ).replaceFirst("\\{", "{\"name\": \"x\", "));

        assertThat(document.status()).as(document.toString()).isEqualTo(422);
        assertThat(document.json().get("findings").findValuesAsString("pointer"))
                .allMatch(pointer -> pointer.startsWith("/inlinePolicies/p/Statement/0"));
        assertThat(missing.status()).isEqualTo(400);
        assertThat(missing.json().get("findings").get(0).get("pointer").asString())
                .isEqualTo("/trustPolicy");
        assertThat(named.status()).isEqualTo(422);
        assertThat(named.json().get("findings").get(0).get("pointer").asString())
                .isEmpty();
        assertThat(more.status()).isEqualTo(400);
        assertThat(more.json().get("findings").get(0).get("code").asString()).isEqualTo("UNKNOWN_FIELD");
    }

    @Test
    void aRoleChangesItsTeamAtTheHandsOfWhoIsOfBoth() {
        String name = name();
        put(name, declaration(READ));
        String both = rolesmith.issuer().token("portal", "roles:read roles:request", "retail-store", "payments");

        Answer answer = putAs(name, both, declaration(READ).replace("retail-store", "payments"), "If-Match", "*");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        assertThat(get(name).status()).isEqualTo(404);
        assertThat(rolesmith.get(address(name), stranger()).json().get("team").asString())
                .isEqualTo("payments");
    }

    @Test
    void aKeyStandsForTheAddressToo() {
        String name = name();
        Answer first = put(name, declaration(READ), "Idempotency-Key", "put-" + name);

        Answer again = put(name, declaration(READ), "Idempotency-Key", "put-" + name);
        Answer elsewhere = put(name(), declaration(READ), "Idempotency-Key", "put-" + name);
        Answer gone = delete(name, "Idempotency-Key", "delete-" + name);
        Answer goneAgain = delete(name, "Idempotency-Key", "delete-" + name);

        assertThat(again.status()).as(again.toString()).isEqualTo(201);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(elsewhere.status()).isEqualTo(422);
        assertThat(code(elsewhere)).isEqualTo("idempotency-key-reused");
        assertThat(goneAgain.status()).as(goneAgain.toString()).isEqualTo(201);
        assertThat(goneAgain.json()).isEqualTo(gone.json());
    }

    @Test
    void headersAreReadWithoutTheRole() {
        String name = name();
        put(name, declaration(READ));

        Answer head = rolesmith.send(rolesmith
                .request(address(name), rolesmith.portal())
                .method("HEAD", HttpRequest.BodyPublishers.noBody()));
        Answer unchanged = rolesmith.send(rolesmith
                .request(address(name), rolesmith.portal())
                .header("If-None-Match", head.header("ETag"))
                .GET());

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.header("ETag")).isEqualTo(get(name).header("ETag"));
        assertThat(unchanged.status()).isEqualTo(304);
    }

    @Test
    void anotherLetterCaseIsAnotherName() {
        String name = name();
        made(role(name, READ));

        Answer answer = post("/role-requests", request(role(name.toUpperCase(Locale.ROOT), READ)));
        Answer path =
                post("/role-requests", request(role(name, READ).replace("\"trust", "\"path\": \"/a/\", \"trust")));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(409);
        assertThat(code(answer)).isEqualTo("role-cannot-be-renamed");
        assertThat(answer.json().get("detail").asString())
                .contains("/" + name, "Ask for it under that name and path, or make a role of another name");
        assertThat(code(path)).isEqualTo("role-cannot-be-renamed");
        assertThat(writes(name)).hasSize(2);
    }

    @Test
    void whatIsLeftOnAnAdditiveRoleIsReported() {
        String name = name();
        made(role(name, READ));
        String additive = request("""
            {"name": "%s", "trustPolicy": %s, "policyOwnership": "additive"}\
            """.formatted(name, TRUST));

        JsonNode planned = plan(additive).json();
        Answer answer = post("/role-requests", additive);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        JsonNode finding = answer.json().get("findings").get(0);
        assertThat(finding.get("code").asString()).isEqualTo("POLICIES_LEFT");
        assertThat(finding.get("pointer").asString()).startsWith("/roles/0");
        assertThat(finding.get("message").asString()).contains("p");
        assertThat(planned.get("findings")).containsExactly(finding);
        assertThat(answer.json().get("roles").get(0).get("status").asString()).isEqualTo("UNCHANGED");
    }

    // --- deletion

    @Test
    void aRoleIsDeletedAtItsAddressOnce() {
        String name = name();
        made(role(name, READ).replace("\"trust", "\"instanceProfile\": true, \"trust"));

        Answer deleted = delete(name.toUpperCase(Locale.ROOT));
        Answer again = delete(name);

        assertThat(deleted.status()).as(deleted.toString()).isEqualTo(201);
        assertThat(deleted.json().get("action").asString()).isEqualTo("delete");
        assertThat(deleted.json().get("reason").asString()).isEqualTo("No more");
        assertThat(deleted.header("Location")).startsWith("/api/v1/role-requests/");
        assertThat(kinds(deleted.json()))
                .containsExactlyInAnyOrder(
                        "RemoveRoleFromInstanceProfile", "DeleteInstanceProfile", "DeleteRolePolicy", "DeleteRole")
                .endsWith("DeleteRole");
        assertThat(again.status()).isEqualTo(404);
        assertThat(get(name).status()).isEqualTo(404);
        // The name is free again.
        made(role(name.toUpperCase(Locale.ROOT), READ));
    }

    @Test
    void rolesAreDeletedByRequestToo() {
        String name = name();
        made(role(name, READ));

        Answer deleted = post("/role-requests", deletion(name.toUpperCase(Locale.ROOT)));
        Answer again = post("/role-requests", deletion(name));

        assertThat(deleted.status()).as(deleted.toString()).isEqualTo(201);
        assertThat(deleted.json().get("roles").get(0).get("name").asString()).isEqualTo(name);
        assertThat(deleted.json().get("roles").get(0).get("access").asString()).isEqualTo("narrows");
        assertThat(again.status()).isEqualTo(409);
        assertThat(code(again)).isEqualTo("role-not-ours");
        assertThat(get(name).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
        "1-0000" | 412
        abc | 400
        TAG | 201
        * | 201
        """)
    void aDeletionMayHaveAConditionToo(String value, int status) {
        String name = name();
        made(role(name, READ));

        Answer answer = delete(name, "If-Match", value.replace("TAG", get(name).header("ETag")));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(get(name).status()).isEqualTo(status == 201 ? 404 : 200);
    }

    @Test
    void anAdministratorIsOfNoTeamAndDeletesNothing() {
        String name = name();
        made(role(name, READ));

        Answer answer = rolesmith.send(rolesmith.request(address(name), admin()).DELETE());

        assertThat(answer.status()).as(answer.toString()).isEqualTo(403);
        assertThat(code(answer)).isEqualTo("team-not-yours");
    }

    // --- the ways out of a request

    @Test
    void aQueuedRequestIsCancelledAndItsRolesAreNotMade() {
        String name = name();
        Scheduler scheduler = rolesmith.context().getBean(Scheduler.class);
        scheduler.pause();
        Answer queued;
        Answer cancelled;
        try {
            queued = post("/role-requests", request(role(name, READ)), "Prefer", "respond-async");
            cancelled = post("/role-requests/" + queued.json().get("id").asString() + "/cancellation", "{}");
        } finally {
            scheduler.resume();
        }

        assertThat(queued.status()).as(queued.toString()).isEqualTo(202);
        assertThat(queued.header("Retry-After")).isEqualTo("1");
        assertThat(cancelled.status()).as(cancelled.toString()).isEqualTo(200);
        assertThat(cancelled.json().get("status").asString()).isEqualTo("CANCELLED");
        assertThat(cancelled.json().get("roles").get(0).get("status").asString())
                .isEqualTo("CANCELLED");
        // Whoever comes after it does not wait for it.
        made(role(name, MORE));
        assertThat(writes(name)).hasSize(2);
    }

    @Test
    void aRequestThatWasCancelledIsNoSuccessToWhoAsksForItAgain() {
        String name = name();
        Scheduler scheduler = rolesmith.context().getBean(Scheduler.class);
        scheduler.pause();
        try {
            Answer queued = post(
                    "/role-requests",
                    request(role(name, READ)),
                    "Prefer",
                    "respond-async",
                    "Idempotency-Key",
                    "cancelled-" + name);
            rolesmith.send(rolesmith
                    .request(
                            "/role-requests/" + queued.json().get("id").asString() + "/cancellation",
                            rolesmith.portal())
                    .POST(HttpRequest.BodyPublishers.noBody()));
        } finally {
            scheduler.resume();
        }

        Answer again = post("/role-requests", request(role(name, READ)), "Idempotency-Key", "cancelled-" + name);

        assertThat(again.status()).as(again.toString()).isEqualTo(409);
        assertThat(code(again)).isEqualTo("wrong-state");
        assertThat(again.json().has("requestId")).isTrue();
    }

    @Test
    void aRequestThatEndedCannotBeLeftAnyMore() {
        String id = made(role(name(), READ)).json().get("id").asString();

        Answer cancellation = post("/role-requests/" + id + "/cancellation", "{}");
        Answer retry = rolesmith.post("/role-requests/" + id + "/retry", admin(), "{\"comment\": \"c\"}");
        Answer abandonment = rolesmith.post("/role-requests/" + id + "/abandonment", admin(), "{\"comment\": \"c\"}");

        for (Answer answer : List.of(cancellation, retry, abandonment)) {
            assertThat(answer.status()).as(answer.toString()).isEqualTo(409);
            assertThat(code(answer)).isEqualTo("wrong-state");
            assertThat(answer.json().get("detail").asString()).contains("APPLIED");
        }
    }

    private static String needsAttention(String name) {
        String id = made(role(name, READ)).json().get("id").asString();
        rolesmith.leaveForAPerson(id);
        return id;
    }

    @Test
    void whatNeedsAttentionIsNamedWithCommandsThatOnlyRead() {
        String name = name();
        String id = needsAttention(name);

        JsonNode role = rolesmith
                .get("/role-requests/" + id, rolesmith.portal())
                .json()
                .get("roles")
                .get(0);

        assertThat(role.get("status").asString()).isEqualTo("NEEDS_ATTENTION");
        assertThat(role.get("attention").get("left").valueStream().map(JsonNode::asString))
                .containsExactly(
                        "'Create the role " + name + "' was done and is not undone",
                        "'Put the inline policy p': whether it was done is not known");
        assertThat(role.get("attention").get("commands").valueStream().map(JsonNode::asString))
                .containsExactly(
                        "aws iam get-role --role-name " + name,
                        "aws iam list-attached-role-policies --role-name " + name,
                        "aws iam list-role-policies --role-name " + name,
                        "aws iam list-instance-profiles-for-role --role-name " + name,
                        "aws iam get-role-policy --role-name " + name + " --policy-name p");
    }

    @Test
    void aRequestThatNeedsAttentionIsRetried() {
        String name = name();
        String id = needsAttention(name);
        Answer blocked = post("/role-requests", request(role(name, MORE)));

        Answer retried = rolesmith.post("/role-requests/" + id + "/retry", admin(), "{\"comment\": \"Looked at\"}");

        assertThat(blocked.status()).as(blocked.toString()).isEqualTo(409);
        assertThat(code(blocked)).isEqualTo("role-needs-attention");
        assertThat(blocked.json().get("detail").asString()).contains(id);
        assertThat(retried.status()).as(retried.toString()).isEqualTo(200);
        Answer next = post("/role-requests", request(role(name, MORE)));
        assertThat(next.status()).as(next.toString()).isEqualTo(201);
        assertThat(rolesmith
                        .get("/role-requests/" + id, rolesmith.portal())
                        .json()
                        .get("status")
                        .asString())
                .isEqualTo("APPLIED");
        assertThat(rolesmith
                        .get("/audit-events?action=request.retried&requestId=" + id, rolesmith.auditor())
                        .json()
                        .get("items")
                        .get(0)
                        .get("detail")
                        .asString())
                .isEqualTo("Looked at");
    }

    @Test
    void aRequestThatNeedsAttentionIsAbandoned() {
        String name = name();
        String id = needsAttention(name);

        Answer abandoned =
                rolesmith.post("/role-requests/" + id + "/abandonment", admin(), "{\"comment\": \"By hand\"}");

        assertThat(abandoned.status()).as(abandoned.toString()).isEqualTo(200);
        assertThat(abandoned.json().get("status").asString()).isEqualTo("CANCELLED");
        assertThat(abandoned.json().get("roles").get(0).has("attention")).isFalse();
        assertThat(post("/role-requests", request(role(name, MORE))).status()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        cancellation | {"comment": "c"} | 400
        cancellation | [] | 400
        retry | {} | 400
        retry | {"comment": " "} | 400
        retry | {"comment": "c", "force": true} | 400
        abandonment | {"comment": null} | 400
        """)
    void aWayOutAsksForItsBody(String exit, String body, int status) {
        String id = made(role(name(), READ)).json().get("id").asString();
        String token = rolesmith.issuer().token("operator", "admin", "retail-store");

        assertThat(rolesmith
                        .post("/role-requests/" + id + "/" + exit, token, body)
                        .status())
                .isEqualTo(status);
        assertThat(rolesmith
                        .post("/role-requests/" + id + "/" + exit, token, "{\"comment\": \"" + "c".repeat(1001) + "\"}")
                        .status())
                .isEqualTo(400);
    }

    // --- who may

    @Test
    void whatBelongsToAnotherTeamLooksAsIfItWereNotThere() {
        String name = name();
        String id = made(role(name, READ)).json().get("id").asString();
        String theirs = declaration(READ).replace("\"retail-store\"", "\"payments\"");

        assertThat(rolesmith.get(address(name), stranger()).status()).isEqualTo(404);
        assertThat(rolesmith
                        .send(rolesmith.request(address(name), stranger()).DELETE())
                        .status())
                .isEqualTo(404);
        assertThat(rolesmith
                        .post("/role-requests/" + id + "/cancellation", stranger(), "{}")
                        .status())
                .isEqualTo(404);
        assertThat(putAs(name, stranger(), theirs, "If-Match", "*").status()).isEqualTo(412);
        assertThat(code(putAs(name, stranger(), theirs))).isEqualTo("role-not-ours");
        assertThat(code(putAs(name, stranger(), declaration(READ), "If-Match", "*")))
                .isEqualTo("team-not-yours");
        assertThat(put(name, theirs).status()).isEqualTo(403);
        assertThat(get(name).json().get("team").asString()).isEqualTo("retail-store");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        POST | /plans | roles:read | {"accounts": ["retail-dev"], "team": "retail-store", "blueprint": {"id": "ec2-instance"}}
        GET | /plans/x | audit:read | ''
        PUT | /accounts/retail-dev/roles/x | roles:read | {"team": "retail-store", "trustPolicy": {}}
        DELETE | /accounts/retail-dev/roles/x | roles:read | ''
        POST | /role-requests/00000000-0000-0000-0000-000000000000/cancellation | roles:read | {}
        POST | /role-requests/x/cancellation | roles:read | {}
        POST | /role-requests/00000000-0000-0000-0000-000000000000/retry | roles:request | {"comment": "c"}
        POST | /role-requests/x/abandonment | roles:request | {"comment": "c"}
        """)
    void isNotForThoseWithoutTheScope(String method, String path, String scopes, String body) {
        Answer answer = rolesmith.send(rolesmith
                .request(path, rolesmith.issuer().token("curious", scopes, "retail-store"))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body)));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(403);
        assertThat(code(answer)).isEqualTo("scope-missing");
    }

    @Test
    void anAccountThatIsNotThereIsLikeOneThatIsNotTheTeams() {
        Answer answer = rolesmith.send(rolesmith
                .request("/accounts/nowhere/roles/x", rolesmith.portal())
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(declaration(READ))));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(403);
        assertThat(code(answer)).isEqualTo("account-not-yours");
    }
}
