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

    /** Comparisons that a search may take before it is worth its while to prepare it. */
    private static final int LONG_SEARCH = 20_000;

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

    /**
     * Whether the whole of {@code text} is covered, with case.
     *
     * <p>What stands before the first star and after the last one has its place; each piece between two stars is taken
     * where it first occurs, which leaves most room for the rest.
     */
    boolean matches(String text) {
        int firstStar = star(0);
        if (firstStar == pattern.length()) {
            return text.length() == pattern.length() && stands(0, pattern.length(), text, 0);
        }
        int lastStar = lastStar();
        int end = text.length() - (pattern.length() - lastStar - 1);
        if (firstStar > end || !stands(0, firstStar, text, 0) || !stands(lastStar + 1, pattern.length(), text, end)) {
            return false;
        }
        int at = firstStar;
        int from = firstStar + 1;
        while (from <= lastStar) {
            int to = star(from);
            int found = find(from, to, text, at, end);
            if (found < 0) {
                return false;
            }
            at = found + to - from;
            from = to + 1;
        }
        return true;
    }

    /** Where a piece of the pattern first occurs in {@code text} between two places, negative when nowhere. */
    private int find(int from, int to, String text, int at, int end) {
        int length = to - from;
        if (length == 0) {
            return at;
        }
        if (length > end - at) {
            return -1;
        }
        boolean plain = true;
        for (int p = from; p < to && plain; p++) {
            plain = !isQuestionMark(p);
        }
        if (plain) {
            return text.indexOf(pattern.substring(from, to), at, end);
        }
        if ((long) length * (end - at) > LONG_SEARCH) {
            return findAtOnce(from, to, text, at, end);
        }
        for (int place = at; place <= end - length; place++) {
            if (stands(from, to, text, place)) {
                return place;
            }
        }
        return -1;
    }

    /**
     * The same, from all places at once: bit i says that the text read last ends with the first i + 1 characters of the
     * piece. It takes text times piece divided by 64, however the two are made.
     */
    private int findAtOnce(int from, int to, String text, int at, int end) {
        int length = to - from;
        int words = (length - 1) / Long.SIZE + 1;
        long[] anything = new long[words];
        Steps steps = new Steps(anything);
        for (int i = 0; i < length; i++) {
            long[] step = isQuestionMark(from + i) ? anything : steps.made(pattern.charAt(from + i));
            step[i / Long.SIZE] |= 1L << i;
        }
        steps.addAnything();
        long[] reached = new long[words];
        for (int t = at; t < end; t++) {
            long[] step = steps.of(text.charAt(t));
            long carry = 1;
            for (int w = 0; w < words; w++) {
                long before = reached[w];
                reached[w] = (before << 1 | carry) & step[w];
                carry = before >>> (Long.SIZE - 1);
            }
            if ((reached[words - 1] >>> (length - 1) & 1) == 1) {
                return t - length + 1;
            }
        }
        return -1;
    }

    /** For each character the places of a piece at which it may stand. */
    private static final class Steps {

        /** IAM takes no other characters in documents; a variable's value may hold some. */
        private static final int COMMON = 0x100;

        private final long[] anything;
        private final long[][] common = new long[COMMON][];
        private final Map<Character, long[]> others = new HashMap<>(0);

        Steps(long[] anything) {
            this.anything = anything;
            Arrays.fill(common, anything);
        }

        long[] made(char character) {
            if (character >= COMMON) {
                return others.computeIfAbsent(character, _ -> new long[anything.length]);
            }
            if (common[character] == anything) {
                common[character] = new long[anything.length];
            }
            return common[character];
        }

        void addAnything() {
            for (long[] step : common) {
                add(step);
            }
            others.values().forEach(this::add);
        }

        long[] of(char character) {
            return character < COMMON ? common[character] : others.getOrDefault(character, anything);
        }

        private void add(long[] step) {
            for (int w = 0; w < anything.length && step != anything; w++) {
                step[w] |= anything[w];
            }
        }
    }

    /** Whether a piece of the pattern without stars stands in {@code text} at this place. */
    private boolean stands(int from, int to, String text, int place) {
        for (int p = from, t = place; p < to; p++, t++) {
            if (pattern.charAt(p) != text.charAt(t) && !isQuestionMark(p)) {
                return false;
            }
        }
        return true;
    }

    /** The first star from a place on, the pattern's length when there is none. */
    private int star(int from) {
        int place = pattern.indexOf('*', from);
        while (place >= 0 && wildcards != null && !wildcards[place]) {
            place = pattern.indexOf('*', place + 1);
        }
        return place < 0 ? pattern.length() : place;
    }

    private int lastStar() {
        int place = pattern.lastIndexOf('*');
        while (wildcards != null && !wildcards[place]) {
            place = pattern.lastIndexOf('*', place - 1);
        }
        return place;
    }

    private boolean isQuestionMark(int place) {
        return pattern.charAt(place) == '?' && (wildcards == null || wildcards[place]);
    }
}
