package io.rolesmith.policy.check;

import io.rolesmith.policy.Effect;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.PrincipalType;
import io.rolesmith.policy.Principals;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What IAM demands of the actions of a trust policy, and what principals need of them to assume the role at all. */
final class TrustActionRules {

    static final String ASSUME_ROLE = "sts:AssumeRole";
    static final String WITH_SAML = "sts:AssumeRoleWithSAML";
    static final String WITH_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity";

    private static final String TAG_SESSION = "sts:TagSession";
    private static final String SET_SOURCE_IDENTITY = "sts:SetSourceIdentity";

    /** All that IAM takes in a trust policy, in this spelling: anything else is "may only specify STS AssumeRole actions". */
    private static final List<String> ACTIONS =
            List.of(ASSUME_ROLE, WITH_SAML, WITH_WEB_IDENTITY, TAG_SESSION, SET_SOURCE_IDENTITY, "sts:SetContext");

    /** The actions that hand out a session; the others only add something to it. */
    private static final List<String> ASSUMING = List.of(ASSUME_ROLE, WITH_SAML, WITH_WEB_IDENTITY);

    private static final String ROLES_ANYWHERE = "rolesanywhere.amazonaws.com";

    /**
     * What Roles Anywhere does with every role.
     *
     * @see <a href="https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html">Trust model in IAM Roles
     *     Anywhere</a>
     */
    private static final List<String> ACTIONS_OF_ROLES_ANYWHERE =
            List.of(ASSUME_ROLE, SET_SOURCE_IDENTITY, TAG_SESSION);

    private TrustActionRules() {}

    /** Actions are among the six that assume a role, exactly spelled. */
    static void actions(Statement statement, String partition, Consumer<Finding> findings) {
        if (statement.notActions().isPresent()) {
            findings.accept(Finding.error(
                    "UNSUPPORTED_ACTION_IN_POLICY",
                    statement.notActions().pointer(),
                    "NotAction is not allowed in a trust policy, which may only name actions that assume the role.",
                    "Name the actions in Action, for example sts:AssumeRole."));
        }
        List<String> actions = statement.actions().texts();
        for (int i = 0; i < actions.size(); i++) {
            String action = actions.get(i);
            if (!ACTIONS.contains(action)) {
                findings.accept(Finding.error(
                        "UNSUPPORTED_ACTION_IN_POLICY",
                        statement.actions().pointerOf(i),
                        "The action " + Quotes.quote(action) + " is not allowed in a trust policy.",
                        Quotes.closest(action, ACTIONS)
                                .map(meant -> "Did you mean " + Quotes.quote(meant) + "?")
                                .orElseGet(() -> "Use " + String.join(", ", ACTIONS.subList(0, 5)) + " or "
                                        + ACTIONS.getLast() + ".")));
            }
        }
    }

    /**
     * Each principal of an Allow can assume the role by one of its actions, and each of these actions by one of its
     * principals. Statements that only add to a session, such as tags, are not asked; nor is a Deny, which may name more
     * than is needed.
     */
    static void actionsOfThePrincipals(Statement statement, String partition, Consumer<Finding> findings) {
        Set<String> assuming = new HashSet<>(statement.actions().texts());
        assuming.retainAll(ASSUMING);
        if (statement.effect() != Effect.ALLOW
                || assuming.isEmpty()
                || !(statement.principals() instanceof Principals.Listed listed)) {
            return;
        }
        Set<String> needed = new HashSet<>();
        List<Finding> found = new ArrayList<>();
        boolean allKnown = true;
        for (Principals.Group group : listed.groups()) {
            for (int i = 0; i < group.values().texts().size(); i++) {
                String principal = group.values().texts().get(i);
                String action = assumedBy(group.type(), principal).orElse(null);
                allKnown &= action != null;
                if (action != null) {
                    needed.add(action);
                    if (!assuming.contains(action)) {
                        found.add(mismatch(principal, action, group.values().pointerOf(i)));
                    }
                }
            }
        }
        if (found.isEmpty() && allKnown && !needed.isEmpty()) {
            unused(statement, needed, found);
        }
        found.forEach(findings);
    }

    private static Finding mismatch(String principal, String action, String pointer) {
        return Finding.error(
                "MISMATCHED_ACTION_FOR_PRINCIPAL",
                pointer,
                "The principal " + Quotes.quote(principal) + " assumes roles by " + action
                        + ", which the statement does not allow.",
                "Write " + action + " in Action, or move the principal to a statement of its own.");
    }

    private static void unused(Statement statement, Set<String> needed, List<Finding> found) {
        List<String> actions = statement.actions().texts();
        for (int i = 0; i < actions.size(); i++) {
            if (ASSUMING.contains(actions.get(i)) && !needed.contains(actions.get(i))) {
                found.add(Finding.error(
                        "MISMATCHED_ACTION_FOR_PRINCIPAL",
                        statement.actions().pointerOf(i),
                        "None of the statement's principals can assume a role by " + actions.get(i) + ".",
                        "Remove the action, or name " + providerFor(actions.get(i)) + "."));
            }
        }
    }

    private static String providerFor(String action) {
        return switch (action) {
            case WITH_SAML -> "a SAML provider in Federated";
            case WITH_WEB_IDENTITY -> "an OIDC provider in Federated";
            default -> "an AWS or Service principal";
        };
    }

    /** The action by which such a principal assumes roles; empty when it is none that could. */
    private static Optional<String> assumedBy(PrincipalType type, String principal) {
        return switch (type) {
            case AWS, SERVICE -> Optional.of(ASSUME_ROLE);
            case FEDERATED ->
                Providers.oidcIssuer(principal).isPresent()
                        ? Optional.of(WITH_WEB_IDENTITY)
                        : Optional.of(WITH_SAML).filter(_ -> Providers.isSaml(principal));
            case CANONICAL_USER -> Optional.empty();
        };
    }

    /** Roles Anywhere sets a source identity and tags with every session, so it needs all three actions. */
    static void actionsOfRolesAnywhere(PolicyDocument document, Consumer<Finding> findings) {
        List<Statement> trusting = document.statements().stream()
                .filter(TrustActionRules::trustsRolesAnywhere)
                .toList();
        Set<String> allowed = new HashSet<>();
        trusting.forEach(statement -> allowed.addAll(statement.actions().texts()));
        List<String> missing = ACTIONS_OF_ROLES_ANYWHERE.stream()
                .filter(action -> !allowed.contains(action))
                .toList();
        if (!trusting.isEmpty() && !missing.isEmpty()) {
            Statement first = trusting.getFirst();
            findings.accept(Finding.error(
                    "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY",
                    first.actions().isPresent() ? first.actions().pointer() : first.pointer(),
                    "The principal \"" + ROLES_ANYWHERE + "\" cannot assume the role without "
                            + String.join(" and ", missing) + ".",
                    "Allow it " + String.join(", ", ACTIONS_OF_ROLES_ANYWHERE) + "."));
        }
    }

    private static boolean trustsRolesAnywhere(Statement statement) {
        return statement.effect() == Effect.ALLOW
                && statement.principals() instanceof Principals.Listed listed
                && listed.groups().stream()
                        .anyMatch(group -> group.type() == PrincipalType.SERVICE
                                && group.values().texts().contains(ROLES_ANYWHERE));
    }
}
