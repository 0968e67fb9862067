package io.rolesmith.policy.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Severity;
import io.rolesmith.policy.access.MatchedStatement;
import io.rolesmith.policy.access.NamedPolicy;
import io.rolesmith.policy.access.Permissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class EscalationCheckTests {

    static final List<EscalationPath> PATHS = EscalationPaths.all();

    private static final String ROLE = "arn:aws:iam::123456789012:role/shop/cart";

    private static final String RUN = allow("ec2:RunInstances", "*");

    @ParameterizedTest(name = "{0}")
    @FieldSource("PATHS")
    void isFoundWhereAllStepsAreAllowedAndNowhereElse(EscalationPath path) {
        List<String> statements = new ArrayList<>();
        // Some go by tags only.
        statements.add(allow("s3:GetObject", "*", condition("StringEquals", "aws:PrincipalTag/team", "a")));
        path.steps().forEach(step -> statements.add(allow(step.actions().getLast(), "*")));

        assertThat(paths(policy(String.join(",", statements)))).contains(path.name());

        for (int missing = 1; missing < statements.size(); missing++) {
            List<String> rest = new ArrayList<>(statements);
            rest.remove(missing);
            assertThat(paths(policy(String.join(",", rest)))).doesNotContain(path.name());
        }
    }

    @Test
    void namesThePathAndTheStatements() {
        List<Escalation> found = EscalationCheck.findings(new Permissions(
                List.of(named("pass", allow("iam:PassRole", "*")), named("run", allow("s3:*", "*") + "," + RUN)),
                Optional.empty()));

        assertThat(found).hasSize(1);
        assertThat(found.getFirst().statements())
                .extracting(MatchedStatement::policy, MatchedStatement::pointer)
                .containsExactly(tuple("pass", "/Statement/0"), tuple("run", "/Statement/1"));
        Finding finding =
                found.getFirst().finding(statement -> "/inlinePolicies/" + statement.policy() + statement.pointer());
        assertThat(finding.severity()).isEqualTo(Severity.SECURITY_WARNING);
        assertThat(finding.code()).isEqualTo("PRIVILEGE_ESCALATION");
        assertThat(finding.link()).isPresent();
        assertThat(finding.pointer()).isEqualTo("/inlinePolicies/pass/Statement/0");
        assertThat(finding.message())
                .isEqualTo(
                        "The role can run something of its own under any role by iam:PassRole with ec2:RunInstances; it"
                                + " takes this and /Statement/1 of \"run\".");
        assertThat(finding.remedy())
                .isEqualTo("Name the resources that are meant, or have a permissions boundary demanded.");
    }

    @Test
    void saysOfAnAdministratorOnlyOnceThatThereAreManyWays() {
        List<Escalation> found = EscalationCheck.findings(permissions(policy(allow("*", "*"))));

        assertThat(found).hasSize(1);
        assertThat(found.getFirst().paths()).hasSize(PATHS.size() - 2);
        assertThat(found.getFirst().finding(MatchedStatement::pointer).message())
                .isEqualTo("The role can give itself any permission by iam:CreatePolicyVersion; " + (PATHS.size() - 3)
                        + " other ways to more permissions are iam:SetDefaultPolicyVersion, iam:PutRolePolicy,"
                        + " iam:PutUserPolicy, ….");
    }

    @Nested
    class HoweverItIsWritten {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"Action\":\"iam:Pass*\",\"Resource\":\"*\"",
                    "\"Action\":\"IAM:passrole\",\"Resource\":\"arn:aws:iam::123456789012:role/*\"",
                    "\"Action\":\"i*:PassRole\",\"Resource\":\"arn:*:iam::*:*\"",
                    "\"Action\":\"iam:?assRole\",\"Resource\":\"arn:aws:iam::*:role/${aws:PrincipalTag/any}*\"",
                    "\"NotAction\":\"s3:*\",\"Resource\":\"*\"",
                    "\"NotAction\":[\"iam:Get*\",\"s3:*\"],\"NotResource\":\"arn:aws:s3:::b\"",
                    "\"Action\":\"iam:PassRole\",\"NotResource\":\"arn:aws:iam::*:role/admin-*\"",
                    "\"Action\":\"iam:PassRole\",\"NotResource\":\"arn:aws:iam::*:role/${aws:PrincipalTag/own}\"",
                    "\"Action\":\"*\",\"NotResource\":\"arn:aws:iam::*:role/admin\""
                })
        void isFoundIfItAllowsToPassAnyRole(String elements) {
            assertThat(paths(policy("{\"Effect\":\"Allow\"," + elements + "}," + RUN)))
                    .contains("iam:PassRole with ec2:RunInstances");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"Action\":\"iam:PassRole\",\"Resource\":\"arn:aws:iam::123456789012:role/app-*\"",
                    "\"Action\":\"iam:PassRole\",\"Resource\":\"arn:aws:iam::123456789012:role/service-role/*\"",
                    "\"Action\":\"iam:PassRole\",\"Resource\":\"arn:aws:s3:::*\"",
                    "\"Action\":\"iam:Get*\",\"Resource\":\"*\"",
                    "\"NotAction\":\"iam:*\",\"Resource\":\"*\"",
                    "\"NotAction\":\"s3:*\",\"NotResource\":\"arn:aws:iam::*:role/*\""
                })
        void isNotFoundIfNoUnnamedRoleCanBePassed(String elements) {
            assertThat(paths(policy("{\"Effect\":\"Allow\"," + elements + "}," + RUN)))
                    .doesNotContain("iam:PassRole with ec2:RunInstances");
        }
    }

    @Nested
    class Denies {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"Action\":\"iam:PassRole\",\"Resource\":\"*\"",
                    "\"Action\":\"iam:*\",\"Resource\":\"arn:aws:iam::*:role/*\"",
                    "\"NotAction\":\"ec2:*\",\"Resource\":\"*\"",
                    "\"Action\":\"*\",\"NotResource\":\"arn:aws:s3:::*\"",
                    "\"Action\":\"iam:PassRole\",\"Resource\":\"*\",\"Condition\":{\"StringNotEquals\":"
                            + "{\"iam:PassedToService\":\"lambda.amazonaws.com\"}}",
                    "\"Action\":\"iam:PassRole\",\"Resource\":\"*\",\"Condition\":{\"StringLike\":"
                            + "{\"iam:PassedToService\":\"ec2.*\"}}"
                })
        void takeThePathAwayInWhicheverPolicy(String elements) {
            assertThat(paths(
                            named("allow", allow("iam:PassRole", "*") + "," + RUN),
                            named("deny", "{\"Effect\":\"Deny\"," + elements + "}")))
                    .isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"Action\":\"iam:PassRole\",\"Resource\":\"arn:aws:iam::*:role/admin-*\"",
                    "\"Action\":\"iam:PassRole\",\"Resource\":\"arn:aws:iam::*:role/${aws:PrincipalTag/own}\"",
                    "\"Action\":\"iam:PassRole\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":"
                            + "{\"iam:PassedToService\":\"ec2.*\"}}",
                    "\"Action\":\"iam:PassRole\",\"Resource\":\"*\",\"Condition\":{\"Bool\":"
                            + "{\"aws:MultiFactorAuthPresent\":\"false\"}}",
                    "\"Action\":\"iam:PassRole\",\"Resource\":\"*\",\"Condition\":{\"StringNotEquals\":"
                            + "{\"iam:PassedToService\":\"ec2.amazonaws.com\"}}",
                    "\"Action\":\"iam:PassRole\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":"
                            + "{\"iam:PassedToService\":\"lambda.amazonaws.com\"}}",
                    "\"NotAction\":[\"iam:*\",\"ec2:*\"],\"Resource\":\"*\"",
                    "\"Action\":\"ec2:*\",\"Resource\":\"arn:aws:ec2:us-east-1:*:*\""
                })
        void leaveThePathWhenTheyDenyOnlyAPart(String elements) {
            assertThat(paths(
                            named("allow", allow("iam:PassRole", "*") + "," + RUN),
                            named("deny", "{\"Effect\":\"Deny\"," + elements + "}")))
                    .containsExactly("iam:PassRole with ec2:RunInstances");
        }
    }

    @Nested
    class Boundaries {

        private List<String> within(String boundary) {
            return paths(new Permissions(
                    List.of(named("all", allow("iam:PassRole", "*") + "," + RUN)),
                    Optional.of(named("arn:aws:iam::123456789012:policy/boundary", boundary))));
        }

        @Test
        void takeAwayWhatTheyDoNotAllow() {
            assertThat(within(allow("ec2:*", "*"))).isEmpty();
            assertThat(within("{\"Effect\":\"Allow\",\"NotAction\":\"iam:*\",\"Resource\":\"*\"}"))
                    .isEmpty();
            assertThat(within(allow("ec2:*", "*") + "," + allow("iam:PassRole", "arn:aws:iam::*:role/app-*")))
                    .isEmpty();
            assertThat(within(allow("*", "*") + ",{\"Effect\":\"Deny\",\"Action\":\"iam:Pass*\",\"Resource\":\"*\"}"))
                    .isEmpty();
        }

        @Test
        void grantNothingAndLeaveWhatTheyAllow() {
            assertThat(within(allow("*", "*"))).containsExactly("iam:PassRole with ec2:RunInstances");
        }

        @Test
        void areNamedWhenTheyCouldNotBeRead() {
            List<Escalation> found = EscalationCheck.findings(new Permissions(
                    List.of(named("all", allow("iam:PutRolePolicy", "*"))),
                    Optional.of(NamedPolicy.unread("arn:aws:iam::123456789012:policy/boundary"))));

            assertThat(found.getFirst().finding(MatchedStatement::pointer).message())
                    .isEqualTo("The role can give itself any permission by iam:PutRolePolicy, unless the permissions"
                            + " boundary forbids it.");
        }
    }

    @Nested
    class Conditions {

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                        iam:PutRolePolicy | StringEquals | iam:PermissionsBoundary | arn:aws:iam::123456789012:policy/b
                        iam:AttachRolePolicy | ArnLike | iam:PolicyARN | arn:aws:iam::123456789012:policy/team-*
                        iam:UpdateAssumeRolePolicy | StringEquals | iam:ResourceTag/team | shop
                        lambda:UpdateFunctionCode | StringLike | aws:ResourceTag/team | shop-*
                        """)
        void takeTheDangerAway(String action, String operator, String key, String value) {
            assertThat(paths(policy(allow(action, "*", condition(operator, key, value)))))
                    .isEmpty();
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                        iam:PutRolePolicy | StringNotEquals | iam:PermissionsBoundary | arn:aws:iam::123456789012:policy/b
                        iam:PutRolePolicy | StringEqualsIfExists | iam:PermissionsBoundary | arn:aws:iam::123456789012:policy/b
                        iam:PutGroupPolicy | StringEquals | iam:PermissionsBoundary | arn:aws:iam::123456789012:policy/b
                        iam:DeleteRolePermissionsBoundary | StringEquals | iam:PermissionsBoundary | arn:aws:iam::123456789012:policy/b
                        iam:AttachRolePolicy | ArnLike | iam:PolicyARN | arn:aws:iam::aws:policy/*
                        iam:AttachRolePolicy | ArnEquals | iam:PolicyARN | arn:aws:iam::aws:policy/AdministratorAccess
                        iam:AttachRolePolicy | StringEqualsIgnoreCase | iam:PolicyARN | ARN:AWS:IAM::AWS:policy/administratoraccess
                        iam:AttachRolePolicy | StringLike | iam:PolicyARN | *AdministratorAccess
                        iam:AttachRolePolicy | StringLike | iam:PolicyARN | arn:aws:iam::*
                        iam:AttachRolePolicy | ArnLike | iam:PolicyARN | arn:aws:iam::aws:policy/${aws:PrincipalTag/policy}
                        iam:AttachRolePolicy | StringLike | aws:ResourceTag/team | *
                        iam:PutRolePolicy | StringLike | iam:PermissionsBoundary | ?*
                        iam:CreateAccessKey | Bool | aws:MultiFactorAuthPresent | true
                        iam:CreateAccessKey | StringEquals | aws:PrincipalTag/team | shop
                        """)
        void leaveTheDanger(String action, String operator, String key, String value) {
            assertThat(paths(policy(allow(action, "*", condition(operator, key, value)))))
                    .contains(action);
        }

        @Test
        void onAServiceThatAVariableNamesLeaveThePathsOverAnyService() {
            assertThat(paths(policy(allow(
                                    "iam:PassRole",
                                    "*",
                                    condition(
                                            "StringLike", "iam:PassedToService", "${aws:PrincipalTag/s}.amazonaws.com"))
                            + "," + RUN)))
                    .containsExactly("iam:PassRole with ec2:RunInstances");
        }

        @Test
        void onTheServiceThatARoleIsPassedToLeaveThePathsOverThatService() {
            assertThat(paths(policy(
                            allow("iam:PassRole", "*", condition("StringLike", "iam:PassedToService", "ecs-tasks.*"))
                                    + "," + RUN + "," + allow("ecs:*", "*"))))
                    .containsExactly("iam:PassRole with ecs:RegisterTaskDefinition and ecs:RunTask");
        }

        @Test
        void thatDenyUnlessThereIsABoundaryTakeTheDangerAway() {
            assertThat(
                            paths(
                                    policy(
                                            allow("iam:PutRolePolicy", "*")
                                                    + ",{\"Effect\":\"Deny\",\"Action\":\"iam:Put*\",\"Resource\":\"*\",\"Condition\":"
                                                    + "{\"StringNotEquals\":{\"iam:PermissionsBoundary\":\"arn:aws:iam::123456789012:policy/b\"}}}")))
                    .isEmpty();
        }
    }

    @Nested
    class TheRoleItself {

        @Test
        void isNamedByANarrowResourceToo() {
            String statement = allow("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/shop/*");

            assertThat(EscalationCheck.findings(permissions(policy(statement)))).isEmpty();
            assertThat(EscalationCheck.findings(permissions(policy(statement)), ROLE)
                            .getFirst()
                            .paths())
                    .containsExactly("iam:PutRolePolicy");
            assertThat(EscalationCheck.findings(
                            permissions(policy(allow("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/other/*"))),
                            ROLE))
                    .isEmpty();
        }

        @Test
        void gainsNothingByBeingPassed() {
            assertThat(EscalationCheck.findings(permissions(policy(allow("iam:PassRole", ROLE) + "," + RUN)), ROLE))
                    .isEmpty();
        }

        @Test
        void mayNotWriteThePoliciesThatItHas() {
            NamedPolicy own = named(
                    "arn:aws:iam::123456789012:policy/shop",
                    allow("iam:CreatePolicyVersion", "arn:aws:iam::123456789012:policy/shop"));

            assertThat(paths(own)).containsExactly("iam:CreatePolicyVersion");
            assertThat(paths(policy(allow("iam:CreatePolicyVersion", "arn:aws:iam::123456789012:policy/shop"))))
                    .isEmpty();
        }
    }

    private static List<String> paths(NamedPolicy... policies) {
        return paths(permissions(policies));
    }

    private static List<String> paths(Permissions permissions) {
        return EscalationCheck.findings(permissions).stream()
                .flatMap(escalation -> escalation.paths().stream())
                .toList();
    }

    private static Permissions permissions(NamedPolicy... policies) {
        return new Permissions(List.of(policies), Optional.empty());
    }

    private static NamedPolicy policy(String statements) {
        return named("policy", statements);
    }

    private static NamedPolicy named(String name, String statements) {
        return NamedPolicy.of(
                name, PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":[" + statements + "]}"));
    }

    private static String allow(String action, String resource) {
        return "{\"Effect\":\"Allow\",\"Action\":\"" + action + "\",\"Resource\":\"" + resource + "\"}";
    }

    private static String allow(String action, String resource, String condition) {
        return allow(action, resource).replace("}", "," + condition + "}");
    }

    private static String condition(String operator, String key, String value) {
        return "\"Condition\":{\"" + operator + "\":{\"" + key + "\":\"" + value + "\"}}";
    }
}
