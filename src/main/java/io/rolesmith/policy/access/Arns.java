package io.rolesmith.policy.access;

/** The outer shape of an ARN: {@code arn:partition:service:region:account:resource}. */
final class Arns {

    /** The parts that colons separate; the last takes all further colons. */
    static final int PARTS = 6;

    static final int PARTITION = 1;
    static final int ACCOUNT = 4;
    static final int RESOURCE = 5;

    private Arns() {}

    /** The six parts of a text that {@link #isArn is an ARN}. */
    static String[] split(String arn) {
        return arn.split(":", PARTS);
    }

    /** Whether the text has the parts of an ARN, whatever they say. */
    static boolean isArn(String text) {
        if (!text.startsWith("arn:")) {
            return false;
        }
        int colons = 0;
        for (int i = 0; i < text.length() && colons < PARTS - 1; i++) {
            colons += text.charAt(i) == ':' ? 1 : 0;
        }
        return colons == PARTS - 1;
    }
}
