package io.rolesmith.request;

/** The caller used this idempotency key for another body. Nothing was submitted. */
public final class IdempotencyKeyReusedException extends RuntimeException {

    IdempotencyKeyReusedException(String key) {
        super("The Idempotency-Key '" + key + "' stands for another body, which was submitted before");
    }
}
