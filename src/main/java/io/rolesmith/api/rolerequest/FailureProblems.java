package io.rolesmith.api.rolerequest;

import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.provisioning.Failure;

/** As which problem each failure of a request is answered. */
final class FailureProblems {

    private FailureProblems() {}

    static ProblemCode code(Failure.Code code) {
        return switch (code) {
            case ROLE_NOT_OURS -> ProblemCode.ROLE_NOT_OURS;
            case ROLE_DIFFERS -> ProblemCode.ROLE_DIFFERS;
            case QUOTA_EXCEEDED -> ProblemCode.QUOTA_EXCEEDED;
            case REFUSED_BY_IAM -> ProblemCode.REFUSED_BY_IAM;
            case AWS_FAILED -> ProblemCode.AWS_FAILED;
            case THROTTLED -> ProblemCode.THROTTLED;
            case NEEDS_ATTENTION -> ProblemCode.NEEDS_ATTENTION;
        };
    }
}
