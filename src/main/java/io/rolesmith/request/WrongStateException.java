package io.rolesmith.request;

/** What is asked for cannot be done to a request as it stands. Nothing was done. */
public final class WrongStateException extends RuntimeException {

    WrongStateException(String message) {
        super(message);
    }
}
