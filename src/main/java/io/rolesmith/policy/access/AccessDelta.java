package io.rolesmith.policy.access;

import java.util.List;
import java.util.Optional;

/**
 * Whether what is allowed after a change is more or less than before.
 *
 * <p>That nothing is gained, or lost, is only ever said when it is so. That something is may be wrong where it hangs on
 * what we do not look into: conditions on different values count as independent, and so does what a policy that could
 * not be read allows.
 *
 * @param possible what may be gained or lost, whatever the policies say that could not be read
 * @param certain what is gained or lost even so
 * @param doubt why the two may differ, as a sentence
 */
public record AccessDelta(Sides possible, Sides certain, Optional<String> doubt) {

    /** A comparison in one word. */
    public enum Verdict {
        WIDENS,
        NARROWS,
        EQUAL,
        /** Something is gained and something is lost. */
        INCOMPARABLE,
        /** It cannot be told; why is the doubt. */
        UNDETERMINED
    }

    /**
     * What is gained and lost, and whether anything is allowed at all.
     *
     * @param gains something is allowed after that was not before
     * @param loses something was allowed before that is not after
     * @param allowedBefore anything was allowed before
     * @param allowedAfter anything is allowed after
     */
    public record Sides(boolean gains, boolean loses, boolean allowedBefore, boolean allowedAfter) {

        /** Of two things of which both must be allowed. */
        private Sides and(Sides other) {
            return new Sides(
                    (gains || other.gains) && allowedAfter && other.allowedAfter,
                    (loses || other.loses) && allowedBefore && other.allowedBefore,
                    allowedBefore && other.allowedBefore,
                    allowedAfter && other.allowedAfter);
        }
    }

    /** What changes in what a role may do when its policies change from {@code before} to {@code after}. */
    public static AccessDelta between(Permissions before, Permissions after) {
        return AccessPath.ofPermissions(PoliciesInForce.of(before), PoliciesInForce.of(after), List.of())
                .delta();
    }

    /** What changes in who may assume a role when its trust policy changes from {@code before} to {@code after}. */
    public static AccessDelta betweenTrust(NamedPolicy before, NamedPolicy after) {
        return AccessPath.ofTrust(PolicyInForce.of(before), PolicyInForce.of(after), List.of())
                .delta();
    }

    /** A change of which everything is known, where something is allowed before and after. */
    public static AccessDelta known(boolean gains, boolean loses) {
        Sides sides = new Sides(gains, loses, true, true);
        return new AccessDelta(sides, sides, Optional.empty());
    }

    /** A change of which nothing is known, and why. */
    static AccessDelta unknown(String doubt) {
        return new AccessDelta(
                new Sides(true, true, true, true), new Sides(false, false, false, false), Optional.of(doubt));
    }

    /** What changes in access that takes both, such as assuming a role and being permitted something in it. */
    public AccessDelta and(AccessDelta other) {
        return new AccessDelta(
                possible.and(other.possible), certain.and(other.certain), doubt.isPresent() ? doubt : other.doubt);
    }

    /** The comparison in one word. */
    public Verdict verdict() {
        if (possible.gains != certain.gains || possible.loses != certain.loses) {
            return Verdict.UNDETERMINED;
        }
        if (possible.gains) {
            return possible.loses ? Verdict.INCOMPARABLE : Verdict.WIDENS;
        }
        return possible.loses ? Verdict.NARROWS : Verdict.EQUAL;
    }
}
