package io.rolesmith.openapi;

import java.io.ByteArrayOutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.openapitools.openapidiff.core.OpenApiCompare;
import org.openapitools.openapidiff.core.model.ChangedOpenApi;
import org.openapitools.openapidiff.core.output.ConsoleRender;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What of a document's change breaks clients that were made from the document before. */
final class BreakingChanges {

    private BreakingChanges() {}

    /** The changes in words if any of them breaks clients; empty if none does. */
    static String between(JsonNode released, JsonNode present) {
        ChangedOpenApi changes = OpenApiCompare.fromContents(
                asOpenApi30(released).toString(), asOpenApi30(present).toString());
        if (changes.isCompatible()) {
            return "";
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        new ConsoleRender().render(changes, new OutputStreamWriter(text, StandardCharsets.UTF_8));
        return text.toString(StandardCharsets.UTF_8);
    }

    /** The same document as OpenAPI 3.0, which is all that is compared properly: a type is no list there. */
    private static JsonNode asOpenApi30(JsonNode document) {
        ObjectNode copy = (ObjectNode) document.deepCopy();
        copy.put("openapi", "3.0.3");
        List<ObjectNode> listed = schemas(copy)
                .filter(schema -> schema.get("type") instanceof ArrayNode)
                .toList();
        listed.forEach(schema -> {
            List<String> types =
                    schema.get("type").valueStream().map(JsonNode::asString).toList();
            schema.put("type", types.getFirst()).put("nullable", types.contains("null"));
        });
        return copy;
    }

    private static Stream<ObjectNode> schemas(JsonNode node) {
        Stream<ObjectNode> below = node.valueStream().flatMap(BreakingChanges::schemas);
        return node instanceof ObjectNode object ? Stream.concat(Stream.of(object), below) : below;
    }
}
