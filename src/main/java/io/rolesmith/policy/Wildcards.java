package io.rolesmith.policy;

/**
 * The wildcards of the policy language: {@code *} for any characters, also none, and {@code ?} for exactly one.
 *
 * <p>Everything is compared with case; whoever compares actions lowers both sides before. No regular expression is
 * made of anybody's text.
 */
public final class Wildcards {

    private Wildcards() {}

    /** Whether the text holds a wildcard. */
    public static boolean isPattern(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
    }

    /**
     * Whether {@code pattern} covers the whole {@code text}.
     *
     * <p>Only the last star is ever taken back, so the time is at most pattern times text, and that only for texts made
     * to hurt.
     */
    public static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int starText = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                starText = t;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++starText;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /**
     * Whether some text is covered by both patterns.
     *
     * <p>Takes time in proportion to the product of their lengths.
     */
    public static boolean intersects(String left, String right) {
        // reachable[j]: the part of left read so far and the first j characters of right cover a common text.
        boolean[] reachable = new boolean[right.length() + 1];
        reachable[0] = true;
        for (int j = 0; j < right.length() && right.charAt(j) == '*'; j++) {
            reachable[j + 1] = true;
        }
        for (int i = 0; i < left.length(); i++) {
            char l = left.charAt(i);
            boolean[] next = new boolean[right.length() + 1];
            next[0] = l == '*' && reachable[0];
            boolean alive = next[0];
            for (int j = 0; j < right.length(); j++) {
                char r = right.charAt(j);
                boolean meets;
                if (l == '*') {
                    meets = reachable[j + 1] || next[j];
                } else if (r == '*') {
                    meets = next[j] || reachable[j + 1];
                } else {
                    meets = reachable[j] && (l == r || l == '?' || r == '?');
                }
                next[j + 1] = meets;
                alive |= meets;
            }
            if (!alive) {
                return false;
            }
            reachable = next;
        }
        return reachable[right.length()];
    }

    /**
     * The pattern with each of IAM's variables opened to {@code *}: it covers whatever the variable may stand for.
     *
     * <p>The escapes <code>${*}</code>, <code>${?}</code> and <code>${$}</code> become {@code ?}, since they stand for
     * one character. Under version 2008-10-17 variables are plain text, and this would cover too much.
     */
    public static String openVariables(String pattern) {
        int start = pattern.indexOf("${");
        if (start < 0) {
            return pattern;
        }
        StringBuilder opened = new StringBuilder(pattern.length());
        int copied = 0;
        while (start >= 0) {
            int end = pattern.indexOf('}', start);
            if (end < 0) {
                break;
            }
            boolean escape = end == start + 3 && "*?$".indexOf(pattern.charAt(start + 2)) >= 0;
            opened.append(pattern, copied, start).append(escape ? '?' : '*');
            copied = end + 1;
            start = pattern.indexOf("${", copied);
        }
        return opened.append(pattern, copied, pattern.length()).toString();
    }
}
