package io.rolesmith.role;

/** What becomes of the sessions that are open when a role's trust policy loses somebody. */
public enum LiveSessions {
    /** They live on until they end by themselves, and follow what the role may do. */
    KEEP,
    /** Whoever has them, they are denied everything from then on. */
    REVOKE
}
