package io.rolesmith.policy.access;

import io.rolesmith.policy.Ascii;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The condition keys of one request, found without regard to case. */
final class RequestContext {

    private final Map<String, List<String>> values;

    RequestContext(Map<String, List<String>> context) {
        values = HashMap.newHashMap(context.size());
        context.forEach((key, given) -> values.merge(Ascii.lower(key), given, RequestContext::joined));
    }

    /** The values of a key, none when it is absent. */
    List<String> values(String lowerKey) {
        return values.getOrDefault(lowerKey, List.of());
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
