package io.rolesmith.iam;

import io.rolesmith.role.Change;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RoleState;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * IAM in one account. Every method is one or more remote calls, blocks, and may be called by many threads. Before a real IAM
 * each call waits for its turn in the account's budget; one that would wait too long is not made, and says so as
 * {@link IamErrors#BUDGET_EXHAUSTED}.
 *
 * <p>No write is tried twice in here: whether a write may be repeated is known only to those who know what it was for.
 */
public interface IamGateway {

    /**
     * The role as IAM shows it now: {@code GetRole}, {@code ListAttachedRolePolicies}, {@code ListRolePolicies} and a
     * {@code GetRolePolicy} for each; empty if IAM knows no role of that name.
     *
     * @param withInstanceProfiles whether {@code ListInstanceProfilesForRole} is asked too
     * @throws IamReadException if IAM could not be read, or showed a role in the making
     */
    Optional<RoleState> observe(RoleName role, boolean withInstanceProfiles);

    /**
     * The role and the names of all that hangs on it, in four calls whatever their number: {@code GetRole},
     * {@code ListAttachedRolePolicies}, {@code ListRolePolicies} and {@code ListInstanceProfilesForRole}; empty if IAM knows
     * no role of that name. For deleting, which needs no documents: <b>every inline policy has the empty text here</b>, so
     * that the state must not be compared with a wanted one, and its fingerprint equals only that of another outline.
     *
     * @throws IamReadException if IAM could not be read, or showed a role in the making
     */
    Optional<RoleState> outline(RoleName role);

    /**
     * The instance profile, in {@code GetInstanceProfile}; empty if IAM knows none of that name.
     *
     * @throws IamReadException if IAM could not be read
     */
    Optional<InstanceProfile> instanceProfile(String name);

    /**
     * The document of a managed policy's default version, as IAM keeps it, in {@code GetPolicy} and
     * {@code GetPolicyVersion}; empty if IAM knows no policy of that ARN.
     *
     * @throws IamReadException if IAM could not be read
     */
    Optional<String> policyDocument(String arn);

    /**
     * What the account lets roles have, in {@code GetAccountSummary}.
     *
     * @throws IamReadException if IAM could not be read, or does not say it
     */
    AccountQuotas quotas();

    /**
     * Makes one change with one call; what IAM answered, or that it did not, is the result, never an exception.
     *
     * @param inTime asked when nothing but the sending is left, however long that took: if it says no, nothing is sent, which is
     *     {@link IamErrors#TOO_LATE}
     */
    IamAnswer apply(Change change, BooleanSupplier inTime);

    /** The same, whenever it is sent. */
    default IamAnswer apply(Change change) {
        return apply(change, () -> true);
    }

    /**
     * The ARN of the principal as which we act in the account.
     *
     * @throws IamReadException if it cannot be found out
     */
    String principalArn();

    /**
     * The ARN of the principal that assumes the account's role, which is who we are before; empty where no role of AWS is
     * assumed. Of a role's session it is the session's, in which STS does not tell the role's path.
     *
     * @throws IamReadException if it cannot be found out
     */
    Optional<String> assumingPrincipalArn();
}
