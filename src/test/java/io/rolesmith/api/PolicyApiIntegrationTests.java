package io.rolesmith.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the API answers to those who write policies. */
class PolicyApiIntegrationTests {

    private static final String POLICY =
            "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\","
                    + " \"Resource\": \"arn:aws:s3:::b/*\"}}";

    private static TestRolesmith rolesmith;

    @BeforeAll
    static void start() {
        rolesmith = TestRolesmith.start(Map.of(
                "rolesmith.accounts[0].teams[0]", "retail-store",
                "rolesmith.accounts[1].id", "210987654321",
                "rolesmith.accounts[1].name", "china",
                "rolesmith.accounts[1].kind", "sandbox",
                "rolesmith.accounts[1].partition", "aws-cn",
                "rolesmith.accounts[1].teams[0]", "retail-store",
                "rolesmith.accounts[2].id", "000000000042",
                "rolesmith.accounts[2].name", "theirs",
                "rolesmith.accounts[2].kind", "sandbox",
                "rolesmith.accounts[2].teams[0]", "payments"));
    }

    @AfterAll
    static void stop() {
        rolesmith.close();
    }

    private static String reader() {
        return rolesmith.issuer().token("reader", "roles:read", "retail-store");
    }

    private static Answer post(String path, String body) {
        return rolesmith.post(path, reader(), body);
    }

    // --- checks

