package io.rolesmith.reliability;

import io.rolesmith.support.World;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * What requests that were applied make of a role; reckoned anew from the words of the requests, as the API's description has
 * it.
 *
 * @param tags keys, in lower case, of the tags that we set last
 * @param profile whether we made the instance profile
 */
record Wanted(Set<String> tags, boolean profile) {

    static final Wanted NOTHING = new Wanted(Set.of(), false);

    static Wanted of(JsonNode role) {
        Set<String> keys = new HashSet<>();
        role.path("tags").properties().forEach(tag -> keys.add(tag.getKey().toLowerCase(Locale.ROOT)));
        return new Wanted(keys, role.path("instanceProfile").asBoolean(false));
    }

    /** What the role is after it was made so. */
    Facets applied(JsonNode role, Facets before, String team, String installation, String request) {
        Map<String, String> then = new TreeMap<>(before.values());
        if (!before.hasRole()) {
            then.keySet().retainAll(Set.of(Facets.PROFILE));
            then.put(
                    Facets.ROLE,
                    role.path("path").asString("/") + role.get("name").asString());
            then.put("tag:rolesmith:installation", installation);
            then.put("tag:rolesmith:team", team);
            then.put("tag:rolesmith:request", request);
        }
        then.put("trust", role.get("trustPolicy").toString());
        then.put(
                "session",
                role.path("description").asString("") + " "
                        + role.path("maxSessionSeconds").asInt(3600));
        if (role.has("permissionsBoundaryArn")) {
            if (role.get("permissionsBoundaryArn").isNull()) {
                then.remove("boundary");
            } else {
                then.put("boundary", role.get("permissionsBoundaryArn").asString());
            }
        }
        boolean exclusive = role.path("policyOwnership").asString("exclusive").equals("exclusive");
        Set<String> policies = World.stream(role.path("managedPolicyArns"))
                .map(arn -> "managed:" + arn.asString())
                .collect(Collectors.toSet());
        policies.forEach(policy -> then.put(policy, "attached"));
        role.path("inlinePolicies").properties().forEach(policy -> {
            policies.add(Facets.inline(policy.getKey()));
            then.put(Facets.inline(policy.getKey()), policy.getValue().toString());
        });
        if (exclusive) {
            then.keySet()
                    .removeIf(facet ->
                            (facet.startsWith("managed:") || facet.startsWith("inline:")) && !policies.contains(facet));
        }
        if (before.hasRole()) {
            tags.forEach(key -> then.remove("tag:" + key));
        }
        role.path("tags")
                .properties()
                .forEach(
                        tag -> then.put(Facets.tag(tag.getKey()), tag.getValue().asString()));
        if (role.path("instanceProfile").asBoolean(false)) {
            then.put(Facets.PROFILE, Facets.SEATED);
        } else if (profile) {
            then.remove(Facets.PROFILE);
        }
        return new Facets(then);
    }

    /** What is left when the role was deleted: an instance profile that somebody else made. */
    Facets deleted(Facets before) {
        return before.get(Facets.PROFILE) == null || profile
                ? Facets.NONE
                : new Facets(Map.of(Facets.PROFILE, Facets.EMPTY));
    }
}
