package io.rolesmith.role;

import java.util.Optional;
import java.util.function.IntPredicate;

/** The sets of characters that IAM's request shapes allow (botocore's IAM model, 2010-05-08), and how to speak of others. */
final class Characters {

    /** Longer than any name that IAM takes; a finding must not repeat a hostile text in full. */
    private static final int LONGEST_SHOWN = 160;

    private Characters() {}

    /** {@code [\w+=,.@-]} with an ASCII {@code \w}: names of roles, policies and instance profiles. */
    static boolean ofName(int c) {
        return letterOrDigit(c) || "_+=,.@-".indexOf(c) >= 0;
    }

    /** Segments of a path: the documented rule, which is stricter than the service model's. */
    static boolean ofPath(int c) {
        return ofName(c) || c == '/';
    }

    /** {@code [\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]}: descriptions. */
    static boolean ofDescription(int c) {
        return c == '\t' || c == '\n' || c == '\r' || (c >= ' ' && c <= '~') || (c >= 0xA1 && c <= 0xFF);
    }

    /** {@code [\p{L}\p{Z}\p{N}_.:/=+\-@]}: tag keys and values. */
    static boolean ofTag(int c) {
        return switch (Character.getType(c)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.DECIMAL_DIGIT_NUMBER,
                    Character.LETTER_NUMBER,
                    Character.OTHER_NUMBER -> true;
            default -> "_.:/=+-@".indexOf(c) >= 0;
        };
    }

    static Optional<String> firstOutside(String value, IntPredicate allowed) {
        return value.codePoints()
                .filter(allowed.negate())
                .mapToObj(Characters::shown)
                .findFirst();
    }

    private static boolean letterOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /** How many characters IAM counts in {@code value}. */
    static int count(String value) {
        return value.codePointCount(0, value.length());
    }

    /** The text as a message quotes it: cut with an ellipsis where it is very long. */
    static String shorten(String value) {
        return count(value) <= LONGEST_SHOWN
                ? value
                : value.substring(0, value.offsetByCodePoints(0, LONGEST_SHOWN)) + "…";
    }

    /** By its code point where nobody could see it: pasted text brings no-break spaces and zero-width marks. */
    private static String shown(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK -> "U+%04X".formatted(c);
            case Character.SPACE_SEPARATOR -> c == ' ' ? " " : "U+%04X".formatted(c);
            default -> Character.toString(c);
        };
    }
}
