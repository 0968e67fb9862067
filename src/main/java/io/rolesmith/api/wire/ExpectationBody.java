package io.rolesmith.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.rolesmith.policy.access.Decision;
import io.rolesmith.role.ExpectationDraft;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** What a caller expects IAM to answer to a role, so that a role is not made that does otherwise. */
@Schema(name = "Expectation")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ExpectationBody(
        @Schema(
                requiredMode = Schema.RequiredMode.REQUIRED,
                description = "One action, without wildcards",
                example = "s3:GetObject")
        @NotNull
        @Nullable
        String action,

        @Schema(
                requiredMode = Schema.RequiredMode.REQUIRED,
                description = "The ARN of one resource, without wildcards, or * alone; may hold variables",
                example = "arn:${var.aws_partition}:s3:::retail-store-assets/logo.png")
        @NotNull
        @Nullable
        String resource,

        @Schema(
                description = "Values by condition key; a key that is not here is absent from the request",
                example = "{\"aws:SourceVpce\": [\"vpce-1a2b3c4d\"]}")
        @Nullable
        SequencedMap<String, @NotNull List<@NotNull String>> context,

        @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @NotNull @Nullable
        Expected decision) {

    /** The answers that can be expected. */
    @Schema(name = "ExpectedDecision", description = "Nobody can expect what cannot be determined")
    public enum Expected {
        @JsonProperty("allowed")
        ALLOWED(Decision.ALLOWED),
        @JsonProperty("explicitDeny")
        EXPLICIT_DENY(Decision.EXPLICIT_DENY),
        @JsonProperty("implicitDeny")
        IMPLICIT_DENY(Decision.IMPLICIT_DENY);

        private final Decision decision;

        Expected(Decision decision) {
            this.decision = decision;
        }

        @Override
        public String toString() {
            return decision.word();
        }
    }

    ExpectationDraft toDraft() {
        return new ExpectationDraft(
                action,
                resource,
                Objects.requireNonNullElse(context, new LinkedHashMap<>()),
                decision == null ? null : decision.toString());
    }
}
