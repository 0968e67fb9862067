package io.rolesmith.policy.check;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.AwsPrincipal;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Principals;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Statement;
import io.rolesmith.policy.Values;
import io.rolesmith.policy.Wildcards;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What IAM demands of the principals of a trust policy.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html">The
 *     Principal element</a>
 */
final class TrustRules {

    /** Partitions whose services are all known to end in one of {@link #SERVICE_SUFFIXES}. */
    private static final Set<String> KNOWN_SUFFIX_PARTITIONS = Set.of("aws", "aws-cn", "aws-us-gov");

    private static final List<String> SERVICE_SUFFIXES = List.of(".amazonaws.com", ".amazonaws.com.cn");

    private TrustRules() {}

    /** There is a Principal, it names somebody, and there is no NotPrincipal. */
    static void principalElement(Statement statement, String partition, Consumer<Finding> findings) {
        if (statement.notPrincipals().isPresent()) {
            findings.accept(Finding.error(
                    "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL",
                    statement.notPrincipals().pointer(),
                    "NotPrincipal is not allowed in a trust policy.",
                    "Name those who may assume the role in Principal, and narrow it with a Condition."));
        } else if (statement.principals().isEmpty()) {
            boolean present = statement.principals().isPresent();
            findings.accept(Finding.error(
                    "MISSING_PRINCIPAL",
                    present ? statement.principals().pointer() : statement.pointer(),
                    present ? "The statement's Principal is empty." : "The statement has no Principal.",
                    "Name who may assume the role, for example {\"Service\": \"ecs-tasks.amazonaws.com\"}."));
        }
    }

    /** Every principal has a form that IAM takes. */
    static void principals(Statement statement, String partition, Consumer<Finding> findings) {
        switch (statement.principals()) {
            case Principals.Absent _ -> {}
            case Principals.Anyone anyone ->
                findings.accept(Finding.error(
                        "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
                        anyone.pointer(),
                        "The principal \"*\" is not allowed in a trust policy.",
                        "Name the accounts, roles or services that may assume the role."));
            case Principals.Listed listed -> {
                for (Principals.Group group : listed.groups()) {
                    for (int i = 0; i < group.values().texts().size(); i++) {
                        String value = group.values().texts().get(i);
                        String pointer = group.values().pointerOf(i);
                        if (VariableRules.holdsVariable(value)) {
                            findings.accept(VariableRules.unsupportedIn("principal", value, pointer));
                            continue;
                        }
                        switch (group.type()) {
                            case AWS -> awsPrincipal(value, pointer, partition, findings);
                            case SERVICE -> servicePrincipal(value, pointer, partition, findings);
                            case FEDERATED -> federatedPrincipal(value, pointer, partition, findings);
                            case CANONICAL_USER ->
                                findings.accept(Finding.error(
                                        "UNSUPPORTED_PRINCIPAL",
                                        pointer,
                                        "A CanonicalUser cannot be trusted by a role.",
                                        "Name the account as {\"AWS\": \"<account id>\"}."));
                        }
                    }
                }
            }
        }
    }

    private static void awsPrincipal(String value, String pointer, String partition, Consumer<Finding> findings) {
        if (value.equals("*") || AwsPrincipal.isAccountId(value) || AwsPrincipal.isDashedAccountId(value)) {
            return;
        }
        if (Wildcards.isPattern(value)) {
            findings.accept(Finding.error(
                    "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
                    pointer,
                    "The principal " + Quotes.quote(value)
                            + " holds a wildcard, which IAM does not take in a principal.",
                    "Trust the account and narrow it with ArnLike on aws:PrincipalArn."));
            return;
        }
        if (AwsPrincipal.isUniqueId(value)) {
            boolean role = value.startsWith("AROA");
            findings.accept(Finding.error(
                    role ? "INVALID_ROLE_REFERENCE" : "INVALID_USER_REFERENCE",
                    pointer,
                    "The principal " + Quotes.quote(value) + " is what IAM leaves of a deleted "
                            + (role ? "role." : "user."),
                    "Name the principal by its ARN, or remove it."));
            return;
        }
        String[] segments = value.split(":", 6);
        if (segments.length < 6 || !segments[0].equals("arn") || !AwsPrincipal.isPrincipalArn(segments)) {
            boolean group = segments.length == 6 && segments[2].equals("iam") && segments[5].startsWith("group/");
            findings.accept(Finding.error(
                    group ? "UNSUPPORTED_PRINCIPAL" : "INVALID_PRINCIPAL_FORMAT",
                    pointer,
                    group
                            ? "The principal " + Quotes.quote(value) + " is a group, which cannot be a principal."
                            : "The principal " + Quotes.quote(value)
                                    + " is neither an account id nor the ARN of an account root, user, role or session.",
                    "Write a 12-digit account id, or an ARN such as arn:" + partition
                            + ":iam::<account id>:role/<name>."));
            return;
        }
        partition(value, segments[1], pointer, partition, findings);
    }

