package io.rolesmith.policy;

import java.util.List;
import java.util.Optional;

/**
 * One way in which two documents do not mean the same.
 *
 * @param element what differs: {@code Version}, {@code Id}, {@code Statement}, or an element of a statement
 * @param left where it stands on the left, empty if only the right has it
 * @param right where it stands on the right, empty if only the left has it
 * @param removed the values that only the left has, as written there
 * @param added the values that only the right has, as written there
 * @param message one sentence for people
 */
public record PolicyDifference(
        Kind kind,
        String element,
        Optional<String> left,
        Optional<String> right,
        List<String> removed,
        List<String> added,
        String message) {

    /** What happened to the element on the way from left to right. */
    public enum Kind {
        ADDED,
        REMOVED,
        CHANGED
    }

    public PolicyDifference {
        removed = List.copyOf(removed);
        added = List.copyOf(added);
    }
}
