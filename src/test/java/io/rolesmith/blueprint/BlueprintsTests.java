package io.rolesmith.blueprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Variables;
import io.rolesmith.policy.catalogue.ManagedPolicies;
import io.rolesmith.policy.check.PolicyCheck;
import io.rolesmith.role.Boundary;
import io.rolesmith.role.ExpectationDraft;
import io.rolesmith.role.PolicyArn;
import io.rolesmith.role.PolicyName;
import io.rolesmith.role.RoleDraft;
import io.rolesmith.role.RoleQuotas;
import io.rolesmith.role.RoleSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BlueprintsTests {

    private static final Blueprints BLUEPRINTS = new Blueprints(ManagedPolicies.bundled(), SampleCheck.CHECK);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String ECS_TRUST = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
              "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole",
              "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-west-1:123456789012:*"}}}]}
            """;

    @Test
    void holdsTheFourBlueprintsInTheOrderOfTheirIds() {
        assertThat(BLUEPRINTS.all())
                .extracting(blueprint -> blueprint.id().value())
                .containsExactly("ec2-instance", "ecs-service", "ecs-task", "ecs-task-execution");
        assertThat(BLUEPRINTS.find("ecs-task"))
                .get()
                .extracting(Blueprint::trustedEntity)
                .isEqualTo("ecs-tasks.amazonaws.com");
        assertThat(BLUEPRINTS.find("ecs-tsk")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("blueprints")
    void itsExampleMakesRolesThatNothingRefuses(Blueprint blueprint) {
        BlueprintReading reading = BLUEPRINTS.roles(blueprint, blueprint.example());

        assertThat(reading.findings()).isEmpty();
        assertThat(specs(reading)).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("blueprints")
    void itsSchemaStandsAloneAndRefusesWhatItDoesNotKnow(Blueprint blueprint) {
        JsonNode schema = blueprint.parametersSchema();

        assertThat(schema.path("$schema").asString()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
        assertThat(schema.path("additionalProperties").booleanValue(true)).isFalse();
        assertThat(schema.toString())
                .doesNotContain("$ref")
                .doesNotContain("$use")
                .doesNotContain("$defs");
        assertThat(schema.path("properties").properties())
                .allSatisfy(property -> assertThat(
                                property.getValue().path("description").asString(""))
                        .as(property.getKey())
                        .isNotBlank());
    }

    @ParameterizedTest
    @MethodSource("blueprints")
    void noParametersAtAllAreMissingOnes(Blueprint blueprint) {
        BlueprintReading reading = BLUEPRINTS.roles(blueprint, null);

        assertThat(reading.roles()).isEmpty();
        assertThat(reading.findings())
                .isNotEmpty()
                .allSatisfy(finding -> assertThat(finding.code()).isEqualTo("MISSING_PARAMETER"));
    }

    @Test
    void whatTheCallerDoesToItsCopyDoesNotReachTheCatalogue() {
        Blueprint blueprint = blueprint("ecs-task");
        blueprint.parametersSchema().removeAll();
        blueprint.example().removeAll();

        assertThat(blueprint.parametersSchema().isEmpty()).isFalse();
        assertThat(blueprint.example().isEmpty()).isFalse();
    }

    @Test
    void theRetailStoresServiceHasExactlyItsTwoRoles() {
        List<RoleSpec> roles = specs("ecs-service", """
                {"executionRoleName": "retailStoreECSTaskExecutionRole", "taskRoleName": "retailStoreEcsTaskRole",
                 "clusterName": "retail-store-ecs-cluster"}
                """);

        assertThat(roles).hasSize(2);
        RoleSpec execution = roles.getFirst();
        assertThat(execution.name()).hasToString("retailStoreECSTaskExecutionRole");
        assertThat(execution.managedPolicyArns())
                .containsExactly(
                        new PolicyArn("arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"));
        assertThat(execution.inlinePolicies()).isEmpty();
        assertThat(execution.description()).isEqualTo("ECS task execution role");
        RoleSpec task = roles.getLast();
        assertThat(task.name()).hasToString("retailStoreEcsTaskRole");
        assertThat(task.managedPolicyArns()).isEmpty();
        assertThat(task.inlinePolicies()).containsOnlyKeys(new PolicyName("ecs-exec"));
        assertInlinePolicy(task, "ecs-exec", """
                {"Version": "2012-10-17", "Statement": [
                  {"Effect": "Allow",
                   "Action": ["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
                              "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"],
                   "Resource": "*"},
                  {"Effect": "Allow",
                   "Action": ["ecs:ExecuteCommand", "ecs:DescribeTasks"],
                   "Resource": ["arn:aws:ecs:eu-west-1:123456789012:task/retail-store-ecs-cluster/*",
                                "arn:aws:ecs:eu-west-1:123456789012:cluster/retail-store-ecs-cluster"]}]}
                """);
        assertThat(roles).allSatisfy(role -> {
            assertTrust(role, ECS_TRUST);
            assertThat(role.path()).hasToString("/");
            assertThat(role.boundary()).isEqualTo(new Boundary.Unchanged());
            assertThat(role.maxSession()).isEqualTo(Duration.ofHours(1));
            assertThat(role.tags()).isEmpty();
            assertThat(role.instanceProfile()).isFalse();
        });
    }

    @Test
    void aServicesParametersReachTheRoleThatTheyAreFor() {
        List<RoleSpec> roles = specs("ecs-service", """
                {"executionRoleName": "exec", "taskRoleName": "task", "path": "/shop/", "tags": {"service": "shop"},
                 "executionRoleDescription": "Starts", "taskRoleDescription": "Runs",
                 "permissionsBoundaryArn": "arn:aws:iam::123456789012:policy/team-boundary", "maxSessionSeconds": 7200,
                 "executionSecretArns": ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-??????"],
                 "taskSecretArns": ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:b"],
                 "ecsExec": false, "taskPolicyName": "own"}
                """);

        assertThat(roles).allSatisfy(role -> {
            assertThat(role.path()).hasToString("/shop/");
            assertThat(role.tags()).containsExactly(Map.entry("service", "shop"));
            assertThat(role.boundary())
                    .isEqualTo(new Boundary.Policy(new PolicyArn("arn:aws:iam::123456789012:policy/team-boundary")));
            assertThat(role.maxSession()).isEqualTo(Duration.ofHours(2));
        });
        assertThat(roles).extracting(RoleSpec::description).containsExactly("Starts", "Runs");
        assertThat(roles.getFirst().inlinePolicies()).containsOnlyKeys(new PolicyName("task-execution"));
        assertInlinePolicy(roles.getFirst(), "task-execution", """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
                  "Resource": ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-??????"]}]}
                """);
        assertThat(roles.getLast().inlinePolicies()).containsOnlyKeys(new PolicyName("own"));
        assertInlinePolicy(roles.getLast(), "own", """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
                  "Resource": ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:b"]}]}
                """);
    }

    @Test
    void aServicesTwoRolesNeedTwoNames() {
        BlueprintReading reading = read("ecs-service", """
                {"executionRoleName": "shopRole", "taskRoleName": "ShopRole"}
                """);

        assertThat(reading.roles()).isEmpty();
        assertThat(reading.findings())
                .containsExactly(Finding.error(
                        "DUPLICATE_ROLE_NAME",
                        "/taskRoleName",
                        "Two roles of the blueprint are to be called 'ShopRole', if letter case is ignored as IAM"
                                + " ignores it.",
                        "Give each role a name of its own."));
    }

    @Test
    void anExecutionRoleHasWhatItsOptionsAsk() {
        RoleSpec role = spec("ecs-task-execution", """
                {"roleName": "exec", "createLogGroup": "/ecs/shop",
                 "secretArns": ["arn:${var.aws_partition}:secretsmanager:${var.aws_region}:${var.aws_account_id}:secret:db"],
                 "parameterArns": ["arn:aws:ssm:eu-west-1:123456789012:parameter/shop/url"],
                 "kmsKeyArns": ["arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
                 "extraStatements": [{"Sid": "EnvFile", "Effect": "Allow", "Action": "s3:GetObject",
                                      "Resource": "arn:aws:s3:::env-files/shop.env"}]}
                """);

        assertTrust(role, ECS_TRUST);
        assertThat(role.inlinePolicies()).containsOnlyKeys(new PolicyName("task-execution"));
        assertInlinePolicy(role, "task-execution", """
                {"Version": "2012-10-17", "Statement": [
                  {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
                   "Resource": ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:db"]},
                  {"Effect": "Allow", "Action": "ssm:GetParameters",
                   "Resource": ["arn:aws:ssm:eu-west-1:123456789012:parameter/shop/url"]},
                  {"Effect": "Allow", "Action": "kms:Decrypt",
                   "Resource": ["arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"]},
                  {"Effect": "Allow", "Action": "logs:CreateLogGroup",
                   "Resource": ["arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/shop",
                                "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/shop:*"]},
                  {"Sid": "EnvFile", "Effect": "Allow", "Action": "s3:GetObject",
                   "Resource": "arn:aws:s3:::env-files/shop.env"}]}
                """);
    }

    @Test
    void aTaskRoleHasWhatItsOptionsAsk() {
        RoleSpec role = spec("ecs-task", """
                {"roleName": "task", "logGroup": "/ecs/exec", "execPolicyName": "exec",
                 "kmsKeyArns": ["arn:aws:kms:eu-west-1:123456789012:key/mrk-1234"],
                 "managedPolicyArns": ["arn:${var.aws_partition}:iam::aws:policy/AWSXRayDaemonWriteAccess"]}
                """);

        assertThat(role.managedPolicyArns())
                .containsExactly(new PolicyArn("arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"));
        assertThat(role.inlinePolicies()).containsOnlyKeys(new PolicyName("exec"), new PolicyName("workload"));
        assertInlinePolicy(role, "exec", """
                {"Version": "2012-10-17", "Statement": [
                  {"Effect": "Allow",
                   "Action": ["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
                              "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"],
                   "Resource": "*"},
                  {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"},
                  {"Effect": "Allow",
                   "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                   "Resource": "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/exec:*"}]}
                """);
        assertInlinePolicy(role, "workload", """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:Decrypt",
                  "Resource": ["arn:aws:kms:eu-west-1:123456789012:key/mrk-1234"]}]}
                """);
    }

    @Test
    void aTaskRoleWithoutAnyStatementHasNoInlinePolicy() {
        assertThat(spec("ecs-task", """
                {"roleName": "task", "ecsExec": false, "secretArns": [], "extraStatements": []}
                """).inlinePolicies()).isEmpty();
    }

    @Test
    void twoInlinePoliciesOfOneNameAreRefused() {
        BlueprintReading reading = read("ecs-task", """
                {"roleName": "task", "policyName": "ECS-exec",
                 "extraStatements": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
                """);

        assertThat(reading.roles()).isEmpty();
        assertThat(reading.findings())
                .extracting(Finding::code, Finding::pointer)
                .containsExactly(tuple("DUPLICATE_POLICY_NAME", "/policyName"));
    }

    @Test
    void theTrustConditionsCanBeOthers() {
        assertTrust(spec("ecs-task", """
                {"roleName": "task",
                 "trustConditions": {"StringEquals": {"aws:SourceAccount": ["${var.aws_account_id}", "210987654321"]}}}
                """), """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                  "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole",
                  "Condition": {"StringEquals": {"aws:SourceAccount": ["123456789012", "210987654321"]}}}]}
                """);
    }

    @Test
    void noTrustConditionsAreGivenAsAnEmptyObject() {
        assertTrust(spec("ecs-task-execution", """
                {"roleName": "exec", "trustConditions": {}}
                """), """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                  "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
                """);
    }

    @Test
    void anInstanceRoleHasItsInstanceProfileAndNoPermissions() {
        RoleSpec role = spec("ec2-instance", """
                {"roleName": "retailStoreEc2Role"}
                """);

        assertThat(role.instanceProfile()).isTrue();
        assertThat(role.managedPolicyArns()).isEmpty();
        assertThat(role.inlinePolicies()).isEmpty();
        assertTrust(role, """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                  "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
                """);
    }

    @Test
    void systemsManagerComesBeforeTheOtherManagedPolicies() {
        RoleSpec role = spec("ec2-instance", """
                {"roleName": "bastion", "ssmCore": true,
                 "managedPolicyArns": ["arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"]}
                """);

        assertThat(role.managedPolicyArns())
                .extracting(PolicyArn::value)
                .containsExactly(
                        "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
                        "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy");
    }

    @Test
    void everyArnIsOfTheAccountsPartition() {
        RoleDraft.RoleReading role = read("ec2-instance", """
                        {"roleName": "bastion", "ssmCore": true, "servicePrincipal": "ec2.amazonaws.com.cn"}
                        """)
                .roles()
                .getFirst()
                .read(
                        Variables.of(Map.of(
                                "aws_partition",
                                "aws-cn",
                                "aws_region",
                                "cn-north-1",
                                "aws_account_id",
                                "123456789012")),
                        "123456789012",
                        "aws-cn",
                        new RoleQuotas.Unknown(),
                        SampleCheck.CHECK);

        assertThat(role.findings()).isEmpty();
        assertThat(role.spec().orElseThrow().managedPolicyArns())
                .containsExactly(new PolicyArn("arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore"));
    }

    @Test
    void anAbsentBoundaryStaysAndANullOneGoes() {
        assertThat(spec("ecs-task", """
                {"roleName": "task"}
                """).boundary()).isEqualTo(new Boundary.Unchanged());
        assertThat(spec("ecs-task", """
                {"roleName": "task", "permissionsBoundaryArn": null}
                """).boundary()).isEqualTo(new Boundary.None());
    }

    @Test
    void eachBlueprintExpectsThatItsRolesHaveNoPowerOverThemselves() {
        assertThat(blueprints())
                .allSatisfy(blueprint -> assertThat(
                                BLUEPRINTS.roles(blueprint, blueprint.example()).roles())
                        .allSatisfy(role -> assertThat(role.expect())
                                .extracting(ExpectationDraft::action, ExpectationDraft::decision)
                                .contains(
                                        tuple("iam:PassRole", "implicitDeny"),
                                        tuple("iam:PutRolePolicy", "implicitDeny"),
                                        tuple("iam:AttachRolePolicy", "implicitDeny"))));
    }

    @Test
    void expectationsFollowTheParameters() {
        assertThat(read("ecs-task", """
                        {"roleName": "task", "path": "/retail/", "ecsExec": false, "clusterName": "orders"}
                        """).roles().getFirst().expect())
                .extracting(ExpectationDraft::action, ExpectationDraft::resource)
                .startsWith(
                        tuple(
                                "ecs:ExecuteCommand",
                                "arn:${var.aws_partition}:ecs:${var.aws_region}:${var.aws_account_id}:cluster/orders"),
                        tuple("iam:PassRole", "arn:${var.aws_partition}:iam::${var.aws_account_id}:role/retail/task"));
    }

    @Test
    void aBrokenCatalogueFailsTheStart() {
        try (var context = new AnnotationConfigApplicationContext()) {
            context.registerBean(
                    Blueprints.class,
                    () -> new Blueprints(
                            ManagedPolicies.bundled(),
                            SampleCheck.CHECK,
                            "classpath:io/rolesmith/blueprint/broken/*.yaml"));

            assertThatThrownBy(context::refresh)
                    .rootCause()
                    .isInstanceOf(InvalidCatalogueException.class)
                    .hasMessage("""
                    The catalogue of blueprints is not valid:
                      unread.yaml line 3: Duplicate Object property "id"
                      broken.yaml /roles/0/description: there is no parameter 'purpose'""");
        }
    }

    @Test
    void theCatalogueIsABeanOfTheService() {
        try (var context = new AnnotationConfigApplicationContext()) {
            context.registerBean(ManagedPolicies.class, ManagedPolicies::bundled);
            context.registerBean(PolicyCheck.class, () -> SampleCheck.CHECK);
            context.register(Blueprints.class);
            context.refresh();

            assertThat(context.getBean(Blueprints.class).all()).hasSize(4);
        }
    }

    private static Stream<Blueprint> blueprints() {
        return BLUEPRINTS.all().stream();
    }

    private static Blueprint blueprint(String id) {
        return BLUEPRINTS.find(id).orElseThrow();
    }

    private static BlueprintReading read(String id, String parameters) {
        return BLUEPRINTS.roles(blueprint(id), JSON.readTree(parameters));
    }

    private static List<RoleSpec> specs(String id, String parameters) {
        return specs(read(id, parameters));
    }

    private static RoleSpec spec(String id, String parameters) {
        List<RoleSpec> roles = specs(id, parameters);
        assertThat(roles).hasSize(1);
        return roles.getFirst();
    }

    private static List<RoleSpec> specs(BlueprintReading reading) {
        assertThat(reading.findings()).isEmpty();
        return reading.roles().stream()
                .map(role -> role.read(
                        Variables.of(Map.of(
                                "aws_partition", "aws", "aws_region", "eu-west-1", "aws_account_id", "123456789012")),
                        "123456789012",
                        "aws",
                        new RoleQuotas.Unknown(),
                        SampleCheck.CHECK))
                .map(role -> {
                    assertThat(role.findings()).isEmpty();
                    return role.spec().orElseThrow();
                })
                .toList();
    }

    private static void assertTrust(RoleSpec role, String document) {
        assertThat(role.trustPolicy().isEquivalentTo(document))
                .as(role.trustPolicy().toString())
                .isTrue();
    }

    private static void assertInlinePolicy(RoleSpec role, String name, String document) {
        PolicyDocument policy = Objects.requireNonNull(role.inlinePolicies().get(new PolicyName(name)));
        assertThat(policy.isEquivalentTo(document)).as(policy.toString()).isTrue();
    }
}
