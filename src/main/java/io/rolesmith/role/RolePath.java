package io.rolesmith.role;

import java.util.Locale;
import java.util.Optional;

/**
 * The path of a role: part of its ARN, not of its identity, and immutable like the name.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html">CreateRole, Path</a>
 */
public record RolePath(String value) {

    /** CreateRole, Path. */
    public static final int MAX_LENGTH = 512;

    public static final RolePath ROOT = new RolePath("/");

    public RolePath {
        violation(value).ifPresent(rule -> {
            throw new IllegalArgumentException(rule);
        });
    }

    /** The rule of IAM that {@code value} breaks as a role's path, if any. */
    public static Optional<String> violation(String value) {
        int length = Characters.count(value);
        if (length == 0 || length > MAX_LENGTH) {
            return Optional.of("The path has " + length + " characters; IAM allows 1 to " + MAX_LENGTH);
        }
        if (!value.startsWith("/") || !value.endsWith("/") || value.contains("//")) {
            return Optional.of("The path '" + Characters.shorten(value)
                    + "' must begin and end with a slash, with no empty segment");
        }
        return Characters.firstOutside(value, Characters::ofPath)
                .map(c -> "The path '" + Characters.shorten(value) + "' contains '" + c
                        + "'; IAM allows ASCII letters, digits and _+=,.@- between slashes");
    }

    /**
     * Whether AWS keeps this path for roles of its own, which nobody else may make or change. IAM refuses whatever begins
     * with {@code /aws-service-role}, not only that segment.
     */
    public boolean isReserved() {
        String lower = value.toLowerCase(Locale.ROOT);
        return lower.startsWith("/aws-service-role") || lower.startsWith("/aws-reserved/");
    }

    @Override
    public String toString() {
        return value;
    }
}
