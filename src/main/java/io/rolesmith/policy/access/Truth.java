package io.rolesmith.policy.access;

/** Whether something holds for a request, as far as can be known from what was said of it. */
sealed interface Truth {

    /** It holds, or it does not, whatever else may be true of the request. */
    enum Known implements Truth {
        TRUE,
        FALSE
    }

    /**
     * It hangs on something that nobody told us, or that AWS does not document.
     *
     * @param reason one sentence
     */
    record Unknown(String reason) implements Truth {}

    static Truth of(boolean holds) {
        return holds ? Known.TRUE : Known.FALSE;
    }

    static Truth unknown(String reason) {
        return new Unknown(reason);
    }

    default boolean isTrue() {
        return this == Known.TRUE;
    }

    default boolean isFalse() {
        return this == Known.FALSE;
    }

    /** Holds when both do; one that certainly does not decides it, however unknown the other is. */
    default Truth and(Truth other) {
        if (isFalse() || other.isTrue()) {
            return this;
        }
        return other.isFalse() || isTrue() ? other : this;
    }

    /** Holds when one of them does; one that certainly does decides it. */
    default Truth or(Truth other) {
        if (isTrue() || other.isFalse()) {
            return this;
        }
        return other.isTrue() || isFalse() ? other : this;
    }

    default Truth not() {
        return switch (this) {
            case Known known -> of(known == Known.FALSE);
            case Unknown unknown -> unknown;
        };
    }
}
