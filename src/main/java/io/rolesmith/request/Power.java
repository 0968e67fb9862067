package io.rolesmith.request;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Effect;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Statement;
import io.rolesmith.policy.Wildcards;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What policies allow to be done to one principal, by reasoning over their patterns. It errs to one side: what is not surely
 * withheld counts as allowed. Conditions of an Allow are not looked at, since whoever has the role may meet them, and a Deny
 * with conditions withholds nothing.
 *
 * @param us the ARN of the principal, or a pattern of ARNs that it is one of
 */
record Power(String us) {

    /**
     * Something that a policy allows.
     *
     * @param pointer to the statement
     * @param named one of the actions, as it is written
     * @param actions patterns in lower case that cover all that the statement allows
     */
    record Grant(String pointer, String named, List<String> actions) {

        /** What a policy may allow of which nothing is known. */
        static final Grant ANYTHING = new Grant("", "anything", ALL);

        /** The same grant of those of {@code candidates} that pass. */
        private Grant only(Predicate<String> passes, List<String> candidates) {
            return new Grant(pointer, named, candidates.stream().filter(passes).toList());
        }
    }

    private static final String IAM = "iam:*";
    private static final String ASSUME_ROLE = "sts:assumerole";

    /** All actions that give power over a principal, apart from those of {@link #HARMLESS}. */
    private static final List<String> ALL = List.of(IAM, ASSUME_ROLE);

    /** Of no use without the caller's own proof of identity, but nothing that a policy should say of us either. */
    private static final String ASSUME_ROLE_WITH = "sts:assumerole*";

    /** Patterns are compared with patterns, so that very many of them are taken for all there is. */
    private static final int MAX_CHARACTERS = 1024;

    /** What merely looks, or acts on service-linked roles only, which no provisioner is. */
    private static final List<String> HARMLESS = List.of(
            "iam:get*",
            "iam:list*",
            "iam:simulate*",
            "iam:generate*",
            "iam:createservicelinkedrole",
            "iam:deleteservicelinkedrole");

    /** What the document allows to be done to us, one grant for each statement at most. */
    List<Grant> in(PolicyDocument document) {
        List<Grant> grants = new ArrayList<>();
        for (Statement statement : document.statements()) {
            if (statement.effect() == Effect.ALLOW && reaches(statement)) {
                grants.add(allowed(statement));
            }
        }
        boolean tooMany = characters(grants) > MAX_CHARACTERS;
        return grants.stream()
                .filter(grant -> !grant.actions().isEmpty())
                .map(grant -> grant.only(power -> !denies(document, power), tooMany ? ALL : grant.actions()))
                .filter(grant -> !grant.actions().isEmpty())
                .toList();
    }

    /** What the statement allows by itself. */
    private static Grant allowed(Statement statement) {
        if (statement.notActions().isPresent()) {
            return new Grant(
                    statement.pointer(),
                    "all but some actions",
                    ALL.stream().filter(power -> !excepts(statement, power)).toList());
        }
        SequencedMap<String, String> named = new LinkedHashMap<>();
        for (String action : statement.actions().texts()) {
            powers(Ascii.lower(action)).forEach(power -> named.putIfAbsent(power, action));
        }
        return named.isEmpty()
                ? new Grant(statement.pointer(), "", List.of())
                : new Grant(statement.pointer(), named.firstEntry().getValue(), List.copyOf(named.keySet()));
    }

    /** Patterns that cover all of {@code action} that gives power; none if it gives none. */
    private static List<String> powers(String action) {
        if (HARMLESS.stream().anyMatch(harmless -> covers(harmless, action))) {
            return List.of();
        }
        // A pattern that leaves the service open is taken apart, so that each part can be withheld by itself.
        if (action.startsWith("*") || action.startsWith("?")) {
            return ALL.stream()
                    .filter(power -> Wildcards.intersects(action, power))
                    .toList();
        }
        return Wildcards.intersects(action, IAM) || Wildcards.intersects(action, ASSUME_ROLE_WITH)
                ? List.of(action)
                : List.of();
    }

    /** Whether any of what is granted may still be used by a role that {@code boundary} bounds. */
    boolean mayPass(List<Grant> grants, PolicyDocument boundary) {
        Set<String> powers = new LinkedHashSet<>();
        grants.forEach(grant -> powers.addAll(grant.actions()));
        return (characters(grants) > MAX_CHARACTERS ? ALL : powers)
                .stream()
                        .filter(power -> !denies(boundary, power))
                        .anyMatch(power -> boundary.statements().stream()
                                .filter(statement -> statement.effect() == Effect.ALLOW && reaches(statement))
                                .anyMatch(statement -> allows(statement, power)));
    }

    private static int characters(List<Grant> grants) {
        return grants.stream()
                .flatMap(grant -> grant.actions().stream())
                .mapToInt(String::length)
                .sum();
    }

    private static boolean allows(Statement statement, String power) {
        return statement.notActions().isPresent()
                ? !excepts(statement, power)
                : statement.actions().texts().stream()
                        .flatMap(action -> powers(Ascii.lower(action)).stream())
                        .anyMatch(action -> Wildcards.intersects(action, power));
    }

    /** Whether the statement may be about us. */
    private boolean reaches(Statement statement) {
        return statement.notResources().isPresent()
                ? statement.notResources().texts().stream().noneMatch(pattern -> coversUs(pattern))
                : statement.resources().texts().stream()
                        .anyMatch(pattern -> Wildcards.intersects(Wildcards.openVariables(pattern), us));
    }

    /** Whether the statement is surely about us, all that we may be. */
    private boolean surelyReaches(Statement statement) {
        return statement.notResources().isPresent()
                ? statement.notResources().texts().stream()
                        .noneMatch(pattern -> Wildcards.intersects(Wildcards.openVariables(pattern), us))
                : statement.resources().texts().stream().anyMatch(this::coversUs);
    }

    private boolean coversUs(String pattern) {
        return !pattern.contains("${") && covers(pattern, us);
    }

    /** Whether the document surely denies all of {@code power} on us. */
    private boolean denies(PolicyDocument document, String power) {
        return document.statements().stream()
                .filter(statement -> statement.effect() == Effect.DENY
                        && statement.conditions().isEmpty()
                        && surelyReaches(statement))
                .anyMatch(statement -> statement.notActions().isPresent()
                        ? statement.notActions().texts().stream()
                                .noneMatch(action -> Wildcards.intersects(Ascii.lower(action), power))
                        : statement.actions().texts().stream().anyMatch(action -> covers(Ascii.lower(action), power)));
    }

    /** Whether NotAction leaves out all of {@code power}. */
    private static boolean excepts(Statement statement, String power) {
        return statement.notActions().texts().stream().anyMatch(action -> covers(Ascii.lower(action), power));
    }

    /** Whether one pattern surely covers all that another does; a ? might take the other's * for a letter. */
    private static boolean covers(String pattern, String other) {
        return !pattern.contains("?") && Wildcards.matches(pattern, other);
    }
}
