package io.rolesmith.request;

/** A plan cannot be applied any more. Nothing was submitted. */
public final class StalePlanException extends RuntimeException {

    StalePlanException(String message) {
        super(message);
    }
}
