package io.rolesmith.blueprint;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A <code>${param.name}</code> or <code>${param.name?}</code> in a string of a template.
 *
 * @param optional written with the question mark: what is this reference and nothing else goes away with a blank value
 */
record ParameterReference(String name, boolean optional) {

    private static final Pattern DOLLAR = Pattern.compile("\\$\\{([^}]*)(}?)");
    private static final Pattern PARAMETER = Pattern.compile("\\$\\{param\\.([A-Za-z][A-Za-z0-9]*)(\\??)}");

    /**
     * What a template may hold beside parameters: variables of ours, variables of IAM (<code>${aws:…}</code>) and
     * IAM's three escapes.
     */
    private static final Pattern LEFT_ALONE = Pattern.compile("var\\.[A-Za-z0-9_.-]+|[A-Za-z0-9]+:.*|[*?$]");

    /** Whether {@code text} is one reference and nothing else. */
    static boolean isWhole(String text) {
        return PARAMETER.matcher(text).matches();
    }

    /** The references in {@code text}, in their order. */
    static List<ParameterReference> in(String text) {
        List<ParameterReference> references = new ArrayList<>();
        Matcher matcher = PARAMETER.matcher(text);
        while (matcher.find()) {
            references.add(of(matcher));
        }
        return references;
    }

    /** What begins like a reference in {@code text} but is neither one nor a variable. */
    static List<String> misspelled(String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = DOLLAR.matcher(text);
        while (matcher.find()) {
            boolean known = !matcher.group(2).isEmpty()
                    && (isWhole(matcher.group())
                            || LEFT_ALONE.matcher(matcher.group(1)).matches());
            if (!known) {
                found.add(matcher.group());
            }
        }
        return found;
    }

    /** {@code text} with each reference replaced by its value, once: what a value holds is never a reference. */
    static String replace(String text, Function<ParameterReference, String> value) {
        return PARAMETER.matcher(text).replaceAll(match -> {
            ParameterReference reference = of(match);
            return Matcher.quoteReplacement(value.apply(reference));
        });
    }

    @Override
    public String toString() {
        return "${param." + name + (optional ? "?" : "") + "}";
    }

    private static ParameterReference of(MatchResult match) {
        return new ParameterReference(match.group(1), !match.group(2).isEmpty());
    }
}
