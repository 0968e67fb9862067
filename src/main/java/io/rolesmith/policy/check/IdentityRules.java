package io.rolesmith.policy.check;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Principals;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Statement;
import io.rolesmith.policy.Values;
import io.rolesmith.policy.Wildcards;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What IAM demands of an identity policy. */
final class IdentityRules {

    /** Services without regions in their ARNs, by IAM's own refusals. */
    private static final Set<String> GLOBAL_SERVICES = Set.of("iam", "route53");

    /** Resources of S3 that are no buckets, and so have region and account. */
    private static final List<String> REGIONAL_S3_RESOURCES =
            List.of("accesspoint/", "job/", "storage-lens/", "storage-lens-group/", "async-request/", "access-grants/");

    private static final int ARN_SEGMENTS = 6;

    private IdentityRules() {}

    /** An identity policy speaks of whom it is attached to, so it names nobody. */
    static void noPrincipal(Statement statement, String partition, Consumer<Finding> findings) {
        for (Principals element : List.of(statement.principals(), statement.notPrincipals())) {
            if (element.isPresent()) {
                String name = element.pointer().substring(element.pointer().lastIndexOf('/') + 1);
                findings.accept(Finding.error(
                        "UNSUPPORTED_PRINCIPAL",
                        element.pointer(),
                        name + " is not allowed in an identity policy.",
                        "Remove " + name + "; who may assume the role is said in its trust policy."));
            }
        }
    }

    /** Actions are {@code *} or {@code service:Action}, with wildcards after the colon only. */
    static void actions(Statement statement, String partition, Consumer<Finding> findings) {
        for (Values element : List.of(statement.actions(), statement.notActions())) {
            for (int i = 0; i < element.texts().size(); i++) {
                action(element, i, findings);
            }
        }
    }

    private static void action(Values element, int index, Consumer<Finding> findings) {
        String action = element.texts().get(index);
        if (action.equals("*") || isPlain(action)) {
            return;
        }
        String pointer = element.pointerOf(index);
        if (VariableRules.holdsVariable(action)) {
            findings.accept(VariableRules.unsupportedIn("action", action, pointer));
            return;
        }
        int colon = action.indexOf(':');
        if (colon <= 0) {
            findings.accept(Finding.error(
                    "INVALID_ACTION",
                    pointer,
                    "The action " + Quotes.quote(action) + " does not begin with a service's prefix and a colon.",
                    "Write it as in \"s3:GetObject\"."));
            return;
        }
        String service = action.substring(0, colon);
        if (Wildcards.isPattern(service)) {
            findings.accept(Finding.error(
                    "INVALID_SERVICE_IN_ACTION",
                    pointer,
                    "The action " + Quotes.quote(action) + " holds a wildcard in its service's prefix.",
                    "Name the service, or write \"*\" for all actions of all services."));
            return;
        }
        if (action.indexOf(':', colon + 1) >= 0) {
            findings.accept(Finding.error(
                    "INVALID_ACTION",
                    pointer,
                    "The action " + Quotes.quote(action) + " holds more than one colon.",
                    "Write it as in \"s3:GetObject\"."));
            return;
        }
        boolean clean = colon < action.length() - 1;
        for (int i = 0; i < action.length(); i++) {
            char character = action.charAt(i);
            clean &= Ascii.isAlphanumeric(character) || "-_*?:".indexOf(character) >= 0;
        }
        if (!clean) {
            findings.accept(Finding.error(
                    "INVALID_ACTION",
                    pointer,
                    "The action " + Quotes.quote(action) + " is not a prefix and a name of letters and digits.",
                    "Write it as in \"s3:GetObject\"."));
        }
    }

    /** Whether it is a name without wildcards in a service, as most are, against which there is nothing to say. */
    private static boolean isPlain(String action) {
        int colon = -1;
        for (int i = 0; i < action.length(); i++) {
            char character = action.charAt(i);
            if (character == ':' && colon < 0) {
                colon = i;
            } else if (!Ascii.isAlphanumeric(character) && character != '-') {
                return false;
            }
        }
        return colon > 0 && colon < action.length() - 1;
    }

