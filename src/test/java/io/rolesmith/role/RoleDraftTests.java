package io.rolesmith.role;

import static io.rolesmith.role.ReadingAssert.assertThatReading;
import static io.rolesmith.role.RoleDraftBuilder.ACCOUNT;
import static io.rolesmith.role.RoleDraftBuilder.INLINE;
import static io.rolesmith.role.RoleDraftBuilder.TRUST;
import static io.rolesmith.role.RoleDraftBuilder.draft;
import static io.rolesmith.role.RoleDraftBuilder.leastDraft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Severity;
import io.rolesmith.policy.access.AccessRequest;
import io.rolesmith.policy.access.Decision;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers stand here once more as AWS documents them, so that a constant that slips is seen. */
class RoleDraftTests {

    private static final String BOUNDARY = "arn:aws:iam::123456789012:policy/team-boundary";
    private static final String EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

    @Test
    void becomesTheSpecThatItSpellsOut() {
        RoleSpec spec = draft().managed(EXECUTION, BOUNDARY)
                .inline("ecs-exec", INLINE)
                .inline("logs", INLINE)
                .boundary(BOUNDARY)
                .tag("service", "retail-store")
                .tag("stage", "")
                .instanceProfile()
                .additive()
                .spec();

        assertThat(spec.name()).isEqualTo(new RoleName("retailStoreEcsTaskRole"));
        assertThat(spec.path()).isEqualTo(new RolePath("/retail/store/"));
        assertThat(spec.description()).isEqualTo("ECS task role of the retail store");
        assertThat(spec.trustPolicy().json()).isEqualTo(TRUST);
        assertThat(spec.managedPolicyArns()).containsExactly(new PolicyArn(EXECUTION), new PolicyArn(BOUNDARY));
        assertThat(spec.inlinePolicies())
                .containsExactly(
                        Map.entry(new PolicyName("ecs-exec"), PolicyDocument.parse(INLINE)),
                        Map.entry(new PolicyName("logs"), PolicyDocument.parse(INLINE)));
        assertThat(spec.boundary()).isEqualTo(new Boundary.Policy(new PolicyArn(BOUNDARY)));
        assertThat(spec.maxSession()).isEqualTo(Duration.ofHours(2));
        assertThat(spec.tags()).containsExactly(Map.entry("service", "retail-store"), Map.entry("stage", ""));
        assertThat(spec.instanceProfile()).isTrue();
        assertThat(spec.policyOwnership()).isEqualTo(PolicyOwnership.ADDITIVE);
    }

    @Test
    void getsDefaultsForWhatItLeavesOut() {
        RoleSpec spec = leastDraft().spec();

        assertThat(spec.path()).isEqualTo(RolePath.ROOT);
        assertThat(spec.description()).isEmpty();
        assertThat(spec.managedPolicyArns()).isEmpty();
        assertThat(spec.inlinePolicies()).isEmpty();
        assertThat(spec.boundary()).isEqualTo(new Boundary.Unchanged());
        assertThat(spec.maxSession()).isEqualTo(Duration.ofHours(1));
        assertThat(spec.tags()).isEmpty();
        assertThat(spec.instanceProfile()).isFalse();
    }

    @Test
    void isToldAllThatIsWrongAtOnce() {
        RoleDraft.RoleReading reading = draft().name("no spaces")
                .path("team")
                .description("dash – dash")
                .trust(TRUST.replace("}]}", ",\"Resource\":\"*\"}]}"))
                .managed("arn:aws:iam::aws:policy/ReadOnlyAccess", "ReadOnlyAccess")
                .inline("a/b", INLINE.replace("\"Resource\"", "\"resource\""))
                .inline("logs", INLINE)
                .inline("LOGS", INLINE)
                .boundary("arn:aws-cn:iam::aws:policy/ReadOnlyAccess")
                .maxSessionSeconds(60L)
                .tag("aws:service", "x")
                .tag("stage", "a*b")
                .read();

        assertThat(reading.spec()).isEmpty();
        assertThat(reading.findings())
                .filteredOn(finding -> finding.severity() == Severity.ERROR)
                .extracting(finding -> finding.code() + " " + finding.pointer())
                .containsOnlyOnce(
                        "INVALID_ROLE_NAME /name",
                        "INVALID_PATH /path",
                        "INVALID_DESCRIPTION /description",
                        "INVALID_POLICY_ARN /managedPolicyArns/1",
                        "INVALID_POLICY_NAME /inlinePolicies/a~1b",
                        "DUPLICATE_POLICY_NAME /inlinePolicies/LOGS",
                        "INVALID_PARTITION /permissionsBoundaryArn",
                        "INVALID_SESSION_DURATION /maxSessionSeconds",
                        "RESERVED_TAG_KEY /tags/aws:service",
                        "INVALID_TAG_VALUE /tags/stage")
                .anyMatch(place -> place.endsWith(" /trustPolicy/Statement/0/Resource"))
                .anyMatch(place -> place.endsWith(" /inlinePolicies/a~1b/Statement/0/resource"));
    }

