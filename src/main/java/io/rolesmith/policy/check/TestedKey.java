package io.rolesmith.policy.check;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Condition;
import io.rolesmith.policy.ConditionOperator;
import io.rolesmith.policy.ConditionOperator.Comparison;
import io.rolesmith.policy.ConditionOperator.Quantifier;
import io.rolesmith.policy.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A line of a condition block whose operator IAM knows.
 *
 * @param key the condition's key in lower case
 */
record TestedKey(Condition condition, ConditionOperator operator, String key) {

    private static final Set<Comparison> STRINGS = EnumSet.of(
            Comparison.STRING_EQUALS,
            Comparison.STRING_NOT_EQUALS,
            Comparison.STRING_EQUALS_IGNORE_CASE,
            Comparison.STRING_NOT_EQUALS_IGNORE_CASE,
            Comparison.STRING_LIKE,
            Comparison.STRING_NOT_LIKE);

    private static final Set<Comparison> ARNS =
            EnumSet.of(Comparison.ARN_EQUALS, Comparison.ARN_LIKE, Comparison.ARN_NOT_EQUALS, Comparison.ARN_NOT_LIKE);

    /** The lines of the statement's condition block, those aside whose operator is refused anyway. */
    static List<TestedKey> of(Statement statement) {
        if (statement.conditions().isEmpty()) {
            return List.of();
        }
        List<TestedKey> tested = new ArrayList<>(statement.conditions().size());
        for (Condition condition : statement.conditions()) {
            ConditionOperator.parse(condition.operator())
                    .ifPresent(
                            operator -> tested.add(new TestedKey(condition, operator, Ascii.lower(condition.key()))));
        }
        return tested;
    }

    List<String> values() {
        return condition.values().texts();
    }

    String pointer() {
        return condition.values().pointer();
    }

    /** Whether the operator is met by values that are not among those given. */
    boolean isNegated() {
        return operator.comparison().isNegated();
    }

    boolean comparesStrings() {
        return STRINGS.contains(operator.comparison());
    }

    boolean comparesArns() {
        return ARNS.contains(operator.comparison());
    }

    /** Whether the operator's name begins so, {@code Numeric} for one. */
    boolean is(String family) {
        return operator.comparison().word().startsWith(family);
    }

    /** Whether a star in a value stands for anything. */
    boolean takesWildcards() {
        return comparesArns()
                || operator.comparison() == Comparison.STRING_LIKE
                || operator.comparison() == Comparison.STRING_NOT_LIKE;
    }

    /**
     * Whether the line holds only for a request that has the key with one of the values, which are not all that there
     * are.
     */
    boolean demands() {
        return (comparesStrings() || comparesArns())
                && !isNegated()
                && !operator.ifExists()
                && operator.quantifier() != Quantifier.FOR_ALL_VALUES
                && names();
    }

    /** Whether there are values, and none of them is for everything, or for whatever is not empty. */
    boolean names() {
        return !values().isEmpty()
                && values().stream().map(value -> value.replace('?', '*')).noneMatch(TestedKey::isEverything);
    }

    /** Whether the text consists of stars alone. */
    static boolean isEverything(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) != '*') {
                return false;
            }
        }
        return !value.isEmpty();
    }
}
