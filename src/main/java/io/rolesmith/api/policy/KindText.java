package io.rolesmith.api.policy;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rolesmith.policy.check.PolicyKind;

/** The kind of a policy on the wire. */
enum KindText {
    @JsonProperty("trust")
    TRUST,
    @JsonProperty("identity")
    IDENTITY;

    PolicyKind toKind() {
        return switch (this) {
            case TRUST -> PolicyKind.TRUST;
            case IDENTITY -> PolicyKind.IDENTITY;
        };
    }
}
