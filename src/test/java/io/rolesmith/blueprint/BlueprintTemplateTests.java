package io.rolesmith.blueprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.groups.Tuple.tuple;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.catalogue.ManagedPolicies;
import io.rolesmith.role.RoleDraft;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What becomes of values, friendly and hostile ones, on their way through schema and template. */
class BlueprintTemplateTests {

    private static final Blueprints BLUEPRINTS = new Blueprints(ManagedPolicies.bundled(), SampleCheck.CHECK);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final List<String> HOSTILE = List.of(
            "\"}], \"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\", \"x\": [{\"",
            "a\"b",
            "a'b",
            "back\\slash\\\"",
            "line\nbreak",
            "tab\tand\rreturn",
            "${param.roleName}",
            "${param.extraStatements}",
            "${param.",
            "$1 $0 \\1 ${x}",
            "$when: ecsExec",
            "a: b # c",
            "- *alias",
            "%s {} {0}",
            "nul\u0000",
            "\u2028\u2029",
            "${var.aws_account_id}",
            "${aws:username}");

    @Test
    void aValueWithinAStringStaysInIt() {
        RoleTemplate template = new RoleTemplate(object("""
                {"name": "role", "trustPolicy": {"Statement": [{"Resource": "arn:${var.x}:${param.it}/*:${param.it}"}]}}
                """));
        for (String value : HOSTILE) {
            RoleDraft role =
                    template.draft(JsonNodeFactory.instance.objectNode().put("it", value), List.of());

            JsonNode document =
                    JSON.readTree(Objects.requireNonNull(role.trustPolicy()).text());
            ObjectNode expected = JsonNodeFactory.instance.objectNode();
            expected.putArray("Statement").addObject().put("Resource", "arn:${var.x}:" + value + "/*:" + value);
            assertThat(document).as(value).isEqualTo(expected);
        }
    }

    @Test
    void aWholeValueIsPutInAsItIs() {
        for (String value : HOSTILE) {
            ObjectNode statement = JsonNodeFactory.instance
                    .objectNode()
                    .put("Effect", "Deny")
                    .put("Action", "s3:GetObject")
                    .put("Resource", value);
            statement.putObject("Condition").putObject(value).put(value, value);
            ObjectNode parameters = JsonNodeFactory.instance.objectNode().put("roleName", "task");
            parameters.putArray("extraStatements").add(statement);

            ObjectNode expected = JsonNodeFactory.instance.objectNode().put("Version", "2012-10-17");
            expected.putArray("Statement").add(statement);
            assertThat(document(role("ecs-task", parameters), "workload"))
                    .as(value)
                    .isEqualTo(expected);
        }
    }

    @Test
    void wordsOfTheTemplateLanguageMeanNothingInAValue() {
        ObjectNode parameters = object("""
                {"roleName": "task", "tags": {"$when": "secretArns", "k": "${param.roleName}"},
                 "extraStatements": [{"Effect": "Deny", "Action": "*", "Resource": "*",
                    "Condition": {"$splice": {"$when": "secretArns", "$value": ["${param.roleName?}"]}}}]}
                """);

        RoleDraft role = role("ecs-task", parameters);

        assertThat(role.tags()).containsEntry("$when", "secretArns").containsEntry("k", "${param.roleName}");
        assertThat(document(role, "workload").path("Statement")).isEqualTo(parameters.path("extraStatements"));
    }

    @Test
    void aNumberOfAnySizeKeepsItsDigits() {
        RoleDraft role = role("ecs-task", object("""
                {"roleName": "task", "extraStatements": [{"Effect": "Deny", "Action": "*", "Resource": "*",
                    "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": 123456789012345678901234567890}}}]}
                """));

        assertThat(Objects.requireNonNull(role.inlinePolicies().get("workload")).text())
                .contains("{\"aws:MultiFactorAuthAge\":123456789012345678901234567890}");
    }

