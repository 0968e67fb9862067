package io.rolesmith.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.QueryReply;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What the API tells of Rolesmith's own power, and that roles are held to it. */
class ProvisionerPolicyApiIntegrationTests {

    private static final String HUB = "arn:aws:iam::210987654321:role/platform/Rolesmith";
    private static final String BOUNDARY = "arn:aws:iam::000000000003:policy/team-boundary";

    private static FaultProxy iam;
    private static FaultProxy session;
    private static TestRolesmith rolesmith;

    @BeforeAll
    static void start() {
        System.setProperty("aws.accessKeyId", "AKIDEXAMPLE");
        System.setProperty("aws.secretAccessKey", "secret");
        iam = FaultProxy.before(new MemoryIam("000000000001"));
        session = FaultProxy.before(_ -> new QueryReply(
                200,
                "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::210987654321:assumed-role/Rolesmith/pod"
                        + "</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"));
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("rolesmith.accounts[1].id", "000000000001");
        properties.put("rolesmith.accounts[1].name", "as-it-is");
        properties.put("rolesmith.accounts[1].endpoint", iam.endpoint().toString());
        properties.put("rolesmith.accounts[2].id", "000000000002");
        properties.put("rolesmith.accounts[2].name", "assumed");
        properties.put("rolesmith.accounts[2].endpoint", session.endpoint().toString());
        properties.put("rolesmith.accounts[2].role-arn", "arn:aws:iam::000000000002:role/platform/Provisioner");
        properties.put("rolesmith.accounts[2].external-id", "rolesmith:1");
        properties.put("rolesmith.accounts[3].id", "000000000003");
        properties.put("rolesmith.accounts[3].name", "limited");
        properties.put("rolesmith.accounts[3].kind", "sandbox");
        properties.put("rolesmith.accounts[3].role-path-prefix", "/workloads/");
        properties.put("rolesmith.accounts[3].permitted-boundaries[0]", BOUNDARY);
        properties.put(
                "rolesmith.accounts[3].managed-policies.team-boundary",
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}");
        properties.put("rolesmith.accounts[4].id", "000000000004");
        properties.put("rolesmith.accounts[4].name", "elsewhere");
        properties.put("rolesmith.accounts[4].endpoint", "http://127.0.0.1:1");
        properties.put("rolesmith.accounts[4].role-arn", "arn:aws:iam::999999999999:role/Provisioner");
        rolesmith = TestRolesmith.start(properties);
    }

    @AfterAll
    static void stop() {
        rolesmith.close();
        iam.close();
        session.close();
    }

    private static Answer get(String account, String query) {
        return rolesmith.get(
                "/accounts/" + account + "/provisioner-policy" + query,
                rolesmith.issuer().token("operator", "admin"));
    }

    private static JsonNode json(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        return answer.json();
    }

    // --- reading it

    @Test
    void aSandboxTellsWhatAnAccountOfAwsWouldNeed() {
        JsonNode told = json(get("retail-dev", ""));

        assertThat(told.get("account").asString()).isEqualTo("123456789012");
        assertThat(told.get("principalArn").asString())
                .isEqualTo("arn:aws:iam::123456789012:role/RolesmithProvisioner");
        assertThat(told.at("/policy/Statement").findValuesAsString("Sid")).contains("CreateRoles", "NeverItself");
        assertThat(told.get("policy").toString()).contains("\"aws:RequestTag/rolesmith:installation\":\"test\"");
        assertThat(told.at("/size/characters").asInt())
                .isEqualTo(told.get("policy").toString().length())
                .isLessThan(told.at("/size/limit").asInt());
        assertThat(told.at("/trustPolicy/Statement/0/Principal/AWS").asString())
                .isEqualTo("REPLACE_WITH_THE_ARN_OF_ROLESMITHS_PRINCIPAL");
        assertThat(told.get("findings").findValuesAsString("code"))
                .containsExactly("SANDBOX_ACCOUNT", "ROLES_UNBOUNDED", "PRINCIPAL_UNKNOWN");
    }

    @Test
    void theRoleThatIsAssumedTrustsWhoWeAreAndAsksForTheExternalId() {
        JsonNode told = json(get("assumed", "?format=json"));

        assertThat(told.get("principalArn").asString())
                .isEqualTo("arn:aws:iam::000000000002:role/platform/Provisioner");
        assertThat(told.get("trustPolicy").toString())
                .isEqualTo("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"Rolesmith\",\"Effect\":\"Allow\","
                        + "\"Principal\":{\"AWS\":\"arn:aws:iam::210987654321:role/Rolesmith\"},\"Action\":\"sts:AssumeRole\","
                        + "\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":\"rolesmith:1\"}}}]}");
        assertThat(told.get("findings").findValuesAsString("code"))
                .containsExactly("ROLES_UNBOUNDED", "PRINCIPAL_PATH_UNKNOWN");

        JsonNode named = json(get("assumed", "?principal=" + HUB));
        assertThat(named.at("/trustPolicy/Statement/0/Principal/AWS").asString())
                .isEqualTo(HUB);
        assertThat(named.get("findings").findValuesAsString("code")).containsExactly("ROLES_UNBOUNDED");
    }

