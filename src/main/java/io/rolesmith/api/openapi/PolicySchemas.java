package io.rolesmith.api.openapi;

import io.swagger.v3.oas.models.ExternalDocumentation;
import io.swagger.v3.oas.models.media.ComposedSchema;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import java.util.List;
import java.util.Map;

/**
 * Policies as OpenAPI schemas. They do not tell the policy language: any object is read, and what is wrong with it is said in
 * findings; and generators of clients make nothing useful of a value that may be a list.
 */
final class PolicySchemas {

    private static final String GRAMMAR =
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html";
    private static final String DOCUMENT = "PolicyDocument";
    private static final String TEXT = "PolicyText";

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
        Schema<Object> text = new ComposedSchema();
        // Generators put descriptions into comments, which an asterisk and a slash would end.
        text.setDescription(
                "A policy document: a JSON object, or a string that holds it as pasted text, which may carry"
                        + " line and block comments; ${var.name} is replaced in the values of both");
        text.setOneOf(List.of(reference(DOCUMENT), new StringSchema()));
        return Map.of(
                TEXT,
                text,
                DOCUMENT,
                new ObjectSchema()
                        .description("A policy document in IAM's own language and spelling")
                        .externalDocs(new ExternalDocumentation()
                                .description("The grammar of the policy language")
                                .url(GRAMMAR))
                        .addProperty("Version", new StringSchema().example("2012-10-17"))
                        .addProperty("Id", new StringSchema())
                        .addProperty("Statement", new Schema<>().description("A statement, or a list of statements"))
                        .additionalProperties(true));
    }

    private static Schema<?> reference(String name) {
        return new Schema<>().$ref("#/components/schemas/" + name);
    }
}
