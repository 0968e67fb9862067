package io.rolesmith.policy.access;

import io.rolesmith.policy.Condition;
import io.rolesmith.policy.Effect;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.PrincipalType;
import io.rolesmith.policy.Principals;
import io.rolesmith.policy.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * IAM's decision on one concrete request, as plainly as it can be written. It shares nothing with the code under test but
 * the documents' records, and knows no more operators than the tests use.
 *
 * @param context values by key in lower case
 * @param stayWithinSegments how wildcards in resources are read; AWS's words allow both
 */
public record PlainEvaluator(Map<String, List<String>> context, boolean stayWithinSegments) {

    /** Whether identity policies under a boundary allow it. */
    public boolean allows(
            Collection<PolicyDocument> identity, Optional<PolicyDocument> boundary, String action, String resource) {
        BiPredicate<Statement, Boolean> speaksOf = (statement, variables) -> element(
                        statement.actions().texts(),
                        statement.notActions().texts(),
                        pattern -> like(pattern.toLowerCase(Locale.ROOT), action.toLowerCase(Locale.ROOT)))
                && element(
                        statement.resources().texts(),
                        statement.notResources().texts(),
                        pattern -> resource(variables ? filled(pattern) : Optional.of(pattern), resource));
        return decides(identity, Effect.ALLOW, speaksOf)
                && !decides(identity, Effect.DENY, speaksOf)
                && (boundary.isEmpty()
                        || (decides(List.of(boundary.get()), Effect.ALLOW, speaksOf)
                                && !decides(List.of(boundary.get()), Effect.DENY, speaksOf)));
    }

    /** Whether a trust policy lets somebody in who answers to these names, each as TYPE=value. */
    public boolean trusts(PolicyDocument trust, Collection<String> names, String action) {
        BiPredicate<Statement, Boolean> speaksOf = (statement, _) ->
                element(statement.actions().texts(), statement.notActions().texts(), action::equalsIgnoreCase)
                        && speaksOf(statement.principals(), names);
        return decides(List.of(trust), Effect.ALLOW, speaksOf) && !decides(List.of(trust), Effect.DENY, speaksOf);
    }

    private static boolean speaksOf(Principals principals, Collection<String> names) {
        return switch (principals) {
            case Principals.Absent _ -> false;
            case Principals.Anyone _ -> true;
            case Principals.Listed listed ->
                listed.groups().stream()
                        .anyMatch(group -> group.values().texts().stream()
                                .anyMatch(value -> names.contains(group.type().key() + "=" + value)
                                        || (group.type() == PrincipalType.AWS
                                                && value.equals("*")
                                                && names.stream().anyMatch(name -> name.startsWith("AWS=")))));
        };
    }

    private boolean decides(
            Collection<PolicyDocument> policies, Effect effect, BiPredicate<Statement, Boolean> speaksOf) {
        for (PolicyDocument policy : policies) {
            boolean variables = policy.version().equals("2012-10-17");
            for (Statement statement : policy.statements()) {
                if (statement.effect() == effect
                        && speaksOf.test(statement, variables)
                        && statement.conditions().stream().allMatch(condition -> holds(condition, variables))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean element(List<String> values, List<String> notValues, Predicate<String> matches) {
        return values.isEmpty()
                ? notValues.stream().noneMatch(matches)
                : values.stream().anyMatch(matches);
    }

    private boolean resource(Optional<String> pattern, String resource) {
        if (pattern.isEmpty()) {
            return false;
        }
        String[] patterns = pattern.get().split(":", 6);
        String[] segments = resource.split(":", 6);
        if (!stayWithinSegments || patterns.length < 6) {
            return like(pattern.get(), resource);
        }
        if (segments.length < 6) {
            return false;
        }
        for (int i = 0; i < 6; i++) {
            if (!like(patterns[i], segments[i])) {
                return false;
            }
        }
        return true;
    }

    private Optional<String> filled(String text) {
        int start = text.indexOf("${");
        if (start < 0) {
            return Optional.of(text);
        }
        int end = text.indexOf('}', start);
        List<String> values =
                context.getOrDefault(text.substring(start + 2, end).toLowerCase(Locale.ROOT), List.of());
        return values.size() == 1
                ? filled(text.substring(0, start) + values.getFirst() + text.substring(end + 1))
                : Optional.empty();
    }

    private boolean holds(Condition condition, boolean variables) {
        String operator = condition.operator();
        boolean all = operator.startsWith("ForAllValues:");
        boolean any = operator.startsWith("ForAnyValue:");
        boolean ifExists = operator.endsWith("IfExists");
        String comparison = operator.substring(operator.indexOf(':') + 1).replace("IfExists", "");
        List<String> there = context.getOrDefault(condition.key().toLowerCase(Locale.ROOT), List.of());
        List<String> texts = condition.values().texts();
        if (comparison.equals("Null")) {
            return texts.stream().anyMatch(text -> Boolean.parseBoolean(text) == there.isEmpty());
        }
        boolean negated = comparison.contains("Not");
        if (there.isEmpty()) {
            return ifExists || all || (negated && !any);
        }
        List<Optional<String>> values = texts.stream()
                .map(text -> variables ? filled(text) : Optional.of(text))
                .toList();
        if (values.stream().anyMatch(Optional::isEmpty)) {
            return false;
        }
        Predicate<String> meets =
                value -> values.stream().anyMatch(text -> compare(comparison, text.orElseThrow(), value)) != negated;
        return all
                ? there.stream().allMatch(meets)
                : any ? there.stream().anyMatch(meets) : there.stream().allMatch(meets);
    }

    private static boolean compare(String comparison, String wanted, String there) {
        return switch (comparison) {
            case "StringEquals", "StringNotEquals", "NumericEquals" -> wanted.equals(there);
            case "StringEqualsIgnoreCase", "Bool" -> wanted.equalsIgnoreCase(there);
            case "StringLike", "StringNotLike" -> like(wanted, there);
            case "NumericLessThan" -> Integer.parseInt(there) < Integer.parseInt(wanted);
            default -> throw new IllegalArgumentException("No test needs " + comparison);
        };
    }

    private static boolean like(String pattern, String text) {
        if (pattern.isEmpty()) {
            return text.isEmpty();
        }
        return switch (pattern.charAt(0)) {
            case '*' -> like(pattern.substring(1), text) || (!text.isEmpty() && like(pattern, text.substring(1)));
            case '?' -> !text.isEmpty() && like(pattern.substring(1), text.substring(1));
            default ->
                !text.isEmpty() && pattern.charAt(0) == text.charAt(0) && like(pattern.substring(1), text.substring(1));
        };
    }
}
