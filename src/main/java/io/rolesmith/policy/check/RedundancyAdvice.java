package io.rolesmith.policy.check;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.AwsPrincipal;
import io.rolesmith.policy.Condition;
import io.rolesmith.policy.ConditionOperator;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PrincipalType;
import io.rolesmith.policy.Principals;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Statement;
import io.rolesmith.policy.Values;
import io.rolesmith.policy.Wildcards;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * What could be left away without changing what the policy says.
 *
 * <p>It is said only of what is certainly covered by something else of the same effect whose conditions ask for no more.
 */
final class RedundancyAdvice {

    /** Steps of seeing that one statement does not cover another. */
    private static final int PAIR = 150;

    /** The same, of statements about different services. */
    private static final int DIFFERENT_PAIR = 3;

    /** So many texts are quicker compared with each other than hashed. */
    private static final int FEW = 8;

    /** Stands for the services of a pattern that names none. */
    private static final String EVERYTHING = "*";

    private final Patience patience;
    private final Consumer<Finding> findings;

    RedundancyAdvice(Patience patience, Consumer<Finding> findings) {
        this.patience = patience;
        this.findings = findings;
    }

    /** {@code REDUNDANT_ACTION}: actions that others of the same element cover. */
    void actions(StatementView view) {
        List<String> actions = view.actions();
        redundant(
                view.statement().actions(),
                actions,
                i -> Wildcards.isPattern(actions.get(i)),
                i -> service(actions.get(i)),
                (pattern, other) -> ArnPattern.covers(actions.get(pattern), actions.get(other)),
                "REDUNDANT_ACTION",
                "action");
    }

    /** {@code REDUNDANT_RESOURCE}: resources that others of the same element cover. */
    void resources(StatementView view) {
        Values values = view.statement().resources();
        redundant(
                values,
                values.texts(),
                i -> isPlainPattern(values.texts().get(i)),
                i -> view.resources().get(i).map(ArnPattern::service).orElse(EVERYTHING),
                (pattern, other) ->
                        covers(view.resources().get(pattern), view.resources().get(other)),
                "REDUNDANT_RESOURCE",
                "resource");
    }

    /** What an action begins with; {@code *} for one that names no service, or several. */
    private static String service(String action) {
        int colon = action.indexOf(':');
        String service = colon < 0 ? EVERYTHING : action.substring(0, colon);
        return Wildcards.isPattern(service) ? EVERYTHING : service;
    }

    /** What a variable stands for is not known, so a pattern with one covers nothing for certain but its like. */
    private static boolean isPlainPattern(String resource) {
        return Wildcards.isPattern(resource) && !resource.contains("${");
    }

    private static boolean covers(Optional<ArnPattern> pattern, Optional<ArnPattern> other) {
        return pattern.isPresent() && other.isPresent() && pattern.get().covers(other.get());
    }

