package io.rolesmith.policy.check;

import static io.rolesmith.policy.FindingAssert.assertThatOnly;
import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrustExposureTests {

    @Test
    void findsTrustInAnyone() {
        assertThatOnly(exposure("\"*\"", "{}"))
                .isError("ANONYMOUS_TRUST")
                .isAt("/Statement/Principal")
                .says(
                        "The principal \"*\" lets strangers assume the role, since no condition names an organisation or a"
                                + " principal.")
                .advises("Name the principals, or add a condition such as StringEquals on aws:PrincipalOrgID.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "**", "arn:aws:iam::*:root", "arn:aws:iam::*:role/App", "????????????"})
    void findsTrustInAnyAwsPrincipal(String principal) {
        assertThatOnly(exposure("{\"AWS\":[\"123456789012\",\"" + principal + "\"]}", "{}"))
                .isError("ANONYMOUS_TRUST")
                .isAt("/Statement/Principal/AWS/1");
    }

    @Test
    void findsTrustInAllButSome() {
        assertThatOnly(TrustExposure.anonymousTrust(PolicyDocument.parse(
                        "{\"Statement\":{\"Effect\":\"Allow\",\"NotPrincipal\":{\"AWS\":\"123456789012\"}}}")))
                .isError("ANONYMOUS_TRUST")
                .isAt("/Statement/NotPrincipal");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"AWS\":\"123456789012\"}",
                "{\"AWS\":\"arn:aws:iam::123456789012:root\"}",
                "{\"Service\":\"ecs-tasks.amazonaws.com\"}",
                "{\"Federated\":\"accounts.google.com\"}",
                "{}"
            })
    void findsNothingInNamedPrincipals(String principal) {
        assertThat(exposure(principal, "{}")).isEmpty();
    }

    @Test
    void findsNothingInADeny() {
        assertThat(TrustExposure.anonymousTrust(
                        PolicyDocument.parse("{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\"}}")))
                .isEmpty();
    }

    @Test
    void isNotHealedByAnotherStatement() {
        assertThatOnly(TrustExposure.anonymousTrust(PolicyDocument.parse("{\"Statement\":["
                        + "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},"
                        + "\"Condition\":{\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-a1b2c3d4e5\"}}},"
                        + "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"}}]}")))
                .isAt("/Statement/1/Principal/AWS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-a1b2c3d4e5\"}}",
                "{\"StringEquals\":{\"AWS:principalorgid\":[\"o-a1b2c3d4e5\",\"o-z1b2c3d4e5\"]}}",
                "{\"StringLike\":{\"aws:PrincipalOrgID\":\"o-a1b2c3d4e5\"}}",
                "{\"ForAnyValue:StringLike\":{\"aws:PrincipalOrgPaths\":\"o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*\"}}",
                "{\"StringEquals\":{\"aws:PrincipalAccount\":\"123456789012\"}}",
                "{\"StringEquals\":{\"aws:PrincipalAccount\":123456789012}}",
                "{\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::123456789012:role/App-*\"}}",
                "{\"ArnEquals\":{\"aws:PrincipalArn\":\"arn:aws:iam::123456789012:role/App\"}}",
                "{\"StringLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::123456789012:*\"}}",
                "{\"StringLike\":{\"aws:userid\":\"AROAEXAMPLEEXAMPLEEXA:*\"}}",
                "{\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"},\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-a1b2c3d4e5\"}}"
            })
    void acceptsConditionsThatNameSomebody(String condition) {
        assertThat(exposure("{\"AWS\":\"*\"}", condition)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"StringNotEquals\":{\"aws:PrincipalOrgID\":\"o-a1b2c3d4e5\"}}",
                "{\"StringEqualsIfExists\":{\"aws:PrincipalOrgID\":\"o-a1b2c3d4e5\"}}",
                "{\"ForAllValues:StringEquals\":{\"aws:PrincipalOrgID\":\"o-a1b2c3d4e5\"}}",
                "{\"Null\":{\"aws:PrincipalOrgID\":\"false\"}}",
                "{\"StringLike\":{\"aws:PrincipalOrgID\":\"*\"}}",
                "{\"StringLike\":{\"aws:PrincipalOrgID\":\"o-*\"}}",
                "{\"StringLike\":{\"aws:PrincipalOrgID\":\"o-a1b2c3d4e*\"}}",
                "{\"StringEquals\":{\"aws:PrincipalOrgID\":\"${aws:PrincipalOrgID}\"}}",
                "{\"StringEquals\":{\"aws:PrincipalOrgID\":[\"o-a1b2c3d4e5\",\"\"]}}",
                "{\"StringLike\":{\"aws:PrincipalOrgID\":[\"o-a1b2c3d4e5\",\"*\"]}}",
                "{\"StringEquals\":{\"aws:PrincipalOrgID\":[]}}",
                "{\"ForAnyValue:StringLike\":{\"aws:PrincipalOrgPaths\":\"o-*/r-ab12/*\"}}",
                "{\"ForAnyValue:StringLike\":{\"aws:PrincipalOrgPaths\":\"*/r-ab12/*\"}}",
                "{\"StringLike\":{\"aws:PrincipalAccount\":\"12345678901?\"}}",
                "{\"ArnLike\":{\"aws:PrincipalArn\":\"*\"}}",
                "{\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::*:role/App\"}}",
                "{\"StringLike\":{\"aws:PrincipalArn\":\"arn:*:iam::123456789012:role/App\"}}",
                "{\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::${aws:PrincipalAccount}:role/App\"}}",
                "{\"ArnNotLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::123456789012:role/App\"}}",
                "{\"StringLike\":{\"aws:userid\":\"*:session\"}}",
                "{\"StringEquals\":{\"sts:ExternalId\":\"secret\"}}",
                "{\"StringEquals\":{\"aws:PrincipalTag/team\":\"red\"}}",
                "{\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"}}",
                "{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}}",
                "{\"Bogus\":{\"aws:PrincipalOrgID\":\"o-a1b2c3d4e5\"}}"
            })
    void refusesConditionsThatStrangersCanMeet(String condition) {
        assertThatOnly(exposure("{\"AWS\":\"*\"}", condition)).isError("ANONYMOUS_TRUST");
    }

    private static List<Finding> exposure(String principal, String condition) {
        return TrustExposure.anonymousTrust(PolicyDocument.parse("{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":"
                + principal + ",\"Action\":\"sts:AssumeRole\",\"Condition\":" + condition + "}}"));
    }
}
