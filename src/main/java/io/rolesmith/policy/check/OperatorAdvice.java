package io.rolesmith.policy.check;

import io.rolesmith.policy.ConditionOperator;
import io.rolesmith.policy.ConditionOperator.Comparison;
import io.rolesmith.policy.ConditionOperator.Quantifier;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Wildcards;
import java.util.List;
import java.util.function.Consumer;

/** Condition operators that IAM takes and that say something else than was probably meant, whatever the key. */
final class OperatorAdvice {

    private OperatorAdvice() {}

    /** {@code WILDCARD_WITHOUT_LIKE_OPERATOR}: a star is plain text to StringEquals. */
    static void wildcards(StatementView statement, Consumer<Finding> findings) {
        for (TestedKey condition : statement.conditions()) {
            if (!condition.comparesStrings() || condition.takesWildcards()) {
                continue;
            }
            List<String> values = condition.values();
            for (int i = 0; i < values.size(); i++) {
                if (holdsWildcard(values.get(i))) {
                    findings.accept(Finding.warning(
                            "WILDCARD_WITHOUT_LIKE_OPERATOR",
                            condition.condition().values().pointerOf(i),
                            condition.operator().name() + " takes the wildcard in " + Quotes.quote(values.get(i))
                                    + " as plain text.",
                            "Use " + withLike(condition.operator()) + " if a pattern is meant."));
                }
            }
        }
    }

    /** Whether there is a wildcard outside of variables, whose escapes look like some. */
    private static boolean holdsWildcard(String value) {
        if (!Wildcards.isPattern(value)) {
            return false;
        }
        int start = 0;
        int open = value.indexOf("${");
        while (open >= 0) {
            int close = value.indexOf('}', open);
            if (Wildcards.isPattern(value.substring(start, open))) {
                return true;
            }
            if (close < 0) {
                return false;
            }
            start = close + 1;
            open = value.indexOf("${", start);
        }
        return Wildcards.isPattern(value.substring(start));
    }

    private static String withLike(ConditionOperator operator) {
        boolean negated = operator.comparison() == Comparison.STRING_NOT_EQUALS
                || operator.comparison() == Comparison.STRING_NOT_EQUALS_IGNORE_CASE;
        return new ConditionOperator(
                        operator.quantifier(),
                        negated ? Comparison.STRING_NOT_LIKE : Comparison.STRING_LIKE,
                        operator.ifExists())
                .name();
    }

    /** {@code NULL_WITH_QUALIFIER}: ForAllValues:Null is always true and ForAnyValue:Null never. */
    static void nullWithQualifier(StatementView statement, Consumer<Finding> findings) {
        for (TestedKey condition : statement.conditions()) {
            ConditionOperator operator = condition.operator();
            if (operator.comparison() == Comparison.NULL && operator.quantifier() != Quantifier.NONE) {
                findings.accept(Finding.suggestion(
                        "NULL_WITH_QUALIFIER",
                        condition.pointer(),
                        operator.name() + " is always "
                                + (operator.quantifier() == Quantifier.FOR_ALL_VALUES ? "true." : "false."),
                        "Use Null, which itself asks whether the key exists."));
            }
        }
    }

    /**
     * {@code EQUIVALENT_TO_NULL_TRUE}, {@code EQUIVALENT_TO_NULL_FALSE}, {@code REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION}
     * and {@code REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION}: a lone star leaves nothing but whether the key is there.
     */
    static void loneStar(StatementView statement, Consumer<Finding> findings) {
        for (TestedKey condition : statement.conditions()) {
            if (!condition.takesWildcards() || condition.values().stream().noneMatch(TestedKey::isEverything)) {
                continue;
            }
            ConditionOperator operator = condition.operator();
            boolean whenPresent = !condition.isNegated();
            boolean whenAbsent = operator.ifExists()
                    || switch (operator.quantifier()) {
                        case NONE -> condition.isNegated();
                        case FOR_ALL_VALUES -> true;
                        case FOR_ANY_VALUE -> false;
                    };
            String key = Quotes.quote(condition.condition().key());
            String subject = operator.name() + " of " + key + " with \"*\" ";
            if (whenPresent != whenAbsent) {
                findings.accept(Finding.suggestion(
                        whenAbsent ? "EQUIVALENT_TO_NULL_TRUE" : "EQUIVALENT_TO_NULL_FALSE",
                        condition.pointer(),
                        subject + "only asks whether the key is " + (whenAbsent ? "absent." : "there."),
                        "Say so: {\"Null\": {" + key + ": \"" + whenAbsent + "\"}}."));
            } else if (whenPresent) {
                findings.accept(Finding.suggestion(
                        "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",
                        condition.pointer(),
                        subject + "always holds.",
                        "Remove the key, or name the values that are meant."));
            } else {
                findings.accept(Finding.suggestion(
                        "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION",
                        condition.pointer(),
                        subject + "never holds, so the statement has no effect.",
                        "Remove the key, or name the values that are meant."));
            }
        }
    }
}
