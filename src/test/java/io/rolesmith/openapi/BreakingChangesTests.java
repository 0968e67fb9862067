package io.rolesmith.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.support.ApiDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Clients of the last release go on to work. */
class BreakingChangesTests {

    private static final Path RELEASED = Path.of("src/test/openapi/released.yaml");

    @Test
    void nothingOfTheLastReleaseIsBroken() throws IOException {
        assertThat(BreakingChanges.between(
                        ApiDocument.of(Files.readString(RELEASED)).tree(),
                        ApiDocument.committed().tree()))
                .as("Keep what %s promises; src/test/openapi/README.md says when it is replaced", RELEASED)
                .isEmpty();
    }

    private static ObjectNode at(JsonNode document, String pointer) {
        return (ObjectNode) document.at(pointer);
    }

    static Stream<Arguments> breaking() {
        return Stream.of(
                breaking(
                        "an operation is gone",
                        document -> at(document, "/paths").remove("/api/v1/roles")),
                breaking(
                        "an answer lacks a member",
                        document -> at(document, "/components/schemas/RoleRequest/properties")
                                .remove("status")),
                breaking(
                        "a body needs one more member",
                        document ->
                                ((ArrayNode) document.at("/components/schemas/RoleRequestRole/required")).add("path")),
                breaking(
                        "a member has another type",
                        document -> at(document, "/components/schemas/RoleRequestRole/properties/maxSessionSeconds")
                                .put("type", "string")
                                .remove("format")),
                breaking(
                        "a value is not taken any more",
                        document -> ((ArrayNode)
                                        document.at("/components/schemas/RoleRequestSubmission/properties/action/enum"))
                                .remove(1)),
                breaking(
                        "a parameter is required",
                        document -> ((ObjectNode) document.at("/paths/~1api~1v1~1roles/get/parameters/0"))
                                .put("required", true)));
    }

    private static Arguments breaking(String what, Consumer<JsonNode> change) {
        return Arguments.of(what, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("breaking")
    void isNoticed(String what, Consumer<JsonNode> change) {
        JsonNode present = ApiDocument.committed().tree();
        JsonNode changed = present.deepCopy();
        change.accept(changed);

        assertThat(changed).isNotEqualTo(present);
        assertThat(BreakingChanges.between(present, changed)).isNotEmpty();
    }

    @Test
    void moreThanBeforeBreaksNothing() {
        JsonNode present = ApiDocument.committed().tree();
        JsonNode changed = present.deepCopy();
        at(changed, "/components/schemas/RoleRequestRole/properties")
                .putObject("more")
                .put("type", "string");
        at(changed, "/paths").set("/api/v1/more", present.at("/paths/~1api~1v1~1caller"));

        assertThat(BreakingChanges.between(present, changed)).isEmpty();
    }
}
