package io.rolesmith.provisioning;

/** How far a job came. */
public enum JobStatus {
    /** Its plan is written down, and nobody asked for it to be applied. */
    PLANNED,
    QUEUED,
    APPLYING,
    /** Every role is as asked. */
    APPLIED,
    /** A write failed, and all that was written is undone. */
    ROLLED_BACK,
    /** No write took effect. */
    FAILED,
    /** Some accounts are as asked, the others are rolled back or failed. */
    PARTIALLY_APPLIED,
    /** It was taken back before it began, or given up by a person. */
    CANCELLED,
    /** Something is left that only a person can judge; the journal says what. */
    NEEDS_ATTENTION;

    /** Whether nothing will happen any more without a person. */
    public boolean isFinal() {
        return this != PLANNED && this != QUEUED && this != APPLYING;
    }
}
