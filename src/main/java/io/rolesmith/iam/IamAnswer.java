package io.rolesmith.iam;

import org.jspecify.annotations.Nullable;

/** What came of one write to IAM. */
public sealed interface IamAnswer {

    /**
     * IAM did it.
     *
     * @param role the new role, for {@code CreateRole} only
     */
    record Accepted(String awsRequestId, @Nullable CreatedRole role) implements IamAnswer {}

    /** The role that a {@code CreateRole} made. */
    record CreatedRole(String roleId, String arn) {}

    /**
     * IAM said no, and did nothing.
     *
     * @param code IAM's error code as on the wire, {@code EntityAlreadyExists} for one
     * @param message IAM's words; not a contract
     */
    record Refused(
            String code,
            String message,
            int httpStatus,
            @Nullable String awsRequestId) implements IamAnswer {

        /** Whether the same call may pass in a moment: throttled, or in the way of another writer. */
        public boolean isPassing() {
            return isThrottled() || code.equals(IamErrors.CONCURRENT_MODIFICATION);
        }

        /** Whether IAM's request rate is exhausted. */
        public boolean isThrottled() {
            return IamErrors.THROTTLING.contains(code);
        }
    }

    /** Nobody knows whether IAM did it: it failed on the way, or its answer was lost. */
    record Unknown(String code, String message, @Nullable String awsRequestId) implements IamAnswer {}

    /**
     * The call never left the house, so nothing was done: no credentials, no connection, no budget, or a stop before it was
     * sent. Only what is certain is said to be unsent; everything else without an answer is {@link Unknown}.
     *
     * @param code AWS's code if the role that leads into the account was refused us, else a name for what was missing
     */
    record Unsent(String code, String message) implements IamAnswer {

        /** Whether a request rate is exhausted: the account's call budget, or that of the role that leads into it. */
        public boolean isThrottled() {
            return IamErrors.THROTTLING.contains(code);
        }

        public static Unsent tooLate() {
            return new Unsent(IamErrors.TOO_LATE, "The call was not sent, since its time was over");
        }

        /** Whether it was too late to be sent. */
        public boolean isTooLate() {
            return code.equals(IamErrors.TOO_LATE);
        }

        /** Whether it lies with us, and passes: a spent budget, the database, or a stop. */
        public boolean isOurs() {
            return IamErrors.OURS.contains(code);
        }
    }
}
