package io.rolesmith.api.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rolesmith.policy.PolicyDifference;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One way in which two policies do not mean the same, on the wire. */
@Schema(name = "PolicyDifference")
public record DifferenceResponse(
        Kind kind,

        @Schema(description = "What differs: Version, Id, Statement, or an element of a statement", example = "Action")
        String element,

        @Schema(description = "JSON pointer into the left document, or the one before", example = "/Statement/0/Action")
        @Nullable
        String left,

        @Schema(description = "JSON pointer into the right document, or the one after", example = "/Statement/1/Action")
        @Nullable
        String right,

        @Schema(description = "Values that only the left has")
        List<String> removed,

        @Schema(description = "Values that only the right has")
        List<String> added,

        @Schema(description = "The difference in a sentence")
        String message) {

    /** What happened on the way from left to right. */
    public enum Kind {
        @JsonProperty("added")
        ADDED,
        @JsonProperty("removed")
        REMOVED,
        @JsonProperty("changed")
        CHANGED
    }

    public static DifferenceResponse of(PolicyDifference difference) {
        return new DifferenceResponse(
                switch (difference.kind()) {
                    case ADDED -> Kind.ADDED;
                    case REMOVED -> Kind.REMOVED;
                    case CHANGED -> Kind.CHANGED;
                },
                difference.element(),
                difference.left().orElse(null),
                difference.right().orElse(null),
                difference.removed(),
                difference.added(),
                difference.message());
    }
}
