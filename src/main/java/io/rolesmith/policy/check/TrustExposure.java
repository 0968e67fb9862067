package io.rolesmith.policy.check;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.AwsPrincipal;
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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Says whether a trust policy lets strangers in. */
public final class TrustExposure {

    /** Operators by which a value can name somebody: positive ones on text. */
    private static final Set<ConditionOperator.Comparison> NAMING = EnumSet.of(
            ConditionOperator.Comparison.STRING_EQUALS,
            ConditionOperator.Comparison.STRING_EQUALS_IGNORE_CASE,
            ConditionOperator.Comparison.STRING_LIKE,
            ConditionOperator.Comparison.ARN_EQUALS,
            ConditionOperator.Comparison.ARN_LIKE);

    private TrustExposure() {}

    /**
     * A finding {@code ANONYMOUS_TRUST} for every Allow that anyone in any AWS account could use.
     *
     * <p>A principal with a wildcard is acceptable only beside a condition that names an organisation, an account or a
     * principal: {@code aws:PrincipalOrgID}, {@code aws:PrincipalOrgPaths}, {@code aws:PrincipalAccount},
     * {@code aws:PrincipalArn} or {@code aws:userid}, with a positive operator that an absent key does not satisfy, and
     * values that all name somebody in particular. Other keys, such as an address or an external id, may be met by
     * strangers. This refusal has no switch.
     */
    public static List<Finding> anonymousTrust(PolicyDocument trust) {
        List<Finding> found = new ArrayList<>();
        for (Statement statement : trust.statements()) {
            if (statement.effect() == Effect.ALLOW
                    && statement.conditions().stream().noneMatch(TrustExposure::namesSomebody)) {
                strangers(statement, found);
            }
        }
        return trust.inOrder(found);
    }

    private static void strangers(Statement statement, List<Finding> found) {
        if (statement.notPrincipals().isPresent()) {
            report("all but some", statement.notPrincipals().pointer(), found);
        }
        switch (statement.principals()) {
            case Principals.Absent _ -> {}
            case Principals.Anyone anyone -> report("\"*\"", anyone.pointer(), found);
            case Principals.Listed listed -> {
                for (Principals.Group group : listed.groups()) {
                    for (int i = 0; i < group.values().texts().size(); i++) {
                        String value = group.values().texts().get(i);
                        if (group.type() == PrincipalType.AWS && Wildcards.isPattern(value)) {
                            report(Quotes.quote(value), group.values().pointerOf(i), found);
                        }
                    }
                }
            }
        }
    }

    private static void report(String principal, String pointer, List<Finding> found) {
        found.add(Finding.error(
                "ANONYMOUS_TRUST",
                pointer,
                "The principal " + principal
                        + " lets strangers assume the role, since no condition names an organisation or a"
                        + " principal.",
                "Name the principals, or add a condition such as StringEquals on aws:PrincipalOrgID."));
    }

    private static boolean namesSomebody(Condition condition) {
        ConditionOperator operator =
                ConditionOperator.parse(condition.operator()).orElse(null);
        if (operator == null
                || operator.ifExists()
                || operator.quantifier() == ConditionOperator.Quantifier.FOR_ALL_VALUES
                || !NAMING.contains(operator.comparison())
                || condition.values().isEmpty()) {
            return false;
        }
        String key = Ascii.lower(condition.key());
        return condition.values().texts().stream().allMatch(value -> names(key, value));
    }

    /** Whether {@code value} of {@code key} stands for somebody in particular; one that a stranger chooses does not. */
    private static boolean names(String key, String value) {
        return switch (key) {
            case "aws:principalorgid" -> isOrganisation(value);
            case "aws:principalorgpaths" ->
                value.indexOf('/') > 0 && isOrganisation(value.substring(0, value.indexOf('/')));
            case "aws:principalaccount" -> AwsPrincipal.isAccountId(value);
            case "aws:principalarn" -> isArnOfOneAccount(value);
            case "aws:userid" -> {
                int colon = value.indexOf(':');
                yield AwsPrincipal.isUniqueId(colon < 0 ? value : value.substring(0, colon));
            }
            default -> false;
        };
    }

    /** {@code o-} and ten to thirty-two letters and digits, as the Organizations API defines it. */
    private static boolean isOrganisation(String value) {
        if (!value.startsWith("o-") || value.length() < 12 || value.length() > 34) {
            return false;
        }
        for (int i = 2; i < value.length(); i++) {
            if (!Ascii.isAlphanumeric(value.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether every segment up to the account is spelled out. A wildcard before it could, under StringLike, swallow the
     * colons and match a foreign ARN whose path repeats the account.
     */
    private static boolean isArnOfOneAccount(String value) {
        String[] segments = value.split(":", 6);
        return segments.length == 6
                && segments[0].equals("arn")
                && !Wildcards.isPattern(segments[1])
                && (segments[2].equals("iam") || segments[2].equals("sts"))
                && segments[3].isEmpty()
                && AwsPrincipal.isAccountId(segments[4]);
    }
}