    private void redundant(
            Values values,
            List<String> texts,
            IntPredicate isPattern,
            IntFunction<String> service,
            BiPredicate<Integer, Integer> covers,
            String code,
            String what) {
        if (texts.size() < 2 || areFewAndDifferent(texts, isPattern)) {
            return;
        }
        boolean[] redundant = new boolean[texts.size()];
        int count = 0;
        int first = -1;
        int firstCover = -1;
        Map<String, Integer> seen = HashMap.newHashMap(texts.size());
        // Only patterns of its own service, and those of every service, can cover anything.
        Map<String, List<Integer>> patterns = new HashMap<>();
        for (int i = 0; i < texts.size(); i++) {
            if (isPattern.test(i)) {
                patterns.computeIfAbsent(service.apply(i), _ -> new ArrayList<>())
                        .add(i);
            }
        }
        List<Integer> ofEverything = patterns.getOrDefault(EVERYTHING, List.of());
        for (int i = 0; i < texts.size(); i++) {
            Integer cover = seen.putIfAbsent(texts.get(i), i);
            List<Integer> ofService =
                    patterns.isEmpty() ? List.of() : patterns.getOrDefault(service.apply(i), List.of());
            for (int j = 0; j < ofService.size() + ofEverything.size() && cover == null; j++) {
                int pattern = j < ofService.size() ? ofService.get(j) : ofEverything.get(j - ofService.size());
                if (pattern == i || redundant[pattern]) {
                    continue;
                }
                if (!patience.allows(cost(texts.get(pattern), texts.get(i)))) {
                    return;
                }
                if (covers.test(pattern, i)) {
                    cover = pattern;
                }
            }
            if (cover != null) {
                redundant[i] = true;
                count++;
                if (first < 0) {
                    first = i;
                    firstCover = cover;
                }
            }
        }
        if (count > 0) {
            boolean twice = texts.get(first).equals(texts.get(firstCover));
            findings.accept(Finding.suggestion(
                    code,
                    values.pointerOf(first),
                    (count == 1 ? "The " + what + " " : "%d %ss are redundant, such as ".formatted(count, what))
                            + Quotes.quote(values.texts().get(first))
                            + (twice
                                    ? ", which stands there twice"
                                    : ", which " + Quotes.quote(values.texts().get(firstCover)) + " covers")
                            + (count == 1 ? ", is redundant." : "."),
                    count == 1 ? "Remove it." : "Remove them."));
        }
    }

