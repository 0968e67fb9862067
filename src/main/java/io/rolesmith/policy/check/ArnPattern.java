package io.rolesmith.policy.check;

import io.rolesmith.policy.Wildcards;
import java.util.Optional;

/** Resources as a policy names them, segment by segment: {@code *}, or an ARN with wildcards. */
final class ArnPattern {

    static final ArnPattern EVERYTHING = new ArnPattern(new String[0], false);

    private static final int SEGMENTS = 6;

    /** Where comparing begins: a document is for one partition, whatever wildcard its ARNs name it by. */
    private static final int SERVICE = 2;

    private static final int RESOURCE = 5;

    /** Comparing two texts may take time in proportion to the product of their lengths: two long ones are not compared. */
    private static final int MOST_STEPS = 100_000;

    /** The six segments of the ARN, of which the last may hold colons; none for the lone {@code *}. */
    private final String[] segments;

    /** How many characters of each segment stand before its first wildcard. */
    private final int[] literals;

    /** Whether variables were opened, so that it may name less than it says. */
    private final boolean opened;

    private ArnPattern(String[] segments, boolean opened) {
        this.segments = segments;
        this.literals = new int[segments.length];
        for (int i = 0; i < segments.length; i++) {
            literals[i] = literals(segments[i]);
        }
        this.opened = opened;
    }

    /** The resources that {@code text} may name, whatever its variables stand for; empty as of {@link #of}. */
    static Optional<ArnPattern> opened(String text) {
        String opened = Wildcards.openVariables(text);
        return opened.equals(text) ? of(text) : of(opened).map(pattern -> new ArnPattern(pattern.segments, true));
    }

    /** The resources that {@code text} names, in which no variable stands; empty when it is neither {@code *} nor an ARN. */
    static Optional<ArnPattern> of(String text) {
        if (text.equals("*")) {
            return Optional.of(EVERYTHING);
        }
        String[] segments = new String[SEGMENTS];
        int start = 0;
        for (int i = 0; i < RESOURCE; i++) {
            int colon = text.indexOf(':', start);
            if (colon < 0) {
                return Optional.empty();
            }
            segments[i] = text.substring(start, colon);
            start = colon + 1;
        }
        segments[RESOURCE] = text.substring(start);
        return Optional.of(new ArnPattern(segments, false));
    }

    boolean isEverything() {
        return segments.length == 0;
    }

    /** What the ARN says after the account; {@code *} for everything. */
    String resource() {
        return isEverything() ? "*" : segments[RESOURCE];
    }

    String service() {
        return isEverything() ? "*" : segments[SERVICE];
    }

    /**
     * The resources that both name, as one pattern, where {@code other} names a single resource in its last segment; empty
     * when there is none.
     */
    Optional<ArnPattern> at(ArnPattern other) {
        if (isEverything()) {
            return Optional.of(other);
        }
        if (!Wildcards.matches(resource(), other.resource())) {
            return Optional.empty();
        }
        String[] both = segments.clone();
        both[RESOURCE] = other.resource();
        for (int i = SERVICE; i < RESOURCE; i++) {
            if (!intersects(other, i)) {
                return Optional.empty();
            }
            // Ours is the narrower wherever the other one leaves the segment open.
            if (!other.segments[i].equals("*")) {
                both[i] = other.segments[i];
            }
        }
        return Optional.of(new ArnPattern(both, opened));
    }

    /** Whether some resource is named by both; true when they are too long to tell. */
    boolean intersects(ArnPattern other) {
        if (isEverything() || other.isEverything()) {
            return true;
        }
        for (int i = SERVICE; i < SEGMENTS; i++) {
            if (!intersects(other, i)) {
                return false;
            }
        }
        return true;
    }

    private boolean intersects(ArnPattern other, int segment) {
        return intersect(segments[segment], literals[segment], other.segments[segment], other.literals[segment]);
    }

    /** Whether this certainly names whatever {@code other} names, which nothing does that hangs on a variable. */
    boolean covers(ArnPattern other) {
        if (opened) {
            return false;
        }
        if (isEverything()) {
            return true;
        }
        if (other.isEverything()) {
            return false;
        }
        for (int i = SERVICE; i < SEGMENTS; i++) {
            boolean covered = literals[i] == segments[i].length()
                    ? segments[i].equals(other.segments[i])
                    : covers(segments[i], other.segments[i]);
            if (!covered) {
                return false;
            }
        }
        return true;
    }

    private static boolean intersect(String left, int l, String right, int r) {
        int common = Math.min(l, r);
        for (int i = 0; i < common; i++) {
            if (left.charAt(i) != right.charAt(i)) {
                return false;
            }
        }
        if ((r < l && r == right.length()) || (l < r && l == left.length())) {
            return false;
        }
        // A pattern that ends in its only star goes on with whatever the other one wants.
        if (isOpen(left, l) && (r >= l || right.charAt(r) == '*')) {
            return true;
        }
        if (isOpen(right, r) && (l >= r || left.charAt(l) == '*')) {
            return true;
        }
        if (isTooMuch(left, right)) {
            return true;
        }
        if (r == right.length()) {
            return Wildcards.matches(left, right);
        }
        return l == left.length() ? Wildcards.matches(right, left) : Wildcards.intersects(left, right);
    }

    /** How many characters stand before the first wildcard. */
    private static int literals(String text) {
        int star = text.indexOf('*');
        int mark = text.indexOf('?');
        int end = text.length();
        return Math.min(star < 0 ? end : star, mark < 0 ? end : mark);
    }

    private static boolean isOpen(String text, int literals) {
        return literals == text.length() - 1 && text.charAt(literals) == '*';
    }

    private static boolean isTooMuch(String left, String right) {
        return (long) left.length() * right.length() > MOST_STEPS;
    }

    private static boolean onlyStars(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) != '*') {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether {@code pattern} certainly covers all that {@code other} covers: a star of the other is taken by a star only.
     *
     * <p>False may also mean that it is hard to see, as of {@code *?} and {@code ?*}.
     */
    static boolean covers(String pattern, String other) {
        if (isTooMuch(pattern, other)) {
            return pattern.equals(other) || pattern.equals("*");
        }
        int p = literals(pattern);
        if (p == pattern.length()) {
            return pattern.equals(other);
        }
        if (!other.regionMatches(0, pattern, 0, p)) {
            return false;
        }
        int o = p;
        int star = -1;
        int starOther = 0;
        while (o < other.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                starOther = o;
            } else if (p < pattern.length()
                    && other.charAt(o) != '*'
                    && (pattern.charAt(p) == '?' || pattern.charAt(p) == other.charAt(o))) {
                p++;
                o++;
            } else if (star >= 0) {
                p = star + 1;
                o = ++starOther;
            } else {
                return false;
            }
        }
        return onlyStars(pattern, p);
    }
}
