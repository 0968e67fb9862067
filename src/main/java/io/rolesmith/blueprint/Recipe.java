package io.rolesmith.blueprint;

import io.rolesmith.policy.Finding;
import io.rolesmith.role.RoleDraft;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A blueprint with all that it takes to follow it. */
record Recipe(Blueprint blueprint, ParameterSchema schema, List<RoleTemplate> templates) {

    BlueprintReading roles(@Nullable JsonNode parameters) {
        JsonNode given =
                parameters == null || parameters.isMissingNode() ? JsonNodeFactory.instance.objectNode() : parameters;
        List<Finding> findings = new ArrayList<>(schema.check(given));
        if (!(given instanceof ObjectNode object) || Finding.anyRefuses(findings)) {
            return new BlueprintReading(List.of(), findings);
        }
        ObjectNode values = schema.withDefaults(object);
        List<RoleDraft> roles = templates.stream()
                .map(template -> template.draft(values, findings))
                .toList();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < roles.size(); i++) {
            String name = roles.get(i).name();
            if (name != null && !names.add(name.toLowerCase(Locale.ROOT))) {
                findings.add(Finding.error(
                        "DUPLICATE_ROLE_NAME",
                        templates.get(i).namePointer(),
                        "Two roles of the blueprint are to be called '" + name
                                + "', if letter case is ignored as IAM ignores it.",
                        "Give each role a name of its own."));
            }
        }
        return new BlueprintReading(Finding.anyRefuses(findings) ? List.of() : roles, findings);
    }
}
