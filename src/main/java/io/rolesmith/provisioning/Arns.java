package io.rolesmith.provisioning;

/** Builds ARNs of what is not made yet. */
final class Arns {

    private Arns() {}

    static String of(RoleRun role) {
        return "arn:" + role.account().partition().id() + ":iam::"
                + role.account().id() + ":role" + role.spec().path() + role.name();
    }
}
