package io.rolesmith.provisioning;

import io.rolesmith.role.RolePlan;
import io.rolesmith.role.RoleState;
import java.util.Optional;

/**
 * A managed role at a moment: what was wanted of it, and how IAM showed it.
 *
 * @param wanted counts what was applied; 0 for a role that is not ours
 * @param fingerprint of the live role; {@link RolePlan#ABSENT} if there was none
 */
public record RoleVersion(long wanted, String fingerprint) {

    /** There is no managed role, and IAM was not asked for one. */
    public static final RoleVersion NONE = new RoleVersion(0, RolePlan.ABSENT);

    /** The version of a role of ours; instance profiles belong to it only where we made one. */
    static RoleVersion of(ManagedRole role, Optional<RoleState> live) {
        return new RoleVersion(
                role.version(),
                live.map(state -> role.wanted().instanceProfile() ? state : state.withoutInstanceProfiles())
                        .map(RoleState::fingerprint)
                        .orElse(RolePlan.ABSENT));
    }
}
