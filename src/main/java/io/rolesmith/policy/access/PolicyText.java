package io.rolesmith.policy.access;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Wildcards;
import java.util.Arrays;
import java.util.List;

/**
 * A text of a policy, in which IAM's variables may stand: a resource, or a value of a string or ARN condition.
 *
 * @param text as written
 * @param variables whether <code>${…}</code> is a variable and no plain text
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html">IAM policy elements:
 *     Variables and tags</a>
 */
record PolicyText(String text, boolean variables) {

    private static final String OPENING = "${";

    /** Colons before the part of an ARN in which IAM replaces variables. */
    private static final int COLONS_BEFORE_RESOURCE = 5;

    /** How a text is held against the request. */
    enum Comparison {
        /** Character by character; stars and question marks are plain characters. */
        EXACT,
        /** As EXACT, without regard to case. */
        EXACT_IGNORING_CASE,
        /** The text is a pattern. */
        LIKE,
        /** As LIKE, each of the six parts of an ARN by itself: only in the last can a star cover a colon. */
        ARN
    }

    static PolicyText of(String text, boolean underVariables) {
        return new PolicyText(text, underVariables && text.contains(OPENING));
    }

    /**
     * Whether the request's {@code subject} is what the text says.
     *
     * <p>A variable whose key the context says to have no value matches nothing, as IAM documents it. One of which the
     * context says nothing might stand for anything: the answer is then unknown where some value of it would match.
     */
    Truth matches(Comparison comparison, String subject, RequestContext context) {
        if (!variables) {
            return Truth.of(
                    switch (comparison) {
                        case EXACT -> text.equals(subject);
                        case EXACT_IGNORING_CASE -> text.equalsIgnoreCase(subject);
                        case LIKE -> Glob.of(text).matches(subject);
                        case ARN -> arnMatches(Glob.of(text), subject);
                    });
        }
        Replacement replacement = new Replacement(comparison, context);
        if (replacement.valueless) {
            return Truth.Known.FALSE;
        }
        Glob glob = replacement.glob();
        if (replacement.reason.isEmpty()) {
            return Truth.of(
                    switch (comparison) {
                        case EXACT, LIKE -> glob.matches(subject);
                        case EXACT_IGNORING_CASE -> glob.pattern().equals(folded(subject));
                        case ARN -> arnMatches(glob, subject);
                    });
        }
        // The value might hold colons, so an ARN is held against the whole: that covers at least as much.
        String whole = comparison == Comparison.EXACT_IGNORING_CASE ? folded(subject) : subject;
        return glob.matches(whole) ? Truth.unknown(replacement.reason) : Truth.Known.FALSE;
    }

    /**
     * Whether the text, as a resource of a statement, covers {@code resource}.
     *
     * <p>It is one pattern over the whole ARN: AWS documents that a star that ends a segment "can expand to match beyond
     * the colon boundaries", and the names of objects may hold colons.
     *
     * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html">IAM JSON
     *     policy elements: Resource</a>
     */
    Truth matchesResource(String resource, RequestContext context) {
        if (!variables || !variableBeforeResourcePart()) {
            return matches(Comparison.LIKE, resource, context);
        }
        return Glob.of(Wildcards.openVariables(text)).matches(resource)
                ? Truth.unknown("The resource " + Quotes.quote(text)
                        + " has a variable before its fifth colon, where IAM replaces none.")
                : Truth.Known.FALSE;
    }

    private boolean variableBeforeResourcePart() {
        int end = text.indexOf(OPENING);
        int colons = 0;
        for (int i = 0; i < end; i++) {
            colons += text.charAt(i) == ':' ? 1 : 0;
        }
        return colons < COLONS_BEFORE_RESOURCE;
    }

