package io.rolesmith.policy.check;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Severity;
import io.rolesmith.policy.Statement;
import io.rolesmith.policy.catalogue.Catalogue;
import io.rolesmith.policy.catalogue.ServiceCatalogue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Says beforehand what IAM would refuse in a document that can be read, and what it would take and nobody should want.
 *
 * <p>Codes are those of IAM Access Analyzer where it has one, and so are severities, with these exceptions: what IAM
 * refuses is an error here whatever Access Analyzer calls it, and what only the catalogue does not know or does not fit
 * together is a warning, since catalogues age. {@code ALLOW_WITH_NOT_PRINCIPAL}, {@code EMPTY_ARRAY_ACTION},
 * {@code EMPTY_ARRAY_RESOURCE} and {@code EMPTY_OBJECT_PRINCIPAL} are never found: IAM refuses what they speak of in the
 * policies of a role.
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

    /** These look at conditions, and at nothing else. */
    private static final List<AdviceRule> CONDITION_ADVICE = List.of(
            OperatorAdvice::wildcards,
            OperatorAdvice::nullWithQualifier,
            OperatorAdvice::loneStar,
            ValueAdvice::emptyArrays,
            ValueAdvice::bounds,
            ValueAdvice::dates,
            AddressAdvice::ranges,
            AddressAdvice::privateAddresses,
            KeyAdvice::deprecated,
            KeyAdvice::untrustworthy,
            KeyAdvice::paired);

    private static final List<AdviceRule> TRUST_ADVICE =
            List.of(TrustAdvice::source, TrustAdvice::githubSubject, TrustAdvice::sessions, TrustAdvice::emptyGroups);

    private static final List<AdviceRule> IDENTITY_ADVICE =
            List.of(RoleGrantAdvice::passRole, RoleGrantAdvice::createServiceLinkedRole, KeyAdvice::attributes);

    /** Steps that advice about one document may take: about ten milliseconds. */
    private static final long PATIENCE = 3_000_000;

    private final ServiceCatalogue services;
    private final Severity unknownNames;
    private final ResourceShapes shapes;
    private final TaggedServices tagged;

    /**
     * A check that knows the names in {@code catalogue}.
     *
     * @param unknownNames how bad a name is that the catalogue does not have: {@link Severity#WARNING}, or
     *     {@link Severity#ERROR} where names shall be refused that AWS may have added since
     */
    public PolicyCheck(Catalogue catalogue, Severity unknownNames) {
        this.services = catalogue.services();
        this.unknownNames = unknownNames;
        this.shapes = new ResourceShapes();
        this.tagged = new TaggedServices(services);
    }

    /**
     * All findings in the order of the document, with pointers from its root.
     *
     * @param partition the partition of the account that the document is for, such as {@code aws}
     */
    public List<Finding> check(PolicyDocument document, PolicyKind kind, String partition) {
        List<Finding> found = new ArrayList<>();
        refuse(document, kind, partition, found::add);
        boolean refused = Finding.anyRefuses(found);
        advise(document, kind, refused, found::add);
        return document.inOrder(found);
    }

    private void advise(PolicyDocument document, PolicyKind kind, boolean refused, Consumer<Finding> findings) {
        Patience patience = new Patience(PATIENCE);
        NameAdvice names = new NameAdvice(services, shapes, unknownNames, patience, findings);
        RedundancyAdvice redundancy = new RedundancyAdvice(patience, findings);
        List<StatementView> views = StatementView.of(document);
        ValueAdvice.emptyConditions(document, findings);
        for (StatementView view : views) {
            if (!view.conditions().isEmpty()) {
                CONDITION_ADVICE.forEach(rule -> rule.advise(view, findings));
            }
            switch (kind) {
                case TRUST -> {
                    TRUST_ADVICE.forEach(rule -> rule.advise(view, findings));
                    TrustAdvice.audiences(view, services, findings);
                    names.adviseTrust(view);
                }
                case IDENTITY -> {
                    IDENTITY_ADVICE.forEach(rule -> rule.advise(view, findings));
                    tagged.advise(view, findings);
                    names.adviseIdentity(view);
                }
            }
            redundancy.actions(view);
            redundancy.resources(view);
        }
        // What a statement covers is hard to say while it is wrong.
        if (!refused) {
            redundancy.statements(views);
        }
        if (patience.isExhausted()) {
            findings.accept(Finding.suggestion(
                    "ADVICE_INCOMPLETE",
                    "",
                    "The policy is so intricate that it was not searched to the end for unknown names, mismatches and"
                            + " redundancy.",
                    "Write it shorter, or split it."));
        }
    }

    /**
     * Only what IAM refuses, and what its quotas may make it refuse; in the order of the document, with pointers from its
     * root. It takes no catalogue.
     */
    public static List<Finding> refusals(PolicyDocument document, PolicyKind kind, String partition) {
        List<Finding> found = new ArrayList<>();
        refuse(document, kind, partition, found::add);
        return document.inOrder(found);
    }

    private static void refuse(PolicyDocument document, PolicyKind kind, String partition, Consumer<Finding> findings) {
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