    @Test
    void variablesOfTheRequestAndOfIamPassThrough() {
        RoleDraft role = role("ecs-task", object("""
                {"roleName": "task", "clusterName": "shop-${var.aws_region}",
                 "extraStatements": [{"Effect": "Allow", "Action": "s3:*",
                                      "Resource": "arn:aws:s3:::${var.bucket}/${aws:PrincipalTag/team}"}]}
                """));

        assertThat(document(role, "ecs-exec").at("/Statement/1/Resource/1").stringValue())
                .isEqualTo("arn:${var.aws_partition}:ecs:${var.aws_region}:${var.aws_account_id}"
                        + ":cluster/shop-${var.aws_region}");
        assertThat(document(role, "workload").at("/Statement/0/Resource").stringValue())
                .isEqualTo("arn:aws:s3:::${var.bucket}/${aws:PrincipalTag/team}");
    }

    @Test
    void documentsAreNotPastedText() {
        RoleDraft role = role("ecs-task", object("""
                {"roleName": "task"}
                """));

        assertThat(Objects.requireNonNull(role.trustPolicy()).pasted()).isFalse();
        assertThat(role.inlinePolicies().values())
                .allSatisfy(policy -> assertThat(policy.pasted()).isFalse());
    }

    @Test
    void parametersGivenAreNotWrittenTo() {
        ObjectNode parameters = object("""
                {"roleName": "task"}
                """);

        role("ecs-task", parameters);

        assertThat(parameters).isEqualTo(object("""
                {"roleName": "task"}
                """));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ecs-task           | clusterName    | *
            ecs-task           | clusterName    | retail-*
            ecs-task           | clusterName    | retail-?
            ecs-task           | clusterName    | retail/other
            ecs-task           | clusterName    | ${*}
            ecs-task           | clusterName    | ${var.cluster}
            ecs-task           | clusterName    | ${aws:username}
            ecs-task           | logGroup       | *
            ecs-task           | logGroup       | /ecs/*
            ecs-task           | logGroup       | /ecs/shop:*
            ecs-task-execution | createLogGroup | /ecs/shop?
            ecs-task-execution | createLogGroup | ${var.group}
            ecs-task           | roleName       | task*
            ecs-task           | roleName       | ${var.name}
            ecs-task           | path           | /*/
            ecs-task           | path           | shop
            ecs-task           | policyName     | a b
            ecs-service        | clusterName    | *
            ecs-service        | execLogGroup   | *
            """)
    void aNameTakesNoWildcard(String blueprint, String parameter, String value) {
        BlueprintReading reading =
                BLUEPRINTS.roles(blueprint(blueprint), withExample(blueprint).put(parameter, value));

        assertThat(reading.roles()).isEmpty();
        assertThat(reading.findings())
                .extracting(Finding::code, Finding::pointer)
                .containsExactly(tuple("INVALID_PARAMETER", "/" + parameter));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            secretArns    | arn:aws:secretsmanager:eu-west-1:123456789012:secret:*
            secretArns    | arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/*
            secretArns    | arn:aws:secretsmanager:eu-west-1:123456789012:secret:sh??-??????
            secretArns    | arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-???????
            secretArns    | arn:aws:secretsmanager:*:123456789012:secret:shop
            secretArns    | arn:aws:secretsmanager:eu-west-1:*:secret:shop
            secretArns    | arn:*:secretsmanager:eu-west-1:123456789012:secret:shop
            secretArns    | arn:aws:secretsmanager:eu-west-1:123456789012:secret:${var.secret}
            secretArns    | arn:aws:secretsmanager:${var.region}:123456789012:secret:shop
            secretArns    | arn:aws:s3:::bucket
            secretArns    | *
            parameterArns | arn:aws:ssm:eu-west-1:123456789012:parameter/*
            parameterArns | arn:aws:ssm:eu-west-1:123456789012:parameter/shop/?
            kmsKeyArns    | arn:aws:kms:eu-west-1:123456789012:key/*
            kmsKeyArns    | arn:aws:kms:eu-west-1:123456789012:alias/shop
            """)
    void anArnTakesNoWildcard(String parameter, String value) {
        ObjectNode parameters = withExample("ecs-task-execution");
        parameters.putArray(parameter).add(value);

        BlueprintReading reading = BLUEPRINTS.roles(blueprint("ecs-task-execution"), parameters);

        assertThat(reading.roles()).isEmpty();
        assertThat(reading.findings())
                .extracting(Finding::code, Finding::pointer)
                .containsExactly(tuple("INVALID_PARAMETER", "/" + parameter + "/0"));
    }

