package io.rolesmith.policy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A condition operator that IAM knows, taken apart.
 *
 * @param quantifier how a key with several values is met
 * @param comparison what is compared
 * @param ifExists whether an absent key counts as met
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html">IAM
 *     condition operators</a>
 */
public record ConditionOperator(Quantifier quantifier, Comparison comparison, boolean ifExists) {

    private static final String IF_EXISTS = "IfExists";

    private static final Map<String, Optional<ConditionOperator>> BY_NAME = byName();

    private static Map<String, Optional<ConditionOperator>> byName() {
        Map<String, Optional<ConditionOperator>> byName = new HashMap<>();
        for (Quantifier quantifier : Quantifier.values()) {
            for (Comparison comparison : Comparison.values()) {
                for (boolean ifExists : new boolean[] {false, true}) {
                    ConditionOperator operator = new ConditionOperator(quantifier, comparison, ifExists);
                    byName.put(operator.name(), Optional.of(operator));
                }
            }
        }
        return byName;
    }

    /** How a key with several values is met. */
    public enum Quantifier {
        NONE(""),
        /** Met by every value of the request, and also when the request has none. */
        FOR_ALL_VALUES("ForAllValues:"),
        /** Met by at least one value of the request. */
        FOR_ANY_VALUE("ForAnyValue:");

        private final String prefix;

        Quantifier(String prefix) {
            this.prefix = prefix;
        }
    }

    /** What is compared, and how. */
    public enum Comparison {
        STRING_EQUALS("StringEquals"),
        STRING_NOT_EQUALS("StringNotEquals"),
        STRING_EQUALS_IGNORE_CASE("StringEqualsIgnoreCase"),
        STRING_NOT_EQUALS_IGNORE_CASE("StringNotEqualsIgnoreCase"),
        STRING_LIKE("StringLike"),
        STRING_NOT_LIKE("StringNotLike"),
        NUMERIC_EQUALS("NumericEquals"),
        NUMERIC_NOT_EQUALS("NumericNotEquals"),
        NUMERIC_LESS_THAN("NumericLessThan"),
        NUMERIC_LESS_THAN_EQUALS("NumericLessThanEquals"),
        NUMERIC_GREATER_THAN("NumericGreaterThan"),
        NUMERIC_GREATER_THAN_EQUALS("NumericGreaterThanEquals"),
        DATE_EQUALS("DateEquals"),
        DATE_NOT_EQUALS("DateNotEquals"),
        DATE_LESS_THAN("DateLessThan"),
        DATE_LESS_THAN_EQUALS("DateLessThanEquals"),
        DATE_GREATER_THAN("DateGreaterThan"),
        DATE_GREATER_THAN_EQUALS("DateGreaterThanEquals"),
        BOOL("Bool"),
        BINARY_EQUALS("BinaryEquals"),
        IP_ADDRESS("IpAddress"),
        NOT_IP_ADDRESS("NotIpAddress"),
        ARN_EQUALS("ArnEquals"),
        ARN_LIKE("ArnLike"),
        ARN_NOT_EQUALS("ArnNotEquals"),
        ARN_NOT_LIKE("ArnNotLike"),
        NULL("Null");

        private final String word;

        Comparison(String word) {
            this.word = word;
        }

        /** The operator's name in a document, without prefix and suffix. */
        public String word() {
            return word;
        }

        /** Whether it is met by values that are not among those given. */
        public boolean isNegated() {
            return switch (this) {
                case STRING_NOT_EQUALS,
                        STRING_NOT_EQUALS_IGNORE_CASE,
                        STRING_NOT_LIKE,
                        NUMERIC_NOT_EQUALS,
                        DATE_NOT_EQUALS,
                        NOT_IP_ADDRESS,
                        ARN_NOT_EQUALS,
                        ARN_NOT_LIKE -> true;
                case STRING_EQUALS,
                        STRING_EQUALS_IGNORE_CASE,
                        STRING_LIKE,
                        NUMERIC_EQUALS,
                        NUMERIC_LESS_THAN,
                        NUMERIC_LESS_THAN_EQUALS,
                        NUMERIC_GREATER_THAN,
                        NUMERIC_GREATER_THAN_EQUALS,
                        DATE_EQUALS,
                        DATE_LESS_THAN,
                        DATE_LESS_THAN_EQUALS,
                        DATE_GREATER_THAN,
                        DATE_GREATER_THAN_EQUALS,
                        BOOL,
                        BINARY_EQUALS,
                        IP_ADDRESS,
                        ARN_EQUALS,
                        ARN_LIKE,
                        NULL -> false;
            };
        }

        public static List<String> words() {
            return Arrays.stream(values()).map(Comparison::word).toList();
        }
    }

    /**
     * The operator of this name, empty when IAM knows none.
     *
     * <p>{@code NullIfExists} is recognised here, so that it can be refused by its own name.
     */
    public static Optional<ConditionOperator> parse(String name) {
        return BY_NAME.getOrDefault(name, Optional.empty());
    }

    /**
     * Why IAM refuses a condition block under this operator, if it does: "Syntax errors in policy." is all that it says of
     * an operator that it does not know, and of {@code NullIfExists}.
     *
     * @param name the operator as written
     * @param pointer where it stands
     */
    public static Optional<Finding> refusal(String name, String pointer) {
        Optional<ConditionOperator> known = parse(name);
        if (known.isEmpty()) {
            return Optional.of(Finding.error(
                    "INVALID_CONDITION_OPERATOR",
                    pointer,
                    Quotes.quote(name) + " is not a condition operator of IAM.",
                    Quotes.closest(name, Comparison.words())
                            .map(meant -> "Did you mean " + Quotes.quote(meant) + "?")
                            .orElse("Use an operator such as StringEquals, ArnLike or Bool.")));
        }
        return known.filter(operator -> operator.comparison == Comparison.NULL && operator.ifExists)
                .map(_ -> Finding.error(
                        "NULL_WITH_IF_EXISTS",
                        pointer,
                        Quotes.quote(name) + " is refused by IAM, since Null itself asks whether the key exists.",
                        "Use Null without IfExists."));
    }

    /** The same for all operators that mean the same: IAM treats ArnEquals as ArnLike, and so their negations. */
    public ConditionOperator canonical() {
        if (comparison == Comparison.ARN_EQUALS) {
            return new ConditionOperator(quantifier, Comparison.ARN_LIKE, ifExists);
        }
        if (comparison == Comparison.ARN_NOT_EQUALS) {
            return new ConditionOperator(quantifier, Comparison.ARN_NOT_LIKE, ifExists);
        }
        return this;
    }

    /** The operator's full name, as it stands in documents. */
    public String name() {
        return quantifier.prefix + comparison.word + (ifExists ? IF_EXISTS : "");
    }
}
