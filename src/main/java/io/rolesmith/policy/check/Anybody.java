package io.rolesmith.policy.check;

/**
 * A resource that nobody had in mind.
 *
 * <p>It tells wide patterns from narrow ones: whoever writes {@code role/*} names it, whoever writes {@code role/app-*}
 * does not. No name in AWS is likely to be the same.
 */
final class Anybody {

    private static final String NAME = "zq7Nobody-Had-This-1In9Mind";

    private Anybody() {}

    /** The resource of IAM whose last segment begins with {@code type}, in any account; IAM's have no region. */
    static ArnPattern ofIam(String type) {
        return ArnPattern.of("arn:*:iam::*:" + type + NAME).orElseThrow();
    }

    /** The resource of this service whose last segment begins with {@code type}, in any region and account. */
    static ArnPattern of(String service, String type) {
        return ArnPattern.of("arn:*:" + service + ":*:*:" + type + NAME).orElseThrow();
    }
}
