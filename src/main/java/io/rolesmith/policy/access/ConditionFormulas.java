package io.rolesmith.policy.access;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Condition;
import io.rolesmith.policy.ConditionOperator;
import io.rolesmith.policy.ConditionOperator.Comparison;
import io.rolesmith.policy.ConditionOperator.Quantifier;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Condition blocks as formulas.
 *
 * <p>A comparison with one value is an atom, so that a value more is seen to widen. Of what a request may hold only
 * this is known: an absent key meets no positive comparison and every negated one, and who meets a pattern also meets
 * those that cover it. Two comparisons that exclude each other are not seen to.
 */
final class ConditionFormulas {

    /** Values of one key beyond which patterns are not held against each other: that takes time by the square. */
    private static final int MAX_PATTERNS = 100;

    private final Formulas formulas;
    private final Map<Family, Map<String, WildcardText>> values = new HashMap<>();

    ConditionFormulas(Formulas formulas) {
        this.formulas = formulas;
    }

    /** How one value is compared, and with what: whatever agrees in this can be held against each other. */
    private record Family(Quantifier quantifier, String comparison, boolean negated, String key) {}

    /** Takes note of the values of {@code conditions}; to be done with all before the first is made a formula. */
    void note(List<Condition> conditions, boolean variables, RoleTags retagged) {
        for (Condition condition : conditions) {
            ConditionOperator operator = known(condition, variables);
            if (operator != null) {
                Family family = family(operator, key(condition, retagged));
                for (String value : condition.values().texts()) {
                    String name = name(operator.comparison(), value);
                    values.computeIfAbsent(family, _ -> new LinkedHashMap<>())
                            .computeIfAbsent(name, _ -> glob(operator.comparison(), value));
                }
            }
        }
    }

    /** When all of {@code conditions} hold. */
    int allOf(List<Condition> conditions, boolean variables, RoleTags retagged) {
        int all = Formulas.TRUE;
        for (Condition condition : conditions) {
            all = formulas.and(all, of(condition, variables, retagged));
        }
        return all;
    }

    private int of(Condition condition, boolean variables, RoleTags retagged) {
        ConditionOperator operator = known(condition, variables);
        if (operator == null) {
            return opaque(condition, variables, retagged);
        }
        String key = key(condition, retagged);
        int absent = formulas.atom(List.of("absent", key));
        if (operator.comparison() == Comparison.NULL) {
            int met = Formulas.FALSE;
            for (String value : condition.values().texts()) {
                met = formulas.or(met, Ascii.lower(value).equals("true") ? absent : formulas.not(absent));
            }
            return met;
        }
        Family family = family(operator, key);
        int met = family.negated ? Formulas.TRUE : Formulas.FALSE;
        for (String value : condition.values().texts()) {
            int one = comparison(family, name(operator.comparison(), value));
            met = family.negated
                    ? formulas.and(met, formulas.or(absent, one))
                    : formulas.or(met, formulas.and(formulas.not(absent), one));
        }
        return operator.ifExists() ? formulas.or(absent, met) : met;
    }

    /**
     * The comparison with one value, given that the key is there: an atom of its own, or one of those that imply it.
     */
    private int comparison(Family family, String name) {
        Map<String, WildcardText> others = values.getOrDefault(family, Map.of());
        int met = atom(family, name);
        if (others.size() <= MAX_PATTERNS) {
            WildcardText glob = others.get(name);
            for (Map.Entry<String, WildcardText> other : others.entrySet()) {
                boolean implies = glob != null
                        && (family.negated ? other.getValue().covers(glob) : glob.covers(other.getValue()));
                if (implies) {
                    met = formulas.or(met, atom(family, other.getKey()));
                }
            }
        }
        return met;
    }

    private int atom(Family family, String name) {
        return formulas.atom(List.of(family, name));
    }

