package io.rolesmith.provisioning;

/** How far one role of a job came. */
public enum RoleStatus {
    QUEUED,
    APPLYING,
    APPLIED,
    /** It was already as asked; nothing was written. */
    UNCHANGED,
    ROLLED_BACK,
    FAILED,
    CANCELLED,
    NEEDS_ATTENTION
}
