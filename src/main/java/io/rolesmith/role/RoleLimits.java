package io.rolesmith.role;

import io.rolesmith.policy.check.PolicyCheck;
import java.time.Duration;

/**
 * AWS's limits for a role and what hangs off it.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM and STS quotas</a>
 */
public final class RoleLimits {

    /** CreateRole, Description: characters, however many bytes they take. */
    public static final int MAX_DESCRIPTION = 1000;

    /** CreateRole, MaxSessionDuration. */
    public static final Duration MIN_SESSION = Duration.ofSeconds(3600);

    /** CreateRole, MaxSessionDuration. */
    public static final Duration MAX_SESSION = Duration.ofSeconds(43_200);

    /** Quota L-0DA4ABF3, managed policies per role: what an account has unless it asked for more. */
    public static final int DEFAULT_MANAGED_POLICIES = 20;

    /** Quota L-0DA4ABF3: what an account can ask for. */
    public static final int MAX_MANAGED_POLICIES = 25;

    /** Aggregate size of all inline policies of a role, in characters without white space; cannot be raised. */
    public static final int MAX_INLINE_POLICIES_SIZE = PolicyCheck.INLINE_POLICIES_SIZE;

    /** Tags per role, ours included. */
    public static final int MAX_TAGS = 50;

    /** Tags that are left for the requester beside those of {@link Ownership}. */
    public static final int MAX_USER_TAGS = MAX_TAGS - 3;

    /** TagRole, Key; in characters. */
    public static final int MAX_TAG_KEY = 128;

    /** TagRole, Value; in characters. */
    public static final int MAX_TAG_VALUE = 256;

    /** Expectations of one role: a limit of ours, for each takes a walk through all its policies. */
    public static final int MAX_EXPECTATIONS = 100;

    private RoleLimits() {}
}
