package io.rolesmith.policy;

/** The shapes that a principal of kind AWS may have. */
public final class AwsPrincipal {

    /** The length of an account id, all of it digits. */
    private static final int ACCOUNT_ID = 12;

    private AwsPrincipal() {}

    public static boolean isAccountId(String text) {
        return text.length() == ACCOUNT_ID && Ascii.isDigits(text);
    }

    /** An account id as people write it, 1234-5678-9012, which IAM takes too. */
    public static boolean isDashedAccountId(String text) {
        return text.length() == 14
                && text.charAt(4) == '-'
                && text.charAt(9) == '-'
                && isAccountId(text.replace("-", ""));
    }

    /** What IAM shows in place of a role or user that was deleted. */
    public static boolean isUniqueId(String text) {
        if (text.length() < 20 || !(text.startsWith("AROA") || text.startsWith("AIDA"))) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (!Ascii.isDigit(text.charAt(i)) && (text.charAt(i) < 'A' || text.charAt(i) > 'Z')) {
                return false;
            }
        }
        return true;
    }

    /** Whether the six segments of an ARN name an account root, a user, a role or one of their sessions. */
    public static boolean isPrincipalArn(String[] segments) {
        if (!segments[3].isEmpty() || !isAccountId(segments[4])) {
            return false;
        }
        String resource = segments[5];
        return switch (segments[2]) {
            case "iam" -> resource.equals("root") || isNamed(resource, "user/") || isNamed(resource, "role/");
            case "sts" ->
                isNamed(resource, "federated-user/")
                        || (isNamed(resource, "assumed-role/") && resource.indexOf('/', "assumed-role/".length()) > 0);
            default -> false;
        };
    }

    /** Whether {@code resource} is of this type and has a name that a principal can have. */
    public static boolean isNamed(String resource, String type) {
        if (!resource.startsWith(type) || resource.endsWith("/")) {
            return false;
        }
        for (int i = type.length(); i < resource.length(); i++) {
            if (resource.charAt(i) <= ' ' || resource.charAt(i) >= 0x7F) {
                return false;
            }
        }
        return true;
    }

    /**
     * The text, or the account id where it stands for a whole account: IAM answers with the root ARN when the id was
     * sent.
     */
    public static String canonical(String text) {
        if (isDashedAccountId(text)) {
            return text.replace("-", "");
        }
        if (text.endsWith(":root") && text.startsWith("arn:aws")) {
            String[] segments = text.split(":", -1);
            boolean accountRoot = segments.length == 6
                    && (segments[1].equals("aws") || segments[1].startsWith("aws-"))
                    && segments[2].equals("iam")
                    && segments[3].isEmpty()
                    && isAccountId(segments[4]);
            return accountRoot ? segments[4] : text;
        }
        return text;
    }
}
