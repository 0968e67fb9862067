package io.rolesmith.api.wire;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import io.rolesmith.policy.PolicyDocument;

/** A policy document as a JSON object, in AWS's own spelling; literals are written as they are kept. */
public record PolicyObject(@JsonValue @JsonRawValue String json) {

    public static PolicyObject of(PolicyDocument document) {
        return new PolicyObject(document.json());
    }
}
