package io.rolesmith.role;

import java.util.Locale;
import java.util.Optional;

/**
 * The name of an inline policy: unique on its role whatever the case of its letters.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html">PutRolePolicy, PolicyName</a>
 */
public record PolicyName(String value) {

    /** PutRolePolicy, PolicyName. */
    public static final int MAX_LENGTH = 128;

    public PolicyName {
        violation(value).ifPresent(rule -> {
            throw new IllegalArgumentException(rule);
        });
    }

    /** The rule of IAM that {@code value} breaks as a policy's name, if any. */
    public static Optional<String> violation(String value) {
        int length = Characters.count(value);
        if (length == 0 || length > MAX_LENGTH) {
            return Optional.of("The policy name '" + Characters.shorten(value) + "' has " + length
                    + " characters; IAM allows 1 to " + MAX_LENGTH);
        }
        return Characters.firstOutside(value, Characters::ofName)
                .map(c -> "The policy name '" + value + "' contains '" + c
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
