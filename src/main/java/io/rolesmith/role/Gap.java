package io.rolesmith.role;

/**
 * That a role lacks, while a plan is applied, access that it has before and after.
 *
 * @param reason one sentence for people
 */
public record Gap(Kind kind, String reason) {

    /** How the access comes to be missing. */
    public enum Kind {
        /** Everything is denied from the first change to the last, since no order of them is known to be safe. */
        HOLD,
        /** Every safe order of the changes takes something away before it is given again. */
        LOSS
    }
}
