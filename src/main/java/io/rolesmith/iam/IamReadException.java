package io.rolesmith.iam;

import org.jspecify.annotations.Nullable;

/** IAM could not be read. Nothing was changed. */
public final class IamReadException extends RuntimeException {

    /** There was no answer, or none that could be understood. */
    public static final String NO_ANSWER = "NoAnswer";

    /** The role changed while it was read, so that what was read fits no moment; reading again may do. */
    public static final String ROLE_CHANGED = "RoleChanged";

    /** IAM shows an id where the role's ARN will be: it is seconds old; reading again may do. */
    public static final String ROLE_IN_THE_MAKING = "RoleInTheMaking";

    private final String code;
    private final @Nullable String awsRequestId;

    /** @param code IAM's error code, or one of those above */
    public IamReadException(String code, String message, @Nullable String awsRequestId, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.awsRequestId = awsRequestId;
    }

    public String code() {
        return code;
    }

    public @Nullable String awsRequestId() {
        return awsRequestId;
    }

    /** Whether IAM's request rate was exhausted, or our own budget of calls before it. */
    public boolean isThrottled() {
        return IamErrors.THROTTLING.contains(code);
    }

    /** Whether it lies with us, and passes: a spent budget, the database, or a stop. */
    public boolean isOurs() {
        return IamErrors.OURS.contains(code);
    }

    /** Whether the same reading may do in a moment, for a reason that lies with us or in the role's age. */
    public boolean isPassing() {
        return isThrottled()
                || code.equals(IamErrors.BUDGET_UNKNOWN)
                || code.equals(ROLE_CHANGED)
                || code.equals(ROLE_IN_THE_MAKING);
    }
}
