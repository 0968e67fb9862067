package io.rolesmith.policy.access;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Condition;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Statement;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where policies speak of a role's tags: in condition keys, and in variables in values and resources.
 *
 * <p>To what a role may do its tags are those of the principal; to whom may assume it they are those of the resource. We
 * do not tell the two apart, since a role may also be its own resource or assume itself.
 *
 * @param keys tag keys in lower case, which have no case on a role
 */
record RoleTags(Set<String> keys) {

    private static final List<String> CONDITION_KEYS =
            List.of("aws:principaltag/", "aws:resourcetag/", "iam:resourcetag/");

    static final RoleTags NONE = new RoleTags(Set.of());

    static RoleTags of(Collection<String> keys) {
        Set<String> lower = new HashSet<>();
        keys.forEach(key -> lower.add(Ascii.lower(key)));
        return new RoleTags(Set.copyOf(lower));
    }

    /** Whether the condition key, in lower case, is the value of one of these tags. */
    boolean isValueOf(String conditionKey) {
        return CONDITION_KEYS.stream()
                .anyMatch(prefix ->
                        conditionKey.startsWith(prefix) && keys.contains(conditionKey.substring(prefix.length())));
    }

    /** Whether a variable in {@code text} may stand for the value of one of these tags. */
    boolean standIn(String text) {
        if (keys.isEmpty() || !text.contains("${")) {
            return false;
        }
        String lower = Ascii.lower(text);
        return CONDITION_KEYS.stream()
                .anyMatch(prefix -> keys.stream().anyMatch(key -> lower.contains("${" + prefix + key)));
    }

    /** Whether {@code document} may allow something else when one of these tags has another value. */
    boolean matterTo(PolicyDocument document) {
        return !keys.isEmpty() && document.statements().stream().anyMatch(this::matterTo);
    }

    private boolean matterTo(Statement statement) {
        return statement.conditions().stream().anyMatch(this::matterTo)
                || statement.resources().texts().stream().anyMatch(this::standIn)
                || statement.notResources().texts().stream().anyMatch(this::standIn);
    }

    private boolean matterTo(Condition condition) {
        return isValueOf(Ascii.lower(condition.key()))
                || condition.values().texts().stream().anyMatch(this::standIn);
    }
}
