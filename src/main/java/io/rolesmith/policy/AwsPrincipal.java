package io.rolesmith.policy;

/** The shapes that a principal of kind AWS may have. */
final class AwsPrincipal {

    /** The length of an account id, all of it digits. */
    private static final int ACCOUNT_ID = 12;

    private AwsPrincipal() {}

    static boolean isAccountId(String text) {
        return text.length() == ACCOUNT_ID && Ascii.isDigits(text);
    }

    /** An account id as people write it, 1234-5678-9012, which IAM takes too. */
    static boolean isDashedAccountId(String text) {
        return text.length() == 14
                && text.charAt(4) == '-'
                && text.charAt(9) == '-'
                && isAccountId(text.replace("-", ""));
    }

    /**
     * The text, or the account id where it stands for a whole account: IAM answers with the root ARN when the id was
     * sent.
     */
    static String canonical(String text) {
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
