package io.rolesmith.policy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The values that stand for <code>${var.name}</code> in documents and ARNs.
 *
 * <p>IAM's own variables, such as <code>${aws:username}</code> and <code>${*}</code>, are none of ours and are never
 * touched.
 *
 * @param values value by name, without the {@code var.} prefix
 */
public record Variables(Map<String, String> values) {

    /** How a variable of ours begins. */
    static final String OPENING = "${var.";

    public Variables {
        values = Map.copyOf(values);
    }

    /** The variables with these values. */
    public static Variables of(Map<String, String> values) {
        return new Variables(values);
    }

    /** These variables and {@code more}; where both have a name, {@code more} wins. */
    public Variables with(Map<String, String> more) {
        Map<String, String> merged = new HashMap<>(values);
        merged.putAll(more);
        return new Variables(merged);
    }

    /**
     * The text with each variable replaced once.
     *
     * <p>Values are not searched for further variables, so a caller's value can never pull in another one. A variable
     * without a value stays as it stands and adds the finding {@code UNRESOLVED_VARIABLE}, once per name.
     *
     * @param pointer where the text stands, for the findings
     * @param findings takes what there is to say
     */
    public String resolve(String text, String pointer, List<Finding> findings) {
        int start = text.indexOf(OPENING);
        if (start < 0) {
            return text;
        }
        StringBuilder resolved = new StringBuilder(text.length() + 32);
        Set<String> unknown = new HashSet<>();
        int copied = 0;
        while (start >= 0) {
            int end = text.indexOf('}', start);
            if (end < 0) {
                findings.add(Finding.error(
                        "UNRESOLVED_VARIABLE",
                        pointer,
                        "The variable " + Quotes.quote(text.substring(start)) + " has no closing brace.",
                        "Close it as in ${var.name}."));
                break;
            }
            String name = text.substring(start + OPENING.length(), end);
            String value = values.get(name);
            if (value != null && resolved.length() + value.length() > PolicyReader.MAX_TEXT) {
                findings.add(Finding.error(
                        "VARIABLES_TOO_LONG",
                        pointer,
                        "With its variables replaced, the text has more than " + PolicyReader.MAX_TEXT + " characters.",
                        "Give shorter values, or use them less often."));
                return text;
            }
            if (value != null) {
                resolved.append(text, copied, start).append(value);
                copied = end + 1;
            } else if (unknown.add(name)) {
                findings.add(Finding.error(
                        "UNRESOLVED_VARIABLE",
                        pointer,
                        "The variable " + Quotes.shorten(text.substring(start, end + 1)) + " has no value.",
                        "Give " + Quotes.quote(name) + " a value in the variables."));
            }
            start = text.indexOf(OPENING, end + 1);
        }
        return resolved.append(text, copied, text.length()).toString();
    }
}
