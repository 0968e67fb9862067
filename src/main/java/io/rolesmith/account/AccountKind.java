package io.rolesmith.account;

/** What stands behind an account. */
public enum AccountKind {
    /** AWS's IAM, or whatever speaks its protocol at the configured endpoint. */
    AWS,
    /** A strict IAM of our own, whose state is in our database: for development and first steps. */
    SANDBOX
}
