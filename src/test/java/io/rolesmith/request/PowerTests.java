package io.rolesmith.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.catalogue.ManagedPolicies;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PowerTests {

    private static final String US = "arn:aws:iam::123456789012:role/ops/RolesmithProvisioner";
    private static final Power POWER = new Power(US);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "'Action': '*' | 'Resource': '*'",
                "'Action': 'iam:*' | 'Resource': '*'",
                "'Action': 'iam:Pass*' | 'Resource': '*'",
                "'Action': 'IAM:PASSROLE' | 'Resource': '*'",
                "'Action': 'i*:PassRole' | 'Resource': '*'",
                "'Action': 'iam:*Role' | 'Resource': '*'",
                "'Action': 'iam:Ge*' | 'Resource': '*'",
                "'Action': 'sts:AssumeRole' | 'Resource': '*'",
                "'Action': 's?s:Assume*' | 'Resource': '*'",
                "'Action': ['s3:GetObject', 'iam:PutRolePolicy'] | 'Resource': '*'",
                "'Action': 'iam:PutRolePolicy' | 'Resource': 'arn:aws:iam::123456789012:role/ops/RolesmithProvisioner'",
                "'Action': 'iam:PutRolePolicy' | 'Resource': 'arn:aws:iam::*:role/*/Role*'",
                "'Action': 'iam:PutRolePolicy' | 'Resource': 'arn:aws:iam::${aws:PrincipalAccount}:role/ops/RolesmithProvisioner'",
                "'Action': 'iam:PutRolePolicy' | 'NotResource': 'arn:aws:iam::123456789012:role/other'",
                "'NotAction': 's3:*' | 'Resource': '*'",
                "'NotAction': 'iam:*' | 'Resource': '*'",
                "'NotAction': ['iam:PassRole', 'sts:*'] | 'Resource': '*'",
                "'Action': 'iam:PassRole' | 'Resource': '*', 'Condition': {'StringEquals': {'iam:PassedToService': 'ec2.amazonaws.com'}}"
            })
    void isSeenInAStatement(String actions, String resources) {
        assertThat(POWER.in(allow(actions, resources))).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "'Action': 's3:*' | 'Resource': '*'",
                "'Action': ['iam:Get*', 'iam:List*', 'iam:SimulatePrincipalPolicy'] | 'Resource': '*'",
                "'Action': 'iam:CreateServiceLinkedRole' | 'Resource': '*'",
                "'Action': 'sts:GetCallerIdentity' | 'Resource': '*'",
                "'Action': 'iam:*' | 'Resource': 'arn:aws:iam::123456789012:role/retail/*'",
                "'Action': 'iam:*' | 'NotResource': 'arn:aws:iam::123456789012:role/ops/*'",
                "'NotAction': ['iam:*', 'sts:AssumeRole'] | 'Resource': '*'",
                "'NotAction': '*' | 'Resource': '*'"
            })
    void isNotSeenWhereThereIsNone(String actions, String resources) {
        assertThat(POWER.in(allow(actions, resources))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'Action': ['iam:*', 'sts:AssumeRole'], 'Resource': '*'",
                "'Action': '*', 'Resource': 'arn:aws:iam::123456789012:role/ops/*'",
                "'NotAction': 's3:*', 'Resource': '*'"
            })
    void isWithheldByADenyBesideIt(String denial) {
        assertThat(POWER.in(document(
                        "{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}, {'Effect': 'Deny', " + denial + "}")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'Action': 'iam:*', 'Resource': '*'",
                "'Action': ['iam:*', 'sts:Assume?ole'], 'Resource': '*'",
                "'Action': '*', 'Resource': 'arn:aws:iam::123456789012:role/other'",
                "'Action': '*', 'Resource': 'arn:aws:iam::123456789012:role/${aws:PrincipalTag/team}/*'",
                "'Action': '*', 'NotResource': 'arn:aws:iam::123456789012:role/ops/*'",
                "'NotAction': ['s3:*', 'iam:Pass*'], 'Resource': '*'",
                "'Action': '*', 'Resource': '*', 'Condition': {'Bool': {'aws:MultiFactorAuthPresent': 'false'}}"
            })
    void isNotWithheldByADenyThatMayNotApply(String denial) {
        assertThat(POWER.in(document(
                        "{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}, {'Effect': 'Deny', " + denial + "}")))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'} | false",
                "{'Effect': 'Allow', 'Action': ['iam:Get*', 'ec2:*'], 'Resource': '*'} | false",
                "{'Effect': 'Allow', 'Action': '*', 'Resource': '*'} | true",
                "{'Effect': 'Allow', 'Action': 'iam:Put*', 'Resource': '*'} | true",
                "{'Effect': 'Allow', 'NotAction': 'iam:*', 'Resource': '*'} | true",
                "{'Effect': 'Allow', 'NotAction': ['iam:*', 'sts:*'], 'Resource': '*'} | false",
                "{'Effect': 'Allow', 'Action': '*', 'Resource': 'arn:aws:s3:::*'} | false",
                "{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}, {'Effect': 'Deny', 'Action': ['iam:*', 'sts:AssumeRole'], 'Resource': '*'} | false",
                "{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}, {'Effect': 'Deny', 'Action': 'iam:*', 'Resource': '*'} | true"
            })
    void passesABoundaryOrNot(String boundary, boolean passes) {
        List<Power.Grant> administrator = POWER.in(allow("'Action': '*'", "'Resource': '*'"));

        assertThat(administrator).hasSize(1);
        assertThat(POWER.mayPass(administrator, document(boundary))).isEqualTo(passes);
        assertThat(POWER.mayPass(List.of(Power.Grant.ANYTHING), document(boundary)))
                .isEqualTo(passes);
    }

    @Test
    void allActionsOfAStatementAreHeldAgainstTheBoundary() {
        List<Power.Grant> grants =
                POWER.in(allow("'Action': ['iam:PassRole', 'iam:PutRolePolicy']", "'Resource': '*'"));
        PolicyDocument boundary = document("{'Effect': 'Allow', 'Action': 'iam:Put*', 'Resource': '*'}");

        assertThat(grants).hasSize(1);
        assertThat(grants.getFirst().named()).isEqualTo("iam:PassRole");
        assertThat(POWER.mayPass(grants, boundary)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "AdministratorAccess, true",
        "IAMFullAccess, true",
        "PowerUserAccess, true",
        "ReadOnlyAccess, false",
        "SecurityAudit, false",
        "AmazonSSMManagedInstanceCore, false",
        "CloudWatchAgentServerPolicy, false",
        "AmazonEKSClusterPolicy, false",
        "AmazonS3FullAccess, false",
        "service-role/AmazonECSTaskExecutionRolePolicy, false"
    })
    void isSeenInPoliciesOfAws(String policy, boolean power) {
        PolicyDocument document = PolicyDocument.parse(ManagedPolicies.bundled()
                .document("arn:aws:iam::aws:policy/" + policy)
                .orElseThrow());

        assertThat(POWER.in(document).isEmpty()).isEqualTo(!power);
    }

    /** As large as IAM lets a role have them, and made to be compared with each other in full. */
    @Test
    void answersForHostilePatterns() {
        String allowed = hostile("iam:", 60, 80);
        String excepted = hostile("iam:", 59, 80);
        PolicyDocument policy = document("{'Effect': 'Allow', 'Action': [" + allowed
                + "], 'Resource': '*'}, {'Effect': 'Deny', 'NotAction': [" + excepted + "], 'Resource': '*'}");
        PolicyDocument boundary = document("{'Effect': 'Allow', 'Action': [" + hostile("iam:", 70, 80)
                + "], 'Resource': '" + "*:".repeat(500) + "'}");

        assertTimeout(
                Duration.ofMillis(500),
                () -> assertThat(POWER.mayPass(POWER.in(policy), boundary)).isFalse());
    }

    @Test
    void veryManyPatternsAreTakenForAllThereIs() {
        List<Power.Grant> grants = POWER.in(
                document("{'Effect': 'Allow', 'Action': [" + hostile("iam:x", 20, 80) + "], 'Resource': '*'}"));

        assertThat(grants).hasSize(1);
        assertThat(POWER.mayPass(grants, document("{'Effect': 'Allow', 'Action': 'iam:PassRole', 'Resource': '*'}")))
                .isTrue();
    }

    private static String hostile(String service, int patterns, int length) {
        return IntStream.range(0, patterns)
                .mapToObj(i -> "'" + service + "*a".repeat(length / 2) + "*" + (char) ('b' + i % 20) + i + "'")
                .collect(Collectors.joining(", "));
    }

    private static PolicyDocument allow(String actions, String resources) {
        return document("{'Effect': 'Allow', " + actions + ", " + resources + "}");
    }

    private static PolicyDocument document(String statements) {
        return PolicyDocument.parse("{'Version': '2012-10-17', 'Statement': [%s]}"
                .formatted(statements)
                .replace('\'', '"'));
    }
}
