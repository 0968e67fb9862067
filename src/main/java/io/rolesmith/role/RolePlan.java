package io.rolesmith.role;

import io.rolesmith.policy.Finding;
import java.util.ArrayList;
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

    /**
     * The same for a role to be made whose trust policy names roles that are not there yet, itself perhaps: it is created
     * with a trust policy that lets nobody in, and gets its own when it has all else but its instance profile.
     *
     * @throws IllegalStateException unless it {@link #isCreation}
     */
    public RolePlan withTrustLast() {
        if (isEmpty() || !(changes.getFirst() instanceof Change.CreateRole create)) {
            throw new IllegalStateException("No role is created: " + changes);
        }
        List<Change> later = new ArrayList<>(List.of(create.trusting(ChangeOrder.NOBODY)));
        changes.stream()
                .skip(1)
                // Nobody has to be kept out meanwhile.
                .filter(change -> !(change instanceof Change.UpdateAssumeRolePolicy))
                .forEach(later::add);
        int profile = (int) later.stream()
                .takeWhile(change -> !(change instanceof Change.CreateInstanceProfile))
                .count();
        later.add(profile, new Change.UpdateAssumeRolePolicy(role, ChangeOrder.NOBODY, create.trustPolicy()));
        return new RolePlan(role, later, fingerprint, access, gap, findings);
    }

    /** Whether the role is created; it is the first change then. */
    public boolean isCreation() {
        return !isEmpty() && changes.getFirst() instanceof Change.CreateRole;
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
