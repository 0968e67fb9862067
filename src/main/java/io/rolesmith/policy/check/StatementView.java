package io.rolesmith.policy.check;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Effect;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Statement;
import io.rolesmith.policy.Values;
import io.rolesmith.policy.Wildcards;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A statement as the rules that advise look at it: names in lower case, resources in segments, conditions by operator.
 *
 * @param actions the values of Action in lower case
 * @param notActions the values of NotAction in lower case
 * @param resources the values of Resource, variables opened; empty where a value is no ARN
 * @param notResources the same of NotResource
 */
record StatementView(
        Statement statement,
        List<String> actions,
        List<String> notActions,
        List<Optional<ArnPattern>> resources,
        List<Optional<ArnPattern>> notResources,
        List<TestedKey> conditions) {

    static StatementView of(PolicyDocument document, Statement statement) {
        boolean variables = document.resolvesVariables();
        return new StatementView(
                statement,
                lower(statement.actions()),
                lower(statement.notActions()),
                arns(statement.resources(), variables),
                arns(statement.notResources(), variables),
                TestedKey.of(statement));
    }

    /** The document's statements in its order. */
    static List<StatementView> of(PolicyDocument document) {
        List<StatementView> views = new ArrayList<>(document.statements().size());
        for (Statement statement : document.statements()) {
            views.add(of(document, statement));
        }
        return views;
    }

    private static List<String> lower(Values values) {
        List<String> lower = new ArrayList<>(values.texts().size());
        for (String text : values.texts()) {
            lower.add(Ascii.lower(text));
        }
        return lower;
    }

    private static List<Optional<ArnPattern>> arns(Values values, boolean variables) {
        List<Optional<ArnPattern>> arns = new ArrayList<>(values.texts().size());
        for (String text : values.texts()) {
            arns.add(variables ? ArnPattern.opened(text) : ArnPattern.of(text));
        }
        return arns;
    }

    /** The same statement as if it tested no other keys, given in lower case, than those. */
    StatementView withConditionsOn(Predicate<String> keys) {
        return conditions.stream().allMatch(condition -> keys.test(condition.key()))
                ? this
                : new StatementView(
                        statement,
                        actions,
                        notActions,
                        resources,
                        notResources,
                        conditions.stream()
                                .filter(condition -> keys.test(condition.key()))
                                .toList());
    }

    boolean allows() {
        return statement.effect() == Effect.ALLOW;
    }

    String pointer() {
        return statement.pointer();
    }

    /** Whether the statement is about {@code action}, given in lower case, wherever it speaks of actions. */
    boolean isAbout(String action) {
        if (statement.notActions().isPresent()) {
            return notActions.stream().noneMatch(pattern -> Wildcards.matches(pattern, action));
        }
        for (String pattern : actions) {
            if (Wildcards.matches(pattern, action)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a condition on {@code key}, given in lower case, is among those that have a form. */
    boolean tests(String key) {
        for (TestedKey condition : conditions) {
            if (condition.key().equals(key)) {
                return true;
            }
        }
        return false;
    }
}
