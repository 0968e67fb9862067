package io.rolesmith.policy;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a finding quotes what it found. */
public final class Quotes {

    /** Enough for any ARN that a person would read; a finding must not repeat a hostile text in full. */
    private static final int LONGEST = 160;

    private static final int LONGEST_MISSPELLING = 40;

    private Quotes() {}

    /** The text in double quotes, shortened. */
    public static String quote(String text) {
        return '"' + shorten(text) + '"';
    }

    /** The text, cut with an ellipsis where it is very long. */
    public static String shorten(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }

    /** A character as a person can look it up: printable ASCII as it is, anything else by its code point. */
    public static String name(char character) {
        return character > ' ' && character < 0x7F ? "'" + character + "'" : "U+%04X".formatted((int) character);
    }

    /** The known word that was probably meant: the same in another case, or within two slips of the pen. */
    public static Optional<String> closest(String word, List<String> known) {
        for (String candidate : known) {
            if (candidate.equalsIgnoreCase(word)) {
                return Optional.of(candidate);
            }
        }
        if (word.length() < 3 || word.length() > LONGEST_MISSPELLING) {
            return Optional.empty();
        }
        String lower = word.toLowerCase(Locale.ROOT);
        Optional<String> best = Optional.empty();
        int fewest = 3;
        for (String candidate : known) {
            int slips = slips(lower, candidate.toLowerCase(Locale.ROOT));
            if (slips < fewest && slips < candidate.length() / 2) {
                fewest = slips;
                best = Optional.of(candidate);
            }
        }
        return best;
    }

    private static int slips(String left, String right) {
        int[] previous = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int[] current = new int[right.length() + 1];
            current[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int replaced = previous[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[right.length()];
    }
}
