package io.rolesmith.role;

import java.util.Locale;
import java.util.Optional;

/**
 * The name of a role: unique in an account whatever the case of its letters, and shown in the case in which it was made.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html">CreateRole, RoleName</a>
 */
public record RoleName(String value) {

    /** <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM quotas</a>: role names. */
    public static final int MAX_LENGTH = 64;

    public RoleName {
        violation(value).ifPresent(rule -> {
            throw new IllegalArgumentException(rule);
        });
    }

    /** The rule of IAM that {@code value} breaks as a role's name, if any. */
    public static Optional<String> violation(String value) {
        int length = Characters.count(value);
        if (length == 0 || length > MAX_LENGTH) {
            return Optional.of("The role name '" + Characters.shorten(value) + "' has " + length
                    + " characters; IAM allows 1 to " + MAX_LENGTH);
        }
        return Characters.firstOutside(value, Characters::ofName)
                .map(c -> "The role name '" + value + "' contains '" + c
                        + "'; IAM allows ASCII letters, digits and _+=,.@-");
    }

    /** What two names that IAM takes for the same have in common. */
    public String key() {
        return value.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return value;
    }
}
