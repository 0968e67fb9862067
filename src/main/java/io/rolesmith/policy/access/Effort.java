package io.rolesmith.policy.access;

/**
 * What a comparison may still cost, in steps of some ten nanoseconds each.
 *
 * <p>Policies can be written so that an exact answer takes for ever. One that is not there in time is
 * {@code undetermined}, which every caller must be able to live with.
 */
final class Effort {

    private long left;

    Effort(long steps) {
        left = steps;
    }

    /**
     * Takes {@code steps} off.
     *
     * @throws Exhausted when there were not as many left
     */
    void spend(long steps) {
        left -= steps;
        if (left < 0) {
            throw new Exhausted();
        }
    }

    /** As much as {@code share}, but no more than is left, taken off here at once. */
    Effort lend(long share) {
        long lent = Math.max(0, Math.min(share, left));
        left -= lent;
        return new Effort(lent);
    }

    /** Takes back what was not needed of a loan. */
    void giveBack(Effort loan) {
        left += Math.max(0, loan.left);
        loan.left = 0;
    }

    /** There is no effort left. Never leaves the package. */
    static final class Exhausted extends RuntimeException {

        private static final long serialVersionUID = 1;

        Exhausted() {
            super("The comparison takes too long", null, false, false);
        }
    }
}
