package io.rolesmith.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gathers findings with their places in a text, and hands them out in the order of that text. */
final class FindingLog {

    /** A hostile text of 128 KB could otherwise earn an answer of many megabytes. */
    static final int LIMIT = 100;

    private final List<Placed> entries = new ArrayList<>();
    private boolean overflown;
    private boolean refuses;

    private record Placed(int offset, Finding finding) {}

    /** Notes a finding about what stands at {@code offset}. */
    void add(int offset, Finding finding) {
        refuses |= finding.refuses();
        if (entries.size() < LIMIT) {
            entries.add(new Placed(offset, finding));
        } else {
            overflown = true;
        }
    }

    /** Whether no more findings will be kept, so that nobody needs to look for their places. */
    boolean isFull() {
        return entries.size() == LIMIT;
    }

    boolean refuses() {
        return refuses;
    }

    /** All findings by their place, each with line and column where the text was pasted. */
    List<Finding> inOrder(TextPlaces places) {
        entries.sort(Comparator.comparingInt(Placed::offset));
        List<Finding> findings = new ArrayList<>(entries.size() + 1);
        for (Placed entry : entries) {
            findings.add(places.place(entry.finding(), entry.offset()));
        }
        if (overflown) {
            findings.add(new Finding(
                    "TOO_MANY_FINDINGS",
                    refuses ? Severity.ERROR : Severity.WARNING,
                    "",
                    null,
                    null,
                    null,
                    "There are more findings than the " + LIMIT + " that are listed.",
                    "Correct these first and check again."));
        }
        return findings;
    }
}
