package io.rolesmith.reliability;

import io.rolesmith.support.World;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A request that was made, and what it asked for.
 *
 * @param id of the request
 * @param body as for {@code POST /role-requests}, by whatever address it was asked for
 */
public record Asked(String id, JsonNode body) {

    public boolean isDeletion() {
        return body.path("action").asString("provision").equals("delete");
    }

    List<JsonNode> roles() {
        return World.stream(body.get("roles")).toList();
    }

    Optional<JsonNode> role(String name) {
        return roles().stream()
                .filter(role -> role.get("name").asString().equalsIgnoreCase(name))
                .findFirst();
    }
}
