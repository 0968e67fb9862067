package io.rolesmith.policy.check;

import io.rolesmith.policy.Condition;
import io.rolesmith.policy.ConditionOperator;
import io.rolesmith.policy.ConditionOperator.Comparison;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Statement;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What IAM demands of the values of a condition: each operator must be able to read them when the policy is written.
 *
 * <p>Access Analyzer calls some of these warnings; IAM refuses them all.
 */
final class ConditionValueRules {

    private ConditionValueRules() {}

    /** Every value is one that its operator can read. */
    static void values(Statement statement, String partition, Consumer<Finding> findings) {
        for (Condition condition : statement.conditions()) {
            Optional<ConditionOperator> operator = ConditionOperator.parse(condition.operator());
            if (operator.isPresent()) {
                List<String> values = condition.values().texts();
                for (int i = 0; i < values.size(); i++) {
                    Operand operand = new Operand(condition, i);
                    check(operator.get().comparison(), operand).ifPresent(findings);
                }
                oneBoolean(operator.get(), condition, findings);
            }
        }
    }

    private static Optional<Finding> check(Comparison comparison, Operand operand) {
        String value = operand.value();
        return switch (comparison) {
            case STRING_EQUALS,
                    STRING_NOT_EQUALS,
                    STRING_EQUALS_IGNORE_CASE,
                    STRING_NOT_EQUALS_IGNORE_CASE,
                    STRING_LIKE,
                    STRING_NOT_LIKE -> Optional.empty();
            case ARN_EQUALS, ARN_LIKE, ARN_NOT_EQUALS, ARN_NOT_LIKE -> arn(operand);
            case NUMERIC_EQUALS,
                    NUMERIC_NOT_EQUALS,
                    NUMERIC_LESS_THAN,
                    NUMERIC_LESS_THAN_EQUALS,
                    NUMERIC_GREATER_THAN,
                    NUMERIC_GREATER_THAN_EQUALS ->
                Literals.isNumber(value)
                        ? Optional.empty()
                        : operand.unreadable(
                                "TYPE_MISMATCH_NUMBER",
                                "is not a number",
                                "Write a number such as 10, -1, 10.5 or 1e3, without white space.");
            case DATE_EQUALS,
                    DATE_NOT_EQUALS,
                    DATE_LESS_THAN,
                    DATE_LESS_THAN_EQUALS,
                    DATE_GREATER_THAN,
                    DATE_GREATER_THAN_EQUALS ->
                Literals.isDate(value)
                        ? Optional.empty()
                        : operand.unreadable(
                                "TYPE_MISMATCH_DATE",
                                "is not a date",
                                "Write it as in 2026-01-31T12:00:00Z, or as seconds since 1970.");
            case BOOL, NULL ->
                Literals.isBoolean(value)
                        ? Optional.empty()
                        : operand.unreadable(
                                "TYPE_MISMATCH_BOOLEAN", "is neither true nor false", "Write \"true\" or \"false\".");
            case BINARY_EQUALS ->
                Literals.isBase64(value)
                        ? Optional.empty()
                        : operand.unreadable(
                                "TYPE_MISMATCH_STRING", "is not Base64", "Write it in Base64 with its padding.");
            case IP_ADDRESS, NOT_IP_ADDRESS ->
                Literals.ipRangeViolation(value)
                        .flatMap(violation -> operand.unreadable(
                                "TYPE_MISMATCH_IP_RANGE",
                                violation,
                                "Write an address or a CIDR range such as 203.0.113.0/24 or 2001:db8::/32."));
        };
    }

    /** An operand that is nothing but a variable is refused too, even if the variable stands for an ARN. */
    private static Optional<Finding> arn(Operand operand) {
        if (Literals.isArnPattern(operand.value())) {
            return Optional.empty();
        }
        boolean whole = Literals.arnSegments(operand.value()) == 6;
        return Optional.of(Finding.error(
                whole ? "INVALID_ARN_PREFIX" : "MISSING_ARN_FIELD",
                operand.pointer(),
                "The value " + Quotes.quote(operand.value()) + " of " + operand.operator()
                        + (whole
                                ? " does not begin with \"arn:\"."
                                : " is neither \"*\" nor an ARN of at least six segments."),
                VariableRules.holdsVariable(operand.value())
                        ? "Write the segments out up to the variable, or compare with StringEquals or StringLike."
                        : "Write arn:partition:service:region:account:resource, or compare with a String operator."));
    }

    private static void oneBoolean(ConditionOperator operator, Condition condition, Consumer<Finding> findings) {
        if (operator.comparison() == Comparison.BOOL
                && operator.quantifier() == ConditionOperator.Quantifier.NONE
                && condition.values().texts().size() > 1) {
            findings.accept(Finding.error(
                    "INVALID_CONDITION_MULTIPLE_BOOLEAN",
                    condition.values().pointer(),
                    "The condition key " + Quotes.quote(condition.key()) + " is compared with "
                            + condition.values().texts().size() + " booleans, where only one says anything.",
                    "Keep one of them; a key that may be both needs no condition."));
        }
    }

    /** A value as it stands under its operator. */
    private record Operand(Condition condition, int index) {

        String operator() {
            return condition.operator();
        }

        String value() {
            return condition.values().texts().get(index);
        }

        String pointer() {
            return condition.values().pointerOf(index);
        }

        Optional<Finding> unreadable(String code, String violation, String remedy) {
            return Optional.of(
                    VariableRules.holdsVariable(value())
                            ? Finding.error(
                                    "INVALID_VARIABLE_FOR_OPERATOR",
                                    pointer(),
                                    "The value " + Quotes.quote(value()) + " of " + operator()
                                            + " holds a variable, which only String and Arn operators can have.",
                                    "Write the value out, or compare with a String or Arn operator.")
                            : Finding.error(
                                    code,
                                    pointer(),
                                    "The value " + Quotes.quote(value()) + " of " + operator() + " " + violation + ".",
                                    remedy));
        }
    }
}