    @Test
    void aGoodPolicyIsValidAndItsSizeAndMeaningAreSaid() {
        Answer answer = post("/policy-checks", "{\"kind\": \"identity\", \"document\": " + POLICY + "}");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.json().get("valid").asBoolean()).isTrue();
        assertThat(answer.json().get("findings")).isEmpty();
        assertThat(answer.json().get("size").toString()).isEqualTo("{\"characters\":109,\"limit\":10240}");
        assertThat(answer.json().get("canonical").asString())
                .isEqualTo("{\"Statement\":[{\"Action\":[\"s3:getobject\"],\"Effect\":\"Allow\",\"Resource\":"
                        + "[\"arn:aws:s3:::b/*\"]}],\"Version\":\"2012-10-17\"}");
    }

    @Test
    void aBadPolicyIsAnAnswerToo() {
        Answer answer = post(
                "/policy-checks",
                "{\"kind\": \"identity\", \"document\": \"{\\n"
                        + "  \\\"Version\\\": \\\"2012-10-17\\\", // the newest\\n"
                        + "  \\\"Statement\\\": {\\\"Effect\\\": \\\"Allow\\\", \\\"Action\\\": \\\"GetObject\\\","
                        + " \\\"Resource\\\": \\\"*\\\"}\\n"
                        + "}\"}");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.json().get("valid").asBoolean()).isFalse();
        JsonNode findings = answer.json().get("findings");
        assertThat(findings.findValuesAsString("code")).containsExactly("COMMENTS_REMOVED", "INVALID_ACTION");
        JsonNode error = findings.get(1);
        assertThat(error.get("severity").asString()).isEqualTo("error");
        assertThat(error.get("pointer").asString()).isEqualTo("/document/Statement/Action");
        assertThat(error.get("line").asInt()).isEqualTo(3);
        assertThat(error.get("column").asInt()).isEqualTo(46);
        assertThat(error.get("remedy").asString()).isEqualTo("Write it as in \"s3:GetObject\".");
        assertThat(error.get("link").asString())
                .endsWith("policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-action");
    }

    @Test
    void whatIsAllowedAndNobodyShouldWantIsFoundToo() {
        Answer answer = post(
                "/policy-checks",
                "{\"kind\": \"identity\", \"document\": {\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\":"
                        + " \"Allow\", \"Action\": [\"s3:GetObjects\", \"iam:Put*\"], \"Resource\": \"*\"}]}}");

        assertThat(answer.json().get("valid").asBoolean()).as(answer.toString()).isTrue();
        JsonNode findings = answer.json().get("findings");
        assertThat(findings.findValuesAsString("code")).containsExactly("PRIVILEGE_ESCALATION", "UNKNOWN_ACTION");
        assertThat(findings.get(0).get("pointer").asString()).isEqualTo("/document/Statement/0");
        assertThat(findings.get(1).get("remedy").asString()).isEqualTo("Did you mean s3:GetObject?");
    }

    @Test
    void whatCannotBeReadHasNeitherSizeNorMeaning() {
        Answer answer = post("/policy-checks", "{\"kind\": \"trust\", \"document\": \"{\"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().propertyNames()).containsExactlyInAnyOrder("valid", "findings");
        assertThat(answer.json().get("findings").get(0).get("code").asString()).isEqualTo("JSON_SYNTAX_ERROR");
    }

    @Test
    void aStrangerInATrustPolicyIsFound() {
        Answer answer = post(
                "/policy-checks",
                "{\"kind\": \"trust\", \"document\": {\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\":"
                        + " \"Allow\", \"Principal\": {\"AWS\": \"*\"}, \"Action\": \"sts:AssumeRole\"}}}");

        assertThat(answer.json().get("valid").asBoolean()).isFalse();
        assertThat(answer.json().get("findings").findValuesAsString("code")).contains("ANONYMOUS_TRUST");
        assertThat(answer.json().get("size").get("limit").asInt()).isEqualTo(2048);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        arn:${var.aws_partition}:s3:::b | , "account": "china" | true
        arn:aws:s3:::b | , "account": "china" | false
        arn:aws:s3:::b | , "account": "123456789012" | true
        arn:aws-cn:s3:::b | '' | false
        arn:aws-cn:s3:::b | , "variables": {"aws_partition": "aws-cn"} | true
        arn:aws:sqs:${var.aws_region}:${var.aws_account_id}:q | , "account": "123456789012" | true
        arn:aws:sqs:${var.aws_region}:${var.aws_account_id}:q | '' | false
        arn:aws:s3:::${var.bucket} | , "variables": {"bucket": "b"} | true
        """)
    void theAccountSaysWhatItsVariablesAndPartitionAre(String resource, String more, boolean valid) {
        Answer answer = post(
                "/policy-checks",
                "{\"kind\": \"identity\", \"document\": " + POLICY.replace("arn:aws:s3:::b/*", resource) + more + "}");

        assertThat(answer.json().get("valid").asBoolean()).as(answer.toString()).isEqualTo(valid);
    }

    // --- comparisons

    @Test
    void policiesOfOneMeaningAreEquivalent() {
        Answer answer = post(
                "/policy-comparisons",
                "{\"kind\": \"identity\", \"left\": %s, \"right\": %s}"
                        .formatted(POLICY, POLICY.replace("\"s3:GetObject\"", "[\"s3:GETOBJECT\"]")));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.json().get("equivalent").asBoolean()).isTrue();
        assertThat(answer.json().get("differences")).isEmpty();
    }

    @Test
    void aDifferenceIsSaidWithItsPlaceOnBothSides() {
        Answer answer = post(
                "/policy-comparisons",
                "{\"kind\": \"identity\", \"left\": %s, \"right\": %s}"
                        .formatted(POLICY, POLICY.replace("b/*", "c/*")));

        assertThat(answer.json().get("equivalent").asBoolean()).isFalse();
        assertThat(answer.json().get("differences").toString())
                .isEqualTo("[{\"kind\":\"changed\",\"element\":\"Resource\",\"left\":\"/Statement/Resource\","
                        + "\"right\":\"/Statement/Resource\",\"removed\":[\"arn:aws:s3:::b/*\"],"
                        + "\"added\":[\"arn:aws:s3:::c/*\"],\"message\":\"Resource loses \\\"arn:aws:s3:::b/*\\\" and"
                        + " gains \\\"arn:aws:s3:::c/*\\\".\"}]");
    }

    @Test
    void whatCannotBeReadCannotBeCompared() {
        Answer answer = post(
                "/policy-comparisons",
                "{\"kind\": \"identity\", \"left\": {\"Version\": \"2012-10-17\"}, \"right\": \"{\"}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("code").asString()).isEqualTo("request-refused");
        assertThat(answer.json().get("findings").findValuesAsString("pointer")).containsExactly("/left", "/right");
    }

    // --- simulations

    @Test
    void eachRequestHasItsDecisionAndTheStatementsThatItRestsOn() throws IOException {
        Answer answer = post("/access-simulations", example("simulateAccess/policies-and-boundary.json"));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.json().get("results").toString())
                .isEqualTo("[{\"decision\":\"allowed\",\"matchedStatements\":["
                        + "{\"policy\":\"/identityPolicies/0\",\"pointer\":\"/Statement/0\",\"effect\":\"Allow\"},"
                        + "{\"policy\":\"/permissionsBoundary\",\"pointer\":\"/Statement\",\"effect\":\"Allow\"}]},"
                        + "{\"decision\":\"explicitDeny\",\"matchedStatements\":[{\"policy\":\"/identityPolicies/0\","
                        + "\"pointer\":\"/Statement/1\",\"sid\":\"NoDeletion\",\"effect\":\"Deny\"}]},"
                        + "{\"decision\":\"implicitDeny\",\"matchedStatements\":[],"
                        + "\"reason\":\"No statement of the identity policies allows it.\"}]");
    }

    @Test
    void whatHangsOnSomethingUnknownIsUndeterminedAndSaysWhy() {
        Answer answer = post("/access-simulations", """
            {"identityPolicies": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject",
              "Resource": "arn:aws:s3:::b/${aws:username}/*"}}],
             "requests": [{"action": "s3:GetObject", "resource": "arn:aws:s3:::b/ann/x"}]}\
            """);

        JsonNode result = answer.json().get("results").get(0);
        assertThat(result.get("decision").asString()).isEqualTo("undetermined");
        assertThat(result.get("reason").asString()).contains("aws:username");
    }

    @Test
    void aLiveRoleIsTriedAsItIsWithTheDocumentsOfItsManagedPolicies() throws IOException {
        Answer made = rolesmith.post("/role-requests", rolesmith.portal(), """
            {"accounts": ["123456789012"], "team": "retail-store", "roles": [{"name": "triedRole",
              "trustPolicy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}},
              "managedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"],
              "inlinePolicies": {"own": {"Version": "2012-10-17", "Statement": {"Effect": "Deny",
                "Action": "logs:*", "Resource": "*"}}}}]}\
            """);
        assertThat(made.status()).as(made.toString()).isEqualTo(201);

        Answer answer = post("/access-simulations", """
            {"role": {"account": "123456789012", "name": "TRIEDROLE"}, "requests": [
              {"action": "ecr:GetAuthorizationToken", "resource": "*"},
              {"action": "logs:PutLogEvents", "resource": "*"},
              {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/x"}]}\
            """);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.json().get("results").findValuesAsString("decision"))
                .containsExactly("allowed", "explicitDeny", "implicitDeny");
        assertThat(answer.json().get("results").findValuesAsString("policy"))
                .containsExactly("arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy", "own");
        Answer theirs = rolesmith.post(
                "/access-simulations",
                rolesmith.issuer().token("stranger", "roles:read", "payments"),
                "{\"role\": {\"account\": \"123456789012\", \"name\": \"triedRole\"}, \"requests\":"
                        + " [{\"action\": \"s3:GetObject\", \"resource\": \"*\"}]}");
        assertThat(theirs.status()).isEqualTo(404);
    }

    @Test
    void aQuestionThatCannotBeAskedIsRefusedWithItsPlace() {
        Answer answer = post("/access-simulations", """
            {"identityPolicies": [], "requests": [{"action": "s3:Get*", "resource": "*"},
              {"action": "s3:GetObject", "resource": "b"}]}\
            """);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("findings").findValuesAsString("pointer"))
                .containsExactly("/requests/0/action", "/requests/1/resource");
    }

    @Test
    void moreThanCanBeTriedInAMomentIsRefused() {
        String action = "\"s3:GetObject" + "*a".repeat(200) + "\"";
        String actions = String.join(",", Collections.nCopies(250, action));
        String requests = String.join(
                ",",
                Collections.nCopies(
                        100,
                        "{\"action\": \"s3:GetObject\", \"resource\": \"arn:aws:s3:::b/x\","
                                + " \"context\": {\"aws:TagKeys\": [\"a\", \"b\", \"c\", \"d\", \"e\"]}}"));

        Answer answer = post(
                "/access-simulations",
                "{\"identityPolicies\": [{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\","
                        + " \"Action\": ["
                        + actions + "], \"Resource\": \"*\"}}], \"requests\": [" + requests + "]}");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
        assertThat(answer.json().get("findings").findValuesAsString("code")).contains("TOO_MUCH_AT_ONCE");
    }

    private static String example(String name) throws IOException {
        String example = new ClassPathResource("openapi/examples/" + name).getContentAsString(StandardCharsets.UTF_8);
        return new JsonMapper().readTree(example).get("request").toString();
    }

    // --- all of them

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /policy-checks | {"kind": "identity"} | 400 | invalid-request
        /policy-checks | {"kind": "other", "document": {}} | 400 | invalid-request
        /policy-checks | {"kind": "trust", "document": []} | 400 | invalid-request
        /policy-checks | {"kind": "trust", "document": {}, "more": 1} | 400 | invalid-request
        /policy-checks | {"kind": "trust", "document": {}, "account": "nowhere"} | 404 | not-found
        /policy-checks | {"kind": "trust", "document": {}, "account": "theirs"} | 404 | not-found
        /policy-comparisons | {"kind": "trust", "left": {}} | 400 | invalid-request
        /access-simulations | {"identityPolicies": []} | 400 | invalid-request
        /access-simulations | {"identityPolicies": [], "requests": []} | 400 | invalid-request
        /access-simulations | {"requests": [{"action": "a:b", "resource": "*"}]} | 400 | invalid-request
        /access-simulations | {"role": {"account": "x", "name": "y"}, "requests": [{"action": "a:b", "resource": "*"}]} | 404 | not-found
        /access-simulations | {"identityPolicies": ["{"], "requests": [{"action": "a:b", "resource": "*"}]} | 422 | request-refused
        """)
    void aBodyOfAnotherShapeIsAProblem(String path, String body, int status, String code) {
        Answer answer = post(path, body);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.json().get("code").asString()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /policy-checks | {"kind": "trust", "document": {}}
        /policy-comparisons | {"kind": "trust", "left": {}, "right": {}}
        /access-simulations | {"identityPolicies": [], "requests": [{"action": "a:b", "resource": "*"}]}
        """)
    void isNotForThoseWithoutTheScope(String path, String body) {
        Answer answer = rolesmith.post(path, rolesmith.issuer().token("curious", "audit:read", "retail-store"), body);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(403);
        assertThat(answer.json().get("code").asString()).isEqualTo("scope-missing");
        assertThat(rolesmith.post(path, "", "{}").status()).isEqualTo(401);
    }
}
