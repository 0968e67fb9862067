package io.rolesmith.api.problem;

import io.rolesmith.provisioning.Failure;

/** As which problem each failure of a request or plan is answered. */
public final class FailureProblems {

    private FailureProblems() {}

    /** The problem that says the same as {@code code}. */
    public static ProblemCode code(Failure.Code code) {
        return switch (code) {
            case ROLE_NOT_OURS -> ProblemCode.ROLE_NOT_OURS;
            case ROLE_CANNOT_BE_RENAMED -> ProblemCode.ROLE_CANNOT_BE_RENAMED;
            case ROLE_NEEDS_ATTENTION -> ProblemCode.ROLE_NEEDS_ATTENTION;
            case PLAN_STALE -> ProblemCode.PLAN_STALE;
            case PRECONDITION_FAILED -> ProblemCode.PRECONDITION_FAILED;
            case ACCOUNT_GONE -> ProblemCode.ACCOUNT_GONE;
            case QUOTA_EXCEEDED -> ProblemCode.QUOTA_EXCEEDED;
            case REFUSED_BY_IAM -> ProblemCode.REFUSED_BY_IAM;
            case AWS_FAILED -> ProblemCode.AWS_FAILED;
            case THROTTLED -> ProblemCode.THROTTLED;
            case NEEDS_ATTENTION -> ProblemCode.NEEDS_ATTENTION;
        };
    }
}
