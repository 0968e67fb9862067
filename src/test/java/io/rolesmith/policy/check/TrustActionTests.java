package io.rolesmith.policy.check;

import static io.rolesmith.policy.FindingAssert.assertThatOnly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which principals can use which actions. */
class TrustActionTests {

    private static final String OIDC = "arn:aws:iam::123456789012:oidc-provider/idp.example";
    private static final String SAML = "arn:aws:iam::123456789012:saml-provider/Okta";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'AWS':'*'} | sts:AssumeRoleWithWebIdentity | /AWS | * | sts:AssumeRole",
                "{'AWS':'123456789012'} | sts:AssumeRoleWithSAML | /AWS | 123456789012 | sts:AssumeRole",
                "{'Service':'ec2.amazonaws.com'} | sts:AssumeRoleWithWebIdentity | /Service | ec2.amazonaws.com | sts:AssumeRole",
                "{'Federated':'" + OIDC + "'} | sts:AssumeRole | /Federated | " + OIDC
                        + " | sts:AssumeRoleWithWebIdentity",
                "{'Federated':'" + OIDC + "'} | sts:AssumeRoleWithSAML | /Federated | " + OIDC
                        + " | sts:AssumeRoleWithWebIdentity",
                "{'Federated':['" + SAML + "']} | sts:AssumeRoleWithWebIdentity | /Federated/0 | " + SAML
                        + " | sts:AssumeRoleWithSAML",
                "{'Federated':'accounts.google.com'} | sts:AssumeRole | /Federated | accounts.google.com | sts:AssumeRoleWithWebIdentity"
            },
            quoteCharacter = '`')
    void aPrincipalNeedsTheActionOfItsKind(String principal, String action, String place, String named, String needed) {
        assertThatOnly(check("Allow", principal, "'" + action + "'"))
                .isError("MISMATCHED_ACTION_FOR_PRINCIPAL")
                .isAt("/Statement/0/Principal" + place)
                .says("The principal \"" + named + "\" assumes roles by " + needed
                        + ", which the statement does not allow.")
                .advises("Write " + needed + " in Action, or move the principal to a statement of its own.");
    }

    @Test
    void everyPrincipalIsAsked() {
        assertThat(check(
                        "Allow", "{'AWS':['123456789012','*'],'Federated':'" + SAML + "'}", "'sts:AssumeRoleWithSAML'"))
                .extracting(Finding::code, Finding::pointer)
                .containsExactly(
                        tuple("MISMATCHED_ACTION_FOR_PRINCIPAL", "/Statement/0/Principal/AWS/0"),
                        tuple("MISMATCHED_ACTION_FOR_PRINCIPAL", "/Statement/0/Principal/AWS/1"));
    }

    @ParameterizedTest
    @CsvSource({
        "sts:AssumeRole, '{''Service'':''ec2.amazonaws.com''}', sts:AssumeRoleWithSAML, a SAML provider in Federated",
        "sts:AssumeRole, '{''AWS'':''123456789012''}', sts:AssumeRoleWithWebIdentity, an OIDC provider in Federated",
        "sts:AssumeRoleWithSAML, '{''Federated'':''" + SAML + "''}', sts:AssumeRole, an AWS or Service principal"
    })
    void anActionNeedsAPrincipalOfItsKind(String used, String principal, String unused, String remedy) {
        assertThatOnly(check("Allow", principal, "['" + used + "','" + unused + "']"))
                .isError("MISMATCHED_ACTION_FOR_PRINCIPAL")
                .isAt("/Statement/0/Action/1")
                .says("None of the statement's principals can assume a role by " + unused + ".")
                .advises("Remove the action, or name " + remedy + ".");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'Service':'pods.eks.amazonaws.com'} | ['sts:AssumeRole','sts:TagSession']",
                "{'Service':'account-access.amazonaws.com'} | ['sts:AssumeRole','sts:SetContext','sts:TagSession']",
                "{'Federated':'" + SAML + "'} | ['sts:AssumeRoleWithSAML','sts:TagSession']",
                "{'Federated':'" + OIDC + "'} | ['sts:TagSession','sts:AssumeRoleWithWebIdentity']",
                "{'AWS':'123456789012','Service':'ec2.amazonaws.com'} | 'sts:AssumeRole'",
                "{'AWS':'123456789012','Federated':'" + OIDC
                        + "'} | ['sts:AssumeRole','sts:AssumeRoleWithWebIdentity','sts:SetSourceIdentity']",
                "{'Federated':['" + SAML + "','" + OIDC
                        + "']} | ['sts:AssumeRoleWithSAML','sts:AssumeRoleWithWebIdentity']",
                "{'Federated':'" + OIDC + "'} | 'sts:TagSession'",
                "{'Federated':'" + SAML + "'} | ['sts:SetSourceIdentity','sts:TagSession']"
            },
            quoteCharacter = '`')
    void principalsAndActionsMayStandTogetherWhenAllAreOfUse(String principal, String actions) {
        assertThat(check("Allow", principal, actions)).isEmpty();
    }

    @Test
    void aDenyMayNameMoreThanItNeeds() {
        assertThat(check("Deny", "{'AWS':'*'}", "['sts:AssumeRole','sts:AssumeRoleWithSAML']"))
                .isEmpty();
        assertThat(check("Deny", "{'Federated':'" + OIDC + "'}", "'sts:AssumeRole'"))
                .isEmpty();
    }

    @Test
    void whatIsNoPrincipalIsSaidOnce() {
        assertThatOnly(check("Allow", "{'Federated':'idp.example'}", "'sts:AssumeRoleWithWebIdentity'"))
                .isError("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY");
        assertThatOnly(check("Allow", "{'CanonicalUser':'79a59d'}", "'sts:AssumeRole'"))
                .isError("UNSUPPORTED_PRINCIPAL");
    }

    @Nested
    class RolesAnywhere {

        private static final String PRINCIPAL = "{'Service':'rolesanywhere.amazonaws.com'}";

        @ParameterizedTest
        @CsvSource({
            "'''sts:AssumeRole''', sts:SetSourceIdentity and sts:TagSession",
            "'[''sts:AssumeRole'',''sts:TagSession'']', sts:SetSourceIdentity",
            "'[''sts:SetSourceIdentity'',''sts:TagSession'']', sts:AssumeRole"
        })
        void needsThreeActions(String actions, String missing) {
            assertThatOnly(check("Allow", PRINCIPAL, actions))
                    .isError("MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY")
                    .isAt("/Statement/0/Action")
                    .says("The principal \"rolesanywhere.amazonaws.com\" cannot assume the role without " + missing
                            + ".")
                    .advises("Allow it sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession.");
        }

        @Test
        void mayHaveThemInSeveralStatements() {
            assertThat(errors(statement("Allow", PRINCIPAL, "'sts:AssumeRole'") + ","
                            + statement("Allow", PRINCIPAL, "['sts:SetSourceIdentity','sts:TagSession']")))
                    .isEmpty();
            assertThatOnly(errors(statement("Allow", PRINCIPAL, "['sts:AssumeRole','sts:TagSession']") + ","
                            + statement("Deny", PRINCIPAL, "'sts:SetSourceIdentity'")))
                    .isAt("/Statement/0/Action");
            assertThatOnly(errors(statement("Allow", PRINCIPAL, "['sts:AssumeRole','sts:TagSession']") + ","
                            + statement("Allow", "{'Service':'ec2.amazonaws.com'}", "'sts:SetSourceIdentity'")))
                    .isAt("/Statement/0/Action");
        }
    }

    private static List<Finding> check(String effect, String principal, String actions) {
        return errors(statement(effect, principal, actions));
    }

    private static String statement(String effect, String principal, String actions) {
        return "{'Effect':'" + effect + "','Principal':" + principal + ",'Action':" + actions
                + ",'Condition':{'StringEquals':{'accounts.google.com:aud':'app'}}}";
    }

    private static List<Finding> errors(String statements) {
        return PolicyCheck.refusals(
                        PolicyDocument.parse(
                                ("{'Version':'2012-10-17','Statement':[" + statements + "]}").replace('\'', '"')),
                        PolicyKind.TRUST,
                        "aws")
                .stream()
                .filter(Finding::refuses)
                .toList();
    }
}
