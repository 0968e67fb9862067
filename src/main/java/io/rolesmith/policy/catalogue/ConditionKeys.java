package io.rolesmith.policy.catalogue;

import io.rolesmith.policy.Ascii;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Condition keys, found by the names that conditions give them. */
final class ConditionKeys {

    private static final String GLOBAL = "aws:";

    private final Map<String, ConditionKey> byName;

    /** Keys with a variable part, longest first, by what their names begin with; there are few for each beginning. */
    private final Map<String, List<ConditionKey>> variable = new HashMap<>();

    /** @param byName by name in lower case */
    ConditionKeys(Map<String, ConditionKey> byName) {
        this.byName = byName;
        for (ConditionKey key : byName.values()) {
            if (key.isVariable()) {
                String beginning = beginning(Ascii.lower(key.beforeVariable()));
                variable.computeIfAbsent(beginning, _ -> new ArrayList<>()).add(key);
            }
        }
        Comparator<ConditionKey> longestFirst = Comparator.comparingInt(
                        (ConditionKey key) -> key.name().length())
                .reversed();
        variable.values().forEach(keys -> keys.sort(longestFirst));
    }

    Collection<ConditionKey> all() {
        return byName.values();
    }

    Optional<ConditionKey> find(String name) {
        String lower = Ascii.lower(name);
        ConditionKey exact = byName.get(lower);
        if (exact != null) {
            return Optional.of(exact);
        }
        for (ConditionKey candidate : variable.getOrDefault(beginning(lower), List.of())) {
            if (candidate.matches(name)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** All up to the first separator: two texts of which one begins with the other have this in common. */
    private static String beginning(String lower) {
        for (int i = 0; i < lower.length(); i++) {
            char character = lower.charAt(i);
            if (character == ':' || character == '/' || character == '.' || character == '-') {
                return lower.substring(0, i + 1);
            }
        }
        return lower;
    }

    Optional<String> closest(String name) {
        Optional<String> global = find(GLOBAL + name.substring(name.indexOf(':') + 1))
                .map(key -> like(key, GLOBAL + name.substring(name.indexOf(':') + 1)));
        if (global.isPresent()) {
            return global;
        }
        // Prefixes may be long, and a slip in a short name behind one weighs no less for that.
        int colon = name.lastIndexOf(':');
        int slash = name.indexOf('/', colon + 1);
        Spelling whole = new Spelling(name, name.length() - colon - 1);
        Spelling upToSlash = new Spelling(name.substring(0, slash + 1), slash - colon);
        byName.forEach((lower, key) -> {
            if (!key.isVariable()) {
                whole.offer(lower, key.name());
            } else if (key.endsInVariable()) {
                int end = key.name().indexOf("${");
                (slash < 0 ? whole : upToSlash).offer(lower.substring(0, end), key.name());
            }
        });
        return upToSlash
                .closest()
                .map(template -> withVariable(template, name.substring(slash + 1)))
                .or(whole::closest);
    }

    /** The key's own name, with the variable part that {@code name} has. */
    private static String like(ConditionKey key, String name) {
        return key.endsInVariable()
                ? withVariable(key.name(), name.substring(key.beforeVariable().length()))
                : key.name();
    }

    private static String withVariable(String template, String variable) {
        return variable.isEmpty() ? template : template.substring(0, template.indexOf("${")) + variable;
    }
}
