package io.rolesmith.role;

import java.util.List;

/**
 * The ordered changes that make a live role what its spec says.
 *
 * @param fingerprint of the live state that the plan was computed from; {@link #ABSENT} where there was no role
 */
public record RolePlan(RoleName role, List<Change> changes, String fingerprint, AccessVerdict access) {

    /** The fingerprint of a role that is not there. */
    public static final String ABSENT = "absent";

    public RolePlan {
        changes = List.copyOf(changes);
    }

    /** How many calls to IAM the changes take. */
    public int iamCalls() {
        return changes.size();
    }

    /** Whether the live role is already as it should be. */
    public boolean isEmpty() {
        return changes.isEmpty();
    }
}
