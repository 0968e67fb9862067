package io.rolesmith.provisioning;

import io.rolesmith.iam.IamAnswer;
import io.rolesmith.iam.IamErrors;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.provisioning.ProvisioningJob.RoleTask;
import io.rolesmith.role.Change;
import io.rolesmith.role.RoleState;
import org.jspecify.annotations.Nullable;

/** What an answer of IAM means to the requester. */
final class Failures {

    private Failures() {}

    static Failure of(RoleTask role, Change change, IamAnswer.Refused refused) {
        return switch (refused.code()) {
            case IamErrors.ENTITY_ALREADY_EXISTS ->
                failure(
                        Failure.Code.ROLE_NOT_OURS,
                        "IAM has " + (change instanceof Change.CreateRole ? "a role" : "an instance profile")
                                + " of the name " + role.goal().name() + " that Rolesmith did not make",
                        role,
                        refused.awsRequestId());
            case IamErrors.LIMIT_EXCEEDED ->
                failure(
                        Failure.Code.QUOTA_EXCEEDED,
                        change.operation() + " for " + role.goal().name() + ": " + refused.message(),
                        role,
                        refused.awsRequestId());
            case IamErrors.MALFORMED_POLICY_DOCUMENT,
                    IamErrors.INVALID_INPUT,
                    IamErrors.VALIDATION_ERROR,
                    IamErrors.NO_SUCH_ENTITY,
                    IamErrors.POLICY_NOT_ATTACHABLE,
                    IamErrors.UNMODIFIABLE_ENTITY ->
                failure(
                        Failure.Code.REFUSED_BY_IAM,
                        change.operation() + " for " + role.goal().name() + ": " + refused.message(),
                        role,
                        refused.awsRequestId());
            default ->
                failure(
                        refused.isThrottled() ? Failure.Code.THROTTLED : Failure.Code.AWS_FAILED,
                        // IAM's text names ARNs of policies that the requester need not know; the audit trail has it.
                        change.operation() + " for " + role.goal().name() + " was answered with " + refused.code(),
                        role,
                        refused.awsRequestId());
        };
    }

    static Failure of(RoleTask role, Change change, IamAnswer.Unsent unsent) {
        return failure(
                unsent.isThrottled() ? Failure.Code.THROTTLED : Failure.Code.AWS_FAILED,
                change.operation() + " for " + role.goal().name() + " could not be sent: " + unsent.code(),
                role,
                null);
    }

    /** Nothing but reading says that the change was not done. */
    static Failure notDone(RoleTask role, Change change) {
        return failure(
                Failure.Code.AWS_FAILED,
                change.operation() + " for " + role.goal().name() + " got no answer and was not done",
                role,
                null);
    }

    /** The role that IAM shows was not made by the request. */
    static Failure foreign(RoleTask role) {
        return failure(
                Failure.Code.ROLE_NOT_OURS,
                "IAM has a role of the name " + role.goal().name() + " that this request did not make",
                role,
                null);
    }

    /** The role of the name is not the one any more that it was when the request began. */
    static Failure replaced(RoleTask role, RoleState live) {
        return failure(
                Failure.Code.ROLE_NOT_OURS,
                live.templated()
                        ? "The role " + role.goal().name() + " is managed by a role template of AWS by now"
                        : "The role " + role.goal().name() + " was made again by somebody else: its RoleId is "
                                + live.roleId(),
                role,
                null);
    }

    static Failure of(RoleTask role, Change change, IamAnswer.Unknown unknown) {
        return failure(
                Failure.Code.AWS_FAILED,
                change.operation() + " for " + role.goal().name() + " got no answer and was not done: "
                        + unknown.code(),
                role,
                unknown.awsRequestId());
    }

    static Failure of(RoleTask role, IamReadException e) {
        return failure(
                e.isThrottled() ? Failure.Code.THROTTLED : Failure.Code.AWS_FAILED,
                "The role " + role.goal().name() + " could not be read: " + e.code(),
                role,
                e.awsRequestId());
    }

    /** An earlier job left the role to a person. */
    static Failure blocked(RoleTask role, JobId earlier) {
        return failure(
                Failure.Code.ROLE_NEEDS_ATTENTION,
                "The role " + role.goal().name() + " waits for a person: the request " + earlier
                        + " left it in a state that is to be retried or abandoned first",
                role,
                null);
    }

    /** The role was changed by somebody else while we were changing it. */
    static Failure interfered(RoleTask role, Change change) {
        return failure(
                Failure.Code.PLAN_STALE,
                "Somebody else changed the role " + role.goal().name() + " before '" + change.summary() + "'",
                role,
                null);
    }

    static Failure attention(RoleTask role, String message) {
        return failure(Failure.Code.NEEDS_ATTENTION, message, role, null);
    }

    private static Failure failure(Failure.Code code, String message, RoleTask role, @Nullable String awsRequestId) {
        return new Failure(
                code, message, role.account().id().value(), role.goal().name().value(), awsRequestId);
    }
}
