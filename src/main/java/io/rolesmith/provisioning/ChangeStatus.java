package io.rolesmith.provisioning;

/** How far one change of the journal came. */
public enum ChangeStatus {
    PLANNED,
    /** The call may have been sent; whether IAM did it is not recorded yet. */
    STARTED,
    APPLIED,
    /** What it was to remove, somebody else had removed: its effect is there, and nothing of it is ours to take back. */
    MOOT,
    FAILED,
    /** It was applied, and its inverse may have been sent; whether IAM did that is not recorded yet. */
    UNDOING,
    /** It was applied, and its inverse was applied after it. */
    UNDONE,
    /** Nobody knows whether IAM did it, and reading did not tell. */
    UNKNOWN
}
