package io.rolesmith.policy;

import io.rolesmith.policy.PolicyDifference.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;

/**
 * What two documents have in common, and how a person would say what is different.
 *
 * <p>There are no differences if and only if the documents are equivalent.
 */
public final class PolicyComparison {

    private final List<PolicyDifference> differences = new ArrayList<>();

    private PolicyComparison() {}

    /** The differences on the way from {@code left} to {@code right}: of the document first, then by statement. */
    public static List<PolicyDifference> differences(PolicyDocument left, PolicyDocument right) {
        if (left.isEquivalentTo(right)) {
            return List.of();
        }
        PolicyComparison comparison = new PolicyComparison();
        comparison.scalar("Version", Optional.of(left.version()), "", Optional.of(right.version()), "");
        comparison.scalar("Id", left.id(), "", right.id(), "");
        comparison.statements(left.statements(), right.statements());
        return List.copyOf(comparison.differences);
    }

    /** One statement on either side that are taken for the same, changed. */
    private record Pair(Statement left, Statement right) {}

    /**
     * Statements that mean the same are set aside first, whatever their place. Of the rest, two are taken for the same if
     * they share an id, or else all but their conditions, all but their resources, or all but their actions.
     */
    private void statements(List<Statement> left, List<Statement> right) {
        SequencedMap<String, Statement> onlyLeft = byMeaning(left);
        SequencedMap<String, Statement> onlyRight = byMeaning(right);
        onlyLeft.keySet().removeIf(meaning -> onlyRight.remove(meaning) != null);
        List<Statement> leftRest = new ArrayList<>(onlyLeft.values());
        List<Statement> rightRest = new ArrayList<>(onlyRight.values());
        Map<Statement, Statement> pairs = new HashMap<>();
        pair(leftRest, rightRest, pairs, statement -> statement.sid().filter(sid -> !sid.isEmpty()));
        pair(leftRest, rightRest, pairs, statement -> Optional.of(without(statement, Part.CONDITIONS)));
        pair(leftRest, rightRest, pairs, statement -> Optional.of(without(statement, Part.RESOURCES)));
        pair(leftRest, rightRest, pairs, statement -> Optional.of(without(statement, Part.ACTIONS)));
        if (leftRest.size() == 1
                && rightRest.size() == 1
                && leftRest.getFirst().effect() == rightRest.getFirst().effect()) {
            pairs.put(leftRest.removeFirst(), rightRest.removeFirst());
        }
        for (Statement statement : onlyLeft.values()) {
            Statement other = pairs.get(statement);
            if (other == null) {
                statement(Kind.REMOVED, statement);
            } else {
                changed(new Pair(statement, other));
            }
        }
        rightRest.forEach(statement -> statement(Kind.ADDED, statement));
    }

    private static SequencedMap<String, Statement> byMeaning(List<Statement> statements) {
        SequencedMap<String, Statement> byMeaning = new LinkedHashMap<>();
        statements.forEach(statement -> byMeaning.putIfAbsent(CanonicalForm.statement(statement), statement));
        return byMeaning;
    }

    private static void pair(
            List<Statement> left,
            List<Statement> right,
            Map<Statement, Statement> pairs,
            Function<Statement, Optional<String>> key) {
        Map<String, Statement> byKey = new HashMap<>();
        right.forEach(statement -> key.apply(statement).ifPresent(found -> byKey.putIfAbsent(found, statement)));
        left.removeIf(statement -> {
            Optional<Statement> other = key.apply(statement).map(byKey::remove);
            other.ifPresent(found -> pairs.put(statement, found));
            return other.isPresent();
        });
        right.removeAll(Set.copyOf(pairs.values()));
    }

    private enum Part {
        ACTIONS,
        RESOURCES,
        CONDITIONS
    }

    /** The statement's meaning without its id and without that part. */
    private static String without(Statement s, Part part) {
        boolean actions = part != Part.ACTIONS;
        boolean resources = part != Part.RESOURCES;
        return CanonicalForm.statement(new Statement(
                s.index(),
                s.pointer(),
                Optional.empty(),
                s.effect(),
                s.principals(),
                s.notPrincipals(),
                actions ? s.actions() : Values.ABSENT,
                actions ? s.notActions() : Values.ABSENT,
                resources ? s.resources() : Values.ABSENT,
                resources ? s.notResources() : Values.ABSENT,
                part == Part.CONDITIONS ? List.of() : s.conditions()));
    }

