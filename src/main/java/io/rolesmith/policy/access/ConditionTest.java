package io.rolesmith.policy.access;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Condition;
import io.rolesmith.policy.ConditionOperator;
import io.rolesmith.policy.ConditionOperator.Quantifier;
import io.rolesmith.policy.Quotes;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.IntPredicate;

/**
 * One line of a condition block, ready to be held against requests.
 *
 * <p>What AWS documents, it follows: lines, and so operators and keys, are met together; of the values of one line one
 * is enough, or with a negated operator none may match. A key that is absent fails the line, but meets one with a
 * negated operator, {@code IfExists} or {@code ForAllValues}; {@code ForAnyValue} it fails even when negated.
 *
 * <p>A value of the request that is none of the operator's type (a word, where numbers are compared) matches nothing,
 * so it fails a positive operator and meets a negated one, since AWS calls that "negated matching". A value of the
 * policy that is none of its type cannot have been accepted by IAM, and leaves the line unknown.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html">IAM
 *     condition operators</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html">Single-valued
 *     and multivalued context keys</a>
 */
final class ConditionTest {

    private final Condition condition;
    private final Optional<ConditionOperator> operator;
    private final String key;
    private final List<PolicyText> values;

    ConditionTest(Condition condition, boolean variables) {
        this.condition = condition;
        operator = ConditionOperator.parse(condition.operator());
        key = Ascii.lower(condition.key());
        values = new ArrayList<>(condition.values().texts().size());
        for (String value : condition.values().texts()) {
            values.add(PolicyText.of(value, variables));
        }
    }

    /** Whether the request meets this line. */
    Truth isMet(RequestContext context) {
        if (operator.isEmpty()) {
            return Truth.unknown(
                    "The condition operator " + Quotes.quote(condition.operator()) + " is none that IAM knows.");
        }
        ConditionOperator known = operator.get();
        List<String> given = context.values(key);
        if (known.comparison() == ConditionOperator.Comparison.NULL) {
            return isNull(given);
        }
        Operation operation = Operation.of(known.comparison());
        if (given.isEmpty()) {
            return Truth.of(known.ifExists()
                    || switch (known.quantifier()) {
                        case NONE -> operation.negated();
                        case FOR_ALL_VALUES -> true;
                        case FOR_ANY_VALUE -> false;
                    });
        }
        // AWS: a key whose value is "a null dataset, such as an empty string" is like none to the set operators.
        if (known.quantifier() != Quantifier.NONE && isOneEmptyString(given)) {
            return Truth.of(known.quantifier() == Quantifier.FOR_ALL_VALUES);
        }
        if (!context.isMultivalued(key)) {
            return isMet(operation, given.getFirst(), context);
        }
        return switch (known.quantifier()) {
            case FOR_ALL_VALUES -> all(operation, given, context);
            case FOR_ANY_VALUE -> any(operation, given, context);
            case NONE -> {
                // AWS asks for a set operator here and does not say what happens without: we know only that it is not
                // met when none of the values meets it.
                Truth any = any(operation, given, context);
                yield any.isFalse()
                        ? any
                        : Truth.unknown("The key " + Quotes.quote(condition.key()) + " may have several values, and "
                                + known.name() + " stands without ForAllValues or ForAnyValue.");
            }
        };
    }

    private Truth isNull(List<String> given) {
        Truth absent = isOneEmptyString(given)
                ? Truth.unknown("The key " + Quotes.quote(condition.key())
                        + " has an empty value, and AWS does not say for sure whether that is null.")
                : Truth.of(given.isEmpty());
        Truth met = Truth.Known.FALSE;
        for (PolicyText value : values) {
            Truth one = Scalars.bool(value.text())
                    .map(wanted -> wanted ? absent : absent.not())
                    .orElseGet(() -> unreadable(value, "true or false"));
            met = met.or(one);
        }
        return met;
    }

    private Truth all(Operation operation, List<String> given, RequestContext context) {
        Truth met = Truth.Known.TRUE;
        for (String subject : given) {
            met = met.and(isMet(operation, subject, context));
            if (met.isFalse()) {
                return met;
            }
        }
        return met;
    }

    private Truth any(Operation operation, List<String> given, RequestContext context) {
        Truth met = Truth.Known.FALSE;
        for (String subject : given) {
            met = met.or(isMet(operation, subject, context));
            if (met.isTrue()) {
                return met;
            }
        }
        return met;
    }

    private Truth isMet(Operation operation, String subject, RequestContext context) {
        Truth matches = switch (operation.kind()) {
            case Text text -> {
                Truth any = Truth.Known.FALSE;
                for (PolicyText value : values) {
                    any = any.or(value.matches(text.comparison(), subject, context));
                    if (any.isTrue()) {
                        break;
                    }
                }
                yield any;
            }
            case Scalar<?> scalar -> matches(scalar, subject);
        };
        return operation.negated() ? matches.not() : matches;
    }

    private <T> Truth matches(Scalar<T> scalar, String subject) {
        Optional<T> given = scalar.subject().apply(subject);
        if (given.isEmpty()) {
            return Truth.Known.FALSE;
        }
        Truth any = Truth.Known.FALSE;
        for (PolicyText value : values) {
            Optional<T> wanted = scalar.value().apply(value.text());
            any = any.or(
                    wanted.isEmpty()
                            ? unreadable(value, scalar.what())
                            : Truth.of(scalar.matches().test(given.get(), wanted.get())));
            if (any.isTrue()) {
                break;
            }
        }
        return any;
    }

