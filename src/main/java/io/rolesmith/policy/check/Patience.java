package io.rolesmith.policy.check;

/**
 * What may still be spent on advice about one document, in steps of about a nanosecond.
 *
 * <p>Policies can be written so that a search for what is redundant or does not fit takes seconds. Advice is then given as
 * far as the patience goes, and a finding says so; refusals never depend on it.
 */
final class Patience {

    private long left;
    private boolean exhausted;

    Patience(long steps) {
        left = steps;
    }

    /** Whether there is patience for {@code steps} more, which it takes off. */
    boolean allows(long steps) {
        if (left < steps) {
            exhausted = true;
            return false;
        }
        left -= steps;
        return true;
    }

    /** Whether something was left out. */
    boolean isExhausted() {
        return exhausted;
    }
}