    /** There is exactly one of Resource and NotResource, and it names something. */
    static void resourceElement(Statement statement, String partition, Consumer<Finding> findings) {
        ElementRules.exactlyOne(
                statement,
                "Resource",
                statement.resources(),
                "NotResource",
                statement.notResources(),
                "MISSING_RESOURCE",
                "Name at least one resource, or \"*\" where the actions know none.",
                findings);
    }

    /** Resources are {@code *} or ARNs whose service is spelled out and whose partition is the account's. */
    static void resources(Statement statement, String partition, Consumer<Finding> findings) {
        for (Values element : List.of(statement.resources(), statement.notResources())) {
            for (int i = 0; i < element.texts().size(); i++) {
                resource(element, i, partition, findings);
            }
        }
    }

    private static void resource(Values element, int index, String partition, Consumer<Finding> findings) {
        String resource = element.texts().get(index);
        if (resource.equals("*")) {
            return;
        }
        Supplier<String> pointer = () -> element.pointerOf(index);
        if (!resource.startsWith("arn:")) {
            findings.accept(Finding.error(
                    "INVALID_ARN_PREFIX",
                    pointer.get(),
                    "The resource " + Quotes.quote(resource) + " is neither \"*\" nor an ARN.",
                    "Write an ARN such as arn:" + partition + ":s3:::<bucket>/*."));
            return;
        }
        String[] segments = resource.split(":", ARN_SEGMENTS);
        if (segments.length < ARN_SEGMENTS) {
            findings.accept(Finding.error(
                    "MISSING_ARN_FIELD",
                    pointer.get(),
                    "The resource %s has %d segments, an ARN has at least %d."
                            .formatted(Quotes.quote(resource), segments.length, ARN_SEGMENTS),
                    "Write arn:partition:service:region:account:resource; segments may be empty."));
            return;
        }
        if (!segments[1].equals(partition) && !segments[1].equals("*")) {
            findings.accept(Finding.error(
                    "INVALID_PARTITION",
                    pointer.get(),
                    "The resource " + Quotes.quote(resource) + " is of partition " + Quotes.quote(segments[1])
                            + ", the account is in " + Quotes.quote(partition) + ".",
                    "Write arn:" + partition + ":…, or arn:*:… for every partition."));
        }
        if (segments[2].isEmpty() || Wildcards.isPattern(segments[2]) || VariableRules.holdsVariable(segments[2])) {
            findings.accept(Finding.error(
                    "INVALID_SERVICE",
                    pointer.get(),
                    "The resource " + Quotes.quote(resource) + " does not spell out its service.",
                    "Name one service in the third segment, or write \"*\" alone."));
        }
        regionAndAccount(resource, segments, pointer, findings);
    }

    private static void regionAndAccount(
            String resource, String[] segments, Supplier<String> pointer, Consumer<Finding> findings) {
        boolean s3 = segments[2].equals("s3");
        boolean bucket = s3
                && !isRegionalS3(segments[5])
                && !Wildcards.isPattern(segments[5].substring(0, Math.min(1, segments[5].length())));
        boolean regionless = bucket || (s3 && segments[5].equals("*")) || GLOBAL_SERVICES.contains(segments[2]);
        if (regionless && isLiteral(segments[3])) {
            findings.accept(Finding.error(
                    "ARN_REGION_NOT_ALLOWED",
                    pointer.get(),
                    "The resource " + Quotes.quote(resource) + " names the region " + Quotes.quote(segments[3])
                            + ", but such ARNs have none.",
                    "Leave the fourth segment empty."));
        }
        if (bucket && isLiteral(segments[4])) {
            findings.accept(Finding.error(
                    "ARN_ACCOUNT_NOT_ALLOWED",
                    pointer.get(),
                    "The resource " + Quotes.quote(resource) + " names the account " + Quotes.quote(segments[4])
                            + ", but ARNs of buckets have none.",
                    "Leave the fifth segment empty."));
        }
    }

    private static boolean isRegionalS3(String resource) {
        for (String beginning : REGIONAL_S3_RESOURCES) {
            if (resource.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }

    /** What IAM makes of wildcards in a segment that must be empty is not known, so only plain text is refused. */
    private static boolean isLiteral(String segment) {
        return !segment.isEmpty() && !Wildcards.isPattern(segment) && segment.indexOf('$') < 0;
    }
}
