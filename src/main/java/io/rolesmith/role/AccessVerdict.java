package io.rolesmith.role;

/** How what a role may do, and who may assume it, changes by a plan. */
public enum AccessVerdict {
    WIDENS,
    NARROWS,
    EQUAL,
    /** Something is gained and something is lost. */
    INCOMPARABLE,
    /** It cannot be told. */
    UNDETERMINED
}
