package io.rolesmith.policy.check;

import static io.rolesmith.policy.FindingAssert.assertThatOnly;
import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of issuers that serve everybody, and the claims that tell one customer from another. */
class FederationTests {

    private static final String GITHUB = "token.actions.githubusercontent.com";
    private static final String WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity";

    @Nested
    class OfGitHub {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'StringEquals':{'@:aud':'sts.amazonaws.com','@:sub':'repo:octo-org/octo-repo:ref:refs/heads/main'}}",
                    "{'StringEquals':{'@:sub':'repo:octo-org@1234/octo-repo@5678:environment:prod'}}",
                    "{'StringLike':{'@:sub':'repo:octo-org/*'}}",
                    "{'StringLike':{'@:sub':['repo:octo-org/octo-repo:*','repo:octo-org/other:*']}}",
                    "{'StringLike':{'@:sub':'repo:octo-org@12*/octo-repo:*'}}",
                    "{'StringEqualsIgnoreCase':{'@:sub':'repo:octo-org/octo-repo:pull_request'}}",
                    "{'ForAnyValue:StringEquals':{'@:sub':'repo:octo-org/octo-repo:pull_request'}}",
                    "{'ForAllValues:StringLike':{'@:sub':'repo:octo-org/*'}}",
                    "{'StringLike':{'@:job_workflow_ref':'octo-org/octo-repo/.github/workflows/deploy.yml@*'}}",
                    "{'StringEquals':{'@:sub':'repo:octo-org/octo-repo:x'},'StringLike':{'@:job_workflow_ref':'octo-org/*'}}",
                    "{'StringLike':{'@:sub':'repo:octo-org/*'},'StringNotLike':{'@:sub':'*:pull_request'}}",
                    "{'StringLike':{'@:sub':'repository_owner:octo-org:*'}}"
                })
        void nameTheOrganisation(String condition) {
            assertThat(github(condition)).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{}",
                    "{'StringEquals':{'@:aud':'sts.amazonaws.com'}}",
                    "{'StringEquals':{'@:Sub':'repo:octo-org/octo-repo:x'}}",
                    "{'StringEquals':{'@:subject':'repo:octo-org/octo-repo:x'}}",
                    "{'StringEquals':{'gitlab.com:sub':'repo:octo-org/octo-repo:x'}}",
                    "{'StringNotEquals':{'@:sub':'repo:octo-org/octo-repo:x'}}",
                    "{'StringNotLike':{'@:sub':'repo:octo-org/*'}}",
                    "{'StringEqualsIfExists':{'@:sub':'repo:octo-org/octo-repo:x'}}",
                    "{'Null':{'@:sub':'false'}}",
                    "{'Bool':{'@:sub':'true'}}",
                    "{'NumericEquals':{'@:sub':'1'}}"
                })
        void areNotTrustedWithoutTheTest(String condition) {
            assertThatOnly(github(condition))
                    .isError("MISSING_GITHUB_REPO_CONDITION_KEY")
                    .isAt("/Statement/0/Principal/Federated")
                    .says("Tokens of \"" + GITHUB + "\" are everybody's, and no condition of the statement tests "
                            + GITHUB + ":sub or " + GITHUB + ":job_workflow_ref.")
                    .advises("Test " + GITHUB
                            + ":sub by StringEquals with the organisation and repository written out, as"
                            + " in repo:octo-org/octo-repo:ref:refs/heads/main.");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "*",
                    "**",
                    "?",
                    "*?",
                    "",
                    " ",
                    "*octo-org/octo-repo*",
                    "*:ref:refs/heads/main",
                    "?epo:octo-org/octo-repo:x",
                    "re*:octo-org/octo-repo:x",
                    "repo*",
                    "repo:*",
                    "repo:*/*",
                    "repo:*/octo-repo:*",
                    "repo:?*",
                    "repo:octo*",
                    "repo:octo-org*/octo-repo:x",
                    "repo:octo-or?/octo-repo:x",
                    "repo:/*",
                    "repo: /*",
                    "${token.actions.githubusercontent.com:sub}",
                    "repo:${aws:PrincipalTag/org}/x",
                    "repo:${*}/x"
                })
        void areNotTrustedWithAnOpenValue(String value) {
            for (String operator : List.of("StringLike", "StringEquals")) {
                assertThatOnly(github("{'" + operator + "':{'@:sub':['repo:octo-org/*','" + value + "']}}"))
                        .isError("MISSING_GITHUB_REPO_CONDITION_KEY")
                        .isAt("/Statement/0/Condition/" + operator + "/" + GITHUB + ":sub/1")
                        .says("The value \"" + value + "\" of " + GITHUB
                                + ":sub does not spell out whose tokens may assume the role.");
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"*", "octo*", "*/deploy.yml@main", ""})
        void areNotTrustedWithAnOpenWorkflow(String value) {
            assertThatOnly(github("{'StringLike':{'@:job_workflow_ref':'" + value + "'}}"))
                    .isError("MISSING_GITHUB_REPO_CONDITION_KEY")
                    .isAt("/Statement/0/Condition/StringLike/" + GITHUB + ":job_workflow_ref");
        }

        @Test
        void areNotTrustedWhenOneOfBothClaimsIsOpen() {
            assertThatOnly(github("{'StringEquals':{'@:sub':'repo:octo-org/octo-repo:x'},"
                            + "'StringLike':{'@:job_workflow_ref':'*'}}"))
                    .isAt("/Statement/0/Condition/StringLike/" + GITHUB + ":job_workflow_ref");
        }

        @Test
        void areNotTrustedWithNoValue() {
            assertThatOnly(github("{'StringEquals':{'@:sub':[]}}"))
                    .isError("MISSING_GITHUB_REPO_CONDITION_KEY")
                    .isAt("/Statement/0/Condition/StringEquals/" + GITHUB + ":sub")
                    .says("The condition on " + GITHUB
                            + ":sub has no value, so it names nobody whose tokens may assume the role.");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"token.actions.githubusercontent.com/octo-enterprise", "TOKEN.actions.githubusercontent.com"
                })
        void areTheSameFromEveryIssuerOfItsName(String issuer) {
            assertThatOnly(check(oidc(issuer), WEB_IDENTITY, "{'StringEquals':{'" + issuer + ":aud':'x'}}"))
                    .isError("MISSING_GITHUB_REPO_CONDITION_KEY");
            assertThat(check(oidc(issuer), WEB_IDENTITY, "{'StringEquals':{'" + issuer + ":sub':'repo:octo/repo:x'}}"))
                    .isEmpty();
        }

        @Test
        void areNotTrustedForTheSakeOfAnotherStatement() {
            String good = statement(
                    "Allow",
                    oidc(GITHUB),
                    WEB_IDENTITY,
                    "{'StringEquals':{'" + GITHUB + ":sub':'repo:octo-org/octo-repo:x'}}");
            String open = statement("Allow", oidc(GITHUB), WEB_IDENTITY, "{}");

            assertThatOnly(checkAll(good, open)).isAt("/Statement/1/Principal/Federated");
        }

        @Test
        void areAskedForOnceHoweverOftenTheProviderStandsThere() {
            assertThatOnly(checkAll("{'Effect':'Allow','Principal':{'Federated':['" + oidc(GITHUB) + "','"
                            + oidc(GITHUB) + "']},'Action':'" + WEB_IDENTITY + "'}"))
                    .isAt("/Statement/0/Principal/Federated/0");
        }

        @Test
        void areAlwaysTrustedToBeDenied() {
            assertThat(checkAll(statement("Deny", oidc(GITHUB), WEB_IDENTITY, "{}")))
                    .isEmpty();
        }

        @Test
        void mayTagTheirSessionsInAStatementOfItsOwn() {
            assertThat(check(oidc(GITHUB), "sts:TagSession", "{}")).isEmpty();
            assertThatOnly(checkAll("{'Effect':'Allow','Principal':{'Federated':'" + oidc(GITHUB)
                            + "'},'Action':['sts:TagSession','" + WEB_IDENTITY + "']}"))
                    .isError("MISSING_GITHUB_REPO_CONDITION_KEY");
        }

        private static List<Finding> github(String condition) {
            return check(oidc(GITHUB), WEB_IDENTITY, condition.replace("'@:", "'" + GITHUB + ":"));
        }
    }

    @Nested
    class OfOtherSharedIssuers {

        @ParameterizedTest(name = "{0}")
        @CsvSource({
            "agent.buildkite.com, agent.buildkite.com:sub, organization:acme:pipeline:*",
            "oidc.codefresh.io, oidc.codefresh.io:sub, account:64f884:pipeline:*",
            "studio.datachain.ai/api, studio.datachain.ai/api:sub, credentials:acme/*",
            "oidc-configuration.audit-log.githubusercontent.com, oidc-configuration.audit-log.githubusercontent.com:sub, https://github.com/acme",
            "vstoken.actions.githubusercontent.com, vstoken.actions.githubusercontent.com:sub, repo:octo-org/*",
            "gitlab.com, gitlab.com:sub, project_path:acme/*:ref_type:branch:ref:main",
            "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7, rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7:sub, system:serviceaccount:acme:turbonomic",
            "rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr, rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr:sub, x",
            "rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg, rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg:sub, x",
            "rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26, rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26:sub, x",
            "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb, oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb:sub, x",
            "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu, oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu:sub, x",
            "api.pulumi.com/oidc, api.pulumi.com/oidc:aud, aws:acme",
            "sandboxes.cloud, sandboxes.cloud:aud, acme",
            "scalr.io, scalr.io:sub, account:acme:environment:*",
            "tokens.cloud.shisho.dev, tokens.cloud.shisho.dev:sub, job:acme:workflow",
            "app.terraform.io, app.terraform.io:sub, organization:acme:project:*:workspace:*:run_phase:*",
            "proidc.upbound.io, proidc.upbound.io:sub, mcp:acme/prod:provider:provider-aws",
            "oidc.vercel.com, oidc.vercel.com:aud, https://vercel.com/acme",
            "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/, sts:RoleSessionName, MicrosoftSentinel_1234",
            "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d, sts:RoleSessionName, MicrosoftSentinel_1234",
            "cognito-identity.amazonaws.com, cognito-identity.amazonaws.com:aud, us-east-1:12345678-abcd"
        })
        void nameTheTenant(String issuer, String key, String value) {
            String operator = value.contains("*") ? "StringLike" : "StringEquals";
            String wrong = "{'StringEquals':{'" + issuer + ":iss':'x'}}";

            assertThat(check(oidc(issuer), WEB_IDENTITY, "{'" + operator + "':{'" + key + "':'" + value + "'}}"))
                    .isEmpty();
            assertThatOnly(check(oidc(issuer), WEB_IDENTITY, wrong))
                    .isError("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL")
                    .isAt("/Statement/0/Principal/Federated")
                    .says("Tokens of \"" + issuer + "\" are everybody's, and no condition of the statement tests " + key
                            + ".")
                    .advises("Test " + key + " by StringEquals with the value of your own tenant written out.");
            assertThatOnly(check(oidc(issuer), WEB_IDENTITY, "{'StringLike':{'" + key + "':'*'}}"))
                    .isError("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL")
                    .says("The value \"*\" of " + key + " does not spell out whose tokens may assume the role.");
        }

        @ParameterizedTest
        @CsvSource({
            "app.terraform.io, app.terraform.io:sub, organization:*:project:x",
            "app.terraform.io, app.terraform.io:sub, organization:acme*",
            "gitlab.com, gitlab.com:sub, project_path:*",
            "gitlab.com, gitlab.com:sub, project_path:acme*/x:ref_type:branch:ref:main",
            "oidc.vercel.com, oidc.vercel.com:aud, https://vercel.com/*",
            "oidc.vercel.com, oidc.vercel.com:aud, https://*",
            "oidc.vercel.com, oidc.vercel.com:aud, https://vercel.com*",
            "oidc.vercel.com, oidc.vercel.com:aud, https://vercel.com/acme*",
            "cognito-identity.amazonaws.com, cognito-identity.amazonaws.com:aud, us-east-1:*",
            "cognito-identity.amazonaws.com, cognito-identity.amazonaws.com:aud, us-east-?:12345678",
            "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/, sts:RoleSessionName, MicrosoftSentinel_*"
        })
        void areNotTrustedWithAnOpenTenant(String issuer, String key, String value) {
            assertThatOnly(check(oidc(issuer), WEB_IDENTITY, "{'StringLike':{'" + key + "':'" + value + "'}}"))
                    .isError("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL")
                    .isAt("/Statement/0/Condition/StringLike/" + key.replace("/", "~1"));
        }

        @Test
        void areTakenAsTextUnderTheOldVersion() {
            assertThat(errors("{'Version':'2008-10-17','Statement':["
                            + statement(
                                    "Allow",
                                    oidc("gitlab.com"),
                                    WEB_IDENTITY,
                                    "{'StringEquals':{'gitlab.com:sub':'${x}'}}")
                            + "]}"))
                    .isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "oidc.eks.us-east-1.amazonaws.com/id/ABC",
                    "idp.example",
                    "gitlab.example.com",
                    "gitlab.com.example"
                })
        void arePrivateElsewhere(String issuer) {
            assertThat(check(oidc(issuer), WEB_IDENTITY, "{}")).isEmpty();
        }

        @Test
        void areEachAskedForTheirOwn() {
            assertThatOnly(checkAll("{'Effect':'Allow','Principal':{'Federated':['" + oidc("gitlab.com") + "','"
                            + oidc("scalr.io") + "']},'Action':'" + WEB_IDENTITY
                            + "','Condition':{'StringEquals':{'gitlab.com:sub':'project_path:a/b:c'}}}"))
                    .isAt("/Statement/0/Principal/Federated/1")
                    .says(
                            "Tokens of \"scalr.io\" are everybody's, and no condition of the statement tests scalr.io:sub.");
        }
    }

    @Nested
    class OfIamsOwnProviders {

        @ParameterizedTest
        @CsvSource({
            "accounts.google.com, aud, StringEquals",
            "accounts.google.com, oaud, StringEqualsIgnoreCase",
            "accounts.google.com, sub, ForAnyValue:StringEquals",
            "www.amazon.com, app_id, StringEquals",
            "www.amazon.com, sub, StringEquals",
            "graph.facebook.com, app_id, StringEquals",
            "graph.facebook.com, sub, StringEquals",
            "cognito-identity.amazonaws.com, aud, StringLike"
        })
        void areTestedForEquality(String provider, String claim, String operator) {
            assertThat(check(provider, WEB_IDENTITY, "{'" + operator + "':{'" + provider + ":" + claim + "':'x'}}"))
                    .isEmpty();
        }

        @ParameterizedTest
        @CsvSource({
            "accounts.google.com, aud, StringLike",
            "accounts.google.com, AUD, StringEquals",
            "accounts.google.com, app_id, StringEquals",
            "accounts.google.com, email, StringEquals",
            "www.amazon.com, aud, StringEquals",
            "www.amazon.com, app_id, StringLike",
            "graph.facebook.com, App_Id, StringEquals",
            "graph.facebook.com, app_id, StringEqualsIfExists",
            "cognito-identity.amazonaws.com, amr, StringEquals",
            "cognito-identity.amazonaws.com, aud, StringNotEquals"
        })
        void areNotTrustedOtherwise(String provider, String claim, String operator) {
            assertThatOnly(check(provider, WEB_IDENTITY, "{'" + operator + "':{'" + provider + ":" + claim + "':'x'}}"))
                    .isError("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL")
                    .isAt("/Statement/0/Principal/Federated");
        }

        @Test
        void ofCognitoNeedAConditionWhateverTheyMayDo() {
            assertThatOnly(check("cognito-identity.amazonaws.com", "sts:TagSession", "{}"))
                    .isError("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL")
                    .says("The provider \"cognito-identity.amazonaws.com\" is trusted without a condition.");
            assertThat(check("accounts.google.com", "sts:TagSession", "{}")).isEmpty();
        }
    }

    private static String oidc(String issuer) {
        return "arn:aws:iam::123456789012:oidc-provider/" + issuer;
    }

    private static List<Finding> check(String provider, String action, String condition) {
        return checkAll(statement("Allow", provider, action, condition));
    }

    private static String statement(String effect, String provider, String action, String condition) {
        return "{'Effect':'" + effect + "','Principal':{'Federated':'" + provider + "'},'Action':'" + action
                + "','Condition':" + condition + "}";
    }

    private static List<Finding> checkAll(String... statements) {
        return errors("{'Version':'2012-10-17','Statement':[" + String.join(",", statements) + "]}");
    }

    private static List<Finding> errors(String document) {
        return PolicyCheck.refusals(PolicyDocument.parse(document.replace('\'', '"')), PolicyKind.TRUST, "aws").stream()
                .filter(Finding::refuses)
                .toList();
    }
}
