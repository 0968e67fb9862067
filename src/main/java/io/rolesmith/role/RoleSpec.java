package io.rolesmith.role;

import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.PrincipalType;
import io.rolesmith.policy.Principals;
import io.rolesmith.policy.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * A role as it should be. Made by {@link RoleDraft#read}, which checks it; all its values are resolved.
 *
 * @param description empty for none
 * @param managedPolicyArns attached in this order
 * @param inlinePolicies name to document, put in this order; no two names differ in case only
 * @param maxSession whole seconds, {@link RoleLimits#MIN_SESSION} to {@link RoleLimits#MAX_SESSION}
 * @param tags the requester's tags, without those of {@link Ownership}
 * @param instanceProfile whether there is an instance profile of the role's name with the role in it
 */
public record RoleSpec(
        RoleName name,
        RolePath path,
        String description,
        PolicyDocument trustPolicy,
        SequencedSet<PolicyArn> managedPolicyArns,
        SequencedMap<PolicyName, PolicyDocument> inlinePolicies,
        Boundary boundary,
        Duration maxSession,
        SequencedMap<String, String> tags,
        boolean instanceProfile,
        PolicyOwnership policyOwnership) {

    public RoleSpec {
        managedPolicyArns = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(managedPolicyArns));
        inlinePolicies = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(inlinePolicies));
        tags = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tags));
    }

    /** The same with another permissions boundary. */
    public RoleSpec withBoundary(Boundary other) {
        return new RoleSpec(
                name,
                path,
                description,
                trustPolicy,
                managedPolicyArns,
                inlinePolicies,
                other,
                maxSession,
                tags,
                instanceProfile,
                policyOwnership);
    }

    /** The ARN that the role has in that account, made or not. */
    public String arn(String partition, String account) {
        return "arn:" + partition + ":iam::" + account + ":role" + path + name;
    }

    /**
     * Whether the trust policy has the role of that ARN as a principal. IAM refuses it as long as there is no such role; a
     * condition may speak of one that is not there.
     *
     * @param roleArn the whole ARN; letter case counts, as it does for IAM
     */
    public boolean names(String roleArn) {
        return trustPolicy.statements().stream()
                .map(Statement::principals)
                .anyMatch(principals -> principals instanceof Principals.Listed listed
                        && listed.groups().stream()
                                .anyMatch(group -> group.type() == PrincipalType.AWS
                                        && group.values().texts().contains(roleArn)));
    }
}
