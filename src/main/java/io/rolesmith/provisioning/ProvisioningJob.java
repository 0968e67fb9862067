package io.rolesmith.provisioning;

import io.rolesmith.account.Account;
import io.rolesmith.audit.AuditActor;
import io.rolesmith.caller.Team;
import io.rolesmith.role.LiveSessions;
import io.rolesmith.role.RoleSpec;
import java.util.List;
import java.util.Optional;

/**
 * What is to become of some roles.
 *
 * @param keep whether accounts that succeeded are kept when another one fails
 * @param sessions what becomes of open sessions where a trust policy loses somebody
 * @param roles all or nothing within an account; no role twice
 */
public record ProvisioningJob(
        JobId id, Team team, AuditActor actor, boolean keep, LiveSessions sessions, List<RoleTask> roles) {

    /**
     * One role in one account.
     *
     * @param pointer where the requester spoke of it
     * @param expected how the role must be found, or nothing is written; empty if it does not matter
     */
    public record RoleTask(Account account, RoleGoal goal, String pointer, Optional<RoleVersion> expected) {

        /** Whether the role's trust policy is to name the role of {@code other}. */
        boolean trusts(RoleTask other) {
            return account.equals(other.account)
                    && goal instanceof RoleGoal.Present(RoleSpec spec)
                    && other.goal instanceof RoleGoal.Present(RoleSpec trusted)
                    && spec.names(
                            trusted.arn(account.partition().id(), account.id().value()));
        }
    }

    public ProvisioningJob {
        roles = List.copyOf(roles);
    }
}
