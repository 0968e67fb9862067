package io.rolesmith.iam;

import org.jspecify.annotations.Nullable;

/** IAM could not be read. Nothing was changed. */
public final class IamReadException extends RuntimeException {

    private final String code;
    private final @Nullable String awsRequestId;

    /** @param code IAM's error code, or {@code NoAnswer} when there was none */
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

    /** Whether IAM's request rate was exhausted. */
    public boolean isThrottled() {
        return IamErrors.THROTTLING.contains(code);
    }
}
