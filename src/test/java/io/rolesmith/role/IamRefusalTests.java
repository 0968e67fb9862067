package io.rolesmith.role;

import static io.rolesmith.role.RoleDraftBuilder.INLINE;
import static io.rolesmith.role.RoleDraftBuilder.TRUST;
import static io.rolesmith.role.RoleDraftBuilder.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rolesmith.policy.Finding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What real IAM was seen to refuse is refused here first, by our own code at the very value; and once that is repaired,
 * nothing is.
 */
class IamRefusalTests {

    private static final String SERVICE = "{\"Service\":\"ecs-tasks.amazonaws.com\"}";
    private static final String LEGACY = "The policy failed legacy parsing";
    private static final String SYNTAX = "Syntax errors in policy.";
    private static final String GITHUB = "token.actions.githubusercontent.com";
    private static final String GITHUB_PROVIDER =
            "{\"Federated\":\"arn:aws:iam::123456789012:oidc-provider/" + GITHUB + "\"}";

    /** The messages of IAM that are known, each with what was done to earn it. */
    enum Message {
        INVALID_JSON("This policy contains invalid Json"),
        INVALID_PRINCIPAL("Invalid principal in policy: \"AWS\":\"12345\""),
        STAR_PRINCIPAL("AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\""),
        TRUST_ACTIONS("AssumeRole policy may only specify STS AssumeRole actions."),
        TRUST_RESOURCE("Has prohibited field Resource"),
        COGNITO("A condition block must be present for the Cognito provider"),
        NOT_PRINCIPAL("AssumeRole policy must not contain NotPrincipal field."),
        MISSING_FIELD("Missing required field Effect / Principal / Action"),
        SHARED_ISSUER("Trust policy with trusted principal … must evaluate, using StringEquals, StringLike or"
                + " StringEqualsIgnoreCase, … which is not scoped to all."),
        TRUST_QUOTA("LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048"),
        IDENTITY_PRINCIPAL("Policy document should not specify a principal."),
        NO_RESOURCES("Policy statement must contain resources."),
        NO_ACTIONS("Policy statement must contain actions."),
        SID_TWICE("Statement IDs (SID) in a single policy must be unique."),
        SID_CHARACTERS(
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression"
                        + " [0-9A-Za-z]*"),
        SYNTAX_ERRORS(SYNTAX),
        LEGACY_PARSING(LEGACY),
        NO_VENDOR("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
        TWO_COLONS("Actions/Condition can contain only one colon."),
        VENDOR_WILDCARD("Action vendors (e.g., aws, ec2, etc.) must not contain wildcards."),
        RESOURCE_FORMAT("Resource X must be in ARN format or \"*\"."),
        RESOURCE_VENDOR("Resource vendor must be fully qualified and cannot contain regexes."),
        RESOURCE_PARTITION("Partition \"aws-cn\" is not valid for resource \"…\"."),
        RESOURCE_REGION("Resource arn:aws:s3:us-east-1::b can not contain region information."),
        RESOURCE_ACCOUNT("Resource arn:aws:s3::111122223333:b cannot contain an account id."),
        INLINE_QUOTA("LimitExceeded: Maximum policy size of 10240 bytes exceeded for role X"),
        DOCUMENT_CHARACTERS("ValidationError: Value at 'policyDocument' failed to satisfy constraint: [\\u0009\\u000A"
                + "\\u000D\\u0020-\\u00FF]+"),
        ROLE_NAME("ValidationError: The specified value for roleName is invalid. It must contain only alphanumeric"
                + " characters and/or the following: +=,.@_-"),
        POLICY_NAME("ValidationError: The specified value for policyName is invalid."),
        PATH("ValidationError: The specified value for path is invalid."),
        RESERVED_PATH(
                "InvalidInput: Paths beginning with '/aws-service-role' are reserved for AWS Service Linked Roles"),
        PROTECTED_ROLE("UnmodifiableEntity: Cannot perform the operation on the protected role 'X' - this role is only"
                + " modifiable by AWS"),
        DESCRIPTION("ValidationError: Value at 'description' failed to satisfy constraint"),
        SESSION_DURATION("ValidationError: Value at 'maxSessionDuration' failed to satisfy constraint"),
        POLICY_ARN("ValidationError: Invalid ARN:  Could not be parsed!"),
        ARN_PARTITION("ValidationError: Invalid ARN partition"),
        BOUNDARY_ARN("InvalidInput: ARN … is not valid."),
        NOT_ATTACHABLE("PolicyNotAttachable: Cannot attach a Service Role Policy to a Customer Role."),
        MANAGED_QUOTA("LimitExceeded: Cannot exceed quota for PoliciesPerRole: 20"),
        TAG_RESERVED("InvalidInput: Tag keys beginning with aws: are reserved for system use."),
        TAG_TWICE("InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive."),
        TAG_CHARACTERS("ValidationError: Value at 'tags.1.member.key' failed to satisfy constraint"),
        TAG_QUOTA("ValidationError: Value at 'tags' failed to satisfy constraint: Member must have length less than or"
                + " equal to 50");

        private final String words;

        Message(String words) {
            this.words = words;
        }
    }

