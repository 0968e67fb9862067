package io.rolesmith.request;

import io.rolesmith.provisioning.JobStatus;

/** Where a request stands. */
public enum RequestStatus {
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
    /** Something is left that only a person can judge. */
    NEEDS_ATTENTION;

    /** Whether nothing will happen any more without a person. */
    public boolean isFinal() {
        return this != QUEUED && this != APPLYING;
    }

    static RequestStatus of(JobStatus status) {
        return switch (status) {
            case PLANNED, QUEUED -> QUEUED;
            case APPLYING -> APPLYING;
            case APPLIED -> APPLIED;
            case ROLLED_BACK -> ROLLED_BACK;
            case FAILED -> FAILED;
            case PARTIALLY_APPLIED -> PARTIALLY_APPLIED;
            case CANCELLED -> CANCELLED;
            case NEEDS_ATTENTION -> NEEDS_ATTENTION;
        };
    }
}
