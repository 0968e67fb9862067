package io.rolesmith.policy.check;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.ConditionOperator;
import io.rolesmith.policy.ConditionOperator.Comparison;
import io.rolesmith.policy.ConditionOperator.Quantifier;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Quotes;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Values of conditions that are missing, superfluous or written in a way that is easily misread. */
final class ValueAdvice {

    /** Longer numbers are not compared: a few characters with an exponent can stand for gigabytes of digits. */
    private static final int LONGEST_NUMBER = 30;

    private ValueAdvice() {}

    /** {@code EMPTY_OBJECT_CONDITION}: a condition block, or an operator of one, without a single key. */
    static void emptyConditions(PolicyDocument document, Consumer<Finding> findings) {
        for (String pointer : document.emptyConditions()) {
            findings.accept(Finding.suggestion(
                    "EMPTY_OBJECT_CONDITION",
                    pointer,
                    "The condition block is empty and changes nothing.",
                    "Remove it, or say what the condition is."));
        }
    }

    /** The four {@code EMPTY_ARRAY_CONDITION…}: a key without values. */
    static void emptyArrays(StatementView statement, Consumer<Finding> findings) {
        for (TestedKey condition : statement.conditions()) {
            ConditionOperator operator = condition.operator();
            if (!condition.values().isEmpty() || !condition.condition().values().isPresent()) {
                continue;
            }
            String subject = "There are no values for the condition key "
                    + Quotes.quote(condition.condition().key()) + " of " + operator.name();
            if (operator.quantifier() == Quantifier.FOR_ANY_VALUE) {
                findings.accept(Finding.suggestion(
                        "EMPTY_ARRAY_CONDITION_FORANYVALUE",
                        condition.pointer(),
                        subject + ", so it never holds.",
                        "Give the values that are meant."));
            } else if (operator.quantifier() == Quantifier.FOR_ALL_VALUES || operator.ifExists()) {
                findings.accept(Finding.suggestion(
                        operator.quantifier() == Quantifier.FOR_ALL_VALUES
                                ? "EMPTY_ARRAY_CONDITION_FORALLVALUES"
                                : "EMPTY_ARRAY_CONDITION_IFEXISTS",
                        condition.pointer(),
                        subject + ", so it holds only for requests without the key.",
                        "Use Null with \"true\" to ask that, or give values."));
            } else {
                findings.accept(Finding.suggestion(
                        "EMPTY_ARRAY_CONDITION",
                        condition.pointer(),
                        subject + ".",
                        "Give the values that are meant, or remove the key."));
            }
        }
    }

    /** {@code REDUNDANT_CONDITION_VALUE_NUM}: of several bounds only the widest one counts. */
    static void bounds(StatementView statement, Consumer<Finding> findings) {
        for (TestedKey condition : statement.conditions()) {
            Comparison comparison = condition.operator().comparison();
            boolean below =
                    comparison == Comparison.NUMERIC_LESS_THAN || comparison == Comparison.NUMERIC_LESS_THAN_EQUALS;
            boolean above = comparison == Comparison.NUMERIC_GREATER_THAN
                    || comparison == Comparison.NUMERIC_GREATER_THAN_EQUALS;
            if ((below || above) && condition.values().size() > 1) {
                widest(condition.values(), below)
                        .ifPresent(widest -> findings.accept(Finding.suggestion(
                                "REDUNDANT_CONDITION_VALUE_NUM",
                                condition.pointer(),
                                "Of the " + condition.values().size() + " values of "
                                        + condition.operator().name() + " only " + widest + " counts, the "
                                        + (below ? "greatest." : "least."),
                                "Keep " + widest + " alone.")));
            }
        }
    }

    private static Optional<String> widest(List<String> values, boolean greatest) {
        String widest = values.getFirst();
        for (String value : values) {
            Optional<BigDecimal> number = number(value);
            Optional<BigDecimal> best = number(widest);
            if (number.isEmpty() || best.isEmpty()) {
                return Optional.empty();
            }
            int order = number.get().compareTo(best.get());
            if (greatest ? order > 0 : order < 0) {
                widest = value;
            }
        }
        return Optional.of(widest);
    }

    private static Optional<BigDecimal> number(String text) {
        if (text.length() > LONGEST_NUMBER) {
            return Optional.empty();
        }
        try {
            return Optional.of(new BigDecimal(text));
        } catch (NumberFormatException refusedAnyway) {
            return Optional.empty();
        }
    }

    /** {@code INVALID_DATE_VALUE}: seconds since 1970, which nobody can read, and a time of nobody knows which zone. */
    static void dates(StatementView statement, Consumer<Finding> findings) {
        for (TestedKey condition : statement.conditions()) {
            switch (condition.operator().comparison()) {
                case DATE_EQUALS,
                        DATE_NOT_EQUALS,
                        DATE_LESS_THAN,
                        DATE_LESS_THAN_EQUALS,
                        DATE_GREATER_THAN,
                        DATE_GREATER_THAN_EQUALS -> epochs(condition, findings);
                default -> {
                    // Only dates can be written in seconds.
                }
            }
        }
    }

    private static void epochs(TestedKey condition, Consumer<Finding> findings) {
        for (int i = 0; i < condition.values().size(); i++) {
            String value = condition.values().get(i);
            // Four digits are a year.
            if (value.length() > 4 && Ascii.isDigits(value)) {
                findings.accept(Finding.warning(
                        "INVALID_DATE_VALUE",
                        condition.condition().values().pointerOf(i),
                        "The date " + Quotes.quote(value) + " is in seconds since 1970 and easily misread.",
                        "Write it as in 2026-01-31T12:00:00Z."));
            } else if (Literals.isDateWithoutOffset(value)) {
                findings.accept(Finding.warning(
                        "INVALID_DATE_VALUE",
                        condition.condition().values().pointerOf(i),
                        "The date " + Quotes.quote(value)
                                + " has a time but no zone, and AWS does not say which one it takes.",
                        "Write it as in 2026-01-31T12:00:00Z."));
            }
        }
    }
}
