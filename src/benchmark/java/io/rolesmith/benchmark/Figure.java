package io.rolesmith.benchmark;

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

    @Override
    public String toString() {
        return "| " + what + " | " + measured + " | " + target + " | " + against + " | " + verdict + " |";
    }
}
