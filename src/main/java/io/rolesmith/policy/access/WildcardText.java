package io.rolesmith.policy.access;

import java.util.Arrays;

/**
 * A text with wildcards, taken apart so that sets of them can be reasoned about.
 *
 * @param symbols characters, {@link #ANY} and {@link #STAR}, no two stars side by side
 * @param head how many of the symbols stand before the fifth colon of an ARN, where no wildcard takes a colon; 0 when
 *     wildcards take everything
 */
record WildcardText(int[] symbols, int head) {

    static final int STAR = -1;
    static final int ANY = -2;

    private static final int COLONS_OF_AN_ARN = 5;

    /** The very text. */
    static WildcardText text(String text) {
        return new WildcardText(text.chars().toArray(), 0);
    }

    /** A pattern whose wildcards take every character. */
    static WildcardText pattern(String pattern) {
        int[] symbols = new int[pattern.length()];
        int count = 0;
        for (int i = 0; i < pattern.length(); i++) {
            char character = pattern.charAt(i);
            int symbol = character == '*' ? STAR : character == '?' ? ANY : character;
            if (symbol != STAR || count == 0 || symbols[count - 1] != STAR) {
                symbols[count++] = symbol;
            }
        }
        return new WildcardText(Arrays.copyOf(symbols, count), 0);
    }

    /** A pattern that is matched segment by segment where it has all segments of an ARN. */
    static WildcardText arn(String pattern) {
        WildcardText plain = pattern(pattern);
        int colons = 0;
        for (int i = 0; i < plain.symbols.length; i++) {
            if (plain.symbols[i] == ':' && ++colons == COLONS_OF_AN_ARN) {
                return new WildcardText(plain.symbols, i);
            }
        }
        return plain;
    }

    /** Whether it makes a difference that wildcards in the head take no colon. */
    boolean hasWildcardInHead() {
        for (int i = 0; i < head; i++) {
            if (symbols[i] < 0) {
                return true;
            }
        }
        return false;
    }

    /** How many characters it begins with before its first wildcard. */
    int literals() {
        int literals = 0;
        while (literals < symbols.length && symbols[literals] >= 0) {
            literals++;
        }
        return literals;
    }

    /** Everything that begins as this pattern does before its first wildcard. */
    WildcardText opening() {
        int[] opening = Arrays.copyOf(symbols, literals() + 1);
        opening[opening.length - 1] = STAR;
        return new WildcardText(opening, 0);
    }

    /**
     * Whether this certainly covers whatever {@code other} covers.
     *
     * <p>False may also mean that it is hard to see, as of {@code *?} and {@code ?*}.
     */
    boolean covers(WildcardText other) {
        int mine = 0;
        int theirs = 0;
        int star = -1;
        int starTheirs = 0;
        while (theirs < other.symbols.length) {
            if (mine < symbols.length && symbols[mine] == STAR) {
                star = mine++;
                starTheirs = theirs;
            } else if (mine < symbols.length && takes(mine, other.symbols[theirs])) {
                mine++;
                theirs++;
            } else if (star >= 0 && !(star < head && other.symbols[starTheirs] == ':')) {
                mine = star + 1;
                theirs = ++starTheirs;
            } else {
                return false;
            }
        }
        while (mine < symbols.length && symbols[mine] == STAR) {
            mine++;
        }
        return mine == symbols.length;
    }

    /** Whether my symbol at {@code index}, which is no star, takes this one of another pattern. */
    private boolean takes(int index, int symbol) {
        return symbols[index] == symbol
                || (symbols[index] == ANY && symbol != STAR && !(index < head && symbol == ':'));
    }
}
