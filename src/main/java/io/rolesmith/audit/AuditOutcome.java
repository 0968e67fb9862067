package io.rolesmith.audit;

/** How what was asked or tried ended. */
public enum AuditOutcome {
    SUCCEEDED,
    FAILED,
    /** We did not try: a rule, a scope or an owner forbids it. */
    REFUSED,
    /** An answer was lost; a later event of the same action says how it ended. */
    UNKNOWN
}