    /**
     * The operator, unless the line is to be taken as one atom: one that IAM does not know, that speaks of all values of
     * a key or of one that differs, whose variables may have no value, or that has no value itself.
     */
    private static @Nullable ConditionOperator known(Condition condition, boolean variables) {
        Optional<ConditionOperator> parsed =
                ConditionOperator.parse(condition.operator()).map(ConditionOperator::canonical);
        if (parsed.isEmpty() || condition.values().isEmpty()) {
            return null;
        }
        ConditionOperator operator = parsed.get();
        List<String> texts = condition.values().texts();
        boolean whole = operator.quantifier() == Quantifier.FOR_ALL_VALUES
                || (operator.quantifier() == Quantifier.FOR_ANY_VALUE
                        && operator.comparison().isNegated())
                || (variables && texts.stream().anyMatch(text -> text.contains("${")))
                || (operator.comparison() == Comparison.NULL && !isPlainNull(operator, texts));
        return whole ? null : operator;
    }

    private static boolean isPlainNull(ConditionOperator operator, List<String> texts) {
        return operator.quantifier() == Quantifier.NONE
                && !operator.ifExists()
                && texts.stream().map(Ascii::lower).allMatch(text -> text.equals("true") || text.equals("false"));
    }

    private int opaque(Condition condition, boolean variables, RoleTags retagged) {
        String operator = ConditionOperator.parse(condition.operator())
                .map(known -> known.canonical().name())
                .orElse(condition.operator());
        List<String> texts =
                condition.values().texts().stream().sorted().distinct().toList();
        boolean other = texts.stream().anyMatch(retagged::standIn);
        // The same text is another condition under a version that takes it literally.
        boolean replaced = variables && texts.stream().anyMatch(text -> text.contains("${"));
        return formulas.atom(List.of(operator, key(condition, retagged), other, replaced, texts));
    }

    /** The key in lower case; the tag that it is the value of counts as another key once it has another value. */
    private static String key(Condition condition, RoleTags retagged) {
        String key = Ascii.lower(condition.key());
        return retagged.isValueOf(key) ? key + " retagged" : key;
    }

    private static Family family(ConditionOperator operator, String key) {
        String comparison = switch (operator.comparison()) {
            case STRING_EQUALS, STRING_NOT_EQUALS, STRING_LIKE, STRING_NOT_LIKE -> "text";
            case STRING_EQUALS_IGNORE_CASE, STRING_NOT_EQUALS_IGNORE_CASE -> "folded text";
            case ARN_EQUALS, ARN_NOT_EQUALS, ARN_LIKE, ARN_NOT_LIKE -> "ARN";
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
                    NULL -> operator.comparison().word();
        };
        return new Family(
                operator.quantifier(), comparison, operator.comparison().isNegated(), key);
    }

    private static WildcardText glob(Comparison comparison, String value) {
        return switch (kind(comparison)) {
            case PATTERN -> WildcardText.pattern(value);
            // What is no ARN matches nothing, or everything: we do not count on it.
            case ARN ->
                value.equals("*") || WildcardText.arn(value).head() > 0
                        ? WildcardText.arn(value)
                        : WildcardText.text(value);
            case FOLDED -> WildcardText.text(Ascii.lower(value));
            case TEXT -> WildcardText.text(value);
        };
    }

    /** A pattern without wildcards is the text itself. */
    private static String name(Comparison comparison, String value) {
        return switch (kind(comparison)) {
            case PATTERN -> (value.indexOf('*') >= 0 || value.indexOf('?') >= 0 ? "like " : "is ") + value;
            case ARN -> "like " + value;
            case FOLDED -> "is " + Ascii.lower(value);
            case TEXT -> "is " + value;
        };
    }

    private enum Kind {
        TEXT,
        FOLDED,
        PATTERN,
        ARN
    }

    private static Kind kind(Comparison comparison) {
        return switch (comparison) {
            case STRING_LIKE, STRING_NOT_LIKE -> Kind.PATTERN;
            case ARN_EQUALS, ARN_LIKE, ARN_NOT_EQUALS, ARN_NOT_LIKE -> Kind.ARN;
            case STRING_EQUALS_IGNORE_CASE, STRING_NOT_EQUALS_IGNORE_CASE, BOOL -> Kind.FOLDED;
            case STRING_EQUALS,
                    STRING_NOT_EQUALS,
                    NUMERIC_EQUALS,
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
                    BINARY_EQUALS,
                    IP_ADDRESS,
                    NOT_IP_ADDRESS,
                    NULL -> Kind.TEXT;
        };
    }
}