    private static void servicePrincipal(String value, String pointer, String partition, Consumer<Finding> findings) {
        if (Wildcards.isPattern(value)) {
            wildcardInPrincipal("Service", value, pointer, findings);
            return;
        }
        boolean hostName = value.indexOf('.') > 0 && !value.endsWith(".");
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            hostName &= Ascii.isAlphanumeric(character) || character == '-' || character == '.';
        }
        boolean suffix = !KNOWN_SUFFIX_PARTITIONS.contains(partition)
                || SERVICE_SUFFIXES.stream().anyMatch(value::endsWith);
        if (!hostName || !suffix) {
            findings.accept(Finding.error(
                    "INVALID_SERVICE_PRINCIPAL_FORMAT",
                    pointer,
                    "The service principal " + Quotes.quote(value) + " does not have the form <service>.amazonaws.com.",
                    "Write it as AWS's documentation of the service does, for example ecs-tasks.amazonaws.com."));
        }
    }

    private static void federatedPrincipal(String value, String pointer, String partition, Consumer<Finding> findings) {
        if (Wildcards.isPattern(value)) {
            wildcardInPrincipal("Federated", value, pointer, findings);
            return;
        }
        if (Providers.isBuiltIn(value)) {
            return;
        }
        boolean provider = Providers.oidcIssuer(value).isPresent() || Providers.isSaml(value);
        if (!provider) {
            findings.accept(Finding.error(
                    "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY",
                    pointer,
                    "The federated principal " + Quotes.quote(value)
                            + " is neither the ARN of a SAML or OIDC provider nor a provider built into IAM.",
                    "Write an ARN such as arn:" + partition + ":iam::<account id>:oidc-provider/<host>."));
            return;
        }
        partition(value, value.split(":", 3)[1], pointer, partition, findings);
    }

    private static void wildcardInPrincipal(String kind, String value, String pointer, Consumer<Finding> findings) {
        findings.accept(Finding.error(
                "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
                pointer,
                "The " + kind + " principal " + Quotes.quote(value)
                        + " holds a wildcard, which IAM does not take in a principal.",
                "Name each one that may assume the role."));
    }

    private static void partition(
            String value, String found, String pointer, String partition, Consumer<Finding> findings) {
        if (!found.equals(partition)) {
            findings.accept(Finding.error(
                    "INVALID_PARTITION",
                    pointer,
                    "The principal " + Quotes.quote(value) + " is of partition " + Quotes.quote(found)
                            + ", the account is in " + Quotes.quote(partition) + ".",
                    "Name a principal of partition " + Quotes.quote(partition) + "."));
        }
    }

    /** A trust policy is about one role, so it names no resource. */
    static void noResource(Statement statement, String partition, Consumer<Finding> findings) {
        for (Values element : List.of(statement.resources(), statement.notResources())) {
            if (element.isPresent()) {
                String name = element.pointer().substring(element.pointer().lastIndexOf('/') + 1);
                findings.accept(Finding.error(
                        "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE",
                        element.pointer(),
                        name + " is not allowed in a trust policy, which always speaks of its own role.",
                        "Remove " + name + "."));
            }
        }
    }
}