    @Test
    void aRefusedPatternIsSaidInWords() {
        assertThat(findings("ecs-task", """
                {"roleName": "task", "clusterName": "retail-*"}
                """))
                .containsExactly(Finding.error(
                        "INVALID_PARAMETER",
                        "/clusterName",
                        "'clusterName' is \"retail-*\"; it must be the name (not the ARN) of one cluster, of letters,"
                                + " digits, _ and -, without wildcards.",
                        "Give a value such as \"retail-store-ecs-cluster\"."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster\n", "\ncluster", "clus\nter", "cluster\r", "cluster\u2028"})
    void noLineBreakSlipsPastAPattern(String value) {
        BlueprintReading reading =
                BLUEPRINTS.roles(blueprint("ecs-task"), withExample("ecs-task").put("clusterName", value));

        assertThat(reading.findings()).extracting(Finding::pointer).containsExactly("/clusterName");
    }

    @Test
    void anUnknownParameterIsNamedWithTheKnownOnes() {
        assertThat(findings("ec2-instance", """
                {"roleName": "bastion", "rolename": "x"}
                """))
                .containsExactly(Finding.error(
                        "UNKNOWN_PARAMETER",
                        "/rolename",
                        "The blueprint has no parameter \"rolename\".",
                        "Leave it out, or choose one of roleName, path, description, ssmCore, managedPolicyArns,"
                                + " extraStatements, policyName, servicePrincipal, permissionsBoundaryArn,"
                                + " maxSessionSeconds, tags."));
    }

    @Test
    void aPointerEscapesTheNameThatItHolds() {
        assertThat(findings("ec2-instance", """
                {"roleName": "bastion", "a/b~c": 1}
                """)).extracting(Finding::pointer).containsExactly("/a~1b~0c");
    }

    @Test
    void aMissingParameterIsAskedFor() {
        assertThat(findings("ecs-service", """
                {"taskRoleName": "task"}
                """))
                .containsExactly(Finding.error(
                        "MISSING_PARAMETER",
                        "/executionRoleName",
                        "The parameter 'executionRoleName' is missing.",
                        "Add it: The exact name of the task execution role."));
    }

    @Test
    void aWrongTypeIsNotBentIntoShape() {
        assertThat(findings("ecs-task", """
                {"roleName": 5, "ecsExec": "true", "maxSessionSeconds": "3600", "tags": [], "path": null,
                 "permissionsBoundaryArn": false}
                """))
                .extracting(Finding::pointer, Finding::message, Finding::remedy)
                .containsExactlyInAnyOrder(
                        tuple("/roleName", "'roleName' is 5; it must be a string.", "Give a string."),
                        tuple("/ecsExec", "'ecsExec' is \"true\"; it must be a boolean.", "Give a boolean."),
                        tuple(
                                "/maxSessionSeconds",
                                "'maxSessionSeconds' is \"3600\"; it must be an integer.",
                                "Give an integer."),
                        tuple("/tags", "'tags' is []; it must be an object.", "Give an object."),
                        tuple("/path", "'path' is null; it must be a string.", "Give a string."),
                        tuple(
                                "/permissionsBoundaryArn",
                                "'permissionsBoundaryArn' is false; it must be a string or null.",
                                "Give a string or null."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "\"text\"", "5", "null"})
    void parametersAreAnObject(String json) {
        BlueprintReading reading = BLUEPRINTS.roles(blueprint("ecs-task"), JSON.readTree(json));

        assertThat(reading.roles()).isEmpty();
        assertThat(reading.findings())
                .containsExactly(Finding.error(
                        "INVALID_PARAMETER",
                        "",
                        "What is given as parameters is " + json + "; it must be an object.",
                        "Give an object."));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"Effect": "Allow", "Principal": "*"}       | UNKNOWN_PARAMETER | /Principal
            {"Effect": "Allow", "action": "s3:*"}       | UNKNOWN_PARAMETER | /action
            {"Action": "s3:*"}                          | MISSING_PARAMETER | /Effect
            {"Effect": "allow"}                         | INVALID_PARAMETER | /Effect
            {"Effect": "Allow", "Action": []}           | INVALID_PARAMETER | /Action
            {"Effect": "Allow", "Action": [5]}          | INVALID_PARAMETER | /Action/0
            {"Effect": "Allow", "Condition": {"Null": {"k": 0.10}}} | INVALID_PARAMETER | /Condition/Null/k
            {"Effect": "Allow", "Sid": "a b"}           | INVALID_PARAMETER | /Sid
            """)
    void aFurtherStatementIsCheckedToo(String statement, String code, String pointer) {
        ObjectNode parameters = withExample("ecs-task");
        parameters.putArray("extraStatements").add(JSON.readTree(statement));

        assertThat(BLUEPRINTS.roles(blueprint("ecs-task"), parameters).findings())
                .extracting(Finding::code, Finding::pointer)
                .containsExactly(tuple(code, "/extraStatements/0" + pointer));
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertThat(findings("ecs-task", """
                {"clusterName": "*", "maxSessionSeconds": 3599, "nonsense": true}
                """))
                .extracting(Finding::code, Finding::pointer)
                .containsExactlyInAnyOrder(
                        tuple("MISSING_PARAMETER", "/roleName"),
                        tuple("INVALID_PARAMETER", "/clusterName"),
                        tuple("INVALID_PARAMETER", "/maxSessionSeconds"),
                        tuple("UNKNOWN_PARAMETER", "/nonsense"));
    }

    @ParameterizedTest
    @CsvSource({"3599, 1", "3600, 0", "43200, 0", "43201, 1"})
    void aSessionIsAsLongAsIamAllows(int seconds, int findings) {
        assertThat(findings("ecs-task", "{\"roleName\": \"task\", \"maxSessionSeconds\": " + seconds + "}"))
                .hasSize(findings);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "64, 0", "65, 1"})
    void aRoleNameIsAsLongAsIamAllows(int length, int findings) {
        assertThat(findings("ecs-task", "{\"roleName\": \"" + "r".repeat(length) + "\"}"))
                .hasSize(findings);
    }

    @Test
    void aVeryLongValueIsRefusedBriefly() {
        for (String value : List.of(
                "a".repeat(1_000_000),
                "${var.aws_region}".repeat(100_000),
                "/a".repeat(500_000) + "/",
                "arn:aws:iam::aws:policy/" + "a/".repeat(500_000) + "!",
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:" + "-??????".repeat(100_000))) {
            for (String name : List.of("roleName", "path", "clusterName", "logGroup", "permissionsBoundaryArn")) {
                assertThat(BLUEPRINTS
                                .roles(
                                        blueprint("ecs-task"),
                                        withExample("ecs-task").put(name, value))
                                .findings())
                        .as(name)
                        .isNotEmpty()
                        .allSatisfy(finding -> {
                            assertThat(finding.pointer()).isEqualTo("/" + name);
                            assertThat(finding.message()).hasSizeLessThan(400);
                        });
            }
            ObjectNode parameters = withExample("ecs-task");
            parameters.putArray("secretArns").add(value);
            assertThat(BLUEPRINTS.roles(blueprint("ecs-task"), parameters).findings())
                    .isNotEmpty()
                    .allSatisfy(finding -> assertThat(finding.pointer()).isEqualTo("/secretArns/0"));
        }
    }

    @Test
    void anUnknownBlueprintIsAMistakeOfTheProgram() {
        Blueprint known = blueprint("ecs-task");
        Blueprint unknown = new Blueprint(
                new BlueprintId("ecs-tusk"),
                known.title(),
                known.description(),
                known.trustedEntity(),
                known.useCase(),
                known.parametersSchema(),
                known.example());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> BLUEPRINTS.roles(unknown, null))
                .withMessage("There is no blueprint 'ecs-tusk' in this catalogue");
    }

    private static Blueprint blueprint(String id) {
        return BLUEPRINTS.find(id).orElseThrow();
    }

    private static ObjectNode object(String json) {
        return (ObjectNode) JSON.readTree(json);
    }

    private static ObjectNode withExample(String id) {
        return blueprint(id).example();
    }

    private static List<Finding> findings(String id, String parameters) {
        return BLUEPRINTS.roles(blueprint(id), object(parameters)).findings();
    }

    private static RoleDraft role(String id, ObjectNode parameters) {
        BlueprintReading reading = BLUEPRINTS.roles(blueprint(id), parameters);
        assertThat(reading.findings()).isEmpty();
        return reading.roles().getFirst();
    }

    private static JsonNode document(RoleDraft role, String policy) {
        return JSON.readTree(
                Objects.requireNonNull(role.inlinePolicies().get(policy)).text());
    }
}
