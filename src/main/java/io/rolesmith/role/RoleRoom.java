package io.rolesmith.role;

/**
 * How much may hang on a role at any time.
 *
 * @param managedPolicies attached at once
 * @param inlineSize characters of all inline policies together, white space not counted
 */
public record RoleRoom(int managedPolicies, int inlineSize) {

    /** Those of an account that never asked for more. */
    public static final RoleRoom DEFAULT =
            new RoleRoom(RoleLimits.DEFAULT_MANAGED_POLICIES, RoleLimits.MAX_INLINE_POLICIES_SIZE);
}
