package io.rolesmith.policy.access;

/**
 * What the policies in force at some time allow, held against what is allowed before and after a change.
 *
 * @param known whether it could be told; nothing else may be believed otherwise
 * @param both something that is allowed before and after
 * @param onlyBefore something that is allowed before, not after
 * @param onlyAfter something that is allowed after, not before
 * @param neither something that is allowed neither before nor after
 * @param lacksCommon whether something that is allowed before and after is not allowed now
 */
public record Reach(
        boolean known, boolean both, boolean onlyBefore, boolean onlyAfter, boolean neither, boolean lacksCommon) {

    /** It cannot be told. */
    public static final Reach UNKNOWN = new Reach(false, true, true, true, true, true);

    /** Whether nothing at all is allowed. */
    public boolean isNothing() {
        return known && !both && !onlyBefore && !onlyAfter && !neither;
    }
}
