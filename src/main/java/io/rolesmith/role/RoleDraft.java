package io.rolesmith.role;

import static io.rolesmith.policy.Finding.error;
import static io.rolesmith.policy.JsonPointer.element;
import static io.rolesmith.policy.JsonPointer.member;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.PolicyReader;
import io.rolesmith.policy.PolicySource;
import io.rolesmith.policy.Reading;
import io.rolesmith.policy.Severity;
import io.rolesmith.policy.Variables;
import io.rolesmith.policy.check.PolicyCheck;
import io.rolesmith.policy.check.PolicyKind;
import io.rolesmith.policy.check.ProviderAccounts;
import io.rolesmith.policy.check.TrustExposure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A role as somebody wrote it down, unchecked and with its variables unresolved. Absent parts are null or empty.
 *
 * @param boundaryMentioned whether anything was said of the boundary; if so, a null ARN means that there shall be none
 */
public record RoleDraft(
        @Nullable String name,
        @Nullable String path,
        @Nullable String description,
        @Nullable PolicySource trustPolicy,
        List<String> managedPolicyArns,
        SequencedMap<String, PolicySource> inlinePolicies,
        boolean boundaryMentioned,
        @Nullable String permissionsBoundaryArn,
        @Nullable Long maxSessionSeconds,
        SequencedMap<String, String> tags,
        boolean instanceProfile,
        PolicyOwnership policyOwnership,
        List<ExpectationDraft> expect) {

    public RoleDraft {
        expect = List.copyOf(expect);
    }

    /** Codes of what cannot be judged for good without the account's quotas. */
    private static final Set<String> QUOTA_CODES =
            Set.of("TOO_MANY_MANAGED_POLICIES", "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA");

    /**
     * What came of reading a draft.
     *
     * @param spec empty if and only if a finding refuses
     * @param expectations those that could be read; what the spec allows is not held against them yet
     */
    public record RoleReading(Optional<RoleSpec> spec, List<Expectation> expectations, List<Finding> findings) {

        /** Whether another reading, with the account's quotas known, would say something else. */
        public boolean hangsOnQuotas() {
            return findings.stream()
                    .anyMatch(
                            finding -> finding.severity() == Severity.WARNING && QUOTA_CODES.contains(finding.code()));
        }
    }

    /**
     * Resolves and checks the draft for one account; all findings come at once, with pointers from the draft's root.
     *
     * @param account the twelve digits of the account that the role is for
     * @param partition the account's partition as it stands in ARNs
     * @param quotas the account's, as far as they are known
     * @param policyCheck looks into the policies
     */
    public RoleReading read(
            Variables variables, String account, String partition, RoleQuotas quotas, PolicyCheck policyCheck) {
        Check check = new Check(variables, account, partition, quotas, policyCheck);
        RoleName roleName = check.name();
        RolePath rolePath = check.path();
        String text = check.description();
        Optional<PolicyDocument> trust = check.trustPolicy();
        SequencedSet<PolicyArn> managed = check.managedPolicies();
        SequencedMap<PolicyName, PolicyDocument> inline = check.inlinePolicies();
        Boundary boundary = check.boundary();
        Duration session = check.maxSession();
        check.tags();
        List<Expectation> expectations = new ExpectationReader(variables, check.findings).read(expect);
        if (Finding.anyRefuses(check.findings) || roleName == null || rolePath == null || trust.isEmpty()) {
            return new RoleReading(Optional.empty(), expectations, List.copyOf(check.findings));
        }
        return new RoleReading(
                Optional.of(new RoleSpec(
                        roleName,
                        rolePath,
                        text,
                        trust.get(),
                        managed,
                        inline,
                        boundary,
                        session,
                        tags,
                        instanceProfile,
                        policyOwnership)),
                expectations,
                List.copyOf(check.findings));
    }

    /** One pass over the draft that collects what there is to say. */
    private final class Check {

        final List<Finding> findings = new ArrayList<>();
        private final Variables variables;
        private final String account;
        private final String partition;
        private final RoleQuotas quotas;
        private final PolicyCheck policyCheck;

        Check(Variables variables, String account, String partition, RoleQuotas quotas, PolicyCheck policyCheck) {
            this.variables = variables;
            this.account = account;
            this.partition = partition;
            this.quotas = quotas;
            this.policyCheck = policyCheck;
        }

        @Nullable
        RoleName name() {
            if (name == null || name.isEmpty()) {
                findings.add(error("MISSING_NAME", "/name", "A role needs a name", "Give the role's exact name."));
                return null;
            }
            if (name.equals(".") || name.equals("..")) {
                findings.add(error(
                        "INVALID_ROLE_NAME",
                        "/name",
                        "No address could name the role '" + name + "'",
                        "Choose a name with a letter or digit in it."));
                return null;
            }
            Optional<String> violation = RoleName.violation(name);
            if (violation.isPresent()) {
                findings.add(error(
                        "INVALID_ROLE_NAME", "/name", violation.get(), "Choose a name of 1 to 64 such characters."));
                return null;
            }
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith("awsservicerolefor") || lower.startsWith("awsreservedsso_")) {
                findings.add(error(
                        "RESERVED_ROLE_NAME",
                        "/name",
                        "AWS keeps names like '" + name + "' for roles of its own",
                        "Choose a name that begins with neither AWSServiceRoleFor nor AWSReservedSSO_."));
                return null;
            }
            return new RoleName(name);
        }

        @Nullable
        RolePath path() {
            String wanted = path == null ? "/" : path;
            Optional<String> violation = RolePath.violation(wanted);
            if (violation.isPresent()) {
                findings.add(error(
                        "INVALID_PATH",
                        "/path",
                        violation.get(),
                        "Write the path like /team/service/, or leave it out."));
                return null;
            }
            RolePath result = new RolePath(wanted);
            if (result.isReserved()) {
                findings.add(error(
                        "RESERVED_PATH",
                        "/path",
                        "AWS keeps the path '" + Characters.shorten(wanted) + "' for roles of its own",
                        "Choose a path that begins with neither /aws-service-role nor /aws-reserved/."));
                return null;
            }
            return result;
        }

        String description() {
            String text = description == null ? "" : description;
            int length = Characters.count(text);
            if (length > RoleLimits.MAX_DESCRIPTION) {
                findings.add(error(
                        "INVALID_DESCRIPTION",
                        "/description",
                        "The description has " + length + " characters; IAM allows " + RoleLimits.MAX_DESCRIPTION,
                        "Shorten it."));
            }
            Characters.firstOutside(text, Characters::ofDescription)
                    .ifPresent(c -> findings.add(error(
                            "INVALID_DESCRIPTION",
                            "/description",
                            "The description contains '" + c
                                    + "'; IAM allows tabs, line ends and the visible characters of Latin-1",
                            "Replace it; dashes and quotes that an editor made long or curly are the usual cause.")));
            return text;
        }

        Optional<PolicyDocument> trustPolicy() {
            if (trustPolicy == null) {
                findings.add(error(
                        "MISSING_TRUST_POLICY",
                        "/trustPolicy",
                        "A role needs a trust policy, which says who may assume it",
                        "Give the trust policy as a JSON object or as text."));
                return Optional.empty();
            }
            Optional<PolicyDocument> document = document(trustPolicy, PolicyKind.TRUST, "/trustPolicy");
            document.ifPresent(this::trustPolicySize);
            document.ifPresent(trust -> {
                TrustExposure.anonymousTrust(trust).forEach(finding -> findings.add(finding.below("/trustPolicy")));
                ProviderAccounts.foreignProviders(trust, account)
                        .forEach(finding -> findings.add(finding.below("/trustPolicy")));
            });
            return document;
        }

        /** What the check can only suspect of the policy's size is certain where the account's quota is known. */
        private void trustPolicySize(PolicyDocument trust) {
            if (quotas instanceof RoleQuotas.Known known) {
                boolean suspected = findings.removeIf(finding -> finding.severity() == Severity.WARNING
                        && finding.code().equals("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA"));
                if (suspected && trust.size() > known.trustPolicySize()) {
                    findings.add(error(
                            "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",
                            "/trustPolicy",
                            "The trust policy has %d characters, the account allows %d."
                                    .formatted(trust.size(), known.trustPolicySize()),
                            "Shorten it, or have the account's quota L-C07B4B0D raised first."));
                }
            }
        }

        private Optional<PolicyDocument> document(PolicySource source, PolicyKind kind, String pointer) {
            Reading reading = PolicyReader.read(source, variables);
            reading.findings().forEach(finding -> findings.add(finding.below(pointer)));
            reading.document()
                    .ifPresent(document -> policyCheck
                            .check(document, kind, partition)
                            .forEach(finding -> findings.add(finding.below(pointer))));
            return reading.document();
        }

        SequencedSet<PolicyArn> managedPolicies() {
            SequencedSet<PolicyArn> result = new LinkedHashSet<>();
            for (int i = 0; i < managedPolicyArns.size(); i++) {
                String pointer = element("/managedPolicyArns", i);
                PolicyArn arn = arn(managedPolicyArns.get(i), pointer);
                if (arn == null) {
                    continue;
                }
                if (!result.add(arn)) {
                    findings.add(error(
                            "DUPLICATE_MANAGED_POLICY",
                            pointer,
                            "'" + Characters.shorten(arn.value()) + "' stands there twice",
                            "Name each managed policy once."));
                }
            }
            int count = managedPolicyArns.size();
            if (count > RoleLimits.MAX_MANAGED_POLICIES) {
                findings.add(error(
                        "TOO_MANY_MANAGED_POLICIES",
                        "/managedPolicyArns",
                        count + " managed policies; no account allows more than " + RoleLimits.MAX_MANAGED_POLICIES,
                        "Merge some of them into one policy."));
            } else if (count > RoleLimits.DEFAULT_MANAGED_POLICIES) {
                aboveDefault(count).ifPresent(findings::add);
            }
            return result;
        }

        private Optional<Finding> aboveDefault(int count) {
            String pointer = "/managedPolicyArns";
            return switch (quotas) {
                case RoleQuotas.Unknown() ->
                    Optional.of(Finding.warning(
                            "TOO_MANY_MANAGED_POLICIES",
                            pointer,
                            count + " managed policies; an account allows " + RoleLimits.DEFAULT_MANAGED_POLICIES
                                    + " unless its quota L-0DA4ABF3 was raised",
                            "Merge some of them into one policy, or have the quota raised first."));
                case RoleQuotas.Known known ->
                    count <= known.managedPolicies()
                            ? Optional.empty()
                            : Optional.of(error(
                                    "TOO_MANY_MANAGED_POLICIES",
                                    pointer,
                                    count + " managed policies; the account allows " + known.managedPolicies(),
                                    "Merge some of them into one policy, or have the quota L-0DA4ABF3 raised first."));
            };
        }

        private @Nullable PolicyArn arn(String text, String pointer) {
            int before = findings.size();
            String resolved = variables.resolve(text, pointer, findings);
            if (findings.size() > before) {
                return null;
            }
            Optional<String> violation = PolicyArn.violation(resolved);
            if (violation.isPresent()) {
                findings.add(error(
                        "INVALID_POLICY_ARN", pointer, violation.get(), "Give the whole ARN, its path included."));
                return null;
            }
            PolicyArn arn = new PolicyArn(resolved);
            if (!arn.partition().equals(partition)) {
                findings.add(error(
                        "INVALID_PARTITION",
                        pointer,
                        "'" + Characters.shorten(resolved) + "' is of the partition " + arn.partition()
                                + ", the account of " + partition,
                        "Write arn:${var.aws_partition}:… to fit every account."));
                return null;
            }
            if (!arn.account().equals("aws") && !arn.account().equals(account)) {
                findings.add(error(
                        "INVALID_ARN_ACCOUNT",
                        pointer,
                        "'" + Characters.shorten(resolved) + "' belongs to the account " + arn.account()
                                + ", but a role of " + account + " can only have policies of its own account or of AWS",
                        "Write ${var.aws_account_id} for the account."));
                return null;
            }
            if (arn.isForServiceLinkedRoles()) {
                findings.add(error(
                        "POLICY_NOT_ATTACHABLE",
                        pointer,
                        "'" + Characters.shorten(resolved) + "' is for service-linked roles only",
                        "Choose a policy that is not below aws-service-role/."));
                return null;
            }
            return arn;
        }

        SequencedMap<PolicyName, PolicyDocument> inlinePolicies() {
            SequencedMap<PolicyName, PolicyDocument> result = new LinkedHashMap<>();
            Set<String> keys = new HashSet<>();
            int size = 0;
            for (Map.Entry<String, PolicySource> policy : inlinePolicies.entrySet()) {
                String pointer = member("/inlinePolicies", policy.getKey());
                Optional<PolicyDocument> document = document(policy.getValue(), PolicyKind.IDENTITY, pointer);
                // Whatever is wrong with the name, the size will still be there once it is righted.
                size += document.map(PolicyDocument::size).orElse(0);
                Optional<String> violation = PolicyName.violation(policy.getKey());
                if (violation.isPresent()) {
                    findings.add(error(
                            "INVALID_POLICY_NAME",
                            pointer,
                            violation.get(),
                            "Choose a name of 1 to " + PolicyName.MAX_LENGTH + " such characters."));
                    continue;
                }
                PolicyName policyName = new PolicyName(policy.getKey());
                if (Revocation.isNamed(policyName.value())) {
                    findings.add(error(
                            "RESERVED_POLICY_NAME",
                            pointer,
                            "The name '" + policyName + "' is kept for the policy by which Rolesmith revokes sessions",
                            "Choose another name."));
                    continue;
                }
                if (!keys.add(policyName.key())) {
                    findings.add(error(
                            "DUPLICATE_POLICY_NAME",
                            pointer,
                            "The inline policy '" + policyName + "' stands there twice, if letter case is ignored as"
                                    + " IAM ignores it",
                            "Give each inline policy a name of its own."));
                    continue;
                }
                document.ifPresent(readable -> result.put(policyName, readable));
            }
            if (size > RoleLimits.MAX_INLINE_POLICIES_SIZE) {
                findings.add(error(
                        "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",
                        "/inlinePolicies",
                        "The inline policies have " + size + " characters together, white space aside; IAM allows "
                                + RoleLimits.MAX_INLINE_POLICIES_SIZE + " for a role",
                        "Shorten them, or move statements into a managed policy."));
            }
            return result;
        }

        Boundary boundary() {
            if (!boundaryMentioned) {
                return new Boundary.Unchanged();
            }
            if (permissionsBoundaryArn == null) {
                return new Boundary.None();
            }
            PolicyArn arn = arn(permissionsBoundaryArn, "/permissionsBoundaryArn");
            return arn == null ? new Boundary.Unchanged() : new Boundary.Policy(arn);
        }

        Duration maxSession() {
            if (maxSessionSeconds == null) {
                return RoleLimits.MIN_SESSION;
            }
            if (maxSessionSeconds < RoleLimits.MIN_SESSION.toSeconds()
                    || maxSessionSeconds > RoleLimits.MAX_SESSION.toSeconds()) {
                findings.add(error(
                        "INVALID_SESSION_DURATION",
                        "/maxSessionSeconds",
                        "A longest session of " + maxSessionSeconds + " s; IAM allows "
                                + RoleLimits.MIN_SESSION.toSeconds() + " to " + RoleLimits.MAX_SESSION.toSeconds(),
                        "Choose a number of seconds in that range."));
                return RoleLimits.MIN_SESSION;
            }
            return Duration.ofSeconds(maxSessionSeconds);
        }

        void tags() {
            Set<String> keys = new HashSet<>();
            tags.forEach((key, value) -> {
                String pointer = member("/tags", key);
                String lower = key.toLowerCase(Locale.ROOT);
                if (Ownership.reserves(key) || lower.startsWith("aws:")) {
                    findings.add(error(
                            "RESERVED_TAG_KEY",
                            pointer,
                            "The tag key '" + Characters.shorten(key) + "' is reserved",
                            "Choose a key that begins with neither aws: nor " + Ownership.TAG_PREFIX + "."));
                } else if (!keys.add(lower)) {
                    findings.add(error(
                            "DUPLICATE_TAG_KEY",
                            pointer,
                            "The tag key '" + Characters.shorten(key)
                                    + "' stands there twice, if letter case is ignored as IAM ignores it",
                            "Give each tag key once."));
                }
                tagText(key, 1, RoleLimits.MAX_TAG_KEY, "INVALID_TAG_KEY", "key", pointer);
                tagText(value, 0, RoleLimits.MAX_TAG_VALUE, "INVALID_TAG_VALUE", "value", pointer);
            });
            if (tags.size() > RoleLimits.MAX_USER_TAGS) {
                findings.add(error(
                        "TOO_MANY_TAGS",
                        "/tags",
                        tags.size() + " tags; a role can have " + RoleLimits.MAX_TAGS + ", of which Rolesmith needs "
                                + (RoleLimits.MAX_TAGS - RoleLimits.MAX_USER_TAGS),
                        "Give at most " + RoleLimits.MAX_USER_TAGS + "."));
            }
        }

        private void tagText(String text, int min, int max, String code, String what, String pointer) {
            int length = Characters.count(text);
            boolean blank = text.codePoints().allMatch(Character::isSpaceChar);
            if (length < min || length > max || (min > 0 && blank)) {
                findings.add(error(
                        code,
                        pointer,
                        "The tag " + what + " '" + Characters.shorten(text) + "' has " + length
                                + " characters; IAM allows " + min + " to " + max
                                + (min > 0 ? ", not only white space" : ""),
                        "Choose another " + what + "."));
            }
            Characters.firstOutside(text, Characters::ofTag)
                    .ifPresent(c -> findings.add(error(
                            code,
                            pointer,
                            "The tag " + what + " '" + Characters.shorten(text) + "' contains '" + c
                                    + "'; IAM allows letters, digits, spaces and _.:/=+-@",
                            "Leave it out or replace it.")));
        }
    }
}
