package io.rolesmith.policy.check;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Says beforehand what IAM would refuse in a document that can be read.
 *
 * <p>Codes are those of IAM Access Analyzer where it has one.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html">IAM
 *     Access Analyzer policy check reference</a>
 */
public final class PolicyCheck {

    /**
     * Characters of a trust policy in an account that never asked for more.
     *
     * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM quotas,
     *     L-C07B4B0D</a>
     */
    public static final int TRUST_POLICY_DEFAULT_SIZE = 2_048;

    /** Characters of a trust policy that an account can at most be granted, by the same quota. */
    public static final int TRUST_POLICY_LARGEST_SIZE = 8_192;

    /**
     * Characters of all inline policies of a role together, which no account can raise.
     *
     * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM quotas</a>
     */
    public static final int INLINE_POLICIES_SIZE = 10_240;

    private static final List<StatementRule> TRUST_RULES = List.of(
            ElementRules::sid,
            TrustRules::principalElement,
            TrustRules::principals,
            TrustRules::noResource,
            ElementRules::actionElement,
            TrustActionRules::actions,
            TrustActionRules::actionsOfThePrincipals,
            FederationRules::cognitoCondition,
            ConditionRules::operators,
            ConditionRules::keys,
            ConditionValueRules::values);

    private static final List<DocumentRule> TRUST_DOCUMENT_RULES = List.of(
            ElementRules::uniqueSids,
            VariableRules::variables,
            TrustActionRules::actionsOfRolesAnywhere,
            FederationRules::claims);

    private static final List<StatementRule> IDENTITY_RULES = List.of(
            ElementRules::sid,
            IdentityRules::noPrincipal,
            ElementRules::actionElement,
            IdentityRules::actions,
            IdentityRules::resourceElement,
            IdentityRules::resources,
            ConditionRules::operators,
            ConditionRules::keys,
            ConditionValueRules::values);

    private static final List<DocumentRule> IDENTITY_DOCUMENT_RULES =
            List.of(ElementRules::uniqueSids, VariableRules::variables);

    private PolicyCheck() {}

    /**
     * All findings in the order of the document, with pointers from its root.
     *
     * @param partition the partition of the account that the document is for, such as {@code aws}
     */
    public static List<Finding> check(PolicyDocument document, PolicyKind kind, String partition) {
        List<Finding> found = new ArrayList<>();
        Consumer<Finding> findings = found::add;
        version(document, findings);
        size(document, kind, findings);
        List<StatementRule> rules = switch (kind) {
            case TRUST -> TRUST_RULES;
            case IDENTITY -> IDENTITY_RULES;
        };
        for (Statement statement : document.statements()) {
            for (StatementRule rule : rules) {
                rule.check(statement, partition, findings);
            }
        }
        List<DocumentRule> documentRules = switch (kind) {
            case TRUST -> TRUST_DOCUMENT_RULES;
            case IDENTITY -> IDENTITY_DOCUMENT_RULES;
        };
        for (DocumentRule rule : documentRules) {
            rule.check(document, findings);
        }
        return document.inOrder(found);
    }

    private static void version(PolicyDocument document, Consumer<Finding> findings) {
        if (!document.statesVersion()) {
            findings.accept(Finding.warning(
                    "MISSING_VERSION",
                    "",
                    "The policy has no Version, so IAM takes policy variables in it as plain text.",
                    "Add \"Version\": \"2012-10-17\"."));
        }
    }

    private static void size(PolicyDocument document, PolicyKind kind, Consumer<Finding> findings) {
        int size = document.size();
        switch (kind) {
            case TRUST -> {
                if (size > TRUST_POLICY_LARGEST_SIZE) {
                    findings.accept(Finding.error(
                            "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",
                            "",
                            "The trust policy has %d characters, no account can have more than %d."
                                    .formatted(size, TRUST_POLICY_LARGEST_SIZE),
                            "Merge statements that differ in their principals only, or use several roles."));
                } else if (size > TRUST_POLICY_DEFAULT_SIZE) {
                    findings.accept(Finding.warning(
                            "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",
                            "",
                            "The trust policy has %d characters, more than the %d that an account has by default."
                                    .formatted(size, TRUST_POLICY_DEFAULT_SIZE),
                            "Make sure that the account's quota L-C07B4B0D was raised, or shorten the policy."));
                }
            }
            case IDENTITY -> {
                if (size > INLINE_POLICIES_SIZE) {
                    findings.accept(Finding.error(
                            "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",
                            "",
                            "The policy has %d characters, all inline policies of a role may have %d together."
                                    .formatted(size, INLINE_POLICIES_SIZE),
                            "Shorten it, or move statements to managed policies."));
                }
            }
        }
    }
}
