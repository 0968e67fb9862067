package io.rolesmith.policy.check;

import io.rolesmith.policy.Condition;
import io.rolesmith.policy.ConditionOperator;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Statement;
import io.rolesmith.policy.Values;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How IAM's own variables are written, and where they stand for something.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html">IAM policy elements:
 *     variables and tags</a>
 */
final class VariableRules {

    private static final String OPENING = "${";

    /** What a brace may hold instead of a name, to stand for itself. */
    private static final String ESCAPES = "*?$";

    /** The colons in an ARN before its resource. */
    private static final int COLONS_BEFORE_RESOURCE = 5;

    /** The colons in an ARN before its region; partition and service are compared with what they must be elsewhere. */
    private static final int COLONS_BEFORE_REGION = 3;

    private VariableRules() {}

    static boolean holdsVariable(String text) {
        return text.contains(OPENING);
    }

    /** The refusal of a variable in an element that has none. */
    static Finding unsupportedIn(String element, String value, String pointer) {
        return Finding.error(
                "VARIABLE_UNSUPPORTED_IN_ELEMENT",
                pointer,
                "The " + element + " " + Quotes.quote(value)
                        + " holds a variable, which only Resource, NotResource and Condition can have.",
                "Write the value out.");
    }

    /** Variables are whole, named and quoted as they must be, and stand under a version that knows them. */
    static void variables(PolicyDocument document, Consumer<Finding> findings) {
        for (Statement statement : document.statements()) {
            for (Values element : List.of(statement.resources(), statement.notResources())) {
                for (int i = 0; i < element.texts().size(); i++) {
                    String value = element.texts().get(i);
                    if (holdsVariable(value)) {
                        String pointer = element.pointerOf(i);
                        if (variable(document, value, pointer, findings)) {
                            behindTheAccount(value, pointer, findings);
                        }
                    }
                }
            }
            for (Condition condition : statement.conditions()) {
                Values values = condition.values();
                for (int i = 0; i < values.texts().size(); i++) {
                    if (holdsVariable(values.texts().get(i)) && takesVariables(condition)) {
                        variable(document, values.texts().get(i), values.pointerOf(i), findings);
                    }
                }
            }
        }
    }

    /** Other operators refuse a variable as a value that they cannot read. */
    private static boolean takesVariables(Condition condition) {
        return ConditionOperator.parse(condition.operator())
                .filter(operator -> switch (operator.comparison()) {
                    case STRING_EQUALS,
                            STRING_NOT_EQUALS,
                            STRING_EQUALS_IGNORE_CASE,
                            STRING_NOT_EQUALS_IGNORE_CASE,
                            STRING_LIKE,
                            STRING_NOT_LIKE,
                            ARN_EQUALS,
                            ARN_LIKE,
                            ARN_NOT_EQUALS,
                            ARN_NOT_LIKE -> true;
                    case NUMERIC_EQUALS,
                            NUMERIC_NOT_EQUALS,
                            NUMERIC_LESS_THAN,
                            NUMERIC_LESS_THAN_EQUALS,
                            NUMERIC_GREATER_THAN,
                            NUMERIC_GREATER_THAN_EQUALS,
                            DATE_EQUALS,
                            DATE_NOT_EQUALS,
                            DATE_LESS_THAN,
                            DATE_LESS_THAN_EQUALS,
                            DATE_GREATER_THAN,
                            DATE_GREATER_THAN_EQUALS,
                            BOOL,
                            BINARY_EQUALS,
                            IP_ADDRESS,
                            NOT_IP_ADDRESS,
                            NULL -> false;
                })
                .isPresent();
    }

    /** Whether the value's variables are good ones. */
    private static boolean variable(PolicyDocument document, String value, String pointer, Consumer<Finding> findings) {
        if (!document.resolvesVariables()) {
            findings.accept(Finding.warning(
                    "VARIABLE_UNSUPPORTED_IN_VERSION",
                    pointer,
                    "The value " + Quotes.quote(value) + " holds a variable, which is plain text to IAM under Version "
                            + document.version() + ".",
                    "Write \"Version\": \"2012-10-17\"."));
            return false;
        }
        Optional<Finding> violation = syntax(value, pointer);
        violation.ifPresent(findings);
        return violation.isEmpty();
    }

    private static Optional<Finding> syntax(String value, String pointer) {
        int start = value.indexOf(OPENING);
        while (start >= 0) {
            int from = start + OPENING.length();
            int end = value.indexOf('}', from);
            int next = value.indexOf(OPENING, from);
            if (end < 0 || (next >= 0 && next < end)) {
                return violation(
                        "MISSING_BRACE_IN_VARIABLE",
                        value.substring(start),
                        pointer,
                        "has no closing brace",
                        "Close it as in ${aws:username}; a dollar sign before a brace is written ${$}.");
            }
            String content = value.substring(from, end);
            Optional<Finding> violation = content.length() == 1 && ESCAPES.contains(content)
                    ? Optional.empty()
                    : content(content, value.substring(start, end + 1), pointer);
            if (violation.isPresent()) {
                return violation;
            }
            start = next;
        }
        return Optional.empty();
    }

    private static Optional<Finding> content(String content, String variable, String pointer) {
        if (content.isBlank()) {
            return violation(
                    "EMPTY_VARIABLE", variable, pointer, "names no key", "Name the key, or remove the variable.");
        }
        int comma = content.indexOf(',');
        String name = comma < 0 ? content : content.substring(0, comma);
        if (holdsSpace(name)) {
            return violation(
                    "UNSUPPORTED_SPACE_IN_VARIABLE",
                    variable,
                    pointer,
                    "has a space in its key",
                    "Remove the space; a default value stands behind a comma, in single quotes.");
        }
        if (name.isEmpty()) {
            return violation(
                    "EMPTY_VARIABLE", variable, pointer, "names no key", "Name the key before the default value.");
        }
        if (comma >= 0) {
            String fallback = content.substring(comma + 1).strip();
            if (fallback.length() < 2 || !fallback.startsWith("'") || !fallback.endsWith("'")) {
                return violation(
                        "MISSING_QUOTE_IN_VARIABLE",
                        variable,
                        pointer,
                        "has a default value that is not in single quotes",
                        "Write it as in ${aws:PrincipalTag/team, 'none'}.");
            }
        }
        return Optional.empty();
    }

    private static boolean holdsSpace(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ') {
                return true;
            }
        }
        return false;
    }

    private static Optional<Finding> violation(
            String code, String variable, String pointer, String rule, String remedy) {
        return Optional.of(
                Finding.error(code, pointer, "The variable " + Quotes.quote(variable) + " " + rule + ".", remedy));
    }

    /** IAM documents that variables stand for something in an ARN's resource only; it is not known to refuse others. */
    private static void behindTheAccount(String value, String pointer, Consumer<Finding> findings) {
        int colons = 0;
        for (int i = 0; i < value.indexOf(OPENING); i++) {
            colons += value.charAt(i) == ':' ? 1 : 0;
        }
        if (colons >= COLONS_BEFORE_REGION && colons < COLONS_BEFORE_RESOURCE) {
            findings.accept(Finding.warning(
                    "VARIABLE_UNSUPPORTED_IN_ELEMENT",
                    pointer,
                    "The resource " + Quotes.quote(value)
                            + " holds a variable before its fifth colon, where IAM documents none.",
                    "Write region and account out, or use \"*\" there and a condition."));
        }
    }
}
