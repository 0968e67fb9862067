package io.rolesmith.benchmark;

import java.util.Optional;
import java.util.Set;

/**
 * A row of the table.
 *
 * @param against what another tool, or the target, is in proportion to it
 * @param verdict whether the target is reached; empty where there is none
 */
record Figure(String what, String measured, String target, String against, String verdict) {

    static final String REACHED = "reached";
    static final String MISSED = "**missed**";

    static Figure of(String what, String measured, String target, String against, boolean reached) {
        return new Figure(what, measured, target, against, reached ? REACHED : MISSED);
    }

    /** One that says something and is held against nothing. */
    static Figure plain(String what, String measured, String against) {
        return new Figure(what, measured, "", against, "");
    }

    /** The figure that {@link #toString} wrote so, if the line is one that is held against a target. */
    static Optional<Figure> read(String line) {
        String[] cells = line.split("\\|", -1);
        return cells.length == 7 && Set.of(REACHED, MISSED).contains(cells[5].strip())
                ? Optional.of(new Figure(
                        cells[1].strip(), cells[2].strip(), cells[3].strip(), cells[4].strip(), cells[5].strip()))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return "| " + what + " | " + measured + " | " + target + " | " + against + " | " + verdict + " |";
    }
}