    @Nested
    class Name {

        @ParameterizedTest
        @ValueSource(ints = {1, 63, 64})
        void hasUpTo64Characters(int length) {
            assertThatReading(draft().name("x".repeat(length))).isFine();
        }

        @Test
        void hasNo65Characters() {
            assertThatReading(draft().name("x".repeat(65)))
                    .isRefused("INVALID_ROLE_NAME", "/name")
                    .saying("The role name '" + "x".repeat(65) + "' has 65 characters; IAM allows 1 to 64")
                    .advising("Choose a name of 1 to 64 such characters.");
        }

        @Test
        void mustBeThere() {
            assertThatReading(draft().name(null))
                    .isRefused("MISSING_NAME", "/name")
                    .saying("A role needs a name");
            assertThatReading(draft().name("")).isRefused("MISSING_NAME", "/name");
        }

        @Test
        void hasNamesCharactersOnly() {
            assertThatReading(draft().name("retail/store"))
                    .isRefused("INVALID_ROLE_NAME", "/name")
                    .saying("The role name 'retail/store' contains '/'; IAM allows ASCII letters, digits and _+=,.@-");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "AWSServiceRoleFor",
                    "AWSServiceRoleForECS",
                    "awsservicerolefor",
                    "AWSReservedSSO_Admin",
                    "awsreservedsso_"
                })
        void isNoneThatAwsKeeps(String name) {
            assertThatReading(draft().name(name))
                    .isRefused("RESERVED_ROLE_NAME", "/name")
                    .saying("AWS keeps names like '" + name + "' for roles of its own");
        }

