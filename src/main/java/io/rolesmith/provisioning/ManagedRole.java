package io.rolesmith.provisioning;

import io.rolesmith.account.AccountId;
import io.rolesmith.caller.Team;
import io.rolesmith.role.RoleSpec;
import java.time.Instant;
import java.util.UUID;

/**
 * A role that is ours.
 *
 * @param roleId IAM's stable id; a live role of the name with another id is not ours
 * @param wanted what was last applied, or was to be by a request that made the role and was abandoned
 * @param requestId the request that did
 */
public record ManagedRole(
        AccountId account,
        String arn,
        String roleId,
        Team team,
        RoleSpec wanted,
        UUID requestId,
        Instant lastAppliedAt,
        long version) {}