    /** Messages that no document and no field earns, so that nothing here can foresee them, and why. */
    enum LiveMessage {
        NO_SUCH_ROLE("NoSuchEntity: The role with name X cannot be found.", "Only IAM knows which roles there are."),
        NO_SUCH_POLICY(
                "NoSuchEntity: Policy arn… does not exist or is not attachable.",
                "Only IAM knows an account's own policies; AWS's are looked up in the catalogue."),
        NAME_TAKEN("EntityAlreadyExists: Role with name X already exists.", "Only IAM knows which roles there are."),
        DEAD_PRINCIPAL(
                "Invalid principal in policy, for a user, role or provider that does not exist",
                "Only IAM knows who exists; the shape of the principal is checked."),
        UNKNOWN_SERVICE(
                "Invalid principal in policy, for a service name of the right shape",
                "Which services may be trusted depends on account and region."),
        SESSION_PRINCIPAL(
                "Invalid principal in policy: \"AWS\":\"arn:aws:sts::…:assumed-role/…\"",
                "Seen for a role that did not exist; AWS documents sessions as principals, so they are taken."),
        DELETE_CONFLICT(
                "DeleteConflict: Cannot delete entity, must detach all policies first.",
                "What hangs off a role is live state; the plan detaches it first."),
        CHANGED_BY_ANOTHER("ConcurrentModification", "It takes a second writer."),
        ACCOUNT_QUOTA(
                "LimitExceeded: Cannot exceed quota for RolesPerAccount: 1000", "The account's usage is live state."),
        PROFILE_TAKEN(
                "LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
                "Which role is in a profile is live state."),
        MANAGED_POLICY_SIZE("LimitExceeded: Cannot exceed quota for PolicySize: 6144", "No managed policy is written.");

        private final String words;
        private final String reason;

        LiveMessage(String words, String reason) {
            this.words = words;
            this.reason = reason;
        }
    }

    /**
     * @param refused differs from a good draft in one thing
     * @param code what is said of it
     * @param pointer where
     * @param repaired the same with that thing put right
     */
    record Example(Message message, String code, String pointer, RoleDraftBuilder refused, RoleDraftBuilder repaired) {

