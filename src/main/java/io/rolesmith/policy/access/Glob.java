package io.rolesmith.policy.access;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pattern some of whose stars and question marks may be plain characters.
 *
 * <p>IAM takes a wildcard in a value that came from a variable literally; otherwise whoever chooses a tag's value could
 * choose {@code *}.
 */
final class Glob {

    /** Steps per character after which the pattern is taken for one made to hurt. */
    private static final int PATIENCE = 8;

    private final String pattern;

    /** Where the wildcards stand; null when every star and question mark is one. */
    private final boolean @Nullable [] wildcards;

    private Glob(String pattern, boolean @Nullable [] wildcards) {
        this.pattern = pattern;
        this.wildcards = wildcards;
    }

    /** A pattern in which every star and question mark is a wildcard. */
    static Glob of(String pattern) {
        return new Glob(pattern, null);
    }

    /** A pattern whose wildcards stand where {@code wildcards} says. */
    static Glob of(String pattern, boolean[] wildcards) {
        return new Glob(pattern, wildcards);
    }

    String pattern() {
        return pattern;
    }

    /** The part of the pattern between two places. */
    Glob part(int from, int to) {
        return new Glob(
                pattern.substring(from, to), wildcards == null ? null : Arrays.copyOfRange(wildcards, from, to));
    }

    /** Whether the whole of {@code text} is covered, with case. */
    boolean matches(String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int starText = 0;
        long steps = PATIENCE * ((long) pattern.length() + text.length() + 8);
        while (t < text.length()) {
            if (steps-- == 0) {
                return matchesWithoutTurningBack(text);
            }
            if (p < pattern.length() && isStar(p)) {
                star = p++;
                starText = t;
            } else if (p < pattern.length() && (isQuestionMark(p) || pattern.charAt(p) == text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++starText;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && isStar(p)) {
            p++;
        }
        return p == pattern.length();
    }

    /**
     * The same answer, from all places at once: bit i says that the first i characters of the pattern, stars not
     * counted, can cover the text read so far. It takes text times pattern divided by 64, however the two are made.
     */
    private boolean matchesWithoutTurningBack(String text) {
        int characters = 0;
        for (int p = 0; p < pattern.length(); p++) {
            characters += isStar(p) ? 0 : 1;
        }
        if (characters > text.length()) {
            return false;
        }
        int words = characters / Long.SIZE + 1;
        long[] stays = new long[words];
        long[] anything = new long[words];
        Map<Character, long[]> steps = new HashMap<>();
        int place = 0;
        for (int p = 0; p < pattern.length(); p++) {
            if (isStar(p)) {
                stays[place / Long.SIZE] |= 1L << place;
                continue;
            }
            place++;
            long bit = 1L << place;
            if (isQuestionMark(p)) {
                anything[place / Long.SIZE] |= bit;
            } else {
                steps.computeIfAbsent(pattern.charAt(p), _ -> new long[words])[place / Long.SIZE] |= bit;
            }
        }
        for (long[] step : steps.values()) {
            for (int w = 0; w < words; w++) {
                step[w] |= anything[w];
            }
        }
        long[] reached = new long[words];
        reached[0] = 1;
        for (int t = 0; t < text.length(); t++) {
            long[] step = steps.getOrDefault(text.charAt(t), anything);
            long carry = 0;
            for (int w = 0; w < words; w++) {
                long before = reached[w];
                reached[w] = ((before << 1 | carry) & step[w]) | (before & stays[w]);
                carry = before >>> (Long.SIZE - 1);
            }
        }
        return (reached[characters / Long.SIZE] >>> characters & 1) == 1;
    }

    private boolean isStar(int place) {
        return pattern.charAt(place) == '*' && (wildcards == null || wildcards[place]);
    }

    private boolean isQuestionMark(int place) {
        return pattern.charAt(place) == '?' && (wildcards == null || wildcards[place]);
    }
}
