package io.rolesmith.policy;

import java.io.IOException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.erdtman.jcs.JsonCanonicalizer;

/**
 * The one text that all documents of the same meaning have in common.
 *
 * <p>What it sets equal is what IAM itself does not tell apart: order and repeats of statements and values, one value
 * and a list of it, numbers and booleans with and without quotes, the case of actions and condition keys, an account id
 * and its root ARN. A condition block becomes a set of (operator, key, values): merging operators that mean the same
 * would turn their AND into an OR.
 *
 * <p>All scalars are strings, so RFC 8785's doubles never come into it.
 */
final class CanonicalForm {

    private CanonicalForm() {}

    /** The RFC 8785 text of {@code document}'s meaning. */
    static String of(PolicyDocument document) {
        StringBuilder text = new StringBuilder(document.size() + 64);
        JsonWriter writer = new JsonWriter(text);
        text.append('{');
        nonEmpty(document.id()).ifPresent(id -> {
            member(writer, text, "Id", id);
            text.append(',');
        });
        TreeSet<String> statements = new TreeSet<>();
        for (Statement statement : document.statements()) {
            statements.add(statement(statement));
        }
        text.append("\"Statement\":");
        array(text, statements);
        text.append(',');
        member(writer, text, "Version", document.version());
        text.append('}');
        try {
            return new JsonCanonicalizer(text.toString()).getEncodedString();
        } catch (IOException impossible) {
            throw new IllegalStateException("The canonical form is not JSON", impossible);
        }
    }

    static String statement(Statement statement) {
        StringBuilder text = new StringBuilder(256);
        JsonWriter writer = new JsonWriter(text);
        text.append('{');
        nonEmpty(statement.sid()).ifPresent(sid -> {
            member(writer, text, "Sid", sid);
            text.append(',');
        });
        principals(text, "Principal", statement.principals());
        principals(text, "NotPrincipal", statement.notPrincipals());
        values(text, "Action", statement.actions(), true);
        values(text, "NotAction", statement.notActions(), true);
        values(text, "Resource", statement.resources(), false);
        values(text, "NotResource", statement.notResources(), false);
        TreeSet<String> conditions = new TreeSet<>();
        for (Condition condition : statement.conditions()) {
            conditions.add(condition(condition));
        }
        if (!conditions.isEmpty()) {
            text.append("\"Condition\":");
            array(text, conditions);
            text.append(',');
        }
        member(writer, text, "Effect", statement.effect().word());
        return text.append('}').toString();
    }

    private static void principals(StringBuilder text, String element, Principals principals) {
        switch (principals) {
            case Principals.Absent _ -> {}
            case Principals.Anyone _ -> {
                member(new JsonWriter(text), text, element, "*");
                text.append(',');
            }
            case Principals.Listed listed -> {
                Map<PrincipalType, TreeSet<String>> byType = new EnumMap<>(PrincipalType.class);
                for (Principals.Group group : listed.groups()) {
                    for (String value : group.values().texts()) {
                        String name = group.type() == PrincipalType.AWS ? AwsPrincipal.canonical(value) : value;
                        byType.computeIfAbsent(group.type(), _ -> new TreeSet<>())
                                .add(quoted(name));
                    }
                }
                if (byType.isEmpty()) {
                    return;
                }
                text.append('"').append(element).append("\":{");
                String separator = "";
                for (Map.Entry<PrincipalType, TreeSet<String>> entry : byType.entrySet()) {
                    text.append(separator)
                            .append('"')
                            .append(entry.getKey().key())
                            .append("\":");
                    array(text, entry.getValue());
                    separator = ",";
                }
                text.append("},");
            }
        }
    }

    private static void values(StringBuilder text, String element, Values values, boolean foldCase) {
        if (!values.isEmpty()) {
            text.append('"').append(element).append("\":");
            array(text, sorted(values, foldCase));
            text.append(',');
        }
    }

    static String condition(Condition condition) {
        Optional<ConditionOperator> operator =
                ConditionOperator.parse(condition.operator()).map(ConditionOperator::canonical);
        StringBuilder text = new StringBuilder(96);
        JsonWriter writer = new JsonWriter(text);
        text.append('[');
        writer.string(operator.map(ConditionOperator::name).orElse(condition.operator()));
        text.append(',');
        writer.string(Ascii.lower(condition.key()));
        text.append(',');
        array(text, sorted(condition.values(), isTruthValue(condition)));
        return text.append(']').toString();
    }

    /** Whether the values of the condition are true or false, in any case. */
    static boolean isTruthValue(Condition condition) {
        return ConditionOperator.parse(condition.operator())
                .map(ConditionOperator::comparison)
                .filter(comparison -> comparison == ConditionOperator.Comparison.BOOL
                        || comparison == ConditionOperator.Comparison.NULL)
                .isPresent();
    }

    private static TreeSet<String> sorted(Values values, boolean foldCase) {
        TreeSet<String> sorted = new TreeSet<>();
        for (String value : values.texts()) {
            sorted.add(quoted(foldCase ? Ascii.lower(value) : value));
        }
        return sorted;
    }

    private static String quoted(String value) {
        StringBuilder text = new StringBuilder(value.length() + 2);
        new JsonWriter(text).string(value);
        return text.toString();
    }

    private static void array(StringBuilder text, Collection<String> elements) {
        text.append('[').append(String.join(",", elements)).append(']');
    }

    private static void member(JsonWriter writer, StringBuilder text, String name, String value) {
        writer.string(name);
        text.append(':');
        writer.string(value);
    }

    private static Optional<String> nonEmpty(Optional<String> text) {
        return text.filter(value -> !value.isEmpty());
    }
}
