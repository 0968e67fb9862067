package io.rolesmith.blueprint;

import tools.jackson.databind.node.ObjectNode;

/**
 * A recipe for roles, as the catalogue shows it. {@link Blueprints#roles} follows it.
 *
 * @param trustedEntity the service principal that the roles trust
 * @param useCase what AWS's console calls the use case of such a role
 * @param parametersSchema JSON Schema 2020-12 of the parameters, without references to anything outside it
 * @param example parameters that pass the schema
 */
public record Blueprint(
        BlueprintId id,
        String title,
        String description,
        String trustedEntity,
        String useCase,
        ObjectNode parametersSchema,
        ObjectNode example) {

    /** Takes copies, since a JSON tree can be written to. */
    public Blueprint {
        parametersSchema = parametersSchema.deepCopy();
        example = example.deepCopy();
    }

    /** A copy of the schema, the caller's own. */
    @Override
    public ObjectNode parametersSchema() {
        return parametersSchema.deepCopy();
    }

    /** A copy of the example, the caller's own. */
    @Override
    public ObjectNode example() {
        return example.deepCopy();
    }
}
