package io.rolesmith.blueprint;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.AnnotationKeyword;
import com.networknt.schema.keyword.DisallowUnknownKeywordFactory;
import com.networknt.schema.path.NodePath;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.JsonPointer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** What a blueprint's parameters have to be like: JSON Schema 2020-12, with refusals in our own words. */
final class ParameterSchema {

    static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

    /** Our annotation: a pattern in words, for people whose value does not match it. */
    static final String RULE = "x-rule";

    /** A value in a message is cut here. */
    private static final int SHOWN = 80;

    /** The meta-schema is in the validator's jar; nothing is ever fetched. */
    private static final SchemaRegistry META = SchemaRegistry.withDialect(Dialects.getDraft202012());

    /** A keyword that nobody knows is a slip of the pen, and would check nothing. */
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDialect(Dialect.builder(DIALECT, Dialects.getDraft202012())
                    .keyword(new AnnotationKeyword(RULE))
                    .unknownKeywordFactory(DisallowUnknownKeywordFactory.getInstance())
                    .build());

    private final ObjectNode tree;
    private final Schema schema;

    /**
     * @throws IllegalArgumentException if this is no schema, or not one that stands alone and refuses what it does not
     *     know; the message begins with the place
     */
    ParameterSchema(ObjectNode tree) {
        this.tree = tree.deepCopy();
        List<Error> errors = META.getSchema(SchemaLocation.of(DIALECT)).validate(this.tree);
        if (!errors.isEmpty()) {
            Error error = errors.getFirst();
            throw new IllegalArgumentException(pointer(error.getInstanceLocation()) + ": " + error.getMessage());
        }
        requireClosed(this.tree, "");
        try {
            schema = REGISTRY.getSchema(this.tree);
            schema.initializeValidators();
        } catch (SchemaException e) {
            throw new IllegalArgumentException("/: " + e.getMessage(), e);
        }
    }

    ObjectNode tree() {
        return tree;
    }

    /** What refuses {@code parameters}, with pointers from their root. */
    List<Finding> check(JsonNode parameters) {
        return schema.validate(parameters).stream()
                .map(this::finding)
                .distinct()
                .toList();
    }

    /** {@code parameters} with the schema's default wherever nothing is said. */
    ObjectNode withDefaults(ObjectNode parameters) {
        ObjectNode result = parameters.deepCopy();
        tree.path("properties").properties().forEach(property -> {
            if (property.getValue().has("default") && !result.has(property.getKey())) {
                result.set(
                        property.getKey(), property.getValue().path("default").deepCopy());
            }
        });
        return result;
    }

    /** No references, so that the served schema stands alone, and no place where a mistyped name would pass. */
    private static void requireClosed(JsonNode node, String place) {
        if (node instanceof ObjectNode object) {
            for (String reference : List.of("$ref", "$dynamicRef", "$id")) {
                if (object.has(reference)) {
                    throw new IllegalArgumentException(JsonPointer.member(place, reference)
                            + ": a schema here stands alone, without " + reference);
                }
            }
            if (object.path("properties").isObject()
                    && object.path("additionalProperties").booleanValue(true)) {
                throw new IllegalArgumentException(
                        place + ": an object with properties must say additionalProperties: false");
            }
            object.properties().forEach(member -> {
                if (!member.getKey().equals("default") && !member.getKey().equals("examples")) {
                    requireClosed(member.getValue(), JsonPointer.member(place, member.getKey()));
                }
            });
        }
    }