    private void statement(Kind kind, Statement statement) {
        String pointer = statement.pointer();
        boolean added = kind == Kind.ADDED;
        differences.add(new PolicyDifference(
                kind,
                "Statement",
                added ? Optional.empty() : Optional.of(pointer),
                added ? Optional.of(pointer) : Optional.empty(),
                List.of(),
                List.of(),
                "The statement " + name(statement) + " is only on the " + (added ? "right." : "left.")));
    }

    private static String name(Statement statement) {
        String said = statement.effect().word() + " "
                + Quotes.shorten(String.join(
                        ", ",
                        statement.actions().isPresent()
                                ? statement.actions().texts()
                                : statement.notActions().texts().stream()
                                        .map(action -> "not " + action)
                                        .toList()));
        return statement
                .sid()
                .filter(sid -> !sid.isEmpty())
                .map(sid -> Quotes.quote(sid) + " (" + said + ")")
                .orElse("\"" + said + "\"");
    }

    private void changed(Pair pair) {
        Statement left = pair.left();
        Statement right = pair.right();
        scalar("Sid", left.sid(), left.pointer(), right.sid(), right.pointer());
        scalar(
                "Effect",
                Optional.of(left.effect().word()),
                left.pointer(),
                Optional.of(right.effect().word()),
                right.pointer());
        principals("Principal", pair, Statement::principals);
        principals("NotPrincipal", pair, Statement::notPrincipals);
        values("Action", pair, Statement::actions, Ascii::lower);
        values("NotAction", pair, Statement::notActions, Ascii::lower);
        values("Resource", pair, Statement::resources, Function.identity());
        values("NotResource", pair, Statement::notResources, Function.identity());
        conditions(pair);
    }

    private void scalar(
            String element, Optional<String> left, String leftPointer, Optional<String> right, String rightPointer) {
        Optional<String> before = left.filter(value -> !value.isEmpty());
        Optional<String> after = right.filter(value -> !value.isEmpty());
        if (!before.equals(after)) {
            add(
                    element,
                    before.map(_ -> JsonPointer.member(leftPointer, element)),
                    before.stream().toList(),
                    after.map(_ -> JsonPointer.member(rightPointer, element)),
                    after.stream().toList());
        }
    }

    private void values(
            String element, Pair pair, Function<Statement, Values> values, Function<String, String> meaning) {
        Values left = values.apply(pair.left());
        Values right = values.apply(pair.right());
        sets(
                element,
                pointer(left),
                byMeaning(left.texts(), meaning),
                pointer(right),
                byMeaning(right.texts(), meaning));
    }

    private static SequencedMap<String, String> byMeaning(List<String> texts, Function<String, String> meaning) {
        SequencedMap<String, String> byMeaning = new LinkedHashMap<>();
        texts.forEach(text -> byMeaning.putIfAbsent(meaning.apply(text), text));
        return byMeaning;
    }

    private static Optional<String> pointer(Values values) {
        return values.isEmpty() ? Optional.empty() : Optional.of(values.pointer());
    }

    private void principals(String element, Pair pair, Function<Statement, Principals> principals) {
        Principals left = principals.apply(pair.left());
        Principals right = principals.apply(pair.right());
        sets(element, pointer(left), byMeaning(left), pointer(right), byMeaning(right));
    }

    private static Optional<String> pointer(Principals principals) {
        return principals.isEmpty() ? Optional.empty() : Optional.of(principals.pointer());
    }

    private static SequencedMap<String, String> byMeaning(Principals principals) {
        SequencedMap<String, String> byMeaning = new LinkedHashMap<>();
        switch (principals) {
            case Principals.Absent _ -> {}
            case Principals.Anyone _ -> byMeaning.put("*", "*");
            case Principals.Listed listed -> {
                for (Principals.Group group : listed.groups()) {
                    String type = group.type().key() + ": ";
                    for (String text : group.values().texts()) {
                        String meaning = group.type() == PrincipalType.AWS ? AwsPrincipal.canonical(text) : text;
                        byMeaning.putIfAbsent(type + meaning, type + text);
                    }
                }
            }
        }
        return byMeaning;
    }

