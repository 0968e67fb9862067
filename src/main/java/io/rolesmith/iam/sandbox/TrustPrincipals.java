package io.rolesmith.iam.sandbox;

import io.rolesmith.account.Account;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who a trust policy may name, and how IAM keeps it. A role is kept by its id, so that a role deleted and made again under
 * the same name is not trusted; and the document comes back in IAM's own shape, not in the one that was sent.
 *
 * @param roleId the id of the account's role with that ARN
 * @param roleArn the ARN of the account's role with that id
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html">Principal</a>
 */
record TrustPrincipals(
        Account account,
        String ownArn,
        Function<String, Optional<String>> roleId,
        Function<String, Optional<String>> roleArn) {

    private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}|[0-9]{4}-[0-9]{4}-[0-9]{4}");
    private static final Pattern ARN = Pattern.compile("arn:([a-z-]+):(iam|sts)::([0-9]{12}):(.+)");
    private static final Pattern ROLE_ID = Pattern.compile("AROA[A-Z0-9]{16,}");
    private static final Pattern SERVICE = Pattern.compile("[a-z0-9-]+(\\.[a-z0-9-]+)*\\.amazonaws\\.com(\\.cn)?");
    private static final Pattern SESSION =
            Pattern.compile("assumed-role/([A-Za-z0-9_+=,.@-]+)/[A-Za-z0-9_+=,.@-]{2,64}");
    private static final String COGNITO = "cognito-identity.amazonaws.com";
    private static final Set<String> BUILT_IN_PROVIDERS =
            Set.of("accounts.google.com", "www.amazon.com", "graph.facebook.com", COGNITO);
    private static final List<String> STATEMENT_ORDER = List.of("Sid", "Effect", "Principal", "Action", "Condition");

    void check(JsonNode principal, boolean conditioned) {
        if (principal.isString()) {
            throw principal.stringValue().equals("*")
                    ? Refusal.malformed("AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\"")
                    : PolicyGrammar.syntax();
        }
        if (!principal.isObject()) {
            throw PolicyGrammar.syntax();
        }
        if (principal.isEmpty()) {
            throw Refusal.malformed("Missing required field Principal");
        }
        for (Map.Entry<String, JsonNode> type : principal.properties()) {
            List<String> values = PolicyGrammar.strings(type.getValue());
            if (values.isEmpty()) {
                throw Refusal.malformed("Missing required field Principal");
            }
            for (String value : values) {
                boolean known = switch (type.getKey()) {
                    case "AWS" -> isIdentity(value);
                    case "Service" -> SERVICE.matcher(value).matches();
                    case "Federated" -> isProvider(value, conditioned);
                    // Of S3 bucket policies; no role can be assumed by one.
                    case "CanonicalUser" -> false;
                    default -> throw PolicyGrammar.syntax();
                };
                if (!known) {
                    throw invalid(type.getKey(), value);
                }
            }
        }
    }

    private static Refusal invalid(String type, String value) {
        return Refusal.malformed(
                "Invalid principal in policy: \"" + type.toUpperCase(Locale.ROOT) + "\":\"" + value + "\"");
    }

    private boolean isIdentity(String value) {
        if (value.equals("*") || ACCOUNT.matcher(value).matches()) {
            return true;
        }
        if (ROLE_ID.matcher(value).matches()) {
            return roleArn.apply(value).isPresent();
        }
        Matcher arn = ARN.matcher(value);
        if (!arn.matches() || !arn.group(1).equals(account.partition().id())) {
            return false;
        }
        String resource = arn.group(4);
        if (resource.contains("*") || resource.contains("?") || resource.chars().anyMatch(c -> c <= ' ')) {
            return false;
        }
        boolean ours = arn.group(3).equals(account.id().value());
        if (arn.group(2).equals("sts")) {
            Matcher session = SESSION.matcher(resource);
            return resource.startsWith("federated-user/") || session.matches();
        }
        if (resource.equals("root")) {
            return true;
        }
        // The sandbox has no users, and another account's roles cannot be looked up.
        return ours
                ? value.equals(ownArn) || roleId.apply(value).isPresent()
                : resource.startsWith("role/") || resource.startsWith("user/");
    }

    /** The sandbox keeps no identity providers, so one of the account is taken to be there. */
    private boolean isProvider(String value, boolean conditioned) {
        if (value.equals(COGNITO) && !conditioned) {
            throw Refusal.malformed("A condition block must be present for the Cognito provider");
        }
        Matcher arn = ARN.matcher(value);
        return BUILT_IN_PROVIDERS.contains(value)
                || (arn.matches()
                        && arn.group(1).equals(account.partition().id())
                        && arn.group(2).equals("iam")
                        && arn.group(3).equals(account.id().value())
                        && (arn.group(4).startsWith("oidc-provider/")
                                || arn.group(4).startsWith("saml-provider/"))
                        && !arn.group(4).contains("*"));
    }

    /** A document that passed {@link #check}, as IAM keeps it. */
    String kept(JsonNode document) {
        return PolicyText.write(canonical(document, this::keptIdentity));
    }

    /** A kept document as IAM shows it now: a role that is gone shows as its id. */
    String shown(String kept) {
        return PolicyText.write(
                canonical(PolicyText.parse(kept), value -> roleArn.apply(value).orElse(value)));
    }

    private String keptIdentity(String value) {
        return ACCOUNT.matcher(value).matches()
                ? "arn:" + account.partition().id() + ":iam::" + value.replace("-", "") + ":root"
                : roleId.apply(value).orElse(value);
    }

    private static ObjectNode canonical(JsonNode document, UnaryOperator<String> identity) {
        ObjectNode canonical = JsonNodeFactory.instance.objectNode();
        // Without a version, the first one holds.
        JsonNode version = document.get("Version");
        canonical.set("Version", version == null ? JsonNodeFactory.instance.stringNode("2008-10-17") : version);
        if (document.has("Id")) {
            canonical.set("Id", document.get("Id"));
        }
        ArrayNode statements = canonical.putArray("Statement");
        JsonNode statement = document.get("Statement");
        Collection<JsonNode> all = statement.isArray() ? statement.asArray().values() : List.of(statement);
        for (JsonNode each : all) {
            ObjectNode ordered = statements.addObject();
            for (String member : STATEMENT_ORDER) {
                JsonNode value = each.get(member);
                if (value != null) {
                    ordered.set(member, member.equals("Principal") ? principal(value, identity) : collapsed(value));
                }
            }
        }
        return canonical;
    }

    private static JsonNode principal(JsonNode principal, UnaryOperator<String> identity) {
        ObjectNode mapped = JsonNodeFactory.instance.objectNode();
        principal.properties().forEach(type -> {
            ArrayNode values = mapped.arrayNode();
            PolicyGrammar.strings(type.getValue())
                    .forEach(value -> values.add(type.getKey().equals("AWS") ? identity.apply(value) : value));
            mapped.set(type.getKey(), collapsed(values));
        });
        return mapped;
    }

    /** Arrays of one element become the element, at every depth. */
    private static JsonNode collapsed(JsonNode value) {
        if (value.isArray()) {
            return value.size() == 1 ? value.get(0) : value;
        }
        if (!value.isObject()) {
            return value;
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        value.properties().forEach(member -> object.set(member.getKey(), collapsed(member.getValue())));
        return object;
    }
}
