package io.rolesmith.api.problem;

/** There is no such thing, or the caller may not see it; the two look the same. */
public final class NotFoundException extends RuntimeException {

    public NotFoundException(String message) {
        super(message);
    }
}
