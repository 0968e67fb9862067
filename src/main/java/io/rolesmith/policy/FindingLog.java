package io.rolesmith.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/** Gathers findings with their places in a text, and hands them out in the order of that text. */
final class FindingLog {

    /** A hostile text of 128 KB could otherwise earn an answer of many megabytes. */
    static final int LIMIT = 100;

    /** By severity: a refusal must not go under in advice. */
    private final Map<Severity, List<Placed>> entries = new EnumMap<>(Severity.class);

    private boolean overflown;

    private record Placed(int offset, Finding finding) {}

    /** Notes a finding about what stands at {@code offset}. */
    void add(int offset, Finding finding) {
        add(() -> offset, finding);
    }

    /** Notes a finding; {@code offset} says where what it is about stands, and is asked only if the finding is kept. */
    void add(IntSupplier offset, Finding finding) {
        List<Placed> alike = entries.computeIfAbsent(finding.severity(), _ -> new ArrayList<>());
        if (alike.size() < LIMIT) {
            alike.add(new Placed(offset.getAsInt(), finding));
        } else {
            overflown = true;
        }
    }

    boolean refuses() {
        return entries.containsKey(Severity.ERROR);
    }

    /**
     * All findings by their place, each with line and column where the text was pasted. When there are too many, the least
     * grave are left away.
     */
    List<Finding> inOrder(TextPlaces places) {
        List<Placed> kept = new ArrayList<>();
        for (List<Placed> alike : entries.values()) {
            int room = LIMIT - kept.size();
            overflown |= alike.size() > room;
            kept.addAll(alike.subList(0, Math.min(room, alike.size())));
        }
        kept.sort(Comparator.comparingInt(Placed::offset));
        List<Finding> findings = new ArrayList<>(kept.size() + 1);
        for (Placed entry : kept) {
            findings.add(places.place(entry.finding(), entry.offset()));
        }
        if (overflown) {
            findings.add(new Finding(
                    "TOO_MANY_FINDINGS",
                    refuses() ? Severity.ERROR : Severity.WARNING,
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
