package io.rolesmith.policy.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.PolicyDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManagedPoliciesTests {

    private final ManagedPolicies policies = ManagedPolicies.bundled();

    @Test
    void knowsVersionAndDocumentOfAPolicy() {
        String arn = "arn:aws:iam::aws:policy/AdministratorAccess";

        assertThat(policies.contains(arn)).isTrue();
        assertThat(policies.version(arn)).contains("v1");
        assertThat(policies.document(arn))
                .contains(
                        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
                "arn:aws-cn:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
                "arn:aws-us-gov:iam::aws:policy/job-function/ViewOnlyAccess",
                "arn:aws-eusc:iam::aws:policy/ReadOnlyAccess"
            })
    void knowsAPolicyInEveryPartition(String arn) {
        assertThat(policies.contains(arn)).isTrue();
        assertThat(policies.version(arn)).isPresent();
        assertThat(policies.document(arn)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ReadOnlyAccess",
                "arn:aws:iam::aws:policy/",
                "arn:aws:iam::aws:policy/readonlyaccess",
                "arn:aws:iam::aws:policy/AmazonECSTaskExecutionRolePolicy",
                "arn:aws:iam::aws:policy//ReadOnlyAccess",
                "arn:aws:iam::123456789012:policy/ReadOnlyAccess",
                "arn:awsx:iam::aws:policy/ReadOnlyAccess",
                "arn::iam::aws:policy/ReadOnlyAccess",
                "arn:aws:s3::aws:policy/ReadOnlyAccess",
                "xrn:aws:iam::aws:policy/ReadOnlyAccess"
            })
    void knowsNoOtherPolicy(String arn) {
        assertThat(policies.contains(arn)).isFalse();
        assertThat(policies.version(arn)).isEmpty();
        assertThat(policies.document(arn)).isEmpty();
    }

    @Test
    void listsAllOfThem() {
        assertThat(policies.arns())
                .hasSize(1594)
                .isSorted()
                .contains("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
                .allMatch(policies::contains);
    }

    @ParameterizedTest
    @CsvSource({
        "arn:aws:iam::aws:policy/AmazonECSTaskExecutionRolePolicy, arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        "arn:aws-cn:iam::aws:policy/AWSLambdaBasicExecutionRole, arn:aws-cn:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "arn:aws:iam::aws:policy/ViewOnlyAccess, arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
        "arn:aws:iam::aws:policy/service-role/ReadOnlyAccess, arn:aws:iam::aws:policy/ReadOnlyAccess",
        "arn:aws:iam::aws:policy/amazons3readonlyaccess, arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        "arn:aws:iam::aws:policy/AmazonS3ReadonlyAcess, arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        "arn:aws:iam::aws:policy/AmazonEcsTaskExecutionRolPolicy, arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        "arn:aws:iam:aws:policy/ReadOnlyAccess, arn:aws:iam::aws:policy/ReadOnlyAccess",
        "ReadOnlyAccess, arn:aws:iam::aws:policy/ReadOnlyAccess"
    })
    void suggestsTheNearestPolicy(String arn, String meant) {
        assertThat(policies.contains(arn)).isFalse();
        assertThat(policies.contains(meant)).isTrue();
        assertThat(policies.closest(arn)).contains(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "arn:aws:iam::aws:policy/", "arn:aws:iam::aws:policy/NothingLikeAnyOfThem"})
    void suggestsNothingForWhatIsNearNothing(String arn) {
        assertThat(policies.closest(arn)).isEmpty();
    }

    /** What is written back is what the source has, minified: the script that wrote it proves that nothing was lost. */
    @Test
    void everyDocumentIsReadWithoutLoss() {
        assertThat(policies.arns()).hasSizeGreaterThan(1_500).allSatisfy(arn -> {
            String document = policies.document(arn).orElseThrow();
            assertThat(PolicyDocument.parse(document).json()).isEqualTo(document);
        });
    }
}
