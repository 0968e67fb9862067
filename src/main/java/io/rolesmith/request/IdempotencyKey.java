package io.rolesmith.request;

/**
 * A caller's own name for a submission, so that asking again does not do it again.
 *
 * @param value 1 to {@value #MAX_LENGTH} characters
 * @param bodyHash tells bodies apart: SHA-256 in hex of the body's RFC 8785 text
 */
public record IdempotencyKey(String value, String bodyHash) {

    public static final int MAX_LENGTH = 255;

    public IdempotencyKey {
        if (!isValid(value)) {
            throw new IllegalArgumentException(
                    "An idempotency key has 1 to " + MAX_LENGTH + " visible ASCII characters");
        }
    }

    /** Whether {@code value} can be a key. */
    public static boolean isValid(String value) {
        return !value.isEmpty() && value.length() <= MAX_LENGTH && value.chars().allMatch(c -> c >= ' ' && c <= '~');
    }
}