    private Truth unreadable(PolicyText value, String what) {
        return Truth.unknown("The value " + Quotes.quote(value.text()) + " of " + condition.operator() + " is not "
                + what + ", so IAM would refuse the policy.");
    }

    private static boolean isOneEmptyString(List<String> given) {
        return given.size() == 1 && given.getFirst().isEmpty();
    }

    /** What a comparison of IAM does with one value of the request and one of the policy. */
    private sealed interface Kind {}

    private record Text(PolicyText.Comparison comparison) implements Kind {}

    /**
     * A comparison of something that is read from text.
     *
     * @param what with its article, for messages
     * @param subject reads a value of the request
     * @param value reads one of the policy
     * @param matches whether the first, the request's, stands to the second as the operator says
     */
    private record Scalar<T>(
            String what,
            Function<String, Optional<T>> subject,
            Function<String, Optional<T>> value,
            BiPredicate<T, T> matches)
            implements Kind {}

    /**
     * A comparison and whether it must fail.
     *
     * @param negated whether none of the policy's values may match
     */
    private record Operation(Kind kind, boolean negated) {

        private static final Operation[] ALL = all();

        static Operation of(ConditionOperator.Comparison comparison) {
            return ALL[comparison.ordinal()];
        }

        private static Operation[] all() {
            ConditionOperator.Comparison[] comparisons = ConditionOperator.Comparison.values();
            Operation[] operations = new Operation[comparisons.length];
            for (ConditionOperator.Comparison comparison : comparisons) {
                operations[comparison.ordinal()] = make(comparison);
            }
            return operations;
        }

        private static Operation make(ConditionOperator.Comparison comparison) {
            return switch (comparison) {
                case STRING_EQUALS -> text(PolicyText.Comparison.EXACT, false);
                case STRING_NOT_EQUALS -> text(PolicyText.Comparison.EXACT, true);
                case STRING_EQUALS_IGNORE_CASE -> text(PolicyText.Comparison.EXACT_IGNORING_CASE, false);
                case STRING_NOT_EQUALS_IGNORE_CASE -> text(PolicyText.Comparison.EXACT_IGNORING_CASE, true);
                case STRING_LIKE -> text(PolicyText.Comparison.LIKE, false);
                case STRING_NOT_LIKE -> text(PolicyText.Comparison.LIKE, true);
                case ARN_EQUALS, ARN_LIKE -> text(PolicyText.Comparison.ARN, false);
                case ARN_NOT_EQUALS, ARN_NOT_LIKE -> text(PolicyText.Comparison.ARN, true);
                case NUMERIC_EQUALS -> number(order -> order == 0, false);
                case NUMERIC_NOT_EQUALS -> number(order -> order == 0, true);
                case NUMERIC_LESS_THAN -> number(order -> order < 0, false);
                case NUMERIC_LESS_THAN_EQUALS -> number(order -> order <= 0, false);
                case NUMERIC_GREATER_THAN -> number(order -> order > 0, false);
                case NUMERIC_GREATER_THAN_EQUALS -> number(order -> order >= 0, false);
                case DATE_EQUALS -> date(order -> order == 0, false);
                case DATE_NOT_EQUALS -> date(order -> order == 0, true);
                case DATE_LESS_THAN -> date(order -> order < 0, false);
                case DATE_LESS_THAN_EQUALS -> date(order -> order <= 0, false);
                case DATE_GREATER_THAN -> date(order -> order > 0, false);
                case DATE_GREATER_THAN_EQUALS -> date(order -> order >= 0, false);
                case BOOL, NULL ->
                    new Operation(new Scalar<>("true or false", Scalars::bool, Scalars::bool, Boolean::equals), false);
                case BINARY_EQUALS ->
                    new Operation(new Scalar<>("Base64", Scalars::binary, Scalars::binary, Arrays::equals), false);
                case IP_ADDRESS -> address(false);
                case NOT_IP_ADDRESS -> address(true);
            };
        }

        private static Operation text(PolicyText.Comparison comparison, boolean negated) {
            return new Operation(new Text(comparison), negated);
        }

        private static Operation number(IntPredicate order, boolean negated) {
            BiPredicate<BigDecimal, BigDecimal> matches = (given, wanted) -> order.test(given.compareTo(wanted));
            return new Operation(new Scalar<>("a number", Scalars::number, Scalars::number, matches), negated);
        }

        private static Operation date(IntPredicate order, boolean negated) {
            BiPredicate<Instant, Instant> matches = (given, wanted) -> order.test(given.compareTo(wanted));
            return new Operation(new Scalar<>("a date", Scalars::date, Scalars::date, matches), negated);
        }

        private static Operation address(boolean negated) {
            BiPredicate<IpRange, IpRange> matches = (given, wanted) -> wanted.contains(given);
            return new Operation(
                    new Scalar<>("an address or a range of them", IpRange::parseAddress, IpRange::parse, matches),
                    negated);
        }
    }
}
