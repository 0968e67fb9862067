package io.rolesmith.iam.sandbox;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The grammar of policy documents as IAM enforces it at the moment of writing, in IAM's own words. A reading of the language
 * that owes nothing to the one of our front door.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html">Grammar</a>
 */
final class PolicyGrammar {

    private static final Set<String> DOCUMENT_MEMBERS = Set.of("Version", "Id", "Statement");
    private static final Set<String> STATEMENT_MEMBERS = Set.of(
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition");
    private static final Set<String> VERSIONS = Set.of("2012-10-17", "2008-10-17");
    private static final Set<String> TRUST_ACTIONS = Set.of(
            "sts:AssumeRole",
            "sts:AssumeRoleWithSAML",
            "sts:AssumeRoleWithWebIdentity",
            "sts:TagSession",
            "sts:SetSourceIdentity",
            "sts:SetContext");
    private static final Pattern SID = Pattern.compile("[0-9A-Za-z]*");

    /** What an S3 resource begins with that, unlike a bucket, lives in a region and an account. */
    private static final Pattern REGIONAL_S3 =
            Pattern.compile("(accesspoint|job|storage-lens|storage-lens-group|access-grants|async-request)[/:].*");

    private static final Set<String> WITHOUT_REGION = Set.of("s3", "iam", "route53");

    private PolicyGrammar() {}

    /** Refuses what cannot be the trust policy of a role; gives what can be as a tree. */
    static JsonNode trust(String text, TrustPrincipals principals) {
        JsonNode document;
        try {
            document = PolicyText.parse(text);
        } catch (JacksonException _) {
            throw Refusal.malformed("This policy contains invalid Json");
        }
        for (JsonNode statement : statements(document)) {
            trustStatement(statement, principals);
        }
        return document;
    }

    private static void trustStatement(JsonNode statement, TrustPrincipals principals) {
        for (String prohibited : List.of("Resource", "NotResource")) {
            if (statement.has(prohibited)) {
                throw Refusal.malformed("Has prohibited field " + prohibited);
            }
        }
        if (statement.has("NotPrincipal")) {
            throw Refusal.malformed("AssumeRole policy must not contain NotPrincipal field.");
        }
        if (statement.has("NotAction")) {
            throw Refusal.malformed("AssumeRole policy may only specify STS AssumeRole actions.");
        }
        for (String required : List.of("Effect", "Principal", "Action")) {
            if (!statement.has(required)) {
                throw Refusal.malformed("Missing required field " + required);
            }
        }
        effect(statement);
        List<String> actions = strings(statement.get("Action"));
        if (actions.isEmpty()) {
            throw Refusal.malformed("Missing required field Action");
        }
        if (!TRUST_ACTIONS.containsAll(actions)) {
            throw Refusal.malformed("AssumeRole policy may only specify STS AssumeRole actions.");
        }
        principals.check(statement.get("Principal"), statement.has("Condition"));
    }

    /** Refuses what cannot be an identity policy of an account in {@code partition}. */
    static void identity(String text, String partition) {
        JsonNode document;
        try {
            document = PolicyText.parse(text);
        } catch (JacksonException _) {
            throw syntax();
        }
        for (JsonNode statement : statements(document)) {
            identityStatement(statement, partition);
        }
    }

    private static void identityStatement(JsonNode statement, String partition) {
        if (statement.has("Principal") || statement.has("NotPrincipal")) {
            throw Refusal.malformed("Policy document should not specify a principal.");
        }
        if (!statement.has("Effect")) {
            throw syntax();
        }
        effect(statement);
        oneOf(statement, "Action", "NotAction", "Policy statement must contain actions.")
                .forEach(PolicyGrammar::action);
        oneOf(statement, "Resource", "NotResource", "Policy statement must contain resources.")
                .forEach(resource -> resource(resource, partition));
    }

    private static List<String> oneOf(JsonNode statement, String member, String negated, String otherwise) {
        if (statement.has(member) && statement.has(negated)) {
            throw syntax();
        }
        JsonNode value = statement.has(member) ? statement.get(member) : statement.get(negated);
        if (value == null) {
            throw Refusal.malformed(otherwise);
        }
        List<String> values = strings(value);
        if (values.isEmpty()) {
            throw Refusal.malformed(otherwise);
        }
        return values;
    }

    private static void action(String action) {
        if (action.equals("*")) {
            return;
        }
        int colon = action.indexOf(':');
        if (colon <= 0) {
            throw Refusal.malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
        }
        if (action.indexOf(':', colon + 1) >= 0) {
            throw Refusal.malformed("Actions/Condition can contain only one colon.");
        }
        String vendor = action.substring(0, colon);
        if (vendor.contains("*") || vendor.contains("?")) {
            throw Refusal.malformed("Action vendors (e.g., aws, ec2, etc.) must not contain wildcards.");
        }
    }

    private static void resource(String resource, String partition) {
        if (resource.equals("*")) {
            return;
        }
        if (!resource.startsWith("arn:")) {
            throw Refusal.malformed("Resource " + resource + " must be in ARN format or \"*\".");
        }
        String[] segments = resource.split(":", 6);
        if (segments.length < 6) {
            throw legacy();
        }
        if (!segments[1].equals("*") && !segments[1].equals(partition)) {
            throw Refusal.malformed(
                    "Partition \"" + segments[1] + "\" is not valid for resource \"" + resource + "\".");
        }
        String vendor = segments[2];
        if (vendor.isEmpty() || vendor.contains("*") || vendor.contains("?")) {
            throw Refusal.malformed("Resource vendor must be fully qualified and cannot contain regexes.");
        }
        if (!WITHOUT_REGION.contains(vendor)
                || (vendor.equals("s3") && REGIONAL_S3.matcher(segments[5]).matches())) {
            return;
        }
        if (isLiteral(segments[3])) {
            throw Refusal.malformed("Resource " + resource + " can not contain region information.");
        }
        if (vendor.equals("s3") && isLiteral(segments[4])) {
            throw Refusal.malformed("Resource " + resource + " cannot contain an account id.");
        }
    }

    private static boolean isLiteral(String segment) {
        return !segment.isEmpty() && !segment.contains("*");
    }

    /** The statements, once the members, the Sids and the conditions of all of them are as they may be. */
    private static List<JsonNode> statements(JsonNode document) {
        if (!document.isObject() || !DOCUMENT_MEMBERS.containsAll(document.propertyNames())) {
            throw syntax();
        }
        JsonNode version = document.get("Version");
        if (version != null && !(version.isString() && VERSIONS.contains(version.stringValue()))) {
            throw syntax();
        }
        JsonNode id = document.get("Id");
        if (id != null && !id.isString()) {
            throw syntax();
        }
        JsonNode statement = document.get("Statement");
        if (statement == null) {
            throw syntax();
        }
        List<JsonNode> statements =
                statement.isArray() ? List.copyOf(statement.asArray().values()) : List.of(statement);
        if (statements.isEmpty()) {
            throw syntax();
        }
        Set<String> sids = new HashSet<>();
        for (JsonNode each : statements) {
            if (!each.isObject() || !STATEMENT_MEMBERS.containsAll(each.propertyNames())) {
                throw syntax();
            }
            sid(each, sids);
            if (each.has("Condition")) {
                Conditions.check(each.get("Condition"));
            }
        }
        return statements;
    }

    private static void sid(JsonNode statement, Set<String> known) {
        JsonNode sid = statement.get("Sid");
        if (sid == null) {
            return;
        }
        if (!sid.isString()) {
            throw syntax();
        }
        if (!SID.matcher(sid.stringValue()).matches()) {
            throw Refusal.malformed("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the"
                    + " regular expression [0-9A-Za-z]*");
        }
        if (!sid.stringValue().isEmpty() && !known.add(sid.stringValue())) {
            throw Refusal.malformed("Statement IDs (SID) in a single policy must be unique.");
        }
    }

    private static void effect(JsonNode statement) {
        JsonNode effect = statement.get("Effect");
        if (!effect.isString()) {
            throw syntax();
        }
        if (!effect.stringValue().equals("Allow") && !effect.stringValue().equals("Deny")) {
            throw legacy();
        }
    }

    /** A string, or the strings of an array; the language takes them for the same. */
    static List<String> strings(JsonNode value) {
        if (value.isString()) {
            return List.of(value.stringValue());
        }
        if (!value.isArray()) {
            throw syntax();
        }
        return value.asArray().values().stream()
                .map(element -> {
                    if (!element.isString()) {
                        throw syntax();
                    }
                    return element.stringValue();
                })
                .toList();
    }

    static Refusal syntax() {
        return Refusal.malformed("Syntax errors in policy.");
    }

    static Refusal legacy() {
        return Refusal.malformed("The policy failed legacy parsing");
    }
}
