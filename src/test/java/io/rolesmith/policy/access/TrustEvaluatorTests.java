package io.rolesmith.policy.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rolesmith.policy.Effect;
import io.rolesmith.policy.PolicyDocument;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustEvaluatorTests {

    private static final String ACCOUNT = "123456789012";
    private static final String ROLE = "arn:aws:iam::123456789012:role/team/ci";
    private static final String SESSION = "arn:aws:sts::123456789012:assumed-role/ci/build-7";
    private static final String USER = "arn:aws:iam::123456789012:user/dev/ann";
    private static final String ROOT = "arn:aws:iam::123456789012:root";

    @ParameterizedTest(name = "AWS {0} trusts {1}: {2}")
    @CsvSource({
        "*, arn:aws:iam::123456789012:user/ann, ALLOWED",
        "123456789012, arn:aws:iam::123456789012:root, ALLOWED",
        "123456789012, arn:aws:iam::123456789012:user/ann, ALLOWED",
        "123456789012, arn:aws:iam::123456789012:role/ci, ALLOWED",
        "123456789012, arn:aws:sts::123456789012:assumed-role/ci/build-7, ALLOWED",
        "123456789012, arn:aws:sts::123456789012:federated-user/ann, ALLOWED",
        "1234-5678-9012, arn:aws:iam::123456789012:user/ann, ALLOWED",
        "123456789012, arn:aws:iam::210987654321:user/ann, IMPLICIT_DENY",
        "arn:aws:iam::123456789012:root, arn:aws:sts::123456789012:assumed-role/ci/build-7, ALLOWED",
        "arn:aws:iam::123456789012:root, arn:aws:iam::210987654321:root, IMPLICIT_DENY",
        "arn:aws:iam::123456789012:root, arn:aws-cn:iam::123456789012:user/ann, IMPLICIT_DENY",
        "arn:aws-cn:iam::123456789012:root, arn:aws-cn:iam::123456789012:user/ann, ALLOWED",
        "arn:aws:iam::123456789012:role/ci, arn:aws:iam::123456789012:role/ci, ALLOWED",
        "arn:aws:iam::123456789012:role/ci, arn:aws:sts::123456789012:assumed-role/ci/build-7, ALLOWED",
        "arn:aws:iam::123456789012:role/team/ci, arn:aws:sts::123456789012:assumed-role/ci/build-7, ALLOWED",
        "arn:aws:iam::123456789012:role/team/ci, arn:aws:iam::123456789012:role/ci, IMPLICIT_DENY",
        "arn:aws:iam::123456789012:role/ci, arn:aws:sts::123456789012:assumed-role/cd/build-7, IMPLICIT_DENY",
        "arn:aws:iam::123456789012:role/ci, arn:aws:sts::123456789012:assumed-role/cd/ci, IMPLICIT_DENY",
        "arn:aws:iam::123456789012:role/ci, arn:aws:sts::210987654321:assumed-role/ci/build-7, IMPLICIT_DENY",
        "arn:aws:iam::123456789012:role/ci, arn:aws-cn:sts::123456789012:assumed-role/ci/build-7, IMPLICIT_DENY",
        "arn:aws:iam::123456789012:user/ci, arn:aws:sts::123456789012:assumed-role/ci/build-7, IMPLICIT_DENY",
        "arn:aws:iam::123456789012:user/ann, arn:aws:iam::123456789012:user/ann, ALLOWED",
        "arn:aws:iam::123456789012:user/ann, arn:aws:iam::123456789012:user/Ann, IMPLICIT_DENY",
        "arn:aws:iam::123456789012:user/ann, arn:aws:iam::123456789012:user/dev/ann, IMPLICIT_DENY",
        "arn:aws:iam::123456789012:user/ann, arn:aws:iam::123456789012:root, IMPLICIT_DENY",
        "arn:aws:sts::123456789012:assumed-role/ci/b, arn:aws:sts::123456789012:assumed-role/ci/b, ALLOWED",
        "arn:aws:sts::123456789012:assumed-role/ci/b, arn:aws:sts::123456789012:assumed-role/ci/c, IMPLICIT_DENY",
        "arn:aws:sts::123456789012:assumed-role/ci/b, arn:aws:iam::123456789012:role/team/ci, UNDETERMINED",
        "arn:aws:sts::123456789012:assumed-role/ci/b, arn:aws:iam::123456789012:role/cd, IMPLICIT_DENY",
        "arn:aws:iam::123456789012:role/*, arn:aws:iam::123456789012:role/ci, UNDETERMINED",
        "arn:aws:iam::123456789012:role/x*, arn:aws:iam::123456789012:role/ci, IMPLICIT_DENY",
        "AROAABCDEFGHIJKLMNOPQ, arn:aws:iam::123456789012:role/ci, UNDETERMINED",
        "ci, arn:aws:iam::123456789012:role/ci, IMPLICIT_DENY"
    })
    void trustsAwsPrincipals(String listed, String caller, Decision decision) {
        assertThat(decide(principal("AWS", listed), new CallingPrincipal.AwsPrincipalArn(caller))
                        .decision())
                .isEqualTo(decision);
    }

    @Test
    void trustsServicesByName() {
        CallingPrincipal tasks = new CallingPrincipal.ServicePrincipal("ecs-tasks.amazonaws.com");

        assertThat(decide(principal("Service", "ecs-tasks.amazonaws.com"), tasks)
                        .decision())
                .isEqualTo(Decision.ALLOWED);
        assertThat(decide(principal("Service", "ecs.amazonaws.com"), tasks).decision())
                .isEqualTo(Decision.IMPLICIT_DENY);
        assertThat(decide(principal("Federated", "ecs-tasks.amazonaws.com"), tasks)
                        .decision())
                .isEqualTo(Decision.IMPLICIT_DENY);
        assertThat(decide(principal("AWS", "123456789012"), tasks).decision()).isEqualTo(Decision.IMPLICIT_DENY);
        assertThat(decide("\"Principal\": \"*\"", tasks).decision()).isEqualTo(Decision.ALLOWED);
        assertThat(decide(principal("AWS", "*"), tasks).decision()).isEqualTo(Decision.UNDETERMINED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
                "arn:aws:iam::123456789012:saml-provider/Corp",
                "cognito-identity.amazonaws.com"
            })
    void trustsProvidersByArnOrHostName(String provider) {
        CallingPrincipal federated = new CallingPrincipal.FederatedPrincipal(provider);

        assertThat(decide(principal("Federated", provider), federated).decision())
                .isEqualTo(Decision.ALLOWED);
        assertThat(decide(principal("Federated", provider + "x"), federated).decision())
                .isEqualTo(Decision.IMPLICIT_DENY);
        assertThat(decide(principal("AWS", ACCOUNT), federated).decision()).isEqualTo(Decision.IMPLICIT_DENY);
    }

    @Test
    void trustsNobodyInParticularByTheWildcardOnly() {
        CallingPrincipal anonymous = new CallingPrincipal.Anonymous();

        assertThat(decide("\"Principal\": \"*\"", anonymous).decision()).isEqualTo(Decision.ALLOWED);
        assertThat(decide(principal("AWS", "*"), anonymous).decision()).isEqualTo(Decision.ALLOWED);
        assertThat(decide(principal("AWS", ACCOUNT), anonymous).decision()).isEqualTo(Decision.IMPLICIT_DENY);
        assertThat(decide(principal("Service", "*"), anonymous).decision()).isEqualTo(Decision.IMPLICIT_DENY);
    }

    @Test
    void trustsAnyOfSeveralPrincipals() {
        String principals = "\"Principal\": {\"Service\": [\"ec2.amazonaws.com\", \"ecs-tasks.amazonaws.com\"],"
                + " \"AWS\": [\"210987654321\", \"" + USER + "\"]}";

        assertThat(decide(principals, new CallingPrincipal.AwsPrincipalArn(USER))
                        .decision())
                .isEqualTo(Decision.ALLOWED);
        assertThat(decide(principals, new CallingPrincipal.ServicePrincipal("ecs-tasks.amazonaws.com"))
                        .decision())
                .isEqualTo(Decision.ALLOWED);
        assertThat(decide(principals, new CallingPrincipal.AwsPrincipalArn(ROLE))
                        .decision())
                .isEqualTo(Decision.IMPLICIT_DENY);
    }

    @ParameterizedTest(name = "{0} for {1}: {2}")
    @CsvSource({
        "sts:AssumeRole, sts:AssumeRole, ALLOWED",
        "sts:AssumeRole, sts:TagSession, IMPLICIT_DENY",
        "sts:AssumeRole, sts:AssumeRoleWithSAML, IMPLICIT_DENY",
        "sts:assumerole, sts:AssumeRole, UNDETERMINED",
        "sts:*, sts:AssumeRole, UNDETERMINED",
        "s3:*, sts:AssumeRole, IMPLICIT_DENY"
    })
    void comparesActionsExactly(String listed, String asked, Decision decision) {
        PolicyDocument trust = document("Allow", principal("AWS", ACCOUNT), listed, "");

        assertThat(TrustEvaluator.decide(
                                trust, new TrustRequest(new CallingPrincipal.AwsPrincipalArn(USER), asked, Map.of()))
                        .decision())
                .isEqualTo(decision);
    }

    @Test
    void meetsConditions() {
        PolicyDocument trust = document(
                "Allow",
                principal("Federated", "token.example.com"),
                "sts:AssumeRoleWithWebIdentity",
                ", \"Condition\": {\"StringEquals\": {\"token.example.com:sub\": \"repo:a/b\"}}");
        CallingPrincipal caller = new CallingPrincipal.FederatedPrincipal("token.example.com");

        assertThat(TrustEvaluator.decide(
                        trust,
                        new TrustRequest(
                                caller,
                                "sts:AssumeRoleWithWebIdentity",
                                Map.of("token.example.com:sub", List.of("repo:a/b")))))
                .isEqualTo(new AccessAnswer(
                        Decision.ALLOWED,
                        List.of(new MatchedStatement("trustPolicy", "/Statement/0", Optional.of("S"), Effect.ALLOW)),
                        Optional.empty()));
        assertThat(TrustEvaluator.decide(trust, new TrustRequest(caller, "sts:AssumeRoleWithWebIdentity", Map.of())))
                .isEqualTo(new AccessAnswer(
                        Decision.IMPLICIT_DENY, List.of(), Optional.of("No statement of the trust policy allows it.")));
    }

    @Test
    void addsNothingToTheContext() {
        PolicyDocument trust = document(
                "Allow",
                principal("AWS", ACCOUNT),
                "sts:AssumeRole",
                ", \"Condition\": {\"StringEquals\": {\"aws:PrincipalAccount\": \"" + ACCOUNT + "\"}}");

        assertThat(TrustEvaluator.decide(
                                trust,
                                new TrustRequest(
                                        new CallingPrincipal.AwsPrincipalArn(USER), "sts:AssumeRole", Map.of()))
                        .decision())
                .isEqualTo(Decision.IMPLICIT_DENY);
    }

    @Test
    void aDenyOutweighsTrust() {
        PolicyDocument trust = PolicyDocument.parse("""
                {"Version": "2012-10-17", "Statement": [
                  {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"},
                  {"Effect": "Deny", "Principal": {"AWS": "%s"}, "Action": "sts:AssumeRole"}]}""".formatted(ROLE));

        AccessAnswer answer = TrustEvaluator.decide(
                trust, new TrustRequest(new CallingPrincipal.AwsPrincipalArn(SESSION), "sts:AssumeRole", Map.of()));
        assertThat(answer.decision()).isEqualTo(Decision.EXPLICIT_DENY);
        assertThat(answer.matchedStatements())
                .extracting(MatchedStatement::pointer)
                .containsExactly("/Statement/1");
        assertThat(TrustEvaluator.decide(
                                trust,
                                new TrustRequest(
                                        new CallingPrincipal.AwsPrincipalArn(USER), "sts:AssumeRole", Map.of()))
                        .decision())
                .isEqualTo(Decision.ALLOWED);
    }

    @ParameterizedTest(name = "Deny to all but {0}, {1}: {2}")
    @CsvSource(
            delimiter = ';',
            value = {
                ROOT + ";" + ROOT + "; ALLOWED",
                "123456789012;" + ROOT + "; ALLOWED",
                ROOT + "," + USER + ";" + USER + "; ALLOWED",
                "123456789012," + USER + ";" + USER + "; ALLOWED",
                USER + ";" + USER + "; UNDETERMINED",
                ROOT + ";" + USER + "; UNDETERMINED",
                "210987654321;" + USER + "; EXPLICIT_DENY",
                ROOT + "," + ROLE + "," + SESSION + ";" + SESSION + "; ALLOWED",
                ROOT + "," + ROLE + ";" + SESSION + "; UNDETERMINED",
                ROOT + "," + SESSION + ";" + SESSION + "; UNDETERMINED",
                ROLE + "," + SESSION + ";" + SESSION + "; UNDETERMINED",
                ROLE + ";" + ROLE + "; UNDETERMINED",
                ROOT + "," + ROLE + ";" + ROLE + "; ALLOWED",
                "AROAABCDEFGHIJKLMNOPQ;" + ROLE + "; UNDETERMINED",
                "*;" + USER + "; ALLOWED"
            })
    void exemptsWhoeverIsListedTogetherWithItsAccount(String listed, String caller, Decision decision) {
        PolicyDocument trust = PolicyDocument.parse("""
                {"Version": "2012-10-17", "Statement": [
                  {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
                  {"Effect": "Deny", "NotPrincipal": {"AWS": ["%s"]}, "Action": "sts:AssumeRole"}]}""".formatted(listed.replace(",", "\", \"")));

        assertThat(TrustEvaluator.decide(
                                trust,
                                new TrustRequest(
                                        new CallingPrincipal.AwsPrincipalArn(caller), "sts:AssumeRole", Map.of()))
                        .decision())
                .isEqualTo(decision);
    }

    @Test
    void exemptsServicesByName() {
        String deny = "\"NotPrincipal\": {\"Service\": \"ec2.amazonaws.com\"}";
        PolicyDocument trust = document("Deny", deny, "sts:AssumeRole", "");

        assertThat(decision(trust, new CallingPrincipal.ServicePrincipal("ec2.amazonaws.com")))
                .isEqualTo(Decision.IMPLICIT_DENY);
        assertThat(decision(trust, new CallingPrincipal.ServicePrincipal("ecs.amazonaws.com")))
                .isEqualTo(Decision.EXPLICIT_DENY);
        assertThat(decision(trust, new CallingPrincipal.AwsPrincipalArn(USER))).isEqualTo(Decision.EXPLICIT_DENY);
    }

    @Test
    void statementsWithoutPrincipalSpeakOfNobody() {
        PolicyDocument trust = PolicyDocument.parse(
                "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"sts:AssumeRole\"}}");

        assertThat(decision(trust, new CallingPrincipal.AwsPrincipalArn(USER))).isEqualTo(Decision.IMPLICIT_DENY);
    }

    @Test
    void saysWhoIsNotKnown() {
        assertThat(decide(
                                principal("AWS", "arn:aws:sts::123456789012:assumed-role/ci/b"),
                                new CallingPrincipal.AwsPrincipalArn(ROLE))
                        .reason())
                .contains("The principal \"arn:aws:sts::123456789012:assumed-role/ci/b\" is one session of the calling"
                        + " role, and which session calls is not known.");
        assertThat(decide(principal("AWS", "AROAABCDEFGHIJKLMNOPQ"), new CallingPrincipal.AwsPrincipalArn(ROLE))
                        .reason())
                .contains("The principal AROAABCDEFGHIJKLMNOPQ is a unique id, and whether it is the caller's is not"
                        + " known.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "123456789012",
                "arn:aws:s3:::b",
                "arn:aws:iam::123456789012",
                "arn:aws:iam::12345678901:root",
                "arn:aws:iam::123456789012:group/g",
                "arn:aws:sts::123456789012:assumed-role/ci"
            })
    void refusesCallersThatAreNoPrincipals(String arn) {
        assertThatThrownBy(() -> new CallingPrincipal.AwsPrincipalArn(arn))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A calling principal's ARN is that of an account root, a user, a role or a session.");
    }

    @Test
    void knowsTheAccountOfACaller() {
        assertThat(new CallingPrincipal.AwsPrincipalArn(SESSION).account()).isEqualTo(ACCOUNT);
    }

    private static AccessAnswer decide(String principals, CallingPrincipal caller) {
        return TrustEvaluator.decide(
                document("Allow", principals, "sts:AssumeRole", ""),
                new TrustRequest(caller, "sts:AssumeRole", Map.of()));
    }

    private static Decision decision(PolicyDocument trust, CallingPrincipal caller) {
        return TrustEvaluator.decide(trust, new TrustRequest(caller, "sts:AssumeRole", Map.of()))
                .decision();
    }

    private static String principal(String type, String value) {
        return "\"Principal\": {\"" + type + "\": \"" + value + "\"}";
    }

    private static PolicyDocument document(String effect, String principals, String action, String rest) {
        return PolicyDocument.parse("""
                {"Version": "2012-10-17", "Statement":
                  [{"Sid": "S", "Effect": "%s", %s, "Action": "%s"%s}]}""".formatted(effect, principals, action, rest));
    }
}
