package io.rolesmith.iam.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rolesmith.account.Account;
import io.rolesmith.account.AccountKind;
import io.rolesmith.account.Partition;
import io.rolesmith.iam.AccountQuotas;
import io.rolesmith.iam.IamAnswer;
import io.rolesmith.iam.IamGateway;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.policy.catalogue.ManagedPolicies;
import io.rolesmith.role.Change;
import io.rolesmith.role.PolicyArn;
import io.rolesmith.role.PolicyName;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RolePath;
import io.rolesmith.role.RoleState;
import io.rolesmith.support.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Where the sandbox says no, and in which words; each test has an account of its own. */
class SandboxIamGatewayTests {

    private static final DataSource DATABASE = TestDatabase.migrated().as(TestDatabase.RUNTIME);
    private static final AtomicInteger ACCOUNTS = new AtomicInteger();
    private static final RoleName ROLE = new RoleName("RetailStore");
    private static final String TRUST = "{\"Version\":\"2012-10-17\",\"Statement\":[%s]}"
            .formatted("{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ecs-tasks.amazonaws.com\"},"
                    + "\"Action\":\"sts:AssumeRole\"}");
    private static final String INLINE =
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}";
    private static final String SSM = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
    private static final String SYNTAX = "Syntax errors in policy.";
    private static final String LEGACY = "The policy failed legacy parsing";

    private final Account account = SandboxGateways.account("%012d".formatted(ACCOUNTS.incrementAndGet()));
    private final IamGateway gateway = SandboxGateways.in(DATABASE).open(account);

    // Names

    @Test
    void aRoleNameIsTakenWhateverItsCase() {
        accept(create());

        assertThat(gateway.apply(create(new RoleName("RETAILSTORE"))))
                .satisfies(refused("EntityAlreadyExists", 409, "Role with name RETAILSTORE already exists."));
        assertThat(gateway.observe(new RoleName("retailstore"), false)
                        .orElseThrow()
                        .name())
                .isEqualTo("RetailStore");
    }

    @Test
    void twoAccountsHaveRolesOfTheSameName() {
        accept(create());

        IamGateway other = SandboxGateways.in(DATABASE)
                .open(SandboxGateways.account("%012d".formatted(ACCOUNTS.incrementAndGet())));

        assertThat(other.observe(ROLE, false)).isEmpty();
        assertThat(other.apply(create())).isInstanceOf(IamAnswer.Accepted.class);
    }

    @Test
    void twoAtOnceMakeOneRole() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<IamAnswer> create = () -> gateway.apply(create());
            List<IamAnswer> answers = threads.invokeAll(List.of(create, create, create, create)).stream()
                    .map(Future::resultNow)
                    .toList();

            assertThat(answers).filteredOn(IamAnswer.Accepted.class::isInstance).hasSize(1);
            assertThat(answers)
                    .filteredOn(IamAnswer.Refused.class::isInstance)
                    .hasSize(3)
                    .allSatisfy(refused("EntityAlreadyExists", 409, "Role with name RetailStore already exists."));
        }
    }

    @Test
    void anInlinePolicyIsTheSameWhateverTheCaseOfItsNameAndKeepsItsFirstSpelling() {
        accept(create(), put("MixedName", INLINE), put("MIXEDNAME", INLINE.replace("Allow", "Deny")));

        assertThat(observed().inlinePolicies()).isEqualTo(Map.of("MixedName", INLINE.replace("Allow", "Deny")));
        accept(new Change.DeleteRolePolicy(ROLE, new PolicyName("mixedname"), INLINE));
        assertThat(observed().inlinePolicies()).isEmpty();
    }

    @Test
    void anInstanceProfileNameIsTakenWhateverItsCase() {
        accept(new Change.CreateInstanceProfile(ROLE, RolePath.ROOT, tags()));

        assertThat(gateway.apply(new Change.CreateInstanceProfile(new RoleName("retailstore"), RolePath.ROOT, tags())))
                .satisfies(refused("EntityAlreadyExists", 409, "Instance Profile retailstore already exists."));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/aws-service-role/ecs.amazonaws.com/"
                        + " | Paths beginning with '/aws-service-role' are reserved for AWS Service Linked Roles",
                "/aws-service-roles/ | Paths beginning with '/aws-service-role' are reserved for AWS Service Linked Roles",
                "/aws-reserved/sso/ | Paths beginning with '/aws-reserved' are reserved for AWS"
            })
    void pathsOfAwsAreReserved(String path, String message) {
        assertThat(gateway.apply(new Change.CreateRole(ROLE, new RolePath(path), "", TRUST, 3600, null, tags())))
                .satisfies(refused("InvalidInput", 400, message));
    }

    @Test
    void namesAndPathsAreCheckedAgainWithoutTheFrontDoor() {
        assertThatThrownBy(() -> Constraints.roleName("a".repeat(65)))
                .hasMessage("1 validation error detected: Value at 'roleName' failed to satisfy constraint:"
                        + " Member must have length less than or equal to 64");
        Constraints.roleName("a".repeat(64));
        assertThatThrownBy(() -> Constraints.roleName(""))
                .hasMessage("1 validation error detected: Value at 'roleName' failed to satisfy constraint:"
                        + " Member must have length greater than or equal to 1");
        assertThatThrownBy(() -> Constraints.roleName("テスト用"))
                .hasMessage("The specified value for roleName is invalid. It must contain only alphanumeric characters"
                        + " and/or the following: +=,.@_-");
        Constraints.policyName("a".repeat(128));
        assertThatThrownBy(() -> Constraints.policyName("a".repeat(129)))
                .hasMessage("1 validation error detected: Value at 'policyName' failed to satisfy constraint:"
                        + " Member must have length less than or equal to 128");
        for (String path : List.of("//", "/team", "team/", "/te am/", "/té/")) {
            assertThatThrownBy(() -> Constraints.path(path))
                    .hasMessage("The specified value for path is invalid. It must begin and end with / and contain only"
                            + " alphanumeric characters and/or / characters.");
        }
        Constraints.path("/a//b/");
    }

    // Plain members

    @Test
    void descriptionsAreLatin1OfAtMostAThousandCharacters() {
        accept(new Change.CreateRole(ROLE, RolePath.ROOT, "é".repeat(1000), TRUST, 3600, null, tags()));

        assertThat(gateway.apply(new Change.UpdateRole(ROLE, "", 3600, "é".repeat(1001), 3600)))
                .satisfies(refused(
                        "ValidationError",
                        400,
                        "1 validation error detected: Value at 'description' failed to satisfy constraint:"
                                + " Member must have length less than or equal to 1000"));
        for (String odd : List.of("dash –", "\u0080", "\u00A0", "\u0000")) {
            assertThat(gateway.apply(new Change.UpdateRole(ROLE, "", 3600, odd, 3600)))
                    .satisfies(refused(
                            "ValidationError",
                            400,
                            "1 validation error detected: Value at 'description' failed to satisfy constraint: Member must"
                                    + " satisfy regular expression pattern:"
                                    + " [\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*"));
        }
    }

    @ParameterizedTest
    @CsvSource({"3599, greater than or equal to 3600", "43201, less than or equal to 43200"})
    void sessionsLastFromOneHourToTwelve(int seconds, String rule) {
        assertThat(gateway.apply(new Change.CreateRole(ROLE, RolePath.ROOT, "", TRUST, seconds, null, tags())))
                .satisfies(refused(
                        "ValidationError",
                        400,
                        "1 validation error detected: Value at 'maxSessionDuration' failed to satisfy constraint:"
                                + " Member must have value " + rule));
    }

    // Tags

    @Test
    void tagKeysOfARoleAreTheSameWhateverTheirCase() {
        assertThat(gateway.apply(new Change.CreateRole(
                        ROLE, RolePath.ROOT, "", TRUST, 3600, null, tags("Team", "a", "team", "b"))))
                .satisfies(refused(
                        "InvalidInput",
                        400,
                        "Duplicate tag keys found. Please note that Tag keys are case insensitive."));
        assertThat(gateway.observe(ROLE, false)).as("one bad tag, no role").isEmpty();

        accept(
                create(),
                new Change.TagRole(ROLE, tags(), tags("Department", "foo")),
                new Change.TagRole(ROLE, tags(), tags("department", "bar")));
        assertThat(observed().tags()).isEqualTo(Map.of("department", "bar"));
        accept(new Change.UntagRole(ROLE, tags("DEPARTMENT", "", "absent", "")));
        assertThat(observed().tags()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"aws:cloudformation", "AWS:x"})
    void tagKeysOfAwsAreReserved(String key) {
        accept(create());

        assertThat(gateway.apply(new Change.TagRole(ROLE, tags(), tags(key, "x"))))
                .satisfies(refused("InvalidInput", 400, "Tag keys beginning with aws: are reserved for system use."));
        accept(new Change.TagRole(ROLE, tags(), tags("value", "aws:is-fine")));
    }

    @Test
    void tagsKeepTheirLengthsAndCharacters() {
        accept(create(), new Change.TagRole(ROLE, tags(), tags("k".repeat(128), "v".repeat(256), "empty", "")));

        for (Map.Entry<SequencedMap<String, String>, String> bad : List.of(
                Map.entry(
                        tags("k".repeat(129), ""),
                        "'tags.member.key' failed to satisfy constraint: Member must have length less than or equal to 128"),
                Map.entry(
                        tags("", ""),
                        "'tags.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1"),
                Map.entry(
                        tags("k", "v".repeat(257)),
                        "'tags.member.value' failed to satisfy constraint: Member must have length less than or equal to 256"),
                Map.entry(
                        tags("a*b", ""),
                        "'tags.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"),
                Map.entry(
                        tags(" ", ""),
                        "'tags.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"),
                Map.entry(
                        tags("k", "a,b"),
                        "'tags.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*"))) {
            assertThat(gateway.apply(new Change.TagRole(ROLE, tags(), bad.getKey())))
                    .satisfies(
                            refused("ValidationError", 400, "1 validation error detected: Value at " + bad.getValue()));
        }
        assertThat(gateway.apply(new Change.TagRole(ROLE, tags(), tags())))
                .satisfies(refused("InvalidInput", 400, "The list of tags must not be empty."));
    }

    @Test
    void aRoleHasFiftyTags() {
        accept(create(), new Change.TagRole(ROLE, tags(), numbered(50)));

        assertThat(gateway.apply(new Change.TagRole(ROLE, tags(), tags("one-more", ""))))
                .satisfies(refused("LimitExceeded", 409, "Cannot exceed quota for TagsPerRole: 50"));
        assertThat(observed().tags()).hasSize(50);
        assertThat(gateway.apply(new Change.TagRole(ROLE, tags(), numbered(51))))
                .satisfies(refused(
                        "ValidationError",
                        400,
                        "1 validation error detected: Value at 'tags' failed to satisfy constraint:"
                                + " Member must have length less than or equal to 50"));
    }

    // Trust policies

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "{not json | This policy contains invalid Json",
                "[] | Syntax errors in policy.",
                "{\"Version\":\"2012-10-17\"} | Syntax errors in policy.",
                "{\"Statement\":[]} | Syntax errors in policy.",
                "{\"Version\":\"2012-10-18\",\"Statement\":[]} | Syntax errors in policy.",
                "{\"Statement\":[{}],\"Statement\":[{}]} | This policy contains invalid Json",
                "{\"Statement\":[{}]} trailing | This policy contains invalid Json",
                "{\"Statement\":{\"Effect\":\"Allow\",\"Comment\":\"\"}} | Syntax errors in policy."
            })
    void aTrustPolicyIsADocument(String document, String message) {
        assertThat(gateway.apply(create(document))).satisfies(malformed(message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "\"Resource\":\"*\" | Has prohibited field Resource",
                "\"NotResource\":\"*\" | Has prohibited field NotResource",
                "\"NotPrincipal\":{\"AWS\":\"*\"} | AssumeRole policy must not contain NotPrincipal field.",
                "\"Effects\":\"Allow\" | Syntax errors in policy.",
                "\"Sid\":\"not-good\" | Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
                "\"Condition\":{\"StringSame\":{\"a\":\"b\"}} | Syntax errors in policy."
            })
    void aTrustStatementHasItsMembersOnly(String more, String message) {
        assertThat(gateway.apply(create(TRUST.replace("\"Effect\"", more + ",\"Effect\""))))
                .satisfies(malformed(message));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Effect", "Principal", "Action"})
    void aTrustStatementNeedsItsMembers(String member) {
        String without = TRUST.replaceFirst("\"" + member + "\":(\"[^\"]*\"|\\{[^}]*}),?", "")
                .replace(",}", "}");

        assertThat(gateway.apply(create(without))).satisfies(malformed("Missing required field " + member));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sts:*", "*", "sts:AssumeRoot", "sts:GetCallerIdentity", "sts:assumerole", "s3:GetObject"})
    void trustActionsAreSixAndSpelledExactly(String action) {
        assertThat(gateway.apply(create(TRUST.replace("sts:AssumeRole", action))))
                .satisfies(malformed("AssumeRole policy may only specify STS AssumeRole actions."));
    }

    @Test
    void allSixTrustActionsAreTaken() {
        accept(create(TRUST.replace("\"sts:AssumeRole\"", """
                ["sts:AssumeRole","sts:AssumeRoleWithSAML","sts:AssumeRoleWithWebIdentity","sts:TagSession",\
                "sts:SetSourceIdentity","sts:SetContext"]""")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "\"*\" | AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\"",
                "{\"AWS\":\"12345\"} | Invalid principal in policy: \"AWS\":\"12345\"",
                "{\"AWS\":\"arn:aws:iam::999999999999:user/*\"} | Invalid principal in policy: \"AWS\":\"arn:aws:iam::999999999999:user/*\"",
                "{\"AWS\":\"arn:aws-cn:iam::999999999999:root\"} | Invalid principal in policy: \"AWS\":\"arn:aws-cn:iam::999999999999:root\"",
                "{\"AWS\":\"arn:aws:iam::999999999999:root \"} | Invalid principal in policy: \"AWS\":\"arn:aws:iam::999999999999:root \"",
                "{\"AWS\":\"arn:aws:iam::999999999999:group/g\"} | Invalid principal in policy: \"AWS\":\"arn:aws:iam::999999999999:group/g\"",
                "{\"AWS\":\"AROAAAAAAAAAAAAAAAAAA\"} | Invalid principal in policy: \"AWS\":\"AROAAAAAAAAAAAAAAAAAA\"",
                "{\"Service\":\"lambda.example.com\"} | Invalid principal in policy: \"SERVICE\":\"lambda.example.com\"",
                "{\"Service\":\"*\"} | Invalid principal in policy: \"SERVICE\":\"*\"",
                "{\"Federated\":\"*\"} | Invalid principal in policy: \"FEDERATED\":\"*\"",
                "{\"CanonicalUser\":\"79a5\"} | Invalid principal in policy: \"CANONICALUSER\":\"79a5\"",
                "{\"Federated\":\"cognito-identity.amazonaws.com\"} | A condition block must be present for the Cognito provider",
                "{\"Aws\":\"*\"} | Syntax errors in policy.",
                "{\"AWS\":[]} | Missing required field Principal"
            })
    void principalsThatIamDoesNotKnowAreRefused(String principal, String message) {
        assertThat(gateway.apply(create(trusting(principal)))).satisfies(malformed(message));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"AWS\":\"*\"}",
                "{\"AWS\":\"9999-9999-9999\"}",
                "{\"AWS\":[\"999999999999\",\"arn:aws:iam::999999999999:role/path/Other\"]}",
                "{\"AWS\":\"arn:aws:sts::999999999999:assumed-role/Other/session\"}",
                "{\"Service\":[\"ec2.amazonaws.com.cn\",\"pods.eks.amazonaws.com\"]}",
                "{\"Federated\":\"accounts.google.com\"}"
            })
    void principalsThatIamTakesAreTaken(String principal) {
        accept(create(trusting(principal)));
    }

    @Test
    void aPrincipalOfTheAccountMustExistAndIsKeptById() {
        RoleName trusted = new RoleName("Trusted");
        String arn = "arn:aws:iam::" + account.id() + ":role/Trusted";
        Change trusting = create(trusting("{\"AWS\":\"" + arn + "\"}"));
        assertThat(gateway.apply(trusting))
                .satisfies(malformed("Invalid principal in policy: \"AWS\":\"" + arn + "\""));

        accept(create(trusted), trusting);
        String trustedId = gateway.observe(trusted, false).orElseThrow().roleId();
        assertThat(observed().trustPolicy()).contains("\"AWS\":\"" + arn + "\"");

        accept(new Change.DeleteRole(trusted));
        assertThat(observed().trustPolicy())
                .contains("\"AWS\":\"" + trustedId + "\"")
                .doesNotContain(arn);

        accept(create(trusted));
        assertThat(observed().trustPolicy())
                .as("a role made again is another role")
                .contains("\"AWS\":\"" + trustedId + "\"");
        assertThat(gateway.apply(
                        new Change.UpdateAssumeRolePolicy(ROLE, "", observed().trustPolicy())))
                .satisfies(malformed("Invalid principal in policy: \"AWS\":\"" + trustedId + "\""));
    }

    @Test
    void aRoleCannotNameItselfWhenItIsMadeButCanLater() {
        String arn = "arn:aws:iam::" + account.id() + ":role/RetailStore";
        assertThat(gateway.apply(create(trusting("{\"AWS\":\"" + arn + "\"}"))))
                .satisfies(malformed("Invalid principal in policy: \"AWS\":\"" + arn + "\""));

        accept(create(), new Change.UpdateAssumeRolePolicy(ROLE, TRUST, trusting("{\"AWS\":\"" + arn + "\"}")));
    }

    @Test
    void theProvisionerIsThereWithoutBeingMade() {
        assertThat(gateway.principalArn()).isEqualTo("arn:aws:iam::" + account.id() + ":role/RolesmithProvisioner");
        accept(create(trusting("{\"AWS\":\"" + gateway.principalArn() + "\"}")));
    }

    @Test
    void trustPoliciesComeBackInIamsShape() {
        accept(create("""
                { "Statement": { "Condition": {"StringEquals": {"aws:SourceAccount": ["123456789012"]},
                    "NumericLessThan": {"aws:MultiFactorAuthAge": 0.10}},
                  "Action": ["sts:AssumeRole"], "Principal": {"AWS": ["123456789012"], "Service": ["ec2.amazonaws.com", \
                "ecs.amazonaws.com"]}, "Effect": "Allow", "Sid": "a" } }"""));

        assertThat(observed().trustPolicy()).isEqualTo("""
                {"Version":"2008-10-17","Statement":[{"Sid":"a","Effect":"Allow","Principal":{"AWS":\
                "arn:aws:iam::123456789012:root","Service":["ec2.amazonaws.com","ecs.amazonaws.com"]},\
                "Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"},\
                "NumericLessThan":{"aws:MultiFactorAuthAge":0.10}}}]}""");
    }

    @Test
    void inlinePoliciesComeBackAsTheyWereSent() {
        String text =
                "{ \"Version\": \"2012-10-17\",\n \"Statement\": {\"Effect\":\"Allow\",\"Action\":[\"s3:*\"],\"Resource\":[\"*\"]}}";
        accept(create(), put("p", text));

        assertThat(observed().inlinePolicies()).isEqualTo(Map.of("p", text));
    }

    @Test
    void aTrustPolicyHas2048CharactersWithoutWhiteSpace() {
        accept(create(sized(2048) + " ".repeat(500)));

        assertThat(gateway.apply(new Change.UpdateAssumeRolePolicy(ROLE, "", sized(2049))))
                .satisfies(refused("LimitExceeded", 409, "Cannot exceed quota for ACLSizePerRole: 2048"));
    }

    @Test
    void documentsAreLatin1() {
        assertThat(gateway.apply(create(TRUST.replace("ecs-tasks", "テスト"))))
                .satisfies(
                        refused(
                                "ValidationError",
                                400,
                                "1 validation error detected: Value at 'assumeRolePolicyDocument' failed to satisfy constraint:"
                                        + " Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"));
    }

    // Identity policies

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "{oops | " + SYNTAX,
                "{\"version\":\"2012-10-17\",\"Statement\":[]} | " + SYNTAX,
                "{\"Statement\":[{\"Action\":\"*\",\"Resource\":\"*\"}]} | " + SYNTAX,
                "{\"Statement\":[{\"Effect\":\"allow\",\"Action\":\"*\",\"Resource\":\"*\"}]} | " + LEGACY,
                "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}]} | Policy document should not specify a principal.",
                "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\"}]} | Policy statement must contain resources.",
                "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":[]}]} | Policy statement must contain resources.",
                "{\"Statement\":[{\"Effect\":\"Allow\",\"Resource\":\"*\"}]} | Policy statement must contain actions.",
                "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[],\"Resource\":\"*\"}]} | Policy statement must contain actions.",
                "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"NotAction\":\"*\",\"Resource\":\"*\"}]} | "
                        + SYNTAX,
                "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"NotResource\":\"*\"}]} | "
                        + SYNTAX,
                "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":1,\"Resource\":\"*\"}]} | " + SYNTAX,
                "{\"Statement\":[{\"Sid\":\"A\",\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"},{\"Sid\":\"A\",\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]} | Statement IDs (SID) in a single policy must be unique."
            })
    void anIdentityPolicyIsADocument(String document, String message) {
        accept(create());

        assertThat(gateway.apply(put("p", document))).satisfies(malformed(message));
        assertThat(observed().inlinePolicies()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ListBucket | Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
                "s3:Get:Object | Actions/Condition can contain only one colon.",
                "s*:Get | Action vendors (e.g., aws, ec2, etc.) must not contain wildcards."
            })
    void actionsHaveAVendorAndAName(String action, String message) {
        accept(create());

        assertThat(gateway.apply(put("p", INLINE.replace("s3:*", action)))).satisfies(malformed(message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "my-bucket | Resource my-bucket must be in ARN format or \"*\".",
                "arn:aws:s3:::  | ",
                "arn:aws:s3 | " + LEGACY,
                "arn:aws:*:us-east-1:1:x | Resource vendor must be fully qualified and cannot contain regexes.",
                "arn:aws-cn:s3:::b | Partition \"aws-cn\" is not valid for resource \"arn:aws-cn:s3:::b\".",
                "arn:aws:s3:us-east-1::b | Resource arn:aws:s3:us-east-1::b can not contain region information.",
                "arn:aws:s3::123456789012:b | Resource arn:aws:s3::123456789012:b cannot contain an account id.",
                "arn:aws:iam:us-east-1:123456789012:role/x | Resource arn:aws:iam:us-east-1:123456789012:role/x can not contain region information.",
                "arn:aws:s3:us-east-1:123456789012:accesspoint/a | ",
                "arn:*:s3:::b/${aws:username}/* | ",
                "arn:aws:iam::*:role/x | "
            })
    void resourcesAreArns(String resource, @Nullable String message) {
        accept(create());

        IamAnswer answer = gateway.apply(put("p", INLINE.replace("\"*\"", "\"" + resource + "\"")));

        if (message == null) {
            assertThat(answer).isInstanceOf(IamAnswer.Accepted.class);
        } else {
            assertThat(answer).satisfies(malformed(message));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "{\"StringEquals\":{\"aws:PrincipalTag/x\":[\"a\",1,true]}} | ",
                "{\"ForAnyValue:StringLikeIfExists\":{\"aws:TagKeys\":\"a*\"}} | ",
                "{\"Null\":{\"aws:TokenIssueTime\":\"true\"}} | ",
                "{\"NullIfExists\":{\"aws:TokenIssueTime\":\"true\"}} | " + SYNTAX,
                "{\"StringMatches\":{\"a\":\"b\"}} | " + SYNTAX,
                "{\"stringequals\":{\"a\":\"b\"}} | " + SYNTAX,
                "{\"StringEquals\":{\"a\":{\"b\":\"c\"}}} | " + SYNTAX,
                "{\"StringEquals\":{\"a\":null}} | " + SYNTAX,
                "{\"StringEquals\":{\"aws:SourceIp\":\"a\",\"AWS:sourceip\":\"b\"}} | " + SYNTAX,
                "{\"NumericEquals\":{\"a\":[\"10\",\"10.5\",\"-1\",\"1e3\",7]}} | ",
                "{\"NumericEquals\":{\"a\":\" 10\"}} | " + LEGACY,
                "{\"NumericEquals\":{\"a\":\"0x10\"}} | " + LEGACY,
                "{\"DateLessThan\":{\"a\":[\"2026\",\"2026-01\",\"2026-01-01\",\"2026-01-01T00:00Z\",\"2026-01-01T00:00:00+02:00\",1700000000]}} | ",
                "{\"DateLessThan\":{\"a\":\"tomorrow\"}} | " + LEGACY,
                "{\"IpAddress\":{\"a\":[\"10.0.0.0/8\",\"192.0.2.1\",\"2001:db8::/32\"]}} | ",
                "{\"IpAddress\":{\"a\":\"10.0.0.0/33\"}} | " + LEGACY,
                "{\"IpAddress\":{\"a\":\"10.0.0.256\"}} | " + LEGACY,
                "{\"IpAddress\":{\"a\":\"2001:db8::1/32\"}} | " + LEGACY,
                "{\"IpAddress\":{\"a\":\"localhost\"}} | " + LEGACY,
                "{\"ArnLike\":{\"a\":[\"*\",\"arn:aws:ecs:us-east-1:123456789012:*\"]}} | ",
                "{\"ArnLike\":{\"a\":\"arn:aws:ecs\"}} | " + LEGACY,
                "{\"ArnLike\":{\"a\":\"${aws:PrincipalArn}\"}} | " + LEGACY,
                "{\"Bool\":{\"a\":\"maybe\"}} | " + LEGACY,
                "{\"BinaryEquals\":{\"a\":\"QmluYXJ5\"}} | ",
                "{\"BinaryEquals\":{\"a\":\"!\"}} | " + SYNTAX
            })
    void conditionsHaveKnownOperatorsAndReadableValues(String condition, @Nullable String message) {
        accept(create());

        IamAnswer answer =
                gateway.apply(put("p", INLINE.replace("\"Resource\"", "\"Condition\":" + condition + ",\"Resource\"")));

        if (message == null) {
            assertThat(answer).isInstanceOf(IamAnswer.Accepted.class);
        } else {
            assertThat(answer).satisfies(malformed(message));
        }
    }

    @Test
    void allInlinePoliciesTogetherHave10240Characters() {
        accept(create(), put("a", sizedInline(6000)), put("b", sizedInline(4240)));

        assertThat(gateway.apply(put("b", sizedInline(4241))))
                .satisfies(refused(
                        "LimitExceeded", 409, "Maximum policy size of 10240 bytes exceeded for role RetailStore"));
        assertThat(observed().inlinePolicies().get("b")).isEqualTo(sizedInline(4240));
        accept(put("a", sizedInline(5999)), put("b", sizedInline(4241)));
    }

    @Test
    void whiteSpaceCountsInsideStringsOnly() {
        assertThat(PolicyText.size(" { \"a\" :\t[ \"b c\\\" d\" ]\r\n}")).isEqualTo("{\"a\":[\"b c\\\" d\"]}".length());
    }

    /** Or two policies that fit alone would be too large together. */
    @Test
    void writersOfOneRoleWaitForEachOther() throws Exception {
        accept(create());
        try (Connection another = DATABASE.getConnection();
                Statement statement = another.createStatement();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            another.setAutoCommit(false);
            statement.execute("SELECT FROM sandbox.role WHERE account = '" + account.id() + "' FOR NO KEY UPDATE");

            Future<IamAnswer> put = threads.submit(() -> gateway.apply(put("p", INLINE)));
            while (!put.isDone() && waitingForLocks() == 0) {
                Thread.onSpinWait();
            }

            assertThat(put.isDone()).isFalse();
            another.rollback();
            assertThat(put.get()).isInstanceOf(IamAnswer.Accepted.class);
        }
    }

    private static long waitingForLocks() {
        return JdbcClient.create(DATABASE)
                .sql(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
                .query(Long.class)
                .single();
    }

    // Managed policies and boundaries

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "not-an-arn-but-long-enough | ValidationError | 400 | Invalid ARN:  Could not be parsed!",
                "arn:aws:iam::x | ValidationError | 400 | 1 validation error detected: Value at 'policyArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
                "arn:aws-cn:iam::aws:policy/ReadOnlyAccess | ValidationError | 400 | Invalid ARN partition",
                "arn:aws:iam::123456789012:role/NotAPolicy | InvalidInput | 400 | ARN arn:aws:iam::123456789012:role/NotAPolicy is not valid.",
                "arn:aws:iam::aws:policy/AmazonECSTaskExecutionRolePolicy | NoSuchEntity | 404 | Policy arn:aws:iam::aws:policy/AmazonECSTaskExecutionRolePolicy does not exist or is not attachable.",
                "arn:aws:iam::123456789012:policy/team-boundary | NoSuchEntity | 404 | Policy arn:aws:iam::123456789012:policy/team-boundary does not exist or is not attachable.",
                "arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy | PolicyNotAttachable | 400 | Cannot attach a Service Role Policy to a Customer Role."
            })
    void onlyPoliciesThatExistAreAttached(String arn, String code, int status, String message) {
        accept(create());

        assertThat(gateway.apply(new Change.AttachRolePolicy(ROLE, arn))).satisfies(refused(code, status, message));
        assertThat(observed().managedPolicyArns()).isEmpty();
    }

    @Test
    void theAccountsOwnPoliciesAreAttachedAndBound() {
        String own = "arn:aws:iam::" + account.id() + ":policy/team-boundary";
        accept(
                new Change.CreateRole(ROLE, RolePath.ROOT, "", TRUST, 3600, new PolicyArn(own), tags()),
                new Change.AttachRolePolicy(ROLE, own));

        assertThat(observed().permissionsBoundaryArn()).isEqualTo(own);
        assertThat(observed().managedPolicyArns()).containsExactly(own);
    }

    @Test
    void aBoundaryMustExist() {
        String absent = "arn:aws:iam::" + account.id() + ":policy/no-such-policy";
        String message = "Scope ARN: " + absent + " does not exist or is not attachable.";

        assertThat(gateway.apply(
                        new Change.CreateRole(ROLE, RolePath.ROOT, "", TRUST, 3600, new PolicyArn(absent), tags())))
                .satisfies(refused("NoSuchEntity", 404, message));
        accept(create());
        assertThat(gateway.apply(new Change.PutRolePermissionsBoundary(ROLE, null, absent)))
                .satisfies(refused("NoSuchEntity", 404, message));
        assertThat(gateway.apply(new Change.PutRolePermissionsBoundary(
                        ROLE, null, "arn:aws:iam::" + account.id() + ":role/RetailStore")))
                .satisfies(refused(
                        "InvalidInput", 400, "ARN arn:aws:iam::" + account.id() + ":role/RetailStore is not valid."));
        assertThat(gateway.apply(new Change.DeleteRolePermissionsBoundary(ROLE, absent)))
                .satisfies(refused("NoSuchEntity", 404, "The role with name RetailStore has no permissions boundary."));
    }

    @Test
    void documentsAreThoseOfTheCatalogueAndOfTheAccount() {
        assertThat(gateway.policyDocument(SSM))
                .isEqualTo(ManagedPolicies.bundled().document(SSM))
                .isPresent();
        assertThat(gateway.policyDocument("arn:aws:iam::" + account.id() + ":policy/team-boundary"))
                .contains("{}");
        assertThat(gateway.policyDocument("arn:aws:iam::" + account.id() + ":policy/no-such-policy"))
                .isEmpty();
        assertThat(gateway.policyDocument("arn:aws:iam::999999999999:policy/team-boundary"))
                .isEmpty();
        assertThatThrownBy(() -> gateway.policyDocument("arn:aws-cn:iam::aws:policy/ReadOnlyAccess"))
                .isInstanceOf(IamReadException.class)
                .hasMessage("Invalid ARN partition");
    }

    @Test
    void quotasAreItsOwn() {
        accept(create());

        assertThat(gateway.quotas()).isEqualTo(new AccountQuotas(1, 1000, 20, 2048, 10_240));
    }

    @Test
    void aRoleHasTwentyManagedPolicies() {
        Map<String, String> policies = new LinkedHashMap<>();
        IntStream.rangeClosed(0, 20).forEach(i -> policies.put("policy-" + i, "{}"));
        Account rich = new Account(
                account.id(),
                account.name(),
                AccountKind.SANDBOX,
                Partition.AWS,
                account.region(),
                null,
                null,
                null,
                null,
                policies,
                Account.Limits.NONE);
        IamGateway open = SandboxGateways.in(DATABASE).open(rich);
        accept(create());
        for (int i = 0; i < 20; i++) {
            assertThat(open.apply(attach(i))).isInstanceOf(IamAnswer.Accepted.class);
        }

        assertThat(open.apply(attach(20)))
                .satisfies(refused("LimitExceeded", 409, "Cannot exceed quota for PoliciesPerRole: 20"));
        assertThat(open.apply(attach(0))).as("attached already").isInstanceOf(IamAnswer.Accepted.class);
        assertThat(observed().managedPolicyArns()).hasSize(20);
    }

    // What is not there, what is in the way

    @Test
    void whatIsNotThereIsNamed() {
        assertThat(gateway.apply(new Change.DeleteRole(ROLE)))
                .satisfies(refused("NoSuchEntity", 404, "The role with name RetailStore cannot be found."));
        assertThat(gateway.apply(new Change.DeleteInstanceProfile(ROLE, "p")))
                .satisfies(refused("NoSuchEntity", 404, "Instance Profile p cannot be found."));
        accept(create());
        assertThat(gateway.apply(new Change.DetachRolePolicy(ROLE, SSM)))
                .satisfies(refused("NoSuchEntity", 404, "Policy " + SSM + " was not found."));
        assertThat(gateway.apply(new Change.DeleteRolePolicy(ROLE, new PolicyName("p"), "")))
                .satisfies(refused("NoSuchEntity", 404, "The role policy with name p cannot be found."));
        accept(new Change.CreateInstanceProfile(ROLE, RolePath.ROOT, tags()));
        assertThat(gateway.apply(new Change.RemoveRoleFromInstanceProfile(ROLE, "RetailStore")))
                .satisfies(refused(
                        "NoSuchEntity",
                        404,
                        "The role with name RetailStore is not in the instance profile RetailStore."));
    }

    @Test
    void aDeletionSaysWhatIsInTheWay() {
        accept(
                create(),
                put("p", INLINE),
                new Change.AttachRolePolicy(ROLE, SSM),
                new Change.CreateInstanceProfile(ROLE, RolePath.ROOT, tags()),
                new Change.AddRoleToInstanceProfile(ROLE, "RetailStore"));

        String profile = "Cannot delete entity, must remove roles from instance profile first.";
        assertThat(gateway.apply(new Change.DeleteInstanceProfile(ROLE, "RetailStore")))
                .satisfies(refused("DeleteConflict", 409, profile));
        assertThat(gateway.apply(new Change.DeleteRole(ROLE))).satisfies(refused("DeleteConflict", 409, profile));
        accept(new Change.RemoveRoleFromInstanceProfile(ROLE, "RetailStore"));
        assertThat(gateway.apply(new Change.DeleteRole(ROLE)))
                .satisfies(refused("DeleteConflict", 409, "Cannot delete entity, must detach all policies first."));
        accept(new Change.DetachRolePolicy(ROLE, SSM));
        assertThat(gateway.apply(new Change.DeleteRole(ROLE)))
                .satisfies(refused("DeleteConflict", 409, "Cannot delete entity, must delete policies first."));
        accept(
                new Change.DeleteRolePolicy(ROLE, new PolicyName("p"), INLINE),
                new Change.TagRole(ROLE, tags(), tags("tags", "do not block")),
                new Change.DeleteRole(ROLE));
    }

    @Test
    void anInstanceProfileIsReadWhateverTheCaseOfItsName() {
        accept(new Change.CreateInstanceProfile(ROLE, RolePath.ROOT, tags()));

        assertThat(gateway.instanceProfile("RETAILSTORE").orElseThrow().name()).isEqualTo(ROLE.value());
        assertThat(catchThrowableOfType(IamReadException.class, () -> gateway.instanceProfile("a b"))
                        .code())
                .isEqualTo("ValidationError");
    }

    @Test
    void anInstanceProfileHasOneSeat() {
        accept(
                create(),
                create(new RoleName("Other")),
                new Change.CreateInstanceProfile(ROLE, RolePath.ROOT, tags()),
                new Change.AddRoleToInstanceProfile(ROLE, "retailstore"));

        for (String role : List.of("Other", "RetailStore")) {
            assertThat(gateway.apply(new Change.AddRoleToInstanceProfile(new RoleName(role), "RetailStore")))
                    .satisfies(refused(
                            "LimitExceeded", 409, "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"));
        }
    }

    @Test
    void anAccountHasAThousandRoles() {
        JdbcClient.create(DATABASE)
                .sql("""
                INSERT INTO sandbox.role (role_id, account, name_key, name, path, description, trust_policy, max_session_seconds)
                SELECT :account || '-' || n, :account, 'r' || n, 'r' || n, '/', '', '{}', 3600 FROM generate_series(1, 999) n""")
                .param("account", account.id().value())
                .update();
        accept(create());

        assertThat(gateway.apply(create(new RoleName("OneMore"))))
                .satisfies(refused("LimitExceeded", 409, "Cannot exceed quota for RolesPerAccount: 1000"));
    }

    // A system far away

    @Test
    void aRoleMadeAgainHasAnotherId() {
        accept(create());
        RoleState first = observed();
        assertThat(first.roleId()).matches("AROA[A-Z2-7]{17}");
        accept(new Change.DeleteRole(ROLE), create());

        assertThat(observed().roleId()).isNotEqualTo(first.roleId());
        assertThat(observed().arn()).isEqualTo(first.arn());
    }

    @Test
    void noTransactionMayBeHeldAcrossACall() {
        TransactionTemplate ours = new TransactionTemplate(new DataSourceTransactionManager(DATABASE));

        assertThatThrownBy(() -> ours.executeWithoutResult(_ -> gateway.apply(create())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("A transaction is held across a call to IAM");
        assertThatThrownBy(() -> ours.executeWithoutResult(_ -> gateway.observe(ROLE, false)))
                .hasMessage("A transaction is held across a call to IAM");
    }

    @Test
    void aSandboxWithoutItsDatabaseIsSilent() {
        PGSimpleDataSource nobody = new PGSimpleDataSource();
        nobody.setUrl("jdbc:postgresql://127.0.0.1:1/nothing");
        IamGateway lonely = SandboxGateways.in(nobody).open(account);

        assertThat(lonely.apply(create()))
                .isInstanceOfSatisfying(
                        IamAnswer.Unsent.class,
                        unsent -> assertThat(unsent.code()).isEqualTo("NoConnection"));
        assertThatThrownBy(() -> lonely.observe(ROLE, false))
                .isInstanceOfSatisfying(
                        IamReadException.class,
                        failure -> assertThat(failure.code()).isEqualTo("NoAnswer"));
    }

    private static Change create() {
        return create(ROLE);
    }

    private static Change create(RoleName role) {
        return new Change.CreateRole(role, RolePath.ROOT, "", TRUST, 3600, null, tags());
    }

    private static Change create(String trustPolicy) {
        return new Change.CreateRole(ROLE, RolePath.ROOT, "", trustPolicy, 3600, null, tags());
    }

    private static Change put(String name, String document) {
        return new Change.PutRolePolicy(ROLE, new PolicyName(name), null, document);
    }

    private Change attach(int i) {
        return new Change.AttachRolePolicy(ROLE, "arn:aws:iam::" + account.id() + ":policy/policy-" + i);
    }

    private static String trusting(String principal) {
        return TRUST.replace("{\"Service\":\"ecs-tasks.amazonaws.com\"}", principal);
    }

    /** A trust policy of exactly that many characters without white space. */
    private static String sized(int size) {
        String bare = TRUST.replace("\"Effect\"", "\"Sid\":\"\",\"Effect\"");
        return bare.replace("\"Sid\":\"", "\"Sid\":\"" + "x".repeat(size - bare.length()));
    }

    private static String sizedInline(int size) {
        String bare = INLINE.replace("\"Effect\"", "\"Sid\":\"\",\"Effect\"");
        return bare.replace("\"Sid\":\"", "\"Sid\":\"" + "x".repeat(size - bare.length()));
    }

    private RoleState observed() {
        return gateway.observe(ROLE, true).orElseThrow();
    }

    private void accept(Change... changes) {
        for (Change change : changes) {
            assertThat(gateway.apply(change)).as(change.summary()).isInstanceOf(IamAnswer.Accepted.class);
        }
    }

    private static Consumer<IamAnswer> malformed(String message) {
        return refused("MalformedPolicyDocument", 400, message);
    }

    private static Consumer<IamAnswer> refused(String code, int status, String message) {
        return answer -> assertThat(answer).isInstanceOfSatisfying(IamAnswer.Refused.class, refused -> {
            assertThat(refused.message()).isEqualTo(message);
            assertThat(refused.code()).isEqualTo(code);
            assertThat(refused.httpStatus()).isEqualTo(status);
            assertThat(refused.awsRequestId()).isNotBlank();
        });
    }

    private static SequencedMap<String, String> tags(String... keysAndValues) {
        SequencedMap<String, String> tags = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            tags.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return tags;
    }

    private static SequencedMap<String, String> numbered(int count) {
        SequencedMap<String, String> tags = new LinkedHashMap<>();
        IntStream.range(0, count).forEach(i -> tags.put("key-" + i, ""));
        return tags;
    }
}
