package io.rolesmith.api.wire;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import io.rolesmith.policy.PolicyDocument;
import io.swagger.v3.oas.annotations.ExternalDocumentation;
import io.swagger.v3.oas.annotations.media.Schema;

/** A policy document as a JSON object, in AWS's own spelling; literals are written as they are kept. */
@Schema(
        name = "PolicyDocument",
        type = "object",
        description = "A policy document in IAM's own language and spelling",
        externalDocs =
                @ExternalDocumentation(
                        url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"),
        example = """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}""")
public record PolicyObject(@JsonValue @JsonRawValue String json) {

    public static PolicyObject of(PolicyDocument document) {
        return new PolicyObject(document.json());
    }
}
