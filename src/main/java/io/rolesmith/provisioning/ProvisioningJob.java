package io.rolesmith.provisioning;

import io.rolesmith.account.Account;
import io.rolesmith.audit.AuditActor;
import io.rolesmith.caller.Team;
import io.rolesmith.role.RoleSpec;
import java.util.List;

/**
 * Roles to be made so.
 *
 * @param keep whether accounts that succeeded are kept when another one fails
 * @param roles all or nothing within an account; no role twice
 */
public record ProvisioningJob(JobId id, Team team, AuditActor actor, boolean keep, List<WantedRole> roles) {

    /** One role in one account. */
    public record WantedRole(Account account, RoleSpec spec) {}

    public ProvisioningJob {
        roles = List.copyOf(roles);
    }
}