    /** Whether nothing can cover anything, as in most statements: there is no pattern, and nothing stands there twice. */
    private static boolean areFewAndDifferent(List<String> texts, IntPredicate isPattern) {
        if (texts.size() > FEW) {
            return false;
        }
        for (int i = 0; i < texts.size(); i++) {
            if (isPattern.test(i)) {
                return false;
            }
            for (int j = 0; j < i; j++) {
                if (texts.get(i).equals(texts.get(j))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Steps of one comparison: few even of those made to hurt go through all that they might. */
    private static int cost(String pattern, String other) {
        return 20 + pattern.length() * Math.min(other.length(), 2_000) / 8;
    }

    /** {@code REDUNDANT_STATEMENT}: statements that another one covers. */
    void statements(List<StatementView> views) {
        if (views.size() < 2) {
            return;
        }
        boolean[] redundant = new boolean[views.size()];
        long[] services = new long[views.size()];
        for (int i = 0; i < services.length; i++) {
            services[i] = services(views.get(i));
        }
        for (int i = 0; i < views.size(); i++) {
            for (int j = 0; j < views.size() && !redundant[i]; j++) {
                if (i == j || redundant[j]) {
                    continue;
                }
                // Nearly all pairs are about different services.
                boolean different = (services[i] & ~services[j]) != 0;
                if (!patience.allows(different ? DIFFERENT_PAIR : PAIR)) {
                    return;
                }
                if (different) {
                    continue;
                }
                // Of two that cover each other the later one goes.
                if (covers(views.get(j), views.get(i)) && !(j > i && covers(views.get(i), views.get(j)))) {
                    redundant[i] = true;
                    findings.accept(Finding.suggestion(
                            "REDUNDANT_STATEMENT",
                            views.get(i).pointer(),
                            "The statement changes nothing beside "
                                    + views.get(j).pointer() + ", which covers it with the same effect.",
                            "Remove it."));
                }
            }
        }
    }

    /**
     * The services that the statement's actions are of, as a set of bits, of which several services may have the same one;
     * all of them where it may be about any.
     */
    private static long services(StatementView view) {
        if (view.statement().notActions().isPresent()) {
            return -1;
        }
        long services = 0;
        for (String action : view.actions()) {
            int hash = 0;
            int i = 0;
            for (; i < action.length() && action.charAt(i) != ':'; i++) {
                if (action.charAt(i) == '*' || action.charAt(i) == '?') {
                    return -1;
                }
                hash = 31 * hash + action.charAt(i);
            }
            // The upper bits differ most.
            services |= 1L << (hash * 0x9E3779B9 >>> 26);
        }
        return services;
    }

    private boolean covers(StatementView one, StatementView other) {
        Statement mine = one.statement();
        Statement theirs = other.statement();
        return mine.effect() == theirs.effect()
                && !mine.notPrincipals().isPresent()
                && !theirs.notPrincipals().isPresent()
                && coversActions(one, other)
                && coversResources(one, other)
                && patience.allows(100L * (count(mine) + count(theirs)))
                && principals(mine).containsAll(principals(theirs))
                && conditions(theirs).containsAll(conditions(mine));
    }

    /** How many texts must be looked at to compare a statement's principals and conditions. */
    private static int count(Statement statement) {
        int count = 0;
        for (Condition condition : statement.conditions()) {
            count += 2 + condition.values().texts().size();
        }
        if (statement.principals() instanceof Principals.Listed listed) {
            for (Principals.Group group : listed.groups()) {
                count += group.values().texts().size();
            }
        }
        return count;
    }

    /** Each line of the condition block in a form that is the same for all that mean the same. */
    private static Set<String> conditions(Statement statement) {
        if (statement.conditions().isEmpty()) {
            return Set.of();
        }
        Set<String> conditions = new HashSet<>();
        statement
                .conditions()
                .forEach(condition -> conditions.add(ConditionOperator.parse(condition.operator())
                                .map(operator -> operator.canonical().name())
                                .orElse(condition.operator())
                        + '\n'
                        + Ascii.lower(condition.key())
                        + '\n'
                        + String.join("\n", new TreeSet<>(condition.values().texts()))));
        return conditions;
    }

    /** Each principal with its kind. */
    private static Set<String> principals(Statement statement) {
        return switch (statement.principals()) {
            case Principals.Absent _ -> Set.of();
            case Principals.Anyone _ -> Set.of("*");
            case Principals.Listed listed -> {
                Set<String> principals = new HashSet<>();
                for (Principals.Group group : listed.groups()) {
                    for (String value : group.values().texts()) {
                        principals.add(group.type().key()
                                + ' '
                                + (group.type() == PrincipalType.AWS ? AwsPrincipal.canonical(value) : value));
                    }
                }
                yield principals;
            }
        };
    }

    private boolean coversActions(StatementView one, StatementView other) {
        if (one.statement().notActions().isPresent()
                || other.statement().notActions().isPresent()) {
            return one.actions().isEmpty()
                    && other.actions().isEmpty()
                    && Set.copyOf(one.notActions()).equals(Set.copyOf(other.notActions()));
        }
        for (String action : other.actions()) {
            boolean covered = false;
            for (int i = 0; i < one.actions().size() && !covered; i++) {
                if (!patience.allows(cost(one.actions().get(i), action))) {
                    return false;
                }
                covered = ArnPattern.covers(one.actions().get(i), action);
            }
            if (!covered) {
                return false;
            }
        }
        return true;
    }

    private boolean coversResources(StatementView one, StatementView other) {
        Statement mine = one.statement();
        Statement theirs = other.statement();
        if (mine.notResources().isPresent() || theirs.notResources().isPresent()) {
            return mine.resources().isEmpty()
                    && theirs.resources().isEmpty()
                    && Set.copyOf(mine.notResources().texts())
                            .equals(Set.copyOf(theirs.notResources().texts()));
        }
        List<String> resources = mine.resources().texts();
        for (int i = 0; i < theirs.resources().texts().size(); i++) {
            String resource = theirs.resources().texts().get(i);
            boolean covered = false;
            for (int j = 0; j < resources.size() && !covered; j++) {
                if (!patience.allows(100 + resource.length())) {
                    return false;
                }
                covered = resources.get(j).equals(resource)
                        || (isPlainPattern(resources.get(j))
                                && covers(
                                        one.resources().get(j),
                                        other.resources().get(i)));
            }
            if (!covered) {
                return false;
            }
        }
        return true;
    }
}
