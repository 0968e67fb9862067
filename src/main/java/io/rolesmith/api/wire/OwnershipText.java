package io.rolesmith.api.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rolesmith.role.PolicyOwnership;
import io.swagger.v3.oas.annotations.media.Schema;

/** {@link PolicyOwnership} on the wire. */
@Schema(description = OwnershipText.DESCRIPTION)
public enum OwnershipText {
    @JsonProperty("exclusive")
    EXCLUSIVE,
    @JsonProperty("additive")
    ADDITIVE;

    static final String DESCRIPTION = "What happens to policies on the role that are not named: exclusive removes them,"
            + " additive leaves and reports them";

    public static OwnershipText of(PolicyOwnership ownership) {
        return switch (ownership) {
            case EXCLUSIVE -> EXCLUSIVE;
            case ADDITIVE -> ADDITIVE;
        };
    }

    public PolicyOwnership toOwnership() {
        return switch (this) {
            case EXCLUSIVE -> PolicyOwnership.EXCLUSIVE;
            case ADDITIVE -> PolicyOwnership.ADDITIVE;
        };
    }
}
