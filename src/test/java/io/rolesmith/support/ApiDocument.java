package io.rolesmith.support;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The API's OpenAPI document: its operations, and whether an answer is one that it describes. */
public final class ApiDocument {

    /** As it is committed; a test holds it against the one that is served. */
    public static final Path COMMITTED = Path.of("docs/openapi.yaml");

    private static final JsonMapper JSON = new JsonMapper();
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDialect(Dialects.getDraft202012());

    private final JsonNode tree;
    private final List<Operation> operations;
    private final JsonNode closedComponents;

    private ApiDocument(JsonNode tree) {
        this.tree = tree;
        this.operations = tree.get("paths").properties().stream()
                .flatMap(path -> path.getValue().properties().stream()
                        .map(method -> new Operation(method.getKey(), path.getKey(), method.getValue())))
                .toList();
        ObjectNode components = (ObjectNode) tree.get("components").deepCopy();
        components.get("schemas").forEach(ApiDocument::close);
        this.closedComponents = components;
    }

    /** Anything that an answer has and its schema does not name is an error here, though not to a client. */
    private static void close(JsonNode schema) {
        if (schema.has("properties") && !schema.has("additionalProperties")) {
            ((ObjectNode) schema).put("additionalProperties", false);
        }
    }

    public static ApiDocument committed() {
        try {
            return of(Files.readString(COMMITTED));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static ApiDocument of(String yaml) {
        return new ApiDocument(new YAMLMapper().readTree(yaml));
    }

    public JsonNode tree() {
        return tree;
    }

    public List<Operation> operations() {
        return operations;
    }

    public Operation operation(String id) {
        return operations.stream()
                .filter(operation -> operation.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("The document has no operation " + id));
    }

    /** What is not as the document says of this answer; empty if all is. */
    public List<String> violations(Operation operation, int status, String contentType, String body) {
        JsonNode answer = operation.tree().get("responses").get(Integer.toString(status));
        if (answer == null) {
            return List.of(operation.id() + " answers " + status + ", which the document does not have");
        }
        String mediaType = contentType.split(";", 2)[0];
        JsonNode content = answer.path("content").get(mediaType);
        if (content == null) {
            return List.of(operation.id() + " answers " + status + " with '" + mediaType
                    + "', which the document does not have");
        }
        if (!mediaType.endsWith("json")) {
            return List.of();
        }
        ObjectNode schema = (ObjectNode) content.get("schema").deepCopy();
        schema.set("components", closedComponents);
        // One JSON object to a line is as many answers.
        Stream<String> bodies = mediaType.endsWith("ndjson") ? body.lines() : Stream.of(body);
        return bodies.flatMap(text -> SCHEMAS.getSchema(schema).validate(JSON.readTree(text)).stream())
                .map(error -> operation.id() + " answers " + status + ": " + error)
                .toList();
    }

    /**
     * One operation.
     *
     * @param method in lower case
     * @param path with its parameters in braces
     */
    public record Operation(String method, String path, JsonNode tree) {

        public String id() {
            return tree.get("operationId").asString();
        }
    }
}
