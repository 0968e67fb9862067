package io.rolesmith.role;

/** How much an account lets a role have of what accounts differ in. */
public sealed interface RoleQuotas {

    /** Nobody asked: the least that every account has is certain, the most that any may have is possible. */
    record Unknown() implements RoleQuotas {}

    /**
     * As IAM says it of the account.
     *
     * @param managedPolicies attached to a role
     * @param trustPolicySize characters of a trust policy, white space aside
     */
    record Known(int managedPolicies, int trustPolicySize) implements RoleQuotas {}
}