    private void sets(
            String element,
            Optional<String> leftPointer,
            SequencedMap<String, String> left,
            Optional<String> rightPointer,
            SequencedMap<String, String> right) {
        List<String> removed = without(left, right);
        List<String> added = without(right, left);
        if (!removed.isEmpty() || !added.isEmpty()) {
            add(element, leftPointer, removed, rightPointer, added);
        }
    }

    private static List<String> without(SequencedMap<String, String> these, SequencedMap<String, String> those) {
        return these.entrySet().stream()
                .filter(entry -> !those.containsKey(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** Condition lines that mean the same are set aside; of the rest, two of one operator and key are one, changed. */
    private void conditions(Pair pair) {
        SequencedMap<String, Condition> onlyLeft = lines(pair.left());
        SequencedMap<String, Condition> onlyRight = lines(pair.right());
        onlyLeft.keySet().removeIf(line -> onlyRight.remove(line) != null);
        Map<String, Condition> rightByKey = new LinkedHashMap<>();
        onlyRight.values().forEach(condition -> rightByKey.putIfAbsent(key(condition), condition));
        for (Condition before : onlyLeft.values()) {
            Condition after = rightByKey.remove(key(before));
            if (after == null) {
                line(before, Optional.of(before.values().pointer()), Optional.empty());
            } else {
                onlyRight.remove(CanonicalForm.condition(after));
                SequencedMap<String, String> left = byMeaning(before.values().texts(), text -> meaning(before, text));
                SequencedMap<String, String> right = byMeaning(after.values().texts(), text -> meaning(after, text));
                sets(
                        "Condition",
                        Optional.of(before.values().pointer()),
                        left,
                        Optional.of(after.values().pointer()),
                        right);
            }
        }
        onlyRight
                .values()
                .forEach(after ->
                        line(after, Optional.empty(), Optional.of(after.values().pointer())));
    }

    private static SequencedMap<String, Condition> lines(Statement statement) {
        SequencedMap<String, Condition> lines = new LinkedHashMap<>();
        statement.conditions().forEach(condition -> lines.putIfAbsent(CanonicalForm.condition(condition), condition));
        return lines;
    }

    private static String key(Condition condition) {
        String operator = ConditionOperator.parse(condition.operator())
                .map(ConditionOperator::canonical)
                .map(ConditionOperator::name)
                .orElse(condition.operator());
        return operator + ' ' + Ascii.lower(condition.key());
    }

    private static String meaning(Condition condition, String text) {
        return CanonicalForm.isTruthValue(condition) ? Ascii.lower(text) : text;
    }

    private void line(Condition condition, Optional<String> left, Optional<String> right) {
        List<String> said = List.of(condition.operator() + " " + condition.key() + " "
                + String.join(", ", condition.values().texts()));
        add("Condition", left, left.isPresent() ? said : List.of(), right, right.isPresent() ? said : List.of());
    }

    private void add(
            String element, Optional<String> left, List<String> removed, Optional<String> right, List<String> added) {
        Kind kind = left.isEmpty() ? Kind.ADDED : right.isEmpty() ? Kind.REMOVED : Kind.CHANGED;
        StringBuilder message = new StringBuilder(element);
        if (!removed.isEmpty()) {
            message.append(" loses ").append(quoted(removed));
        }
        if (!added.isEmpty()) {
            message.append(removed.isEmpty() ? " gains " : " and gains ").append(quoted(added));
        }
        differences.add(new PolicyDifference(
                kind, element, left, right, removed, added, message.append('.').toString()));
    }

    private static String quoted(List<String> values) {
        int shown = Math.min(3, values.size());
        String text = String.join(
                ", ", values.subList(0, shown).stream().map(Quotes::quote).toList());
        return values.size() > shown ? text + " and " + (values.size() - shown) + " more" : text;
    }
}
