package io.rolesmith.api.wire;

import io.rolesmith.policy.Finding;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A finding on the wire. */
@Schema(name = "Finding")
public record FindingResponse(
        @Schema(example = "UNRESOLVED_VARIABLE") String code,

        @Schema(allowableValues = {"error", "security-warning", "warning", "suggestion"})
        String severity,

        @Schema(
                description = "JSON pointer (RFC 6901) into the body; inside pasted text it goes on into the text",
                example = "/roles/0/inlinePolicies/ecs-exec/Statement/1/Resource/0")
        String pointer,

        @Schema(description = "Line in pasted text, from 1") @Nullable
        Integer line,

        @Schema(description = "Column in pasted text, from 1") @Nullable
        Integer column,

        @Schema(description = "The account for which this holds; absent when it holds for all") @Nullable
        String account,

        @Schema(description = "Names the value and the rule")
        String message,

        @Schema(description = "What to do about it") String remedy,

        @Schema(description = "Where the rule is explained", format = "uri") @Nullable
        String link) {

    public static FindingResponse of(Finding finding) {
        return new FindingResponse(
                finding.code(),
                finding.severity().label(),
                finding.pointer(),
                finding.line(),
                finding.column(),
                finding.account(),
                finding.message(),
                finding.remedy(),
                finding.link().orElse(null));
    }
}