        @Override
        public String toString() {
            return message.words + " → " + code + " at " + pointer;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void isRefusedHereFirst(Example example) {
        RoleDraft.RoleReading reading = example.refused().read();

        assertThat(reading.spec()).isEmpty();
        // Our own rule on strangers has more to say of a star, and IAM nothing.
        assertThat(reading.findings().stream()
                        .filter(Finding::refuses)
                        .filter(finding -> !finding.code().equals("ANONYMOUS_TRUST")))
                .extracting(Finding::code, Finding::pointer)
                .containsExactly(tuple(example.code(), example.pointer()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void isTakenOnceRepaired(Example example) {
        RoleDraft.RoleReading reading = example.repaired().read();

        assertThat(reading.findings().stream().filter(Finding::refuses)).isEmpty();
        assertThat(reading.spec()).isPresent();
    }

    @Test
    void everyMessageHasItsExample() {
        Set<Message> shown = examples().map(Example::message).collect(Collectors.toSet());

        assertThat(EnumSet.complementOf(EnumSet.copyOf(shown))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(LiveMessage.class)
    void noDocumentShowsWhatOnlyLiveStateCan(LiveMessage message) {
        assertThat(message.reason).isNotBlank();
        assertThat(Arrays.stream(Message.values()).map(known -> known.words)).doesNotContain(message.words);
    }

    static Stream<Example> examples() {
        List<Example> examples = new ArrayList<>();
        trustPolicies(examples);
        sharedIssuers(examples);
        identityPolicies(examples);
        syntaxErrors(examples);
        conditionValues(examples);
        actionsAndResources(examples);
        namesAndPaths(examples);
        fieldsOfTheRole(examples);
        return examples.stream();
    }

    private static void trustPolicies(List<Example> to) {
        to.add(new Example(
                Message.INVALID_JSON, "JSON_SYNTAX_ERROR", "/trustPolicy", draft().trust("{not json"), draft()));
        principal(to, "INVALID_PRINCIPAL_FORMAT", "AWS", "12345", "123456789012");
        principal(to, "INVALID_PRINCIPAL_FORMAT", "AWS", "123456789012 ", "1234-5678-9012");
        principal(to, "INVALID_PRINCIPAL_FORMAT", "AWS", "anna", "arn:aws:iam::123456789012:user/anna");
        principal(
                to,
                "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
                "AWS",
                "arn:aws:iam::123456789012:user/*",
                "arn:aws:iam::123456789012:root");
        principal(
                to,
                "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
                "AWS",
                "arn:aws:iam::123456789012:*",
                "arn:aws:iam::123456789012:role/App");
        principal(to, "INVALID_SERVICE_PRINCIPAL_FORMAT", "Service", "lambda.example.com", "lambda.amazonaws.com");
        principal(to, "UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "Service", "*", "ec2.amazonaws.com");
        for (String provider : List.of("saml-provider/Okta", "oidc-provider/idp.example")) {
            String own = webIdentity("{\"Federated\":\"arn:aws:iam::123456789012:" + provider + "\"}", "");
            String good = provider.startsWith("saml") ? own.replace("WithWebIdentity", "WithSAML") : own;
            to.add(new Example(
                    Message.INVALID_PRINCIPAL,
                    "PROVIDER_OF_ANOTHER_ACCOUNT",
                    "/trustPolicy/Statement/0/Principal/Federated",
                    draft().trust(good.replace("123456789012", "210987654321")),
                    draft().trust(good)));
        }
        trust(
                to,
                Message.STAR_PRINCIPAL,
                "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
                "/Principal",
                SERVICE,
                "\"*\"");
        for (String action : List.of(
                "sts:*",
                "*",
                "sts:AssumeRoot",
                "sts:GetCallerIdentity",
                "sts:GetSessionToken",
                "sts:assumerole",
                "s3:GetObject")) {
            trust(to, Message.TRUST_ACTIONS, "UNSUPPORTED_ACTION_IN_POLICY", "/Action", "sts:AssumeRole", action);
        }
        trust(
                to,
                Message.TRUST_RESOURCE,
                "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE",
                "/Resource",
                "\"Action\"",
                "\"Resource\":\"*\",\"Action\"");
        trust(
                to,
                Message.NOT_PRINCIPAL,
                "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL",
                "/NotPrincipal",
                "Principal",
                "NotPrincipal");
        trust(to, Message.MISSING_FIELD, "MISSING_EFFECT", "", "\"Effect\":\"Allow\",", "");
        trust(to, Message.MISSING_FIELD, "MISSING_PRINCIPAL", "", "\"Principal\":" + SERVICE + ",", "");
        trust(to, Message.MISSING_FIELD, "MISSING_ACTION", "", ",\"Action\":\"sts:AssumeRole\"", "");
        to.add(new Example(
                Message.TRUST_QUOTA,
                "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",
                "/trustPolicy",
                draft().trust(ofSize(TRUST, 8193)),
                draft().trust(ofSize(TRUST, 2048))));
    }

    private static void principal(List<Example> to, String code, String type, String refused, String repaired) {
        to.add(new Example(
                Message.INVALID_PRINCIPAL,
                code,
                "/trustPolicy/Statement/0/Principal/" + type,
                draft().trust(TRUST.replace(SERVICE, "{\"" + type + "\":\"" + refused + "\"}")),
                draft().trust(TRUST.replace(SERVICE, "{\"" + type + "\":\"" + repaired + "\"}"))));
    }

    private static void trust(List<Example> to, Message message, String code, String pointer, String good, String bad) {
        to.add(new Example(
                message,
                code,
                "/trustPolicy/Statement/0" + pointer,
                draft().trust(replaced(TRUST, good, bad)),
                draft()));
    }

    private static void sharedIssuers(List<Example> to) {
        String cognito = "{\"Federated\":\"cognito-identity.amazonaws.com\"}";
        String pool = "\"StringEquals\":{\"cognito-identity.amazonaws.com:aud\":\"us-east-1:1234\"}";
        to.add(new Example(
                Message.COGNITO,
                "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL",
                "/trustPolicy/Statement/0/Principal/Federated",
                draft().trust(TRUST.replace(SERVICE, cognito).replace("AssumeRole", "AssumeRoleWithWebIdentity")),
                draft().trust(webIdentity(cognito, pool))));
        String key = "\"" + GITHUB + ":sub\":";
        String repository = "\"StringEquals\":{" + key + "\"repo:octo-org/octo-repo:ref:refs/heads/main\"}";
        for (String unnamed : List.of(
                "\"StringEquals\":{\"" + GITHUB + ":aud\":\"sts.amazonaws.com\"}",
                "\"StringNotEquals\":{" + key + "\"repo:octo-org/octo-repo:x\"}",
                "\"StringEqualsIfExists\":{" + key + "\"repo:octo-org/octo-repo:x\"}",
                "\"Null\":{" + key + "\"false\"}")) {
            github(to, "/Principal/Federated", unnamed, repository);
        }
        String like = "/Condition/StringLike/" + GITHUB + ":sub";
        for (String open : List.of("*", "*octo-org/octo-repo:x", " ", "", "?", "**", "*?", "repo:*", "repo:*/*")) {
            github(
                    to,
                    like,
                    "\"StringLike\":{" + key + "\"" + open + "\"}",
                    "\"StringLike\":{" + key + "\"repo:octo-org/*\"}");
        }
        github(to, like, "\"StringLike\":{" + key + "[]}", repository);
        github(
                to,
                "/Condition/StringLike/" + GITHUB + ":job_workflow_ref",
                repository + ",\"StringLike\":{\"" + GITHUB + ":job_workflow_ref\":\"*\"}",
                repository + ",\"StringLike\":{\"" + GITHUB + ":job_workflow_ref\":\"octo-org/octo-repo/*\"}");
        String google = "{\"Federated\":\"accounts.google.com\"}";
        to.add(new Example(
                Message.SHARED_ISSUER,
                "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL",
                "/trustPolicy/Statement/0/Principal/Federated",
                draft().trust(webIdentity(google, "\"StringLike\":{\"accounts.google.com:aud\":\"app\"}")),
                draft().trust(webIdentity(google, "\"StringEquals\":{\"accounts.google.com:aud\":\"app\"}"))));
    }

    private static void github(List<Example> to, String pointer, String refused, String repaired) {
        to.add(new Example(
                Message.SHARED_ISSUER,
                "MISSING_GITHUB_REPO_CONDITION_KEY",
                "/trustPolicy/Statement/0" + pointer,
                draft().trust(webIdentity(GITHUB_PROVIDER, refused)),
                draft().trust(webIdentity(GITHUB_PROVIDER, repaired))));
    }

    private static String webIdentity(String principal, String conditions) {
        return TRUST.replace(SERVICE, principal)
                .replace("\"sts:AssumeRole\"", "\"sts:AssumeRoleWithWebIdentity\",\"Condition\":{" + conditions + "}");
    }

    private static void identityPolicies(List<Example> to) {
        for (String element : List.of("Principal", "NotPrincipal")) {
            inline(
                    to,
                    Message.IDENTITY_PRINCIPAL,
                    "UNSUPPORTED_PRINCIPAL",
                    "/" + element,
                    "\"Action\"",
                    "\"" + element + "\":{\"AWS\":\"*\"},\"Action\"");
        }
        inline(to, Message.NO_RESOURCES, "MISSING_RESOURCE", "", ",\"Resource\":\"arn:aws:s3:::bucket/*\"", "");
        inline(to, Message.NO_RESOURCES, "MISSING_RESOURCE", "/Resource", "\"arn:aws:s3:::bucket/*\"", "[]");
        inline(to, Message.NO_ACTIONS, "MISSING_ACTION", "", "\"Action\":\"s3:GetObject\",", "");
        inline(to, Message.NO_ACTIONS, "MISSING_ACTION", "/Action", "\"s3:GetObject\"", "[]");
        inline(to, Message.SID_CHARACTERS, "UNSUPPORTED_SID", "/Sid", "{\"Effect\"", "{\"Sid\":\"a_b\",\"Effect\"");
        String named = "{\"Sid\":\"Read\",\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}";
        to.add(new Example(
                Message.SID_TWICE,
                "UNIQUE_SIDS_REQUIRED",
                "/inlinePolicies/p/Statement/1/Sid",
                draft().inline("p", statements(named + "," + named)),
                draft().inline("p", statements(named + "," + named.replace("Read", "Get")))));
        to.add(new Example(
                Message.INLINE_QUOTA,
                "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",
                "/inlinePolicies",
                draft().inline("p", ofSize(INLINE, 5121)).inline("q", ofSize(INLINE, 5120)),
                draft().inline("p", ofSize(INLINE, 5120)).inline("q", ofSize(INLINE, 5120))));
        inline(to, Message.DOCUMENT_CHARACTERS, "INVALID_CHARACTER", "/Resource", "bucket", "“bucket”");
    }

    private static void syntaxErrors(List<Example> to) {
        inline(to, Message.SYNTAX_ERRORS, "MISSING_EFFECT", "", "\"Effect\":\"Allow\",", "");
        inline(
                to,
                Message.SYNTAX_ERRORS,
                "UNSUPPORTED_ELEMENT_COMBINATION",
                "/NotAction",
                "\"Resource\"",
                "\"NotAction\":\"s3:*\",\"Resource\"");
        inline(
                to,
                Message.SYNTAX_ERRORS,
                "UNSUPPORTED_ELEMENT_COMBINATION",
                "/NotResource",
                "\"Resource\"",
                "\"NotResource\":\"*\",\"Resource\"");
        inline(
                to,
                Message.SYNTAX_ERRORS,
                "INVALID_POLICY_ELEMENT",
                "/Effects",
                "{\"Effect\"",
                "{\"Effects\":\"Allow\",\"Effect\"");
        for (String element : List.of("version", "Comment", "Description", "Statement2")) {
            document(
                    to,
                    "INVALID_POLICY_ELEMENT",
                    "/" + element,
                    "{\"Version\"",
                    "{\"" + element + "\":\"x\",\"Version\"");
        }
        document(to, "INVALID_VERSION", "/Version", "2012-10-17", "2012-10-18");
        to.add(new Example(
                Message.SYNTAX_ERRORS,
                "MISSING_STATEMENT",
                "/inlinePolicies/p",
                draft().inline("p", "{\"Version\":\"2012-10-17\"}"),
                draft().inline("p", INLINE)));
        to.add(new Example(
                Message.SYNTAX_ERRORS,
                "MISSING_STATEMENT",
                "/inlinePolicies/p/Statement",
                draft().inline("p", statements("")),
                draft().inline("p", INLINE)));
        condition(
                to,
                Message.SYNTAX_ERRORS,
                "INVALID_CONDITION_OPERATOR",
                "StringEqualz",
                "",
                "{\"aws:x\":\"y\"}",
                "StringEquals",
                "{\"aws:x\":\"y\"}");
        condition(
                to,
                Message.SYNTAX_ERRORS,
                "INVALID_CONDITION_OPERATOR",
                "StringEqualz",
                "",
                "{}",
                "StringEquals",
                "{}");
        condition(
                to,
                Message.SYNTAX_ERRORS,
                "NULL_WITH_IF_EXISTS",
                "NullIfExists",
                "",
                "{\"aws:TokenIssueTime\":\"true\"}",
                "ForAllValues:Null",
                "{\"aws:TokenIssueTime\":\"true\"}");
        condition(
                to,
                Message.SYNTAX_ERRORS,
                "DATA_TYPE_MISMATCH",
                "StringEquals",
                "/k:k",
                "{\"k:k\":{\"a\":\"b\"}}",
                "StringEquals",
                "{\"k:k\":\"b\"}");
        condition(
                to,
                Message.SYNTAX_ERRORS,
                "DATA_TYPE_MISMATCH",
                "StringEquals",
                "/k:k/0",
                "{\"k:k\":[{\"a\":\"b\"}]}",
                "StringEquals",
                "{\"k:k\":[\"b\"]}");
        for (String binary : List.of("!!!", "abc", "YWJj==")) {
            value(to, Message.SYNTAX_ERRORS, "TYPE_MISMATCH_STRING", "BinaryEquals", binary, "YWJjZA==");
        }
    }

    private static void conditionValues(List<Example> to) {
        inline(to, Message.LEGACY_PARSING, "INVALID_EFFECT", "/Effect", "Allow", "allow");
        inline(to, Message.LEGACY_PARSING, "MISSING_ARN_FIELD", "/Resource", "arn:aws:s3:::bucket/*", "arn:aws:s3:b");
        for (String number : List.of("abc", " 10", "0x10")) {
            value(to, Message.LEGACY_PARSING, "TYPE_MISMATCH_NUMBER", "NumericLessThan", number, "1e3");
        }
        for (String date : List.of("tomorrow", "2026/01/01", "2026-13-45", "Thu, 01 Jan 2026 00:00:00 GMT")) {
            value(to, Message.LEGACY_PARSING, "TYPE_MISMATCH_DATE", "DateGreaterThan", date, "2026-01-01T00:00Z");
        }
        for (String address : List.of(
                "203.0.113.999/24",
                "example.com",
                "1.2.3",
                "10.0.0.0/33",
                "10.0.0.0/8 ",
                "2001:db8::5/64",
                "::ffff:192.0.2.1",
                "2001:db8::/129")) {
            value(to, Message.LEGACY_PARSING, "TYPE_MISMATCH_IP_RANGE", "IpAddress", address, "2001:db8::/64");
        }
        for (String arn : List.of("nope", "arn:aws:s3:b", "${aws:PrincipalArn}")) {
            value(to, Message.LEGACY_PARSING, "MISSING_ARN_FIELD", "ArnLike", arn, "arn:aws:*:*:*:*");
        }
    }

    private static void actionsAndResources(List<Example> to) {
        inline(to, Message.NO_VENDOR, "INVALID_ACTION", "/Action", "s3:GetObject", "GetObject");
        condition(
                to,
                Message.NO_VENDOR,
                "INVALID_CONDITION_KEY_FORMAT",
                "StringEquals",
                "/SourceAccount",
                "{\"SourceAccount\":\"1\"}",
                "StringEquals",
                "{\"aws:SourceAccount\":\"1\"}");
        inline(to, Message.TWO_COLONS, "INVALID_ACTION", "/Action", "s3:GetObject", "s3:Get:Object");
        inline(to, Message.VENDOR_WILDCARD, "INVALID_SERVICE_IN_ACTION", "/Action", "s3:GetObject", "s*:GetObject");
        String good = "arn:aws:s3:::bucket/*";
        inline(to, Message.RESOURCE_FORMAT, "INVALID_ARN_PREFIX", "/Resource", good, "my-bucket");
        inline(to, Message.RESOURCE_VENDOR, "INVALID_SERVICE", "/Resource", good, "arn:aws:*:::b");
        inline(to, Message.RESOURCE_VENDOR, "INVALID_SERVICE", "/Resource", good, "arn:aws:s3*:::b");
        for (String partition : List.of("aws-cn", "aws-nope", "", "AWS")) {
            inline(
                    to,
                    Message.RESOURCE_PARTITION,
                    "INVALID_PARTITION",
                    "/Resource",
                    good,
                    "arn:" + partition + ":s3:::b");
        }
        for (String resource : List.of(
                "arn:aws:s3:us-east-1::b",
                "arn:aws:s3:my-bucket:*:*",
                "arn:aws:iam:us-east-1:111122223333:role/r",
                "arn:aws:route53:us-east-1::hostedzone/z")) {
            inline(to, Message.RESOURCE_REGION, "ARN_REGION_NOT_ALLOWED", "/Resource", good, resource);
        }
        inline(
                to,
                Message.RESOURCE_ACCOUNT,
                "ARN_ACCOUNT_NOT_ALLOWED",
                "/Resource",
                good,
                "arn:aws:s3::111122223333:b");
    }

    private static void namesAndPaths(List<Example> to) {
        for (String name : List.of("テスト用", "a b", "a/b", "é", "a".repeat(65))) {
            field(to, Message.ROLE_NAME, "INVALID_ROLE_NAME", "/name", draft -> draft.name(name));
        }
        for (String name : List.of("a b", "a".repeat(129))) {
            to.add(new Example(
                    Message.POLICY_NAME,
                    "INVALID_POLICY_NAME",
                    "/inlinePolicies/" + name,
                    draft().inline(name, INLINE),
                    draft().inline("a".repeat(128), INLINE)));
        }
        for (String path :
                List.of("//", "/team", "team/", "/a b/", "/\u007F/", "/é/", "/\n/", "/" + "a".repeat(511) + "/")) {
            field(to, Message.PATH, "INVALID_PATH", "/path", draft -> draft.path(path));
        }
        for (String path :
                List.of("/aws-service-role/ecs.amazonaws.com/", "/aws-service-roles/", "/aws-reserved/sso/")) {
            field(to, Message.RESERVED_PATH, "RESERVED_PATH", "/path", draft -> draft.path(path));
        }
        for (String name : List.of("AWSServiceRoleForECS", "AWSReservedSSO_Admin_0123456789abcdef")) {
            field(to, Message.PROTECTED_ROLE, "RESERVED_ROLE_NAME", "/name", draft -> draft.name(name));
        }
    }

    private static void fieldsOfTheRole(List<Example> to) {
        for (String text : List.of("é".repeat(1001), "a – b", "\u0080", "\u00A0")) {
            field(to, Message.DESCRIPTION, "INVALID_DESCRIPTION", "/description", draft -> draft.description(text));
        }
        for (long seconds : new long[] {3599, 43_201}) {
            field(
                    to,
                    Message.SESSION_DURATION,
                    "INVALID_SESSION_DURATION",
                    "/maxSessionSeconds",
                    draft -> draft.maxSessionSeconds(seconds));
        }
        String good = "arn:aws:iam::aws:policy/ReadOnlyAccess";
        managed(to, Message.POLICY_ARN, "INVALID_POLICY_ARN", "not-an-arn-but-long-enough", good);
        managed(to, Message.ARN_PARTITION, "INVALID_PARTITION", "arn:aws-cn:iam::aws:policy/ReadOnlyAccess", good);
        managed(
                to,
                Message.NOT_ATTACHABLE,
                "POLICY_NOT_ATTACHABLE",
                "arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy",
                good);
        to.add(new Example(
                Message.BOUNDARY_ARN,
                "INVALID_POLICY_ARN",
                "/permissionsBoundaryArn",
                draft().boundary("arn:aws:iam::123456789012:role/App"),
                draft().boundary("arn:aws:iam::123456789012:policy/App")));
        to.add(new Example(
                Message.MANAGED_QUOTA,
                "TOO_MANY_MANAGED_POLICIES",
                "/managedPolicyArns",
                draft().managed(policies(26)),
                draft().managed(policies(20))));
        tag(to, Message.TAG_RESERVED, "RESERVED_TAG_KEY", "aws:team", "x");
        tag(to, Message.TAG_RESERVED, "RESERVED_TAG_KEY", "AWS:team", "x");
        tag(to, Message.TAG_CHARACTERS, "INVALID_TAG_KEY", " ", "x");
        tag(to, Message.TAG_CHARACTERS, "INVALID_TAG_KEY", "a*b", "x");
        tag(to, Message.TAG_CHARACTERS, "INVALID_TAG_KEY", "a".repeat(129), "x");
        tag(to, Message.TAG_CHARACTERS, "INVALID_TAG_VALUE", "team", "a,b");
        tag(to, Message.TAG_CHARACTERS, "INVALID_TAG_VALUE", "team", "a".repeat(257));
        to.add(new Example(
                Message.TAG_TWICE,
                "DUPLICATE_TAG_KEY",
                "/tags/department",
                draft().tag("Department", "a").tag("department", "b"),
                draft().tag("Department", "a").tag("team", "b")));
        to.add(new Example(Message.TAG_QUOTA, "TOO_MANY_TAGS", "/tags", tags(48), tags(47)));
    }

    private static void field(
            List<Example> to, Message message, String code, String pointer, UnaryOperator<RoleDraftBuilder> spoilt) {
        to.add(new Example(message, code, pointer, spoilt.apply(draft()), draft()));
    }

    private static void managed(List<Example> to, Message message, String code, String refused, String repaired) {
        to.add(new Example(message, code, "/managedPolicyArns/0", draft().managed(refused), draft().managed(repaired)));
    }

    private static void tag(List<Example> to, Message message, String code, String key, String value) {
        to.add(new Example(
                message,
                code,
                "/tags/" + key,
                draft().tag(key, value),
                draft().tag("team", "aws:values may begin so")));
    }

    /** An inline policy whose statement differs from a good one. */
    private static void inline(
            List<Example> to, Message message, String code, String pointer, String good, String bad) {
        to.add(new Example(
                message,
                code,
                "/inlinePolicies/p/Statement/0" + pointer,
                draft().inline("p", replaced(INLINE, good, bad)),
                draft().inline("p", INLINE)));
    }

    private static void document(List<Example> to, String code, String pointer, String good, String bad) {
        to.add(new Example(
                Message.SYNTAX_ERRORS,
                code,
                "/inlinePolicies/p" + pointer,
                draft().inline("p", replaced(INLINE, good, bad)),
                draft().inline("p", INLINE)));
    }

    private static void value(
            List<Example> to, Message message, String code, String operator, String refused, String repaired) {
        condition(
                to,
                message,
                code,
                operator,
                "/aws:x",
                "{\"aws:x\":\"" + refused + "\"}",
                operator,
                "{\"aws:x\":\"" + repaired + "\"}");
    }

    private static void condition(
            List<Example> to,
            Message message,
            String code,
            String operator,
            String pointer,
            String block,
            String repairedOperator,
            String repairedBlock) {
        to.add(new Example(
                message,
                code,
                "/inlinePolicies/p/Statement/0/Condition/" + operator + pointer,
                draft().inline("p", withCondition(operator, block)),
                draft().inline("p", withCondition(repairedOperator, repairedBlock))));
    }

    private static String withCondition(String operator, String block) {
        return replaced(INLINE, "\"Action\"", "\"Condition\":{\"" + operator + "\":" + block + "},\"Action\"");
    }

    private static String statements(String statements) {
        return "{\"Version\":\"2012-10-17\",\"Statement\":[" + statements + "]}";
    }

    private static String replaced(String document, String good, String bad) {
        assertThat(document).contains(good);
        return document.replace(good, bad);
    }

    private static String ofSize(String document, int size) {
        String sid = "\"Sid\":\"\",";
        return document.replace(
                "{\"Effect\"", "{\"Sid\":\"" + "x".repeat(size - document.length() - sid.length()) + "\",\"Effect\"");
    }

    private static String[] policies(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "arn:aws:iam::123456789012:policy/p" + i)
                .toArray(String[]::new);
    }

    private static RoleDraftBuilder tags(int count) {
        RoleDraftBuilder draft = draft();
        for (int i = 0; i < count; i++) {
            draft.tag("tag" + i, "x");
        }
        return draft;
    }
}
