package io.rolesmith.blueprint;

import io.rolesmith.policy.JsonPointer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tells, before any parameter is known, whether a template can be followed with all that its schema lets through. */
final class TemplateCheck {

    private final ObjectNode schema;
    private final List<String> problems = new ArrayList<>();
    private final Set<String> used = new LinkedHashSet<>();
    private final Set<String> alwaysThere = new HashSet<>();

    private TemplateCheck(ObjectNode schema) {
        this.schema = schema;
        schema.path("required").forEach(name -> alwaysThere.add(name.stringValue()));
        schema.path("properties").properties().forEach(property -> {
            if (property.getValue().has("default")) {
                alwaysThere.add(property.getKey());
            }
        });
    }

    /** What is wrong with {@code roles}, each problem beginning with its place in the file. */
    static List<String> problems(ObjectNode schema, List<RoleTemplate> roles) {
        TemplateCheck check = new TemplateCheck(schema);
        for (int i = 0; i < roles.size(); i++) {
            String place = JsonPointer.element("/roles", i);
            ObjectNode role = roles.get(i).tree();
            for (String member : role.propertyNames()) {
                if (!RoleTemplate.MEMBERS.contains(member)) {
                    check.problem(JsonPointer.member(place, member), "a role has no such member");
                }
            }
            for (String member : List.of("name", "trustPolicy")) {
                if (!role.has(member)) {
                    check.problem(place, "a role needs the member " + member);
                }
            }
            if (role.has("inlinePolicies") && !role.path("inlinePolicies").isArray()) {
                check.problem(place + "/inlinePolicies", "must be a list of name and document");
            }
            check.visit(role, place, check.alwaysThere);
        }
        schema.path("properties").propertyNames().forEach(name -> {
            if (!check.used.contains(name)) {
                check.problem("/parameters/" + name, "no role uses this parameter");
            }
        });
        return check.problems;
    }

    private void visit(JsonNode node, String place, Set<String> there) {
        if (node instanceof ObjectNode mapping) {
            mapping(mapping, place, there);
        } else if (node instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                element(list.get(i), JsonPointer.element(place, i), there);
            }
        } else if (node.isString()) {
            text(node.stringValue(), place, there);
        }
    }

    private void mapping(ObjectNode mapping, String place, Set<String> there) {
        Set<String> inside = there;
        if (mapping.has(RoleTemplate.WHEN)) {
            String pointer = JsonPointer.member(place, RoleTemplate.WHEN);
            String name = declared(mapping.path(RoleTemplate.WHEN), pointer);
            inside = new HashSet<>(there);
            inside.add(name);
        }
        if (mapping.has(RoleTemplate.VALUE) && (mapping.size() != 2 || !mapping.has(RoleTemplate.WHEN))) {
            problem(place, "$value stands beside $when and nothing else");
        }
        for (var member : mapping.properties()) {
            String pointer = JsonPointer.member(place, member.getKey());
            if (member.getKey().equals(RoleTemplate.WHEN)) {
                continue;
            }
            if (member.getKey().contains("${")) {
                problem(pointer, "a key takes no parameter");
            } else if (member.getKey().startsWith("$") && !member.getKey().equals(RoleTemplate.VALUE)) {
                problem(
                        pointer,
                        member.getKey().equals(RoleTemplate.SPLICE)
                                ? "$splice stands alone in an element of a list"
                                : "templates know $when, $value and $splice only");
            }
            visit(member.getValue(), pointer, inside);
        }
    }

    private void element(JsonNode element, String place, Set<String> there) {
        if (!element.has(RoleTemplate.SPLICE) || element.size() != 1) {
            visit(element, place, there);
            return;
        }
        String pointer = JsonPointer.member(place, RoleTemplate.SPLICE);
        String name = declared(element.path(RoleTemplate.SPLICE), pointer);
        if (!name.isEmpty() && !type(name).equals("array")) {
            problem(pointer, "the parameter '" + name + "' is no array");
        }
    }

    private void text(String text, String place, Set<String> there) {
        ParameterReference.misspelled(text)
                .forEach(part -> problem(place, "'" + part + "' is neither a parameter nor a variable"));
        boolean whole = ParameterReference.isWhole(text);
        for (ParameterReference reference : ParameterReference.in(text)) {
            String name = reference.name();
            if (!declares(name)) {
                problem(place, "there is no parameter '" + name + "'");
                continue;
            }
            used.add(name);
            if (reference.optional() && !whole) {
                problem(place, reference + " must be the whole value");
            } else if (!reference.optional() && !there.contains(name)) {
                problem(
                        place,
                        "the parameter '" + name + "' may be absent here: write ${param." + name + "?}, or $when: "
                                + name + " around it");
            }
            if (!whole && !type(name).equals("string")) {
                problem(place, "the parameter '" + name + "' is no string, and can only be a whole value");
            }
        }
    }

    /** The name of a declared parameter, or nothing. */
    private String declared(JsonNode name, String place) {
        if (!name.isString() || !declares(name.stringValue())) {
            problem(place, "there is no parameter " + name);
            return "";
        }
        used.add(name.stringValue());
        return name.stringValue();
    }

    private boolean declares(String name) {
        return schema.path("properties").has(name);
    }

    private String type(String name) {
        return schema.path("properties").path(name).path("type").asString("");
    }

    private void problem(String place, String what) {
        problems.add(place + ": " + what);
    }
}
