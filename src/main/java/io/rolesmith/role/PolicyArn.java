package io.rolesmith.role;

import java.util.List;
import java.util.Optional;

/**
 * The ARN of a managed policy, AWS's ({@code arn:aws:iam::aws:policy/…}) or an account's own.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns">IAM ARNs</a>
 */
public record PolicyArn(String value) {

    /** AttachRolePolicy, PolicyArn. */
    public static final int MIN_LENGTH = 20;

    /** AttachRolePolicy, PolicyArn. */
    public static final int MAX_LENGTH = 2048;

    public PolicyArn {
        violation(value).ifPresent(rule -> {
            throw new IllegalArgumentException(rule);
        });
    }

    /** The rule that {@code value} breaks as a managed policy's ARN, if any. */
    public static Optional<String> violation(String value) {
        int length = Characters.count(value);
        if (length < MIN_LENGTH || length > MAX_LENGTH) {
            return Optional.of("The policy ARN '" + Characters.shorten(value) + "' has " + length
                    + " characters; IAM allows " + MIN_LENGTH + " to " + MAX_LENGTH);
        }
        List<String> segments = List.of(value.split(":", -1));
        boolean shaped = segments.size() == 6
                && segments.get(0).equals("arn")
                && isPartition(segments.get(1))
                && segments.get(2).equals("iam")
                && segments.get(3).isEmpty()
                && (segments.get(4).equals("aws") || isAccountId(segments.get(4)))
                && segments.get(5).startsWith("policy/")
                && !segments.get(5).endsWith("/")
                && !segments.get(5).contains("//")
                && Characters.firstOutside(segments.get(5), Characters::ofPath).isEmpty();
        if (!shaped) {
            return Optional.of("'" + Characters.shorten(value) + "' is not the ARN of a managed policy, which reads"
                    + " arn:<partition>:iam::<account or aws>:policy/<path and name>");
        }
        String pathAndName = segments.get(5).substring("policy".length());
        int path = pathAndName.lastIndexOf('/') + 1;
        int name = pathAndName.length() - path;
        return path <= RolePath.MAX_LENGTH && name <= PolicyName.MAX_LENGTH
                ? Optional.empty()
                : Optional.of("The policy ARN '" + Characters.shorten(value) + "' has a path of " + path
                        + " and a name of " + name + " characters; IAM allows " + RolePath.MAX_LENGTH + " and "
                        + PolicyName.MAX_LENGTH);
    }

    private static boolean isPartition(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || c == '-');
    }

    private static boolean isAccountId(String text) {
        return text.length() == 12 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    public String partition() {
        return value.split(":", -1)[1];
    }

    /** The account whose policy it is; {@code aws} for an AWS managed policy. */
    public String account() {
        return value.split(":", -1)[4];
    }

    /** Whether only service-linked roles may have it. */
    public boolean isForServiceLinkedRoles() {
        return value.contains(":policy/aws-service-role/");
    }

    @Override
    public String toString() {
        return value;
    }
}
