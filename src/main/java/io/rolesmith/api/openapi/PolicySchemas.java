package io.rolesmith.api.openapi;

import io.swagger.v3.oas.models.ExternalDocumentation;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.ComposedSchema;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The policy language as OpenAPI schemas. What the language asks beyond shape, checks say. */
final class PolicySchemas {

    private static final String GRAMMAR =
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html";
    private static final String DOCUMENT = "PolicyDocument";
    private static final String STATEMENT = "PolicyStatement";
    private static final String TEXT = "PolicyText";
    private static final String STRINGS = "StringOrStrings";

    private PolicySchemas() {}

    /** A reference to what callers give: an object, or pasted text. */
    static Schema<?> policyText() {
        return reference(TEXT);
    }

    /** A reference to what callers get: an object. */
    static Schema<?> policyDocument() {
        return reference(DOCUMENT);
    }

    /** The schemas that these refer to. */
    static Map<String, Schema<?>> components() {
        Map<String, Schema<?>> components = new LinkedHashMap<>();
        components.put(
                TEXT,
                oneOf(
                        "A policy document: a JSON object, or a string that holds it as pasted text, which may carry // and"
                                + " /* */ comments; ${var.name} is replaced in the values of both",
                        reference(DOCUMENT),
                        new StringSchema()));
        components.put(
                DOCUMENT,
                new ObjectSchema()
                        .description("A policy document in IAM's own language and spelling")
                        .externalDocs(new ExternalDocumentation().url(GRAMMAR))
                        .addProperty("Version", choice("2012-10-17", "2008-10-17"))
                        .addProperty("Id", new StringSchema())
                        .addProperty(
                                "Statement",
                                oneOf("", reference(STATEMENT), new ArraySchema().items(reference(STATEMENT))))
                        .required(List.of("Statement"))
                        .additionalProperties(false));
        components.put(
                STATEMENT,
                new ObjectSchema()
                        .addProperty("Sid", new StringSchema())
                        .addProperty("Effect", choice("Allow", "Deny"))
                        .addProperty("Principal", principal())
                        .addProperty("NotPrincipal", principal())
                        .addProperty("Action", reference(STRINGS))
                        .addProperty("NotAction", reference(STRINGS))
                        .addProperty("Resource", reference(STRINGS))
                        .addProperty("NotResource", reference(STRINGS))
                        .addProperty(
                                "Condition",
                                new ObjectSchema()
                                        .description("Operator to condition key to value or values")
                                        .additionalProperties(new ObjectSchema().additionalProperties(true)))
                        .required(List.of("Effect"))
                        .additionalProperties(false));
        components.put(STRINGS, oneOf("", new StringSchema(), new ArraySchema().items(new StringSchema())));
        return components;
    }

    private static Schema<?> principal() {
        return oneOf("", new StringSchema(), new ObjectSchema().additionalProperties(reference(STRINGS)));
    }

    private static Schema<?> oneOf(String description, Schema<?>... choices) {
        Schema<Object> schema = new ComposedSchema();
        schema.setOneOf(List.of(choices));
        if (!description.isEmpty()) {
            schema.setDescription(description);
        }
        return schema;
    }

    private static Schema<?> choice(String... values) {
        StringSchema schema = new StringSchema();
        schema.setEnum(List.of(values));
        return schema;
    }

    private static Schema<?> reference(String name) {
        return new Schema<>().$ref("#/components/schemas/" + name);
    }
}