    private Finding finding(Error error) {
        String at = pointer(error.getInstanceLocation());
        NodePath path = error.getEvaluationPath();
        JsonNode rule = at(path, path.getNameCount());
        JsonNode property = at(path, path.getNameCount() - 1);
        String subject = at.isEmpty() ? "What is given as parameters" : "'" + at.substring(1) + "'";
        JsonNode value = error.getInstanceNode();
        return switch (error.getKeyword()) {
            case "required" -> {
                String name = error.getProperty();
                JsonNode wanted = property.path("properties").path(name);
                yield Finding.error(
                        "MISSING_PARAMETER",
                        JsonPointer.member(at, name),
                        (at.isEmpty() ? "The parameter '" : subject + " lacks the member '")
                                + name
                                + (at.isEmpty() ? "' is missing." : "'."),
                        "Add it"
                                + (wanted.has("description")
                                        ? ": " + wanted.path("description").stringValue()
                                        : "."));
            }
            case "additionalProperties" -> {
                String name = error.getProperty();
                yield Finding.error(
                        "UNKNOWN_PARAMETER",
                        JsonPointer.member(at, name),
                        (at.isEmpty() ? "The blueprint has no parameter " : subject + " has no member ") + shown(name)
                                + ".",
                        "Leave it out, or choose one of "
                                + String.join(", ", property.path("properties").propertyNames()) + ".");
            }
            default ->
                Finding.error(
                        "INVALID_PARAMETER",
                        at,
                        subject + " " + violation(error.getKeyword(), rule, property, value) + ".",
                        remedy(error.getKeyword(), rule, property));
        };
    }

    private static String violation(String keyword, JsonNode rule, JsonNode property, JsonNode value) {
        return switch (keyword) {
            case "type" -> "is " + shown(value) + "; it must be " + types(rule);
            case "pattern" ->
                "is " + shown(value) + "; it must be " + property.path(RULE).asString("of the form " + rule.asString());
            case "enum" -> "is " + shown(value) + "; it must be one of " + list(rule);
            case "minimum" -> "is " + shown(value) + "; it must be at least " + rule;
            case "maximum" -> "is " + shown(value) + "; it must be at most " + rule;
            case "minLength" -> "has " + length(value) + " characters; it must have at least " + rule;
            case "maxLength" -> "has " + length(value) + " characters; it must have at most " + rule;
            case "minItems" -> "has " + value.size() + " elements; it must have at least " + rule;
            case "maxItems" -> "has " + value.size() + " elements; it must have at most " + rule;
            case "minProperties" -> "has " + value.size() + " members; it must have at least " + rule;
            case "maxProperties" -> "has " + value.size() + " members; it must have at most " + rule;
            case "uniqueItems" -> "names the same thing twice";
            default -> "is " + shown(value) + "; the schema's " + keyword + " does not allow it";
        };
    }

    private static String remedy(String keyword, JsonNode rule, JsonNode property) {
        JsonNode example = property.path("examples").path(0);
        return switch (keyword) {
            case "type" -> "Give " + types(rule) + ".";
            case "uniqueItems" -> "Name each once.";
            default ->
                example.isMissingNode() ? "Give a value that fits." : "Give a value such as " + shown(example) + ".";
        };
    }

    private static String types(JsonNode rule) {
        List<String> names = new ArrayList<>();
        (rule.isArray() ? rule.valueStream().toList() : List.of(rule)).forEach(type -> {
            String name = type.stringValue();
            names.add(
                    switch (name) {
                        case "array", "integer", "object" -> "an " + name;
                        case "null" -> name;
                        default -> "a " + name;
                    });
        });
        return String.join(" or ", names);
    }

    private static String list(JsonNode values) {
        return values.valueStream().map(JsonNode::asString).collect(Collectors.joining(", "));
    }

    private static int length(JsonNode value) {
        String text = value.asString();
        return text.codePointCount(0, text.length());
    }

    private static String shown(String text) {
        return shown(StringNode.valueOf(text));
    }

    /** As JSON, so that line breaks and quotes show, and cut, since a value can be as long as the body. */
    private static String shown(JsonNode value) {
        String json = value.toString();
        return json.codePointCount(0, json.length()) <= SHOWN
                ? json
                : json.substring(0, json.offsetByCodePoints(0, SHOWN)) + "…";
    }

    private JsonNode at(NodePath path, int depth) {
        JsonNode node = tree;
        for (int i = 0; i < depth; i++) {
            node = path.getElement(i) instanceof Integer index ? node.path(index) : node.path(path.getName(i));
        }
        return node;
    }

    private static String pointer(NodePath path) {
        String pointer = "";
        for (int i = 0; i < path.getNameCount(); i++) {
            pointer = JsonPointer.member(pointer, path.getName(i));
        }
        return pointer;
    }
}
