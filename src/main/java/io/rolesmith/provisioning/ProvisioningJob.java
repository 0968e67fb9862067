package io.rolesmith.provisioning;

import io.rolesmith.account.Account;
import io.rolesmith.audit.AuditActor;
import io.rolesmith.caller.Team;
import java.util.List;
import java.util.Optional;

/**
 * What is to become of some roles.
 *
 * @param keep whether accounts that succeeded are kept when another one fails
 * @param roles all or nothing within an account; no role twice
 */
public record ProvisioningJob(JobId id, Team team, AuditActor actor, boolean keep, List<RoleTask> roles) {

    /**
     * One role in one account.
     *
     * @param pointer where the requester spoke of it
     * @param expected how the role must be found, or nothing is written; empty if it does not matter
     */
    public record RoleTask(Account account, RoleGoal goal, String pointer, Optional<RoleVersion> expected) {}

    public ProvisioningJob {
        roles = List.copyOf(roles);
    }
}
