package io.rolesmith.provisioning;

import org.jspecify.annotations.Nullable;

/**
 * Why a job did not end applied.
 *
 * @param message one sentence for the requester
 * @param account where it failed, absent when it is not one account's matter
 * @param role the role that failed
 * @param awsRequestId under which AWS knows the call that failed
 */
public record Failure(
        Code code,
        String message,
        @Nullable String account,
        @Nullable String role,
        @Nullable String awsRequestId) {

    /** The kinds of failure that a requester can tell apart. */
    public enum Code {
        /** IAM has a role of this name that is not ours, or ours belongs to another team. */
        ROLE_NOT_OURS,
        /** The role is ours and has another name or path, which IAM cannot change. */
        ROLE_CANNOT_BE_RENAMED,
        /** An earlier request left the role in a state that only a person can judge. */
        ROLE_NEEDS_ATTENTION,
        /** The role is not any more as it was when the plan was made. */
        PLAN_STALE,
        /** The role is not as the requester said that it must be found. */
        PRECONDITION_FAILED,
        /** The account is not configured any more. */
        ACCOUNT_GONE,
        /** A quota of the account is reached. */
        QUOTA_EXCEEDED,
        /** IAM refused what was asked as malformed. */
        REFUSED_BY_IAM,
        /** AWS does not let us, or failed. */
        AWS_FAILED,
        /** IAM's request rate is exhausted. */
        THROTTLED,
        /** It is not known what was done, or it could not be undone. */
        NEEDS_ATTENTION
    }

    /** The same under another name. */
    Failure as(Code other) {
        return new Failure(other, message, account, role, awsRequestId);
    }
}
