package io.rolesmith.api.rolerequest;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rolesmith.role.Gap;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** That a role lacks, while a plan is applied, access that it has before and after. */
@Schema(name = "Gap")
record GapResponse(
        @Schema(
                description = "hold: everything is denied from the first change to the last; loss: something is taken"
                        + " away before it is given again")
        Kind kind,

        @Schema(description = "Why, in a sentence") String reason) {

    enum Kind {
        @JsonProperty("hold")
        HOLD,
        @JsonProperty("loss")
        LOSS
    }

    /** Absent where there is no gap, as members of answers are. */
    static @Nullable GapResponse of(@Nullable Gap gap) {
        return Optional.ofNullable(gap)
                .map(known -> new GapResponse(
                        switch (known.kind()) {
                            case HOLD -> Kind.HOLD;
                            case LOSS -> Kind.LOSS;
                        },
                        known.reason()))
                .orElse(null);
    }
}