        @ParameterizedTest
        @ValueSource(strings = {"AWSServiceRole", "AWSReservedSSO", "MyAWSServiceRoleForECS"})
        void mayResembleThoseThatAwsKeeps(String name) {
            assertThatReading(draft().name(name)).isFine();
        }
    }

    @Nested
    class Path {

        @ParameterizedTest
        @ValueSource(ints = {3, 511, 512})
        void hasUpTo512Characters(int length) {
            assertThatReading(draft().path("/" + "p".repeat(length - 2) + "/")).isFine();
        }

        @Test
        void hasNo513Characters() {
            assertThatReading(draft().path("/" + "p".repeat(511) + "/"))
                    .isRefused("INVALID_PATH", "/path")
                    .saying("The path has 513 characters; IAM allows 1 to 512")
                    .advising("Write the path like /team/service/, or leave it out.");
        }

        @Test
        void isNotEmpty() {
            assertThatReading(draft().path("")).isRefused("INVALID_PATH", "/path");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "/aws-service-role/",
                    "/aws-service-role/ecs.amazonaws.com/",
                    "/aws-service-role-of-ours/",
                    "/aws-reserved/",
                    "/aws-reserved/sso.amazonaws.com/",
                    "/AWS-Reserved/"
                })
        void isNoneThatAwsKeeps(String path) {
            assertThatReading(draft().path(path))
                    .isRefused("RESERVED_PATH", "/path")
                    .saying("AWS keeps the path '" + path + "' for roles of its own")
                    .advising("Choose a path that begins with neither /aws-service-role nor /aws-reserved/.");
        }

        @ParameterizedTest
        @ValueSource(strings = {"/", "/service-role/", "/team/aws-service-role/", "/aws-reserve/"})
        void mayResembleThoseThatAwsKeeps(String path) {
            assertThatReading(draft().path(path)).isFine();
        }
    }

    @Nested
    class Description {

        @ParameterizedTest
        @ValueSource(ints = {0, 999, 1000})
        void hasUpTo1000Characters(int length) {
            assertThatReading(draft().description("é".repeat(length))).isFine();
        }

        @Test
        void hasNo1001Characters() {
            assertThatReading(draft().description("é".repeat(1001)))
                    .isRefused("INVALID_DESCRIPTION", "/description")
                    .saying("The description has 1001 characters; IAM allows 1000")
                    .advising("Shorten it.");
        }

        @ParameterizedTest
        @ValueSource(strings = {"\t", "\n", "\r", " ", "~", "¡", "ÿ", "a\r\nb\tc"})
        void mayHaveLatin1(String description) {
            assertThatReading(draft().description(description)).isFine();
        }

        @ParameterizedTest
        @CsvSource({
            "U+0000,0",
            "U+000B,11",
            "U+001F,31",
            "U+007F,127",
            "U+0080,128",
            "U+009F,159",
            "U+00A0,160",
            "Ā,256",
            "U+200B,8203",
            "–,8211",
            "’,8217",
            "漢,28450",
            "😀,128512",
            "U+D800,55296"
        })
        void hasNothingElse(String shown, int codePoint) {
            assertThatReading(draft().description("a" + Character.toString(codePoint) + "b"))
                    .isRefused("INVALID_DESCRIPTION", "/description")
                    .saying("The description contains '" + shown
                            + "'; IAM allows tabs, line ends and the visible characters of Latin-1");
        }

        @Test
        void isCountedInCharactersHoweverManyUnitsTheyTake() {
            assertThatReading(draft().description("😀".repeat(1000)))
                    .isRefused("INVALID_DESCRIPTION", "/description")
                    .saying("The description contains '😀'; IAM allows tabs, line ends and the visible characters of"
                            + " Latin-1");
        }
    }

    @Nested
    class TrustPolicy {

        @Test
        void mustBeThere() {
            assertThatReading(draft().trust(null))
                    .isRefused("MISSING_TRUST_POLICY", "/trustPolicy")
                    .saying("A role needs a trust policy, which says who may assume it");
        }

        @ParameterizedTest
        @ValueSource(ints = {2047, 2048})
        void hasUpTo2048CharactersAnywhere(int size) {
            assertThatReading(draft().trust(padded(TRUST, size))).isFine();
        }

        @ParameterizedTest
        @ValueSource(ints = {2049, 8191, 8192})
        void hasUpTo8192CharactersWhereTheQuotaWasRaised(int size) {
            assertThatReading(draft().trust(padded(TRUST, size)))
                    .isWarned("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", "/trustPolicy");
        }

        @Test
        void hasAsManyCharactersAsTheAccountAllowsWhereThatIsKnown() {
            assertThatReading(draft().trust(padded(TRUST, 4096)).quotas(20, 4096))
                    .isFine();
            assertThatReading(draft().trust(padded(TRUST, 4097)).quotas(20, 4096))
                    .isRefused("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", "/trustPolicy")
                    .saying("The trust policy has 4097 characters, the account allows 4096.")
                    .advising("Shorten it, or have the account's quota L-C07B4B0D raised first.");
        }

        @Test
        void hangsOnTheAccountsQuotaOnlyAboveTheDefault() {
            assertThat(draft().trust(padded(TRUST, 2048)).read().hangsOnQuotas())
                    .isFalse();
            assertThat(draft().trust(padded(TRUST, 2049)).read().hangsOnQuotas())
                    .isTrue();
            assertThat(draft().trust(padded(TRUST, 8193)).read().hangsOnQuotas())
                    .isFalse();
        }

        @Test
        void hasNo8193Characters() {
            assertThatReading(draft().trust(padded(TRUST, 8193)))
                    .isRefused("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", "/trustPolicy");
        }

        @Test
        void mustBeReadable() {
            assertThatReading(draft().trust(TRUST.replace("\"Effect\"", "\"Effect\":\"Deny\",\"Effect\"")))
                    .isRefused("DUPLICATE_KEY", "/trustPolicy/Statement/0/Effect");
        }

        @Test
        void isOfTheTrustKind() {
            assertThatReading(draft().trust(TRUST.replace("}]}", ",\"Resource\":\"*\"}]}")))
                    .isRefused("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", "/trustPolicy/Statement/0/Resource");
        }

        @Test
        void letsNoStrangersIn() {
            assertThatReading(draft().trust(
                                    TRUST.replace("{\"Service\":\"ecs-tasks.amazonaws.com\"}", "{\"AWS\":\"*\"}")))
                    .isRefused("ANONYMOUS_TRUST", "/trustPolicy/Statement/0/Principal/AWS");
        }

        @Test
        void getsItsVariables() {
            RoleSpec spec = draft().trust(TRUST.replace(
                            "\"Service\":\"ecs-tasks.amazonaws.com\"",
                            "\"AWS\":\"arn:${var.aws_partition}:iam::${var.aws_account_id}:root\""))
                    .spec();

            assertThat(spec.trustPolicy().json()).contains("{\"AWS\":\"arn:aws:iam::123456789012:root\"}");
        }

        @Test
        void mayBePastedTextWithPlaces() {
            RoleDraft.RoleReading reading = draft().pastedTrust(
                            "// who\n" + TRUST.replace("ecs-tasks", "${var.service}"))
                    .read();

            assertThat(reading.spec()).isEmpty();
            assertThat(reading.findings())
                    .extracting(Finding::code, Finding::pointer, Finding::line)
                    .containsExactly(
                            tuple("COMMENTS_REMOVED", "/trustPolicy", 1),
                            tuple("UNRESOLVED_VARIABLE", "/trustPolicy/Statement/0/Principal/Service", 2));
        }
    }

    @Nested
    class ManagedPolicies {

        @ParameterizedTest
        @ValueSource(ints = {19, 20})
        void areUpTo20Anywhere(int count) {
            assertThatReading(draft().managed(arns(count))).isFine();
        }

        @ParameterizedTest
        @ValueSource(ints = {21, 24, 25})
        void areUpTo25WhereTheQuotaWasRaised(int count) {
            assertThatReading(draft().managed(arns(count)))
                    .isWarned("TOO_MANY_MANAGED_POLICIES", "/managedPolicyArns")
                    .saying(count + " managed policies; an account allows 20 unless its quota L-0DA4ABF3 was raised");
        }

        @Test
        void areAsManyAsTheAccountAllowsWhereThatIsKnown() {
            assertThatReading(draft().managed(arns(23)).quotas(23, 2048)).isFine();
            assertThatReading(draft().managed(arns(24)).quotas(23, 2048))
                    .isRefused("TOO_MANY_MANAGED_POLICIES", "/managedPolicyArns")
                    .saying("24 managed policies; the account allows 23")
                    .advising("Merge some of them into one policy, or have the quota L-0DA4ABF3 raised first.");
            assertThat(draft().managed(arns(20)).read().hangsOnQuotas()).isFalse();
            assertThat(draft().managed(arns(21)).read().hangsOnQuotas()).isTrue();
        }

        @Test
        void areNo26() {
            assertThatReading(draft().managed(arns(26)))
                    .isRefused("TOO_MANY_MANAGED_POLICIES", "/managedPolicyArns")
                    .saying("26 managed policies; no account allows more than 25");
        }

        @Test
        void standThereOnce() {
            assertThatReading(draft().managed(EXECUTION, BOUNDARY, EXECUTION))
                    .isRefused("DUPLICATE_MANAGED_POLICY", "/managedPolicyArns/2")
                    .saying("'" + EXECUTION + "' stands there twice");
        }

        @Test
        void areTheSameOnceTheirVariablesAreResolved() {
            assertThatReading(draft().managed(BOUNDARY, BOUNDARY.replace(ACCOUNT, "${var.aws_account_id}")))
                    .isRefused("DUPLICATE_MANAGED_POLICY", "/managedPolicyArns/1");
        }

        @Test
        void getTheirVariables() {
            RoleSpec spec = draft().managed("arn:${var.aws_partition}:iam::${var.aws_account_id}:policy/logs")
                    .spec();

            assertThat(spec.managedPolicyArns())
                    .containsExactly(new PolicyArn("arn:aws:iam::123456789012:policy/logs"));
        }

        @Test
        void haveNoUnresolvedVariable() {
            assertThatReading(draft().managed(EXECUTION, "arn:aws:iam::aws:policy/${var.policy}"))
                    .isRefused("UNRESOLVED_VARIABLE", "/managedPolicyArns/1");
        }

        @Test
        void areWholeArns() {
            assertThatReading(draft().managed("AmazonSSMManagedInstanceCore"))
                    .isRefused("INVALID_POLICY_ARN", "/managedPolicyArns/0")
                    .saying("'AmazonSSMManagedInstanceCore' is not the ARN of a managed policy, which reads"
                            + " arn:<partition>:iam::<account or aws>:policy/<path and name>")
                    .advising("Give the whole ARN, its path included.");
        }

        @Test
        void areOfTheAccountsPartition() {
            assertThatReading(draft().managed("arn:aws-cn:iam::aws:policy/ReadOnlyAccess"))
                    .isRefused("INVALID_PARTITION", "/managedPolicyArns/0")
                    .saying(
                            "'arn:aws-cn:iam::aws:policy/ReadOnlyAccess' is of the partition aws-cn, the account of aws")
                    .advising("Write arn:${var.aws_partition}:… to fit every account.");
            assertThatReading(draft().managed("arn:aws-cn:iam::aws:policy/ReadOnlyAccess")
                            .readFor(ACCOUNT, "aws-cn"))
                    .isFine();
        }

        @Test
        void areOfTheAccountOrOfAws() {
            assertThatReading(draft().managed("arn:aws:iam::210987654321:policy/logs"))
                    .isRefused("INVALID_ARN_ACCOUNT", "/managedPolicyArns/0")
                    .saying("'arn:aws:iam::210987654321:policy/logs' belongs to the account 210987654321, but a role of"
                            + " 123456789012 can only have policies of its own account or of AWS")
                    .advising("Write ${var.aws_account_id} for the account.");
        }

        @Test
        void areNotForServiceLinkedRoles() {
            String arn = "arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy";

            assertThatReading(draft().managed(arn))
                    .isRefused("POLICY_NOT_ATTACHABLE", "/managedPolicyArns/0")
                    .saying("'" + arn + "' is for service-linked roles only");
        }

        private String[] arns(int count) {
            String[] arns = new String[count];
            for (int i = 0; i < count; i++) {
                arns[i] = "arn:aws:iam::aws:policy/Policy" + i;
            }
            return arns;
        }
    }

    @Nested
    class InlinePolicies {

        @ParameterizedTest
        @ValueSource(ints = {1, 127, 128})
        void haveNamesOfUpTo128Characters(int length) {
            assertThatReading(draft().inline("p".repeat(length), INLINE)).isFine();
        }

        @Test
        void haveNoNameOf129Characters() {
            String name = "p".repeat(129);

            assertThatReading(draft().inline(name, INLINE))
                    .isRefused("INVALID_POLICY_NAME", "/inlinePolicies/" + name)
                    .saying("The policy name '" + name + "' has 129 characters; IAM allows 1 to 128")
                    .advising("Choose a name of 1 to 128 such characters.");
        }

        @Test
        void haveAName() {
            assertThatReading(draft().inline("", INLINE)).isRefused("INVALID_POLICY_NAME", "/inlinePolicies/");
        }

        @Test
        void haveNamesOfNamesCharactersOnly() {
            assertThatReading(draft().inline("ecs exec", INLINE))
                    .isRefused("INVALID_POLICY_NAME", "/inlinePolicies/ecs exec")
                    .saying("The policy name 'ecs exec' contains ' '; IAM allows ASCII letters, digits and _+=,.@-");
        }

        @Test
        void haveNamesThatDifferInMoreThanCase() {
            assertThatReading(draft().inline("ecs-exec", INLINE).inline("ECS-Exec", INLINE))
                    .isRefused("DUPLICATE_POLICY_NAME", "/inlinePolicies/ECS-Exec")
                    .saying(
                            "The inline policy 'ECS-Exec' stands there twice, if letter case is ignored as IAM ignores it")
                    .advising("Give each inline policy a name of its own.");
        }

        @Test
        void areOfTheIdentityKind() {
            assertThatReading(draft().inline("ecs-exec", TRUST.replace("\"Effect\"", "\"Resource\":\"*\",\"Effect\"")))
                    .isRefused("UNSUPPORTED_PRINCIPAL", "/inlinePolicies/ecs-exec/Statement/0/Principal");
        }

        @Test
        void getTheirVariables() {
            RoleSpec spec = draft().inline("s3", INLINE.replace("bucket", "bucket-${var.aws_account_id}"))
                    .spec();

            assertThat(spec.inlinePolicies().get(new PolicyName("s3")))
                    .hasToString(INLINE.replace("bucket", "bucket-123456789012"));
        }

        @Test
        void haveNoUnresolvedVariable() {
            assertThatReading(draft().inline("s3", INLINE.replace("bucket", "${var.bucket}")))
                    .isRefused("UNRESOLVED_VARIABLE", "/inlinePolicies/s3/Statement/0/Resource");
        }

        @ParameterizedTest
        @ValueSource(ints = {10_239, 10_240})
        void haveUpTo10240CharactersTogether(int size) {
            assertThatReading(draft().inline("a", padded(INLINE, 5_000)).inline("b", padded(INLINE, size - 5_000)))
                    .isFine();
        }

        @Test
        void haveNo10241CharactersTogether() {
            assertThatReading(draft().inline("a", padded(INLINE, 5_000)).inline("b", padded(INLINE, 5_241)))
                    .isRefused("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", "/inlinePolicies")
                    .saying("The inline policies have 10241 characters together, white space aside; IAM allows 10240"
                            + " for a role");
        }

        @Test
        void areCountedWithoutTheWhiteSpaceBetween() {
            assertThatReading(draft().inline("a", padded(INLINE, 10_240).replace("\":", "\"  :\n\t ")))
                    .isFine();
        }

        @Test
        void areCountedWhateverIsWrongWithTheirNames() {
            assertThat(draft().inline("a b", padded(INLINE, 5_000))
                            .inline("c", padded(INLINE, 5_241))
                            .read()
                            .findings())
                    .extracting(Finding::code)
                    .containsExactly("INVALID_POLICY_NAME", "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA");
        }
    }

    @Nested
    class PermissionsBoundary {

        @Test
        void staysWhenNothingIsSaid() {
            assertThat(draft().spec().boundary()).isEqualTo(new Boundary.Unchanged());
        }

        @Test
        void goesWhenNullIsSaid() {
            assertThat(draft().boundary(null).spec().boundary()).isEqualTo(new Boundary.None());
        }

        @Test
        void isThePolicyThatIsSaid() {
            assertThat(draft().boundary("arn:${var.aws_partition}:iam::${var.aws_account_id}:policy/team-boundary")
                            .spec()
                            .boundary())
                    .isEqualTo(new Boundary.Policy(new PolicyArn(BOUNDARY)));
        }

        @Test
        void isAWholeArn() {
            assertThatReading(draft().boundary("arn:aws:iam::123456789012:role/team-boundary"))
                    .isRefused("INVALID_POLICY_ARN", "/permissionsBoundaryArn");
            assertThatReading(draft().boundary("")).isRefused("INVALID_POLICY_ARN", "/permissionsBoundaryArn");
        }

        @Test
        void hasNoUnresolvedVariable() {
            assertThatReading(draft().boundary("arn:aws:iam::aws:policy/${var.boundary}"))
                    .isRefused("UNRESOLVED_VARIABLE", "/permissionsBoundaryArn");
        }

        @Test
        void isOfTheAccountsPartition() {
            assertThatReading(draft().boundary(BOUNDARY.replace(":aws:", ":aws-us-gov:")))
                    .isRefused("INVALID_PARTITION", "/permissionsBoundaryArn");
        }

        @Test
        void isOfTheAccountOrOfAws() {
            assertThatReading(draft().boundary(BOUNDARY.replace(ACCOUNT, "210987654321")))
                    .isRefused("INVALID_ARN_ACCOUNT", "/permissionsBoundaryArn");
            assertThatReading(draft().boundary("arn:aws:iam::aws:policy/PowerUserAccess"))
                    .isFine();
        }

        @Test
        void isNotForServiceLinkedRoles() {
            assertThatReading(draft().boundary("arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy"))
                    .isRefused("POLICY_NOT_ATTACHABLE", "/permissionsBoundaryArn");
        }
    }

    @Nested
    class MaxSession {

        @ParameterizedTest
        @ValueSource(longs = {3600, 3601, 43_199, 43_200})
        void isAnHourToTwelve(long seconds) {
            assertThat(draft().maxSessionSeconds(seconds).spec().maxSession()).hasSeconds(seconds);
        }

        @ParameterizedTest
        @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 3599, 43_201, (1L << 32) + 3600, Long.MAX_VALUE})
        void isNothingElse(long seconds) {
            assertThatReading(draft().maxSessionSeconds(seconds))
                    .isRefused("INVALID_SESSION_DURATION", "/maxSessionSeconds")
                    .saying("A longest session of " + seconds + " s; IAM allows 3600 to 43200");
        }
    }

    @Nested
    class Tags {

        @ParameterizedTest
        @ValueSource(ints = {46, 47})
        void areUpTo47(int count) {
            assertThatReading(tagged(count)).isFine();
        }

        @Test
        void areNo48() {
            assertThatReading(tagged(48))
                    .isRefused("TOO_MANY_TAGS", "/tags")
                    .saying("48 tags; a role can have 50, of which Rolesmith needs 3")
                    .advising("Give at most 47.");
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 127, 128})
        void haveKeysOfUpTo128Characters(int length) {
            assertThatReading(draft().tag("k".repeat(length), "")).isFine();
            assertThatReading(draft().tag("𠀀".repeat(length), "")).isFine();
        }

        @Test
        void haveNoKeyOf129Characters() {
            String key = "k".repeat(129);

            assertThatReading(draft().tag(key, ""))
                    .isRefused("INVALID_TAG_KEY", "/tags/" + key)
                    .saying("The tag key '" + key + "' has 129 characters; IAM allows 1 to 128, not only white space");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "   ", "\u00a0", " \u2003\u202f"})
        void haveNoBlankKey(String key) {
            assertThatReading(draft().tag(key, "")).isRefused("INVALID_TAG_KEY", "/tags/" + key);
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 255, 256})
        void haveValuesOfUpTo256Characters(int length) {
            assertThatReading(draft().tag("k", "v".repeat(length))).isFine();
            assertThatReading(draft().tag("k", "𠀀".repeat(length))).isFine();
        }

        @Test
        void haveNoValueOf257Characters() {
            assertThatReading(draft().tag("k", "v".repeat(257)))
                    .isRefused("INVALID_TAG_VALUE", "/tags/k")
                    .saying("The tag value '" + "v".repeat(160) + "…' has 257 characters; IAM allows 0 to 256");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "A",
                    "z",
                    "0",
                    "_",
                    ".",
                    ":",
                    "/",
                    "=",
                    "+",
                    "-",
                    "@",
                    "a b",
                    "é",
                    "ǅ",
                    "ʰ",
                    "漢",
                    "٣",
                    "Ⅷ",
                    "½",
                    "a\u00a0b",
                    "a\u2028b",
                    "a\u2029b"
                })
        void mayHaveLettersDigitsSpacesAndSomeSigns(String text) {
            assertThatReading(draft().tag(text, text)).isFine();
        }

        @ParameterizedTest
        @ValueSource(strings = {"*", ",", "\"", "#", "'", "&", "\\", "(", "$", "~", "–", "😀", "a\u0301"})
        void haveNothingElse(String text) {
            String shown = text.equals("a\u0301") ? "U+0301" : text;

            assertThatReading(draft().tag("k", "v" + text))
                    .isRefused("INVALID_TAG_VALUE", "/tags/k")
                    .saying("The tag value 'v" + text + "' contains '" + shown
                            + "'; IAM allows letters, digits, spaces and _.:/=+-@");
            assertThat(draft().tag("k" + text, "v").read().findings())
                    .singleElement()
                    .extracting(Finding::code)
                    .isEqualTo("INVALID_TAG_KEY");
        }

        @Test
        void haveNoLineEnds() {
            assertThatReading(draft().tag("k", "a\nb"))
                    .isRefused("INVALID_TAG_VALUE", "/tags/k")
                    .saying("The tag value 'a\nb' contains 'U+000A'; IAM allows letters, digits, spaces and _.:/=+-@");
        }

        @Test
        void haveTheirPlacesEscaped() {
            assertThatReading(draft().tag("a/b", "*")).isRefused("INVALID_TAG_VALUE", "/tags/a~1b");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"aws:service", "AWS:service", "aws:", "rolesmith:team", "RoleSmith:Team", "ROLESMITH:other"})
        void haveNoReservedKey(String key) {
            assertThatReading(draft().tag(key, "x"))
                    .isRefused("RESERVED_TAG_KEY", "/tags/" + key)
                    .saying("The tag key '" + key + "' is reserved")
                    .advising("Choose a key that begins with neither aws: nor rolesmith:.");
        }

        @ParameterizedTest
        @ValueSource(strings = {"aws", "rolesmith", "my:aws:key", "awsome:key"})
        void mayHaveKeysThatResembleReservedOnes(String key) {
            assertThatReading(draft().tag(key, "x")).isFine();
        }

        @Test
        void mayHaveValuesThatBeginLikeReservedKeys() {
            assertThatReading(draft().tag("k", "aws:x")).isFine();
            assertThatReading(draft().tag("k", "rolesmith:x")).isFine();
        }

        @Test
        void haveKeysThatDifferInMoreThanCase() {
            assertThatReading(draft().tag("Service", "a").tag("service", "b"))
                    .isRefused("DUPLICATE_TAG_KEY", "/tags/service")
                    .saying("The tag key 'service' stands there twice, if letter case is ignored as IAM ignores it")
                    .advising("Give each tag key once.");
        }

        private RoleDraftBuilder tagged(int count) {
            RoleDraftBuilder draft = draft();
            for (int i = 0; i < count; i++) {
                draft.tag("key" + i, "value");
            }
            return draft;
        }
    }

    @Nested
    class Expectations {

        private static final String OBJECT = "arn:aws:s3:::bucket/logo.png";

        @Test
        void areReadWithTheirVariables() {
            SequencedMap<String, List<String>> context = new LinkedHashMap<>();
            context.put("aws:SourceAccount", List.of("${var.aws_account_id}", "2"));
            RoleDraft.RoleReading reading = draft().expect("s3:GetObject", OBJECT, "allowed")
                    .expect(new ExpectationDraft(
                            "ecs:ExecuteCommand",
                            "arn:${var.aws_partition}:ecs:eu-west-1:${var.aws_account_id}:cluster/c",
                            context,
                            "implicitDeny"))
                    .expect("sts:GetCallerIdentity", "*", "explicitDeny")
                    .read();

            assertThat(reading.findings()).isEmpty();
            assertThat(reading.expectations())
                    .containsExactly(
                            new Expectation(0, new AccessRequest("s3:GetObject", OBJECT, Map.of()), Decision.ALLOWED),
                            new Expectation(
                                    1,
                                    new AccessRequest(
                                            "ecs:ExecuteCommand",
                                            "arn:aws:ecs:eu-west-1:" + ACCOUNT + ":cluster/c",
                                            Map.of("aws:SourceAccount", List.of(ACCOUNT, "2"))),
                                    Decision.IMPLICIT_DENY),
                            new Expectation(
                                    2,
                                    new AccessRequest("sts:GetCallerIdentity", "*", Map.of()),
                                    Decision.EXPLICIT_DENY));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"s3:Get*", "s3:GetObjec?", "*", "s3", "s3:", ":GetObject", "s3:Get:Object", "s3:Get Object"})
        void nameOneAction(String action) {
            assertThatReading(draft().expect(action, OBJECT, "allowed"))
                    .isRefused("INVALID_EXPECTATION", "/expect/0/action")
                    .saying("'" + action + "' does not name one action")
                    .advising("Write it as in s3:GetObject, without wildcards.");
        }

        @ParameterizedTest
        @ValueSource(strings = {"arn:aws:s3:::bucket/*", "arn:aws:s3:::b?", "bucket", "arn:aws:s3", "", "**"})
        void nameOneResource(String resource) {
            assertThatReading(draft().expect("s3:GetObject", resource, "allowed"))
                    .isRefused("INVALID_EXPECTATION", "/expect/0/resource")
                    .saying("'" + resource + "' does not name one resource")
                    .advising("Write its ARN without wildcards, or * alone for an action that knows no resource.");
        }

        @ParameterizedTest
        @ValueSource(strings = {"undetermined", "ALLOWED", "denied", ""})
        void areOfADecision(String decision) {
            assertThatReading(draft().expect("s3:GetObject", OBJECT, decision))
                    .isRefused("INVALID_EXPECTATION", "/expect/0/decision")
                    .saying("'" + decision + "' is nothing to expect")
                    .advising("Expect allowed, explicitDeny or implicitDeny.");
        }

        @Test
        void haveVariablesThatAreKnown() {
            assertThatReading(draft().expect("s3:GetObject", "arn:aws:s3:::${var.bucket}/x", "allowed"))
                    .isRefused("UNRESOLVED_VARIABLE", "/expect/0/resource");
        }

        @Test
        void nameEachConditionKeyOnce() {
            SequencedMap<String, List<String>> context = new LinkedHashMap<>();
            context.put("aws:SourceVpc", List.of("a"));
            context.put("AWS:sourcevpc", List.of("b"));
            assertThatReading(draft().expect(new ExpectationDraft("s3:GetObject", OBJECT, context, "allowed")))
                    .isRefused("INVALID_EXPECTATION", "/expect/0/context/AWS:sourcevpc");
        }

        @Test
        void areAHundredAtMost() {
            RoleDraftBuilder draft = draft();
            for (int i = 0; i < 100; i++) {
                draft.expect("s3:GetObject", OBJECT, "allowed");
            }
            assertThatReading(draft).isFine();
            assertThatReading(draft.expect("s3:GetObject", OBJECT, "allowed"))
                    .isRefused("TOO_MANY_EXPECTATIONS", "/expect")
                    .saying("101 expectations of one role; there may be 100");
        }
    }

    /** The document with a Sid that makes it {@code size} characters long. */
    private static String padded(String json, int size) {
        String sid = "\"Sid\":\"\",";
        return json.replace(
                "{\"Effect\"", "{\"Sid\":\"" + "x".repeat(size - json.length() - sid.length()) + "\",\"Effect\"");
    }
}
