package io.rolesmith.role;

import io.rolesmith.policy.Ascii;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The inline policy that denies everything to the sessions of a role which began before a moment, as the policy
 * {@code AWSRevokeOlderSessions} of AWS's console does. It belongs to us and to no spec: it stays on the role, where it says
 * nothing of sessions that begin later, until a later one takes its place or the role goes.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html">Revoke IAM role temporary
 *     security credentials</a>
 */
public final class Revocation {

    /** Its name, which no spec may use. */
    public static final String POLICY = "rolesmith-revoke-older-sessions";

    /** For so long after the change IAM may let in whom the trust policy named before. */
    private static final Duration PROPAGATION = Duration.ofSeconds(15);

    private static final String BEGIN =
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\","
                    + "\"Condition\":{\"DateLessThan\":{\"aws:TokenIssueTime\":\"";

    private static final String END = "\"}}}]}";

    /** Stands for the moment that is not known before the policy is written; before it no session began. */
    private static final Instant UNDATED = Instant.EPOCH;

    private Revocation() {}

    /** The change that revokes, once it is {@link #dated}. */
    static Change.PutRolePolicy planned(RoleName role, @Nullable String documentBefore) {
        return new Change.PutRolePolicy(role, new PolicyName(POLICY), documentBefore, document(UNDATED));
    }

    /** The change as it is to be sent at {@code now}; one that revokes nothing is as it was. */
    public static Change dated(Change change, Instant now) {
        return change instanceof Change.PutRolePolicy put && is(put.policy().value(), put.document())
                ? new Change.PutRolePolicy(
                        put.role(), put.policy(), put.documentBefore(), document(now.plus(PROPAGATION)))
                : change;
    }

    /** Whether an inline policy is one of ours that revokes. */
    static boolean is(String name, String document) {
        return isNamed(name) && document.startsWith(BEGIN) && document.endsWith(END);
    }

    /** Whether an inline policy has the name that is kept for it. */
    public static boolean isNamed(String name) {
        return Ascii.lower(name).equals(POLICY);
    }

    /** In characters. */
    static int size() {
        return document(UNDATED).length();
    }

    private static String document(Instant moment) {
        return BEGIN + moment.truncatedTo(ChronoUnit.SECONDS) + END;
    }
}
