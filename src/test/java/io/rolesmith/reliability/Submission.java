package io.rolesmith.reliability;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A request that a client posted until it was answered.
 *
 * @param began when it was posted first, in nanoseconds of this JVM's clock
 * @param answered when it was answered in the end
 * @param unavailable how often the answer was 503 before
 * @param answer the answer's body
 */
record Submission(
        JsonNode body, long began, long answered, int attempts, int unavailable, int status, JsonNode answer) {

    /** The request that came of it; empty if it was refused. */
    String id() {
        return answer.path(status < 300 ? "id" : "requestId").asString("");
    }

    Asked asked() {
        return new Asked(id(), body);
    }

    /** In lower case. */
    Set<String> roles() {
        return asked().roles().stream()
                .map(role -> role.get("name").asString().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    String code() {
        return answer.path("code").asString("");
    }
}