    @Test
    void templatesAreTextThatNamesWhoAssumes() {
        Answer terraform = get("assumed", "?format=terraform&principal=" + HUB);
        assertThat(terraform.status()).as("%s", terraform).isEqualTo(200);
        assertThat(terraform.header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
        assertThat(terraform.body())
                .contains("resource \"aws_iam_role\" \"rolesmith\"", "path        = \"/platform/\"", HUB);

        Answer cloudFormation = get("assumed", "?format=cloudformation");
        assertThat(cloudFormation.status()).as("%s", cloudFormation).isEqualTo(200);
        assertThat(cloudFormation.header("Content-Type")).isEqualTo("application/yaml");
        assertThat(cloudFormation.body())
                .contains("RoleName: \"Provisioner\"", "Default: \"arn:aws:iam::210987654321:role/Rolesmith\"");
    }

    @Test
    void whereNoRoleIsAssumedThereIsAPolicyForWhoWeAreAndNoTemplate() {
        JsonNode told = json(get("as-it-is", ""));
        assertThat(told.get("principalArn").asString()).isEqualTo("arn:aws:iam::000000000001:user/rolesmith");
        assertThat(told.has("trustPolicy")).isFalse();

        Answer refused = get("as-it-is", "?format=terraform");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().get("code").asString()).isEqualTo("no-provisioner-role");
        assertThat(get("elsewhere", "?format=cloudformation")
                        .json()
                        .get("detail")
                        .asString())
                .isEqualTo("The role that Rolesmith assumes is none of the account 000000000004:"
                        + " arn:aws:iam::999999999999:role/Provisioner");
    }

    @Test
    void onlyAnAdministratorReadsIt() {
        Answer denied = rolesmith.get("/accounts/retail-dev/provisioner-policy", rolesmith.portal());

        assertThat(denied.status()).isEqualTo(403);
        assertThat(denied.json().get("code").asString()).isEqualTo("scope-missing");
        assertThat(rolesmith.auditTrail().toString()).contains("provisioner-policy");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?format=xml",
                "?format=JSON",
                "?principal=arn:aws:iam::210987654321:root",
                "?principal=*",
                "?principal=arn:aws-cn:iam::210987654321:role/Rolesmith",
                "?principal=arn:aws:iam::210987654321:role/$%7Bevil%7D"
            })
    void aParameterThatCannotBeReadIsAProblem(String query) {
        Answer refused = get("retail-dev", query);

        assertThat(refused.status()).as("%s", refused).isEqualTo(400);
        assertThat(refused.json().get("code").asString()).isEqualTo("invalid-parameter");
        assertThat(refused.json().at("/findings/0/remedy").asString()).isNotBlank();
    }

    @Test
    void anAccountThatIsNotThereIsNotFound() {
        assertThat(get("nowhere", "").status()).isEqualTo(404);
    }

    // --- being held to it

    private static Answer ask(String members) {
        return rolesmith.post("/role-requests", rolesmith.portal(), """
                {"accounts": ["limited"], "team": "retail-store", "roles": [{"name": "worker", %s
                 "trustPolicy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                   "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}}]}
                """.formatted(members));
    }

    private static void refused(String members, String code, String pointer) {
        Answer refused = ask(members);
        assertThat(refused.status()).as("%s", refused).isEqualTo(422);
        assertThat(refused.json().at("/findings/0/code").asString()).isEqualTo(code);
        assertThat(refused.json().at("/findings/0/pointer").asString()).isEqualTo(pointer);
    }

    @Test
    void aRoleBeyondTheLimitsOfItsAccountIsRefusedBeforeIamRefusesIt() {
        String boundary = "\"permissionsBoundaryArn\": \"" + BOUNDARY + "\",";
        String path = "\"path\": \"/workloads/store/\",";
        refused(boundary, "PATH_NOT_PERMITTED", "/roles/0/path");
        refused("\"path\": \"/workloads2/\"," + boundary, "PATH_NOT_PERMITTED", "/roles/0/path");
        refused(path, "BOUNDARY_NOT_PERMITTED", "/roles/0/permissionsBoundaryArn");
        refused(
                path + "\"permissionsBoundaryArn\": \"arn:aws:iam::aws:policy/PowerUserAccess\",",
                "BOUNDARY_NOT_PERMITTED",
                "/roles/0/permissionsBoundaryArn");

        Answer made = ask(path + boundary);
        assertThat(made.status()).as("%s", made).isEqualTo(201);
        assertThat(ask(path + "\"description\": \"keeps the boundary that it has\",")
                        .status())
                .isEqualTo(201);
        refused(
                path + "\"permissionsBoundaryArn\": null,",
                "BOUNDARY_NOT_PERMITTED",
                "/roles/0/permissionsBoundaryArn");
    }
}
