package io.rolesmith.blueprint;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.JsonPointer;
import io.rolesmith.policy.PolicySource;
import io.rolesmith.role.ExpectationDraft;
import io.rolesmith.role.PolicyOwnership;
import io.rolesmith.role.RoleDraft;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * A role with places for parameters.
 *
 * <p>A template is a tree, and a value is put into it as a node or into one of its strings: there is no text between
 * template and role in which a quote or a brace could mean anything. Values are not looked into, so a value that looks
 * like a template stays what it is.
 *
 * <ul>
 *   <li><code>${param.x}</code> alone stands for the whole value, and within a longer string for a string's text.
 *   <li><code>${param.x?}</code> alone goes away, with its member, if the value is blank.
 *   <li>{@code $when: x} in a mapping: the mapping is there only if {@code x} is not blank; with {@code $value} beside
 *       it, it stands for that value.
 *   <li>{@code $splice: x}, alone in an element of a list: the elements of the array {@code x}.
 * </ul>
 *
 * Blank is what is absent, false or empty. An inline policy without a statement is not made. No key of IAM begins with
 * a dollar sign.
 */
record RoleTemplate(ObjectNode tree) {

    static final String WHEN = "$when";
    static final String VALUE = "$value";
    static final String SPLICE = "$splice";

    /** The members of a role that a template may speak of. */
    static final Set<String> MEMBERS = Set.of(
            "name",
            "path",
            "description",
            "trustPolicy",
            "managedPolicyArns",
            "inlinePolicies",
            "permissionsBoundaryArn",
            "maxSessionSeconds",
            "tags",
            "instanceProfile",
            "expect");

    /** The parameter that names the role, as a pointer from the root of the parameters. */
    String namePointer() {
        return pointer(tree.path("name"));
    }

    /**
     * The role that comes of {@code values}, which pass the schema.
     *
     * @param findings takes what stands in the way
     */
    RoleDraft draft(ObjectNode values, List<Finding> findings) {
        ObjectNode role = members(tree, values);
        return new RoleDraft(
                text(role, "name"),
                text(role, "path"),
                text(role, "description"),
                role.has("trustPolicy") ? source(role.path("trustPolicy")) : null,
                role.path("managedPolicyArns")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .toList(),
                inlinePolicies(values, findings),
                role.has("permissionsBoundaryArn"),
                text(role, "permissionsBoundaryArn"),
                role.has("maxSessionSeconds") ? role.path("maxSessionSeconds").longValue() : null,
                tags(role.path("tags")),
                role.path("instanceProfile").booleanValue(false),
                PolicyOwnership.EXCLUSIVE,
                role.path("expect").valueStream().map(RoleTemplate::expectation).toList());
    }

    private static ExpectationDraft expectation(JsonNode expectation) {
        SequencedMap<String, List<String>> context = new LinkedHashMap<>();
        expectation
                .path("context")
                .properties()
                .forEach(key -> context.put(
                        key.getKey(),
                        key.getValue().valueStream().map(JsonNode::asString).toList()));
        return new ExpectationDraft(
                text(expectation, "action"), text(expectation, "resource"), context, text(expectation, "decision"));
    }

    private SequencedMap<String, PolicySource> inlinePolicies(ObjectNode values, List<Finding> findings) {
        SequencedMap<String, PolicySource> result = new LinkedHashMap<>();
        Set<String> names = new HashSet<>();
        for (JsonNode template : tree.path("inlinePolicies")) {
            JsonNode policy = expand(template, values).orElse(MissingNode.getInstance());
            if (policy.path("document").path("Statement").isEmpty()) {
                continue;
            }
            String name = policy.path("name").stringValue();
            if (!names.add(name.toLowerCase(Locale.ROOT))) {
                findings.add(Finding.error(
                        "DUPLICATE_POLICY_NAME",
                        pointer(template.path("name")),
                        "Two inline policies of the role are to be called '" + name
                                + "', if letter case is ignored as IAM ignores it.",
                        "Give each inline policy a name of its own."));
            }
            result.put(name, source(policy.path("document")));
        }
        return result;
    }

    private static SequencedMap<String, String> tags(JsonNode tags) {
        SequencedMap<String, String> result = new LinkedHashMap<>();
        tags.properties().forEach(tag -> result.put(tag.getKey(), tag.getValue().stringValue()));
        return result;
    }

    private static @Nullable String text(JsonNode mapping, String member) {
        JsonNode node = mapping.path(member);
        return node.isMissingNode() || node.isNull() ? null : node.stringValue();
    }

    private static PolicySource source(JsonNode document) {
        return new PolicySource(document.toString(), false);
    }

    private static String pointer(JsonNode name) {
        String text = name.asString("");
        return ParameterReference.isWhole(text)
                ? JsonPointer.member("", ParameterReference.in(text).getFirst().name())
                : "";
    }

    /** What {@code template} becomes; empty if it goes away. */
    static Optional<JsonNode> expand(JsonNode template, ObjectNode values) {
        return switch (template) {
            case ObjectNode mapping -> {
                if (mapping.has(WHEN) && isBlank(values.path(mapping.path(WHEN).stringValue()))) {
                    yield Optional.empty();
                }
                yield mapping.has(VALUE) ? expand(mapping.path(VALUE), values) : Optional.of(members(mapping, values));
            }
            case ArrayNode list -> Optional.of(elements(list, values));
            case StringNode scalar -> text(scalar.stringValue(), values);
            default -> Optional.of(template);
        };
    }

    private static ObjectNode members(ObjectNode template, ObjectNode values) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        template.properties().forEach(member -> {
            if (!member.getKey().equals(WHEN)) {
                expand(member.getValue(), values).ifPresent(value -> result.set(member.getKey(), value));
            }
        });
        return result;
    }

    private static ArrayNode elements(ArrayNode template, ObjectNode values) {
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        for (JsonNode element : template) {
            if (element.has(SPLICE)) {
                values.path(element.path(SPLICE).stringValue()).forEach(result::add);
            } else {
                expand(element, values).ifPresent(result::add);
            }
        }
        return result;
    }

    private static Optional<JsonNode> text(String text, ObjectNode values) {
        if (ParameterReference.isWhole(text)) {
            ParameterReference reference = ParameterReference.in(text).getFirst();
            JsonNode value = values.path(reference.name());
            return reference.optional() && isBlank(value) ? Optional.empty() : Optional.of(value);
        }
        return Optional.of(StringNode.valueOf(ParameterReference.replace(
                text, reference -> values.path(reference.name()).stringValue())));
    }

    /** Null is not blank: it says that there shall be nothing. */
    private static boolean isBlank(JsonNode value) {
        return switch (value.getNodeType()) {
            case MISSING -> true;
            case BOOLEAN -> !value.booleanValue();
            case STRING -> value.stringValue().isEmpty();
            case ARRAY, OBJECT -> value.isEmpty();
            case NULL, NUMBER, BINARY, POJO -> false;
        };
    }
}
