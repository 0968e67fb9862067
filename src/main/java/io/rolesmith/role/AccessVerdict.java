package io.rolesmith.role;

import io.rolesmith.policy.access.AccessDelta;

/** How what a role may do, and who may assume it, changes by a plan. */
public enum AccessVerdict {
    WIDENS,
    NARROWS,
    EQUAL,
    /** Something is gained and something is lost. */
    INCOMPARABLE,
    /** It cannot be told. */
    UNDETERMINED;

    static AccessVerdict of(AccessDelta.Verdict verdict) {
        return switch (verdict) {
            case WIDENS -> WIDENS;
            case NARROWS -> NARROWS;
            case EQUAL -> EQUAL;
            case INCOMPARABLE -> INCOMPARABLE;
            case UNDETERMINED -> UNDETERMINED;
        };
    }
}
