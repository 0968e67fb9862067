package io.rolesmith.request;

import io.rolesmith.caller.Team;
import io.rolesmith.policy.Finding;
import io.rolesmith.provisioning.RoleProgress;
import java.time.Instant;
import java.util.List;

/**
 * What would be done to roles, shown before it is asked for. A request for it has the plan's own id, so that a plan is applied
 * once.
 *
 * @param digest SHA-256, in hex, over what will be done and to what: equal for equal plans only
 * @param expiresAt when it can no longer be asked for
 */
public record Plan(
        RequestId id,
        RequestAction action,
        Team team,
        String digest,
        Instant createdAt,
        Instant expiresAt,
        List<RoleProgress> roles,
        List<Finding> findings) {
    /** The same with its roles. */
    Plan with(List<RoleProgress> found) {
        return new Plan(id, action, team, digest, createdAt, expiresAt, found, findings);
    }
}
