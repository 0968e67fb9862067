package io.rolesmith.policy.check;

import static io.rolesmith.policy.FindingAssert.assertThatFinding;
import static io.rolesmith.policy.FindingAssert.assertThatOnly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.PolicyReader;
import io.rolesmith.policy.PolicySource;
import io.rolesmith.policy.Severity;
import io.rolesmith.policy.Variables;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyCheckTests {

    private static final String TRUST = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
            + "\"Principal\":{\"Service\":\"ecs-tasks.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}";
    private static final String SERVICE = "{\"Service\":\"ecs-tasks.amazonaws.com\"}";
    private static final String IDENTITY = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
            + "\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::bucket/*\"}]}";

    @Test
    void hasNothingToSayOfGoodPolicies() {
        assertThat(trust(TRUST)).isEmpty();
        assertThat(identity(IDENTITY)).isEmpty();
    }

    @Nested
    class AnyPolicy {

        @ParameterizedTest
        @ValueSource(strings = {"Read_1", "read-only", "a b", "é", "a."})
        void hasSidsOfLettersAndDigits(String sid) {
            assertThatOnly(identity(IDENTITY.replace("{\"Effect\"", "{\"Sid\":\"" + sid + "\",\"Effect\"")))
                    .isError("UNSUPPORTED_SID")
                    .isAt("/Statement/0/Sid");
        }

        @Test
        void namesTheCharacterThatNoSidMayHave() {
            assertThatOnly(identity(IDENTITY.replace("{\"Effect\"", "{\"Sid\":\"read-only\",\"Effect\"")))
                    .says("The Sid \"read-only\" holds '-', only letters and digits are allowed.")
                    .advises("Use A–Z, a–z and 0–9 only.");
        }

        @Test
        void hasEachSidOnce() {
            String statement = "{\"Sid\":\"Same\",\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}";

            assertThatOnly(identity(statements(statement + "," + statement)))
                    .isError("UNIQUE_SIDS_REQUIRED")
                    .isAt("/Statement/1/Sid")
                    .says("The Sid \"Same\" is already that of /Statement/0, and must be unique within the policy.");
        }

        @Test
        void mayHaveSidsThatDifferInCase() {
            assertThat(identity(statements("{\"Sid\":\"a\",\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"},"
                            + "{\"Sid\":\"A\",\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}")))
                    .isEmpty();
        }

        @Test
        void mayHaveEmptySids() {
            String statement = "{\"Sid\":\"\",\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}";

            assertThat(identity(statements(statement + "," + statement)))
                    .hasSize(2)
                    .allSatisfy(finding -> assertThatFinding(finding).has(Severity.SUGGESTION, "EMPTY_SID_VALUE"));
        }

        @Test
        void shouldStateItsVersion() {
            assertThatOnly(identity(IDENTITY.replace("\"Version\":\"2012-10-17\",", "")))
                    .has(Severity.WARNING, "MISSING_VERSION")
                    .isAt("")
                    .says("The policy has no Version, so IAM takes policy variables in it as plain text.");
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("io.rolesmith.policy.check.PolicyCheckTests#knownOperators")
        void mayUseEveryOperatorOfIam(String operator) {
            assertThat(identity(conditionOn(operator).replace("\"true\"", "\"" + valueFor(operator) + "\"")))
                    .isEmpty();
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource({
            "stringEquals, 'Did you mean \"StringEquals\"?'",
            "StringEqual, 'Did you mean \"StringEquals\"?'",
            "ArnEqualsIfExist, 'Use an operator such as StringEquals, ArnLike or Bool.'",
            "ForSomeValues:StringEquals, 'Use an operator such as StringEquals, ArnLike or Bool.'",
            "IfExists, 'Use an operator such as StringEquals, ArnLike or Bool.'",
            "StringEqualsIfExistsIfExists, 'Use an operator such as StringEquals, ArnLike or Bool.'"
        })
        void mayUseNoOtherOperator(String operator, String remedy) {
            assertThatOnly(identity(conditionOn(operator)))
                    .isError("INVALID_CONDITION_OPERATOR")
                    .isAt("/Statement/0/Condition/" + operator)
                    .says("\"" + operator + "\" is not a condition operator of IAM.")
                    .advises(remedy);
        }

        @ParameterizedTest
        @ValueSource(strings = {"NullIfExists", "ForAnyValue:NullIfExists"})
        void mayNotAskForNullIfExists(String operator) {
            assertThatOnly(identity(conditionOn(operator)))
                    .isError("NULL_WITH_IF_EXISTS")
                    .isAt("/Statement/0/Condition/" + operator);
        }

        @ParameterizedTest
        @ValueSource(strings = {"SourceAccount", ":SourceAccount", "aws:", ""})
        void hasConditionKeysWithAPrefix(String key) {
            assertThatOnly(identity(conditionOn("StringEquals").replace("aws:x", key)))
                    .isError("INVALID_CONDITION_KEY_FORMAT")
                    .isAt("/Statement/0/Condition/StringEquals/" + key)
                    .says("The condition key \"" + key + "\" does not have the form prefix:name.");
        }

        @ParameterizedTest
        @ValueSource(strings = {"a ws:SourceAccount", "aw*:SourceAccount", "${aws:x}:y", " aws:SourceAccount"})
        void hasConditionKeysWhosePrefixIsWrittenOut(String key) {
            assertThatOnly(identity(conditionOn("StringEquals").replace("aws:x", key)))
                    .isError("INVALID_CONDITION_KEY_FORMAT")
                    .isAt("/Statement/0/Condition/StringEquals/" + key)
                    .says("The prefix of the condition key \"" + key
                            + "\" holds a wildcard, a variable or white space.");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "aws:ResourceTag/Cost Center",
                    "aws:ResourceTag/aws:cloudformation:stack-name",
                    "oidc.eks.us-east-1.amazonaws.com/id/ABC:sub",
                    "saml:aud"
                })
        void mayHaveConditionKeysWithAnythingBehindThePrefix(String key) {
            assertThat(identity(conditionOn("StringEquals").replace("aws:x", key)))
                    .isEmpty();
        }

        @Test
        void hasExactlyOneOfActionAndNotAction() {
            assertThatOnly(identity(IDENTITY.replace("\"Resource\"", "\"NotAction\":\"s3:*\",\"Resource\"")))
                    .isError("UNSUPPORTED_ELEMENT_COMBINATION")
                    .isAt("/Statement/0/NotAction")
                    .says("The statement has both Action and NotAction, only one is allowed.");
            assertThatOnly(identity(IDENTITY.replace("\"Action\":\"s3:GetObject\",", "")))
                    .isError("MISSING_ACTION")
                    .isAt("/Statement/0")
                    .says("The statement has no Action.");
            assertThatOnly(identity(IDENTITY.replace("\"s3:GetObject\"", "[]")))
                    .isError("MISSING_ACTION")
                    .isAt("/Statement/0/Action")
                    .says("The statement's Action is empty.");
            assertThatOnly(identity(IDENTITY.replace("\"Action\":\"s3:GetObject\"", "\"NotAction\":[]")))
                    .isError("MISSING_ACTION")
                    .isAt("/Statement/0/NotAction")
                    .says("The statement's NotAction is empty.");
        }

        @Test
        void isReportedWhollyAndInItsOrder() {
            PolicyDocument document = PolicyReader.read(
                            new PolicySource(
                                    "{\"Statement\": [{\"Effect\": \"Allow\",\n  \"Resource\": \"x\", \"Action\": [\"a:b\",\n"
                                            + "  \"y\"]},\n {\"Sid\": \"_\", \"Effect\": \"Deny\"}]}",
                                    true),
                            Variables.of(Map.of()))
                    .document()
                    .orElseThrow();

            assertThat(PolicyCheck.refusals(document, PolicyKind.IDENTITY, "aws"))
                    .extracting(Finding::code, Finding::pointer, Finding::line, Finding::column)
                    .containsExactly(
                            tuple("MISSING_VERSION", "", 1, 1),
                            tuple("INVALID_ARN_PREFIX", "/Statement/0/Resource", 2, 15),
                            tuple("INVALID_ACTION", "/Statement/0/Action/1", 3, 3),
                            tuple("MISSING_ACTION", "/Statement/1", 4, 2),
                            tuple("MISSING_RESOURCE", "/Statement/1", 4, 2),
                            tuple("UNSUPPORTED_SID", "/Statement/1/Sid", 4, 10));
        }
    }

    @Nested
    class ATrustPolicy {

        @Test
        void namesNoResource() {
            assertThatOnly(trust(TRUST.replace("\"Action\"", "\"Resource\":\"*\",\"Action\"")))
                    .isError("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE")
                    .isAt("/Statement/0/Resource")
                    .hasNoPlace()
                    .says("Resource is not allowed in a trust policy, which always speaks of its own role.")
                    .advises("Remove Resource.");
            assertThatOnly(trust(TRUST.replace("\"Action\"", "\"NotResource\":[],\"Action\"")))
                    .isError("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE")
                    .isAt("/Statement/0/NotResource");
        }

        @Test
        void hasAPrincipal() {
            assertThatOnly(trust(TRUST.replace("\"Principal\":" + SERVICE + ",", "")))
                    .isError("MISSING_PRINCIPAL")
                    .isAt("/Statement/0")
                    .says("The statement has no Principal.");
            assertThatOnly(trustOf("{\"AWS\":[]}"))
                    .isError("MISSING_PRINCIPAL")
                    .isAt("/Statement/0/Principal")
                    .says("The statement's Principal is empty.");
        }

        @Test
        void hasNoNotPrincipal() {
            assertThatOnly(trust(TRUST.replace("\"Principal\"", "\"NotPrincipal\"")))
                    .isError("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL")
                    .isAt("/Statement/0/NotPrincipal")
                    .says("NotPrincipal is not allowed in a trust policy.");
        }

        @ParameterizedTest
        @CsvSource({
            "sts:AssumeRole, '{\"Service\":\"ecs-tasks.amazonaws.com\"}'",
            "sts:AssumeRoleWithSAML, '{\"Federated\":\"arn:aws:iam::123456789012:saml-provider/Okta\"}'",
            "sts:AssumeRoleWithWebIdentity, '{\"Federated\":\"arn:aws:iam::123456789012:oidc-provider/idp.example\"}'",
            "sts:TagSession, '{\"Service\":\"ecs-tasks.amazonaws.com\"}'",
            "sts:SetSourceIdentity, '{\"Service\":\"ecs-tasks.amazonaws.com\"}'",
            "sts:SetContext, '{\"Service\":\"ecs-tasks.amazonaws.com\"}'"
        })
        void mayAllowTheSixActions(String action, String principal) {
            assertThat(trust(TRUST.replace("sts:AssumeRole", action).replace(SERVICE, principal)))
                    .isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "*",
                    "sts:*",
                    "sts:AssumeRole*",
                    "sts:assumerole",
                    "STS:AssumeRole",
                    "sts:AssumeRoot",
                    "sts:GetCallerIdentity",
                    "s3:GetObject",
                    ""
                })
        void mayAllowNoOtherAction(String action) {
            assertThatOnly(trust(TRUST.replace("sts:AssumeRole", action)))
                    .isError("UNSUPPORTED_ACTION_IN_POLICY")
                    .isAt("/Statement/0/Action")
                    .says("The action \"" + action + "\" is not allowed in a trust policy.");
        }

        @Test
        void namesTheActionThatWasProbablyMeant() {
            assertThatOnly(trust(TRUST.replace("\"sts:AssumeRole\"", "[\"sts:TagSession\",\"sts:assumerole\"]")))
                    .isAt("/Statement/0/Action/1")
                    .advises("Did you mean \"sts:AssumeRole\"?");
        }

        @Test
        void hasNoNotAction() {
            assertThatOnly(trust(TRUST.replace("\"Action\"", "\"NotAction\"")))
                    .isError("UNSUPPORTED_ACTION_IN_POLICY")
                    .isAt("/Statement/0/NotAction");
        }

        @Test
        void doesNotTrustABareStar() {
            assertThatOnly(trustOf("\"*\""))
                    .isError("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL")
                    .isAt("/Statement/0/Principal")
                    .says("The principal \"*\" is not allowed in a trust policy.");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "*",
                    "123456789012",
                    "1234-5678-9012",
                    "arn:aws:iam::123456789012:root",
                    "arn:aws:iam::123456789012:user/anna",
                    "arn:aws:iam::123456789012:user/team/anna",
                    "arn:aws:iam::123456789012:role/service-role/App",
                    "arn:aws:sts::123456789012:assumed-role/App/session",
                    "arn:aws:sts::123456789012:federated-user/anna"
                })
        void mayTrustAwsPrincipals(String principal) {
            assertThat(trustOf("{\"AWS\":\"" + principal + "\"}")).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "12345",
                    "1234567890123",
                    "123456789012 ",
                    "12345678901a",
                    "anna",
                    "ecs-tasks.amazonaws.com",
                    "arn:aws:iam::123456789012",
                    "arn:aws:iam::123456789012:",
                    "arn:aws:iam::123456789012:root ",
                    "arn:aws:iam::123456789012:user/",
                    "arn:aws:iam::123456789012:role/App ",
                    "arn:aws:iam::1234:role/App",
                    "arn:aws:iam:us-east-1:123456789012:role/App",
                    "arn:aws:iam::123456789012:policy/App",
                    "arn:aws:iam::123456789012:instance-profile/App",
                    "arn:aws:sts::123456789012:assumed-role/App",
                    "arn:aws:s3:::bucket"
                })
        void mayTrustNoOtherShape(String principal) {
            assertThatOnly(trustOf("{\"AWS\":[\"" + principal + "\"]}"))
                    .isError("INVALID_PRINCIPAL_FORMAT")
                    .isAt("/Statement/0/Principal/AWS/0")
                    .says("The principal \"" + principal
                            + "\" is neither an account id nor the ARN of an account root, user, role or session.")
                    .advises("Write a 12-digit account id, or an ARN such as arn:aws:iam::<account id>:role/<name>.");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "arn:aws:iam::123456789012:user/*",
                    "arn:aws:iam::123456789012:*",
                    "arn:aws:iam::*:root",
                    "arn:aws:sts::123456789012:assumed-role/App/*",
                    "12345678901?"
                })
        void mayNotTrustWildcards(String principal) {
            assertThatOnly(trustOf("{\"AWS\":\"" + principal + "\"}"))
                    .isError("UNSUPPORTED_WILDCARD_IN_PRINCIPAL")
                    .isAt("/Statement/0/Principal/AWS")
                    .says("The principal \"" + principal
                            + "\" holds a wildcard, which IAM does not take in a principal.")
                    .advises("Trust the account and narrow it with ArnLike on aws:PrincipalArn.");
        }

        @Test
        void mayNotTrustGroups() {
            assertThatOnly(trustOf("{\"AWS\":\"arn:aws:iam::123456789012:group/admins\"}"))
                    .isError("UNSUPPORTED_PRINCIPAL")
                    .says("The principal \"arn:aws:iam::123456789012:group/admins\" is a group, which cannot be a"
                            + " principal.");
        }

        @Test
        void mayNotTrustWhatIsLeftOfADeletedPrincipal() {
            assertThatOnly(trustOf("{\"AWS\":\"AROAIIIIIIIIIIIIIIIII\"}"))
                    .isError("INVALID_ROLE_REFERENCE")
                    .says("The principal \"AROAIIIIIIIIIIIIIIIII\" is what IAM leaves of a deleted role.");
            assertThatOnly(trustOf("{\"AWS\":\"AIDAIIIIIIIIIIIIIIIII\"}")).isError("INVALID_USER_REFERENCE");
        }

        @Test
        void trustsItsOwnPartitionOnly() {
            assertThatOnly(trustOf("{\"AWS\":\"arn:aws-cn:iam::123456789012:root\"}"))
                    .isError("INVALID_PARTITION")
                    .says(
                            "The principal \"arn:aws-cn:iam::123456789012:root\" is of partition \"aws-cn\", the account is"
                                    + " in \"aws\".");
            assertThat(PolicyCheck.refusals(
                            PolicyDocument.parse(
                                    TRUST.replace(SERVICE, "{\"AWS\":\"arn:aws-cn:iam::123456789012:root\"}")),
                            PolicyKind.TRUST,
                            "aws-cn"))
                    .isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"ec2.amazonaws.com", "pods.eks.amazonaws.com", "ec2.amazonaws.com.cn"})
        void mayTrustServices(String service) {
            assertThat(trustOf("{\"Service\":\"" + service + "\"}")).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "ecs-tasks",
                    "ecs-tasks.amazonaws.com ",
                    "https://ec2.amazonaws.com",
                    "lambda.example.com",
                    ".amazonaws.com",
                    "123456789012"
                })
        void mayTrustNothingElseAsAService(String service) {
            assertThatOnly(trustOf("{\"Service\":\"" + service + "\"}"))
                    .isError("INVALID_SERVICE_PRINCIPAL_FORMAT")
                    .isAt("/Statement/0/Principal/Service")
                    .says("The service principal \"" + service + "\" does not have the form <service>.amazonaws.com.");
        }

        @ParameterizedTest
        @ValueSource(strings = {"Service", "Federated"})
        void mayNotTrustEveryoneOfAKind(String kind) {
            assertThatOnly(trustOf("{\"" + kind + "\":\"*\"}"))
                    .isError("UNSUPPORTED_WILDCARD_IN_PRINCIPAL")
                    .isAt("/Statement/0/Principal/" + kind)
                    .says("The " + kind + " principal \"*\" holds a wildcard, which IAM does not take in a principal.");
        }

        @ParameterizedTest
        @CsvSource({
            "arn:aws:iam::123456789012:saml-provider/Okta, sts:AssumeRoleWithSAML",
            "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/ABC, sts:AssumeRoleWithWebIdentity",
            "arn:aws:iam::123456789012:oidc-provider/sts.windows.net/0f3a/, sts:AssumeRoleWithWebIdentity"
        })
        void mayTrustFederations(String provider, String action) {
            assertThat(trust(TRUST.replace(SERVICE, "{\"Federated\":\"" + provider + "\"}")
                            .replace("sts:AssumeRole", action)))
                    .isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "token.actions.githubusercontent.com",
                    "arn:aws:iam::123456789012:role/App",
                    "arn:aws:iam::123456789012:oidc-provider/",
                    "arn:aws:iam::123456789012:oidc-provider//",
                    "arn:aws:iam::123456789012:saml-provider/Okta/",
                    "arn:aws:iam:::oidc-provider/x"
                })
        void mayTrustNoOtherFederation(String provider) {
            assertThatOnly(trustOf("{\"Federated\":\"" + provider + "\"}"))
                    .isError("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY")
                    .isAt("/Statement/0/Principal/Federated");
        }

        @Test
        void mayNotTrustCanonicalUsers() {
            assertThatOnly(trustOf(
                            "{\"CanonicalUser\":\"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be\"}"))
                    .isError("UNSUPPORTED_PRINCIPAL")
                    .isAt("/Statement/0/Principal/CanonicalUser")
                    .says("A CanonicalUser cannot be trusted by a role.");
        }

        @ParameterizedTest(name = "{0} characters")
        @ValueSource(ints = {2047, 2048})
        void fitsTheDefaultQuota(int size) {
            assertThat(trust(ofSize(TRUST, size))).isEmpty();
        }

        @ParameterizedTest(name = "{0} characters")
        @ValueSource(ints = {2049, 8191, 8192})
        void mayNeedARaisedQuota(int size) {
            assertThatOnly(trust(ofSize(TRUST, size)))
                    .has(Severity.WARNING, "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA")
                    .isAt("")
                    .says("The trust policy has " + size
                            + " characters, more than the 2048 that an account has by default.");
        }

        @Test
        void mayNotExceedEveryQuota() {
            assertThatOnly(trust(ofSize(TRUST, 8193)))
                    .isError("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA")
                    .says("The trust policy has 8193 characters, no account can have more than 8192.");
        }
    }

    @Nested
    class AnIdentityPolicy {

        @ParameterizedTest
        @ValueSource(strings = {"Principal", "NotPrincipal"})
        void namesNoPrincipal(String element) {
            assertThatOnly(identity(IDENTITY.replace("\"Action\"", "\"" + element + "\":{\"AWS\":\"*\"},\"Action\"")))
                    .isError("UNSUPPORTED_PRINCIPAL")
                    .isAt("/Statement/0/" + element)
                    .says(element + " is not allowed in an identity policy.")
                    .advises("Remove " + element + "; who may assume the role is said in its trust policy.");
        }

        @ParameterizedTest
        @ValueSource(strings = {"*", "s3:*", "s3:Get*", "S3:getobject", "execute-api:Invoke", "a4b:x?", "iam:*Role*"})
        void mayNameActions(String action) {
            assertThat(identity(IDENTITY.replace("s3:GetObject", action))).isEmpty();
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource({
            "GetObject, INVALID_ACTION, does not begin with a service's prefix and a colon.",
            "'', INVALID_ACTION, does not begin with a service's prefix and a colon.",
            ":GetObject, INVALID_ACTION, does not begin with a service's prefix and a colon.",
            "s3*, INVALID_ACTION, does not begin with a service's prefix and a colon.",
            "s3:Get:Object, INVALID_ACTION, holds more than one colon.",
            "s*:GetObject, INVALID_SERVICE_IN_ACTION, holds a wildcard in its service's prefix.",
            "*:*, INVALID_SERVICE_IN_ACTION, holds a wildcard in its service's prefix.",
            "s3:, INVALID_ACTION, is not a prefix and a name of letters and digits.",
            "s3:Get Object, INVALID_ACTION, is not a prefix and a name of letters and digits.",
            "'s3:GetObject,s3', INVALID_ACTION, is not a prefix and a name of letters and digits."
        })
        void mayNameNothingElseAsAnAction(String action, String code, String message) {
            assertThatOnly(identity(IDENTITY.replace("s3:GetObject", action)))
                    .isError(code)
                    .isAt("/Statement/0/Action")
                    .says("The action \"" + action + "\" " + message);
            assertThatOnly(identity(
                            IDENTITY.replace("\"Action\":\"s3:GetObject\"", "\"NotAction\":[\"" + action + "\"]")))
                    .isError(code)
                    .isAt("/Statement/0/NotAction/0");
        }

        @Test
        void hasExactlyOneOfResourceAndNotResource() {
            assertThatOnly(identity(IDENTITY.replace("\"Action\"", "\"NotResource\":\"*\",\"Action\"")))
                    .isError("UNSUPPORTED_ELEMENT_COMBINATION")
                    .isAt("/Statement/0/NotResource")
                    .says("The statement has both Resource and NotResource, only one is allowed.");
            assertThatOnly(identity(IDENTITY.replace(",\"Resource\":\"arn:aws:s3:::bucket/*\"", "")))
                    .isError("MISSING_RESOURCE")
                    .isAt("/Statement/0")
                    .says("The statement has no Resource.")
                    .advises("Name at least one resource, or \"*\" where the actions know none.");
            assertThatOnly(identity(IDENTITY.replace("\"arn:aws:s3:::bucket/*\"", "[]")))
                    .isError("MISSING_RESOURCE")
                    .isAt("/Statement/0/Resource");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "*",
                    "arn:aws:s3:::*",
                    "arn:*:s3:::bucket",
                    "arn:aws:ec2:*:*:instance/*",
                    "arn:aws:s3:us-east-1:123456789012:accesspoint/point",
                    "arn:aws:s3:::bucket/${aws:username}/a:b",
                    "arn:aws:s3:*:123456789012:*",
                    "arn:aws:iam::123456789012:role/a:b",
                    "arn:aws:iam::*:role/*"
                })
        void mayNameResources(String resource) {
            assertThat(identity(IDENTITY.replace("arn:aws:s3:::bucket/*", resource)))
                    .isEmpty();
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "bucket | INVALID_ARN_PREFIX | The resource \"bucket\" is neither \"*\" nor an ARN.",
                    "'' | INVALID_ARN_PREFIX | The resource \"\" is neither \"*\" nor an ARN.",
                    "** | INVALID_ARN_PREFIX | The resource \"**\" is neither \"*\" nor an ARN.",
                    "ARN:aws:s3:::b | INVALID_ARN_PREFIX | The resource \"ARN:aws:s3:::b\" is neither \"*\" nor an ARN.",
                    "arn:aws:s3:b | MISSING_ARN_FIELD | The resource \"arn:aws:s3:b\" has 4 segments, an ARN has at least 6.",
                    "arn:* | MISSING_ARN_FIELD | The resource \"arn:*\" has 2 segments, an ARN has at least 6.",
                    "arn:aws-cn:s3:::b | INVALID_PARTITION | The resource \"arn:aws-cn:s3:::b\" is of partition \"aws-cn\", the account is in \"aws\".",
                    "arn:aws*:s3:::b | INVALID_PARTITION | The resource \"arn:aws*:s3:::b\" is of partition \"aws*\", the account is in \"aws\".",
                    "arn:aws:*:::b | INVALID_SERVICE | The resource \"arn:aws:*:::b\" does not spell out its service.",
                    "arn:aws:s?:::b | INVALID_SERVICE | The resource \"arn:aws:s?:::b\" does not spell out its service.",
                    "arn:aws::::b | INVALID_SERVICE | The resource \"arn:aws::::b\" does not spell out its service.",
                    "arn:aws:s3:us-east-1::b | ARN_REGION_NOT_ALLOWED | The resource \"arn:aws:s3:us-east-1::b\" names the region \"us-east-1\", but such ARNs have none.",
                    "arn:aws:s3:my-bucket:*:* | ARN_REGION_NOT_ALLOWED | The resource \"arn:aws:s3:my-bucket:*:*\" names the region \"my-bucket\", but such ARNs have none.",
                    "arn:aws:iam:us-east-1:123456789012:role/r | ARN_REGION_NOT_ALLOWED | The resource \"arn:aws:iam:us-east-1:123456789012:role/r\" names the region \"us-east-1\", but such ARNs have none.",
                    "arn:aws:s3::123456789012:b | ARN_ACCOUNT_NOT_ALLOWED | The resource \"arn:aws:s3::123456789012:b\" names the account \"123456789012\", but ARNs of buckets have none."
                })
        void mayNameNothingElseAsAResource(String resource, String code, String message) {
            assertThatOnly(identity(IDENTITY.replace("arn:aws:s3:::bucket/*", resource)))
                    .isError(code)
                    .isAt("/Statement/0/Resource")
                    .says(message);
            assertThatOnly(identity(IDENTITY.replace(
                            "\"Resource\":\"arn:aws:s3:::bucket/*\"", "\"NotResource\":[\"*\",\"" + resource + "\"]")))
                    .isError(code)
                    .isAt("/Statement/0/NotResource/1");
        }

        @ParameterizedTest(name = "{0} characters")
        @ValueSource(ints = {10_239, 10_240})
        void fitsTheQuotaOfInlinePolicies(int size) {
            assertThat(identity(ofSize(IDENTITY, size))).isEmpty();
        }

        @Test
        void mayNotExceedTheQuotaOfInlinePolicies() {
            assertThatOnly(identity(ofSize(IDENTITY, 10_241)))
                    .isError("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA")
                    .isAt("")
                    .says("The policy has 10241 characters, all inline policies of a role may have 10240 together.");
        }
    }

    static List<String> knownOperators() {
        // From IAM's reference, not from the code: every comparison, with what may stand around it.
        return Arrays.stream(("StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike"
                                + " StringNotLike NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals"
                                + " NumericGreaterThan NumericGreaterThanEquals DateEquals DateNotEquals DateLessThan"
                                + " DateLessThanEquals DateGreaterThan DateGreaterThanEquals Bool BinaryEquals IpAddress"
                                + " NotIpAddress ArnEquals ArnLike ArnNotEquals ArnNotLike Null"
                                + " StringEqualsIfExists BoolIfExists ArnNotLikeIfExists ForAllValues:StringLike"
                                + " ForAnyValue:ArnLike ForAllValues:StringEqualsIfExists ForAnyValue:Null")
                        .split(" "))
                .toList();
    }

    private static String valueFor(String operator) {
        return operator.contains("Numeric")
                ? "1"
                : operator.contains("Date")
                        ? "2026-01-31"
                        : operator.contains("Arn") ? "*" : operator.contains("Ip") ? "10.0.0.0/8" : "true";
    }

    private static List<Finding> trust(String json) {
        return PolicyCheck.refusals(PolicyDocument.parse(json), PolicyKind.TRUST, "aws");
    }

    private static List<Finding> trustOf(String principal) {
        return trust(TRUST.replace(SERVICE, principal));
    }

    private static List<Finding> identity(String json) {
        return PolicyCheck.refusals(PolicyDocument.parse(json), PolicyKind.IDENTITY, "aws");
    }

    private static String statements(String statements) {
        return "{\"Version\":\"2012-10-17\",\"Statement\":[" + statements + "]}";
    }

    private static String conditionOn(String operator) {
        return IDENTITY.replace("\"Action\"", "\"Condition\":{\"" + operator + "\":{\"aws:x\":\"true\"}},\"Action\"");
    }

    private static String ofSize(String json, int size) {
        String sid = "\"Sid\":\"\",";
        return json.replace(
                "{\"Effect\"", "{\"Sid\":\"" + "x".repeat(size - json.length() - sid.length()) + "\",\"Effect\"");
    }
}
