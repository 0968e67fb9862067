package io.rolesmith.iam.sandbox;

import io.rolesmith.iam.IamErrors;
import java.io.Serial;

/** IAM says no: its code, its words and its HTTP status. Thrown inside the transaction, which it takes back. */
final class Refusal extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String code;
    private final int httpStatus;

    private Refusal(String code, int httpStatus, String message) {
        super(message, null, false, false);
        this.code = code;
        this.httpStatus = httpStatus;
    }

    String code() {
        return code;
    }

    int httpStatus() {
        return httpStatus;
    }

    String words() {
        return String.valueOf(getMessage());
    }

    static Refusal validation(String message) {
        return new Refusal(IamErrors.VALIDATION_ERROR, 400, message);
    }

    /** A value that breaks a constraint of the service's model. */
    static Refusal constraint(String member, String rule) {
        return validation("1 validation error detected: Value at '" + member
                + "' failed to satisfy constraint: Member must " + rule);
    }

    static Refusal invalidInput(String message) {
        return new Refusal(IamErrors.INVALID_INPUT, 400, message);
    }

    static Refusal malformed(String message) {
        return new Refusal(IamErrors.MALFORMED_POLICY_DOCUMENT, 400, message);
    }

    static Refusal notAttachable(String message) {
        return new Refusal(IamErrors.POLICY_NOT_ATTACHABLE, 400, message);
    }

    static Refusal absent(String message) {
        return new Refusal(IamErrors.NO_SUCH_ENTITY, 404, message);
    }

    static Refusal taken(String message) {
        return new Refusal(IamErrors.ENTITY_ALREADY_EXISTS, 409, message);
    }

    static Refusal limit(String message) {
        return new Refusal(IamErrors.LIMIT_EXCEEDED, 409, message);
    }

    static Refusal deleteConflict(String what) {
        return new Refusal(IamErrors.DELETE_CONFLICT, 409, "Cannot delete entity, must " + what + " first.");
    }
}
