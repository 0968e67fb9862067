package io.rolesmith.api.problem;

import io.rolesmith.policy.Finding;
import java.util.List;

/** A body or parameter has not the shape that is asked for, in a way that no annotation can say. */
public final class MalformedRequestException extends RuntimeException {

    private final transient Problem problem;

    private MalformedRequestException(ProblemCode code, Finding finding) {
        this(code, List.of(finding));
    }

    private MalformedRequestException(ProblemCode code, List<Finding> findings) {
        super(findings.getFirst().message());
        this.problem = Problem.of(code, findings.getFirst().message(), findings);
    }

    /** A problem of its own code, with one finding. */
    public static MalformedRequestException of(ProblemCode code, String pointer, String message, String remedy) {
        return new MalformedRequestException(code, Finding.error(code.name(), pointer, message, remedy));
    }

    public static MalformedRequestException body(String pointer, String message, String remedy) {
        return new MalformedRequestException(
                ProblemCode.INVALID_REQUEST, Finding.error("INVALID_VALUE", pointer, message, remedy));
    }

    /** A body with several faults, of which the first is the problem's detail. */
    public static MalformedRequestException body(List<Finding> findings) {
        return new MalformedRequestException(ProblemCode.INVALID_REQUEST, findings);
    }

    public static MalformedRequestException parameter(String name, String message, String remedy) {
        return new MalformedRequestException(
                ProblemCode.INVALID_PARAMETER, Finding.error("INVALID_PARAMETER", "", name + ": " + message, remedy));
    }

    public Problem problem() {
        return problem;
    }
}
