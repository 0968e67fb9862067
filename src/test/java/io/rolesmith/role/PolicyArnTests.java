package io.rolesmith.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyArnTests {

    private static final String OWN = "arn:aws:iam::123456789012:policy/";

    @ParameterizedTest
    @CsvSource({
        "arn:aws:iam::aws:policy/ReadOnlyAccess, aws, aws",
        "arn:aws:iam::aws:policy/service-role/AWSLambdaRole, aws, aws",
        "arn:aws-cn:iam::123456789012:policy/a, aws-cn, 123456789012",
        "arn:aws-us-gov:iam::000000000000:policy/team/a_b+=@.-, aws-us-gov, 000000000000",
        "arn:aws-iso-b:iam::aws:policy/a, aws-iso-b, aws"
    })
    void namesItsPartitionAndAccount(String text, String partition, String account) {
        PolicyArn arn = new PolicyArn(text);

        assertThat(arn.partition()).isEqualTo(partition);
        assertThat(arn.account()).isEqualTo(account);
        assertThat(arn).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:iam::aws:role/ReadOnlyAccess",
                "arn:aws:iam::aws:policy/",
                "arn:aws:iam::aws:policy/team/",
                "arn:aws:iam::aws:policy/team//a",
                "arn:aws:iam::aws:policy//a",
                "arn:aws:iam::aws:policies/a",
                "arn:aws:iam:us-east-1:aws:policy/a",
                "arn:aws:s3::123456789012:policy/a",
                "arn:aws:iam:::policy/ReadOnlyAccess",
                "arn:aws:iam::12345678901:policy/a",
                "arn:aws:iam::1234567890123:policy/a",
                "arn:aws:iam::12345678901x:policy/a",
                "arn:aws:iam::AWS:policy/ReadOnly",
                "ARN:aws:iam::aws:policy/ReadOnly",
                "arn::iam::123456789012:policy/a",
                "arn:a ws:iam::123456789012:policy/a",
                "arn:AWS:iam::123456789012:policy/a",
                "arn:aws:iam::123456789012:policy/a:b",
                "arn:aws:iam::123456789012:policy/a b",
                "arn:aws:iam::123456789012:policy/*",
                "arn:aws:iam::123456789012:policy/é",
                " arn:aws:iam::aws:policy/ReadOnly",
                "arn:aws:iam::aws:policy/ReadOnly\n",
                "arn:aws:iam::123456789012"
            })
    void isShapedLikeAPolicysArn(String text) {
        assertThat(PolicyArn.violation(text))
                .hasValue("'" + text + "' is not the ARN of a managed policy, which reads"
                        + " arn:<partition>:iam::<account or aws>:policy/<path and name>");
        assertThatIllegalArgumentException().isThrownBy(() -> new PolicyArn(text));
    }

    @Test
    void has20CharactersAtLeast() {
        assertThat(PolicyArn.violation("x".repeat(19)))
                .hasValue("The policy ARN 'xxxxxxxxxxxxxxxxxxx' has 19 characters; IAM allows 20 to 2048");
        assertThat(PolicyArn.violation("x".repeat(20)).orElseThrow()).contains("is not the ARN of a managed policy");
        assertThat(PolicyArn.violation("x".repeat(21)).orElseThrow()).contains("is not the ARN of a managed policy");
    }

    @Test
    void has2048CharactersAtMost() {
        assertThat(PolicyArn.violation(padded(2047)).orElseThrow()).contains("a name of 2014 characters");
        assertThat(PolicyArn.violation(padded(2048)).orElseThrow()).contains("a name of 2015 characters");
        assertThat(PolicyArn.violation(padded(2049)).orElseThrow())
                .isEqualTo("The policy ARN '" + padded(160) + "…' has 2049 characters; IAM allows 20 to 2048");
    }

    @Test
    void hasANameOf128CharactersAtMost() {
        assertThat(PolicyArn.violation(OWN + "n".repeat(127))).isEmpty();
        assertThat(PolicyArn.violation(OWN + "n".repeat(128))).isEmpty();
        assertThat(PolicyArn.violation(OWN + "n".repeat(129)))
                .hasValue("The policy ARN '" + padded(160)
                        + "…' has a path of 1 and a name of 129 characters; IAM allows 512 and 128");
    }

    @Test
    void hasAPathOf512CharactersAtMost() {
        assertThat(PolicyArn.violation(OWN + "p".repeat(509) + "/name")).isEmpty();
        assertThat(PolicyArn.violation(OWN + "p".repeat(510) + "/name")).isEmpty();
        assertThat(PolicyArn.violation(OWN + "p".repeat(511) + "/name").orElseThrow())
                .endsWith("has a path of 513 and a name of 4 characters; IAM allows 512 and 128");
    }

    @Test
    void tellsThePoliciesOfServiceLinkedRoles() {
        assertThat(new PolicyArn("arn:aws:iam::aws:policy/aws-service-role/A").isForServiceLinkedRoles())
                .isTrue();
        assertThat(new PolicyArn("arn:aws:iam::aws:policy/service-role/A").isForServiceLinkedRoles())
                .isFalse();
        assertThat(new PolicyArn("arn:aws:iam::aws:policy/aws-service-role").isForServiceLinkedRoles())
                .isFalse();
    }

    private static String padded(int length) {
        return OWN + "n".repeat(length - OWN.length());
    }
}
