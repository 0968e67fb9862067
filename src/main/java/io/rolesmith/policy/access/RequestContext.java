package io.rolesmith.policy.access;

import io.rolesmith.policy.Ascii;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The condition keys of one request, found without regard to case. */
final class RequestContext {

    /**
     * The global keys that AWS documents as multivalued, in lower case. Services have such keys too; of those we know
     * only when a request gives several values.
     *
     * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html">AWS global
     *     condition context keys</a>
     */
    private static final Set<String> MULTIVALUED = Set.of(
            "aws:calledvia",
            "aws:principalorgpaths",
            "aws:principalservicenameslist",
            "aws:resourceorgpaths",
            "aws:sourceorgpaths",
            "aws:tagkeys",
            "aws:vpceorgpaths");

    private final Map<String, List<String>> values;

    RequestContext(Map<String, List<String>> context) {
        values = HashMap.newHashMap(context.size());
        context.forEach((key, given) -> values.merge(Ascii.lower(key), given, RequestContext::joined));
    }

    /** The values of a key, none when it is absent. */
    List<String> values(String lowerKey) {
        return values.getOrDefault(lowerKey, List.of());
    }

    /** Whether the key has several values in this request, or might have them in another. */
    boolean isMultivalued(String lowerKey) {
        return values(lowerKey).size() > 1 || MULTIVALUED.contains(lowerKey);
    }

    /** Whether anything was said of the key, be it that it has no value. */
    boolean speaksOf(String lowerKey) {
        return values.containsKey(lowerKey);
    }

    private static List<String> joined(List<String> left, List<String> right) {
        List<String> both = new ArrayList<>(left);
        both.addAll(right);
        return both;
    }
}
