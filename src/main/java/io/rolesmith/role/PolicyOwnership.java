package io.rolesmith.role;

/** What happens to policies on the role that the spec does not name. */
public enum PolicyOwnership {
    /** They are removed. */
    EXCLUSIVE,
    /** They stay, and are reported. */
    ADDITIVE
}
