package io.rolesmith.policy.access;

import static io.rolesmith.policy.JsonPointer.element;
import static io.rolesmith.policy.JsonPointer.member;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Variables;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads questions about access: each is about one action on one resource, so that it has one answer. */
public final class AccessRequestReader {

    private static final int ARN_SEGMENTS = 6;

    /** Longer than any name of an action or condition key. */
    private static final int MAX_NAME = 256;

    /** The longest ARN; values of condition keys are as long at most. */
    private static final int MAX_VALUE = 2048;

    private static final int MAX_KEYS = 50;
    private static final int MAX_VALUES = 100;

    private final Variables variables;
    private final String code;
    private final List<Finding> findings;

    /**
     * @param variables replaced in resources and in values of the context
     * @param code of the findings
     * @param findings takes what there is to say
     */
    public AccessRequestReader(Variables variables, String code, List<Finding> findings) {
        this.variables = variables;
        this.code = code;
        this.findings = findings;
    }

    /** The question that stands at {@code pointer}; where something is wrong with it there is a finding more. */
    public AccessRequest read(
            @Nullable String action, @Nullable String resource, Map<String, List<String>> context, String pointer) {
        return new AccessRequest(
                action(action, pointer + "/action"),
                resource(resource, pointer + "/resource"),
                context(context, pointer + "/context"));
    }

    private String action(@Nullable String action, String pointer) {
        String text = action == null ? "" : action;
        int colon = text.indexOf(':');
        boolean shaped = colon > 0
                && colon < text.length() - 1
                && text.length() <= MAX_NAME
                && text.chars().filter(c -> c == ':').count() == 1
                && text.chars().allMatch(c -> Ascii.isAlphanumeric((char) c) || "-_:".indexOf(c) >= 0);
        if (!shaped) {
            invalid(
                    pointer,
                    "'" + Quotes.shorten(text) + "' does not name one action",
                    "Write it as in s3:GetObject, without wildcards.");
        }
        return text;
    }

    private String resource(@Nullable String resource, String pointer) {
        int before = findings.size();
        String text = variables.resolve(resource == null ? "" : resource, pointer, findings);
        if (findings.size() > before || text.equals("*")) {
            return text;
        }
        boolean shaped = text.startsWith("arn:")
                && text.length() <= MAX_VALUE
                && text.split(":", ARN_SEGMENTS).length == ARN_SEGMENTS
                && text.chars().noneMatch(c -> c == '*' || c == '?' || Character.isISOControl(c));
        if (!shaped) {
            invalid(
                    pointer,
                    "'" + Quotes.shorten(text) + "' does not name one resource",
                    "Write its ARN without wildcards, or * alone for an action that knows no resource.");
        }
        return text;
    }

    private Map<String, List<String>> context(Map<String, List<String>> context, String pointer) {
        Map<String, List<String>> result = new LinkedHashMap<>();
        if (context.size() > MAX_KEYS) {
            invalid(
                    pointer,
                    context.size() + " condition keys; there may be " + MAX_KEYS,
                    "Give only those that the policies ask for.");
            return result;
        }
        Set<String> keys = new HashSet<>();
        context.forEach((key, values) -> {
            String place = member(pointer, key);
            if (key.length() > MAX_NAME || key.indexOf(':') <= 0) {
                invalid(
                        place,
                        "'" + Quotes.shorten(key) + "' is no condition key",
                        "Write it as in aws:SourceAccount.");
            } else if (!keys.add(Ascii.lower(key))) {
                invalid(
                        place,
                        "The condition key '" + Quotes.shorten(key)
                                + "' stands there twice, if letter case is ignored as IAM ignores it",
                        "Give each key once, with all its values.");
            }
            result.put(key, values(values, place));
        });
        return result;
    }

    private List<String> values(List<String> values, String pointer) {
        if (values.size() > MAX_VALUES) {
            invalid(pointer, values.size() + " values of one condition key; there may be " + MAX_VALUES, "Give fewer.");
            return List.of();
        }
        List<String> result = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            String value = variables.resolve(values.get(i), element(pointer, i), findings);
            if (value.length() > MAX_VALUE) {
                invalid(
                        element(pointer, i),
                        "The value has " + value.length() + " characters; there may be " + MAX_VALUE,
                        "Shorten it.");
            }
            result.add(value);
        }
        return List.copyOf(result);
    }

    private void invalid(String pointer, String message, String remedy) {
        findings.add(Finding.error(code, pointer, message, remedy));
    }
}
