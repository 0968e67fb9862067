package io.rolesmith.policy.catalogue;

import io.rolesmith.policy.Ascii;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds, among the names offered, the one that a misspelt word was probably meant to be.
 *
 * <p>A slip is a character too many, too few, replaced, or changed places with its neighbour. Short words may hold one,
 * longer ones two or three. Each offer takes time in proportion to the name's length at most, however long the word.
 */
final class Spelling {

    /** No name in AWS comes near it; a longer word is no misspelling of any. */
    private static final int LONGEST = 200;

    private final String word;
    private final int most;
    private int[] row;
    private int[] above;
    private int[] aboveThat;

    private @Nullable String closest;
    private int slips;
    private boolean sameInitial;

    Spelling(String word) {
        this(word, word.length());
    }

    /** @param weight of how many characters the number of slips depends that are allowed */
    Spelling(String word, int weight) {
        this.most = weight < 2 || word.length() > LONGEST ? 0 : weight < 5 ? 1 : weight < 12 ? 2 : 3;
        this.word = most == 0 ? "" : Ascii.lower(word);
        this.slips = most + 1;
        int width = most == 0 ? 0 : word.length() + most + 2;
        this.row = new int[width];
        this.above = new int[width];
        this.aboveThat = new int[width];
    }

    /** Considers {@code name}, whose lower-case text is {@code lower}; of two as near, the first stays. */
    void offer(String lower, String name) {
        if (most == 0 || lower.isEmpty()) {
            return;
        }
        boolean initial = lower.charAt(0) == word.charAt(0);
        // As near as the best so far is of use only for the sake of the first letter.
        int allowed = initial && !sameInitial ? Math.min(slips, most) : slips - 1;
        int needed = slips(lower, allowed);
        if (needed <= allowed) {
            closest = name;
            slips = needed;
            sameInitial = initial;
        }
    }

    /** The nearest of the names offered, empty when none is near. */
    Optional<String> closest() {
        return Optional.ofNullable(closest);
    }

    /** How many slips lead from the word to {@code name}, or any number above {@code allowed}. */
    private int slips(String name, int allowed) {
        int n = word.length();
        int m = name.length();
        int tooMany = allowed + 1;
        if (allowed < 0 || Math.abs(n - m) > allowed) {
            return tooMany;
        }
        for (int j = 0; j <= Math.min(m, allowed); j++) {
            above[j] = j;
        }
        if (allowed < m) {
            above[allowed + 1] = tooMany;
        }
        for (int i = 1; i <= n; i++) {
            // Away from the diagonal by more than is allowed there is nothing to find.
            int from = Math.max(1, i - allowed);
            int to = Math.min(m, i + allowed);
            row[from - 1] = from == 1 ? i : tooMany;
            int fewest = row[from - 1];
            for (int j = from; j <= to; j++) {
                boolean same = word.charAt(i - 1) == name.charAt(j - 1);
                int needed = Math.min(above[j - 1] + (same ? 0 : 1), Math.min(above[j], row[j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && word.charAt(i - 1) == name.charAt(j - 2)
                        && word.charAt(i - 2) == name.charAt(j - 1)) {
                    needed = Math.min(needed, aboveThat[j - 2] + 1);
                }
                row[j] = needed;
                fewest = Math.min(fewest, needed);
            }
            if (to < m) {
                row[to + 1] = tooMany;
            }
            if (fewest > allowed) {
                return tooMany;
            }
            int[] free = aboveThat;
            aboveThat = above;
            above = row;
            row = free;
        }
        return above[m];
    }
}