    private static boolean arnMatches(Glob pattern, String subject) {
        if (!Arns.isArn(subject)) {
            return false;
        }
        if (pattern.pattern().equals("*")) {
            return true;
        }
        int p = 0;
        int s = 0;
        for (int part = 1; part < Arns.PARTS; part++) {
            int patternEnd = pattern.pattern().indexOf(':', p);
            int subjectEnd = subject.indexOf(':', s);
            if (patternEnd < 0 || !pattern.part(p, patternEnd).matches(subject.substring(s, subjectEnd))) {
                return false;
            }
            p = patternEnd + 1;
            s = subjectEnd + 1;
        }
        return pattern.part(p, pattern.pattern().length()).matches(subject.substring(s));
    }

    /** As {@link String#equalsIgnoreCase} compares, so that the length stays. */
    private static String folded(String text) {
        char[] characters = text.toCharArray();
        for (int i = 0; i < characters.length; i++) {
            characters[i] = Character.toLowerCase(Character.toUpperCase(characters[i]));
        }
        return new String(characters);
    }

    /** The text with its variables replaced, once; one that cannot be is opened to a star. */
    private final class Replacement {

        private final StringBuilder pattern;
        private final boolean ignoringCase;
        private boolean[] wildcards;
        private String reason = "";
        private boolean valueless;

        Replacement(Comparison comparison, RequestContext context) {
            pattern = new StringBuilder(text.length() + 32);
            wildcards = new boolean[text.length() + 32];
            ignoringCase = comparison == Comparison.EXACT_IGNORING_CASE;
            boolean like = comparison == Comparison.LIKE || comparison == Comparison.ARN;
            int copied = 0;
            int start = text.indexOf(OPENING);
            while (start >= 0) {
                int end = text.indexOf('}', start);
                if (end < 0) {
                    break;
                }
                append(text.substring(copied, start), like);
                replace(text.substring(start + OPENING.length(), end), context);
                copied = end + 1;
                start = text.indexOf(OPENING, copied);
            }
            append(text.substring(copied), like);
        }

        Glob glob() {
            return Glob.of(ignoringCase ? folded(pattern.toString()) : pattern.toString(), wildcards);
        }

        private void replace(String variable, RequestContext context) {
            if (variable.equals("*") || variable.equals("?") || variable.equals("$")) {
                append(variable, false);
                return;
            }
            int comma = variable.indexOf(',');
            String key = Ascii.lower(comma < 0 ? variable : variable.substring(0, comma));
            String fallback = comma < 0 ? "" : variable.substring(comma + 1).strip();
            boolean quoted = fallback.length() >= 2 && fallback.startsWith("'") && fallback.endsWith("'");
            if (key.isEmpty() || key.indexOf(' ') >= 0 || (comma >= 0 && !quoted)) {
                open(variable, "is not written as IAM reads variables");
                return;
            }
            List<String> values = context.values(key);
            if (!values.isEmpty() && context.isMultivalued(key)) {
                open(variable, "may have several values, and IAM replaces only variables that have one");
            } else if (!values.isEmpty() && values.getFirst().isEmpty()) {
                open(variable, "has an empty value in the context, and AWS does not say what stands in its place then");
            } else if (!values.isEmpty()) {
                append(values.getFirst(), false);
            } else if (quoted) {
                append(fallback.substring(1, fallback.length() - 1), false);
            } else if (context.speaksOf(key)) {
                valueless = true;
            } else {
                open(variable, "has no value in the context");
            }
        }

        private void open(String variable, String why) {
            append("*", true);
            if (reason.isEmpty()) {
                reason = "The variable " + Quotes.shorten(OPENING + variable + "}") + " " + why + ".";
            }
        }

        private void append(String piece, boolean like) {
            int from = pattern.length();
            pattern.append(piece);
            if (wildcards.length < pattern.length()) {
                wildcards = Arrays.copyOf(wildcards, 2 * pattern.length());
            }
            for (int i = from; i < pattern.length(); i++) {
                wildcards[i] = like;
            }
        }
    }
}
