package io.rolesmith.policy.check;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Condition;
import io.rolesmith.policy.ConditionOperator;
import io.rolesmith.policy.Effect;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.PrincipalType;
import io.rolesmith.policy.Principals;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Statement;
import io.rolesmith.policy.Wildcards;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a statement must ask of tokens whose issuer serves everybody: without a claim that names the tenant, any customer of
 * that issuer could assume the role.
 *
 * <p>IAM refuses a statement without the claim, and one whose value is {@code *}. It takes other values that mean the same,
 * such as {@code **}, {@code ?} or {@code repo:*}, and so we are stricter: each value must spell out its tenant.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html">Identity-provider
 *     controls for shared OIDC providers</a>
 */
final class FederationRules {

    private static final String SCHEME = "https://";

    private FederationRules() {}

    /** IAM refuses to trust every identity pool of the world: "A condition block must be present". */
    static void cognitoCondition(Statement statement, String partition, Consumer<Finding> findings) {
        if (statement.effect() != Effect.ALLOW
                || !statement.conditions().isEmpty()
                || admitsTokens(statement)
                || !(statement.principals() instanceof Principals.Listed listed)) {
            return;
        }
        for (Principals.Group group : listed.groups()) {
            int place = group.values().texts().indexOf(Providers.COGNITO);
            if (group.type() == PrincipalType.FEDERATED && place >= 0) {
                findings.accept(Finding.error(
                        "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL",
                        group.values().pointerOf(place),
                        "The provider \"" + Providers.COGNITO + "\" is trusted without a condition.",
                        "Add StringEquals on " + Providers.COGNITO + ":aud with the id of your identity pool."));
            }
        }
    }

    /** Each Allow that admits tokens of an issuer that serves everybody asks for a claim that names the tenant. */
    static void claims(PolicyDocument document, Consumer<Finding> findings) {
        for (Statement statement : document.statements()) {
            if (admitsTokens(statement) && statement.principals() instanceof Principals.Listed listed) {
                claims(statement, listed, document, findings);
            }
        }
    }

    private static void claims(
            Statement statement, Principals.Listed listed, PolicyDocument document, Consumer<Finding> findings) {
        // An issuer is asked once, or a list of a thousand equal providers would ask a thousand values each.
        Set<String> asked = new HashSet<>();
        for (Principals.Group group : listed.groups()) {
            List<String> providers =
                    group.type() == PrincipalType.FEDERATED ? group.values().texts() : List.of();
            for (int i = 0; i < providers.size(); i++) {
                SharedIssuer issuer = Providers.oidcIssuer(providers.get(i))
                        .flatMap(SharedIssuer::of)
                        .orElse(null);
                if (issuer != null && asked.add(Ascii.lower(issuer.name()))) {
                    claims(issuer, statement, group.values().pointerOf(i), document, findings);
                }
            }
        }
    }

    private static boolean admitsTokens(Statement statement) {
        return statement.effect() == Effect.ALLOW
                && statement.actions().texts().contains(TrustActionRules.WITH_WEB_IDENTITY);
    }

    private static void claims(
            SharedIssuer issuer,
            Statement statement,
            String pointer,
            PolicyDocument document,
            Consumer<Finding> findings) {
        List<Condition> controls = statement.conditions().stream()
                .filter(condition -> issuer.isControl(condition.key()) && isAccepted(condition.operator(), issuer))
                .toList();
        if (controls.isEmpty()) {
            findings.accept(Finding.error(
                    issuer.code(),
                    pointer,
                    "Tokens of \"" + issuer.name() + "\" are everybody's, and no condition of the statement tests "
                            + issuer.controlsInWords() + ".",
                    issuer.remedy()));
        }
        for (Condition control : controls) {
            namesTenants(issuer, control, document, findings);
        }
    }

    /** Negated operators, and those that an absent claim meets, let in more than they name. */
    private static boolean isAccepted(String name, SharedIssuer issuer) {
        return ConditionOperator.parse(name)
                .filter(operator -> !operator.ifExists() && issuer.operators().contains(operator.comparison()))
                .isPresent();
    }

    private static void namesTenants(
            SharedIssuer issuer, Condition control, PolicyDocument document, Consumer<Finding> findings) {
        List<String> values = control.values().texts();
        if (values.isEmpty()) {
            findings.accept(Finding.error(
                    issuer.code(),
                    control.values().pointer(),
                    "The condition on " + control.key()
                            + " has no value, so it names nobody whose tokens may assume the" + " role.",
                    issuer.remedy()));
        }
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i);
            if (!namesTenant(document.resolvesVariables() ? Wildcards.openVariables(value) : value)) {
                findings.accept(Finding.error(
                        issuer.code(),
                        control.values().pointerOf(i),
                        "The value " + Quotes.quote(value) + " of " + control.key()
                                + " does not spell out whose tokens may assume the role.",
                        issuer.remedy()));
            }
        }
    }

    /**
     * Whether the value can only be met by one tenant's tokens: it has no wildcard, or none before the end of the tenant's
     * name, which is the first part of the value behind its label: {@code repo:octo-org/*}, {@code organization:acme:*},
     * {@code https://github.com/acme/*}. {@code repo:octo*} is met by whoever calls himself octopus.
     */
    private static boolean namesTenant(String pattern) {
        int wildcard = 0;
        while (wildcard < pattern.length() && "*?".indexOf(pattern.charAt(wildcard)) < 0) {
            wildcard++;
        }
        if (wildcard == pattern.length()) {
            return !pattern.isBlank();
        }
        String literal = pattern.substring(0, wildcard);
        int tenant = literal.startsWith(SCHEME) ? literal.indexOf('/', SCHEME.length()) + 1 : literal.indexOf(':') + 1;
        if (tenant == 0 && literal.startsWith(SCHEME)) {
            return false;
        }
        int end = tenant;
        while (end < literal.length() && ":/@".indexOf(literal.charAt(end)) < 0) {
            end++;
        }
        return end > tenant
                && end < literal.length()
                && !literal.substring(tenant, end).isBlank();
    }
}
