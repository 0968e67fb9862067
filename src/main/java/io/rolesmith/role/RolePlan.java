package io.rolesmith.role;

import io.rolesmith.policy.Finding;
import java.util.List;
import java.util.Optional;

/**
 * The ordered changes that make a live role what its spec says.
 *
 * <p>Between two changes the role allows nothing that it allows neither before nor after them all, and passes no quota.
 *
 * @param fingerprint of the live state that the plan was computed from; {@link #ABSENT} where there was no role
 * @param gap whether access that the role has before and after is missing between two changes
 * @param findings what there is to say of the plan; none refuses it
 */
public record RolePlan(
        RoleName role,
        List<Change> changes,
        String fingerprint,
        AccessVerdict access,
        Optional<Gap> gap,
        List<Finding> findings) {

    /** The fingerprint of a role that is not there. */
    public static final String ABSENT = "absent";

    /** Nothing is to be done about a role that is not there. */
    public static RolePlan nothing(RoleName role) {
        return new RolePlan(role, List.of(), ABSENT, AccessVerdict.EQUAL, Optional.empty(), List.of());
    }

    public RolePlan {
        changes = List.copyOf(changes);
        findings = List.copyOf(findings);
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
