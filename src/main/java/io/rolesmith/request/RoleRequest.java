package io.rolesmith.request;

import io.rolesmith.caller.Team;
import io.rolesmith.policy.Finding;
import io.rolesmith.provisioning.Failure;
import io.rolesmith.provisioning.RoleProgress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A role request as it stands.
 *
 * @param sequence the order of submission
 * @param finishedAt when it came to its end, absent before
 * @param settledAt when IAM's propagation is over by configuration, absent until it ended with a write
 * @param findings what there was to say at submission that did not refuse
 * @param failure why it did not end applied
 * @param queuePosition which of those it is that are queued for one of its roles, from 1; absent once it began
 */
public record RoleRequest(
        RequestId id,
        long sequence,
        RequestStatus status,
        RequestAction action,
        Team team,
        Requester requestedBy,
        @Nullable String reason,
        Instant createdAt,
        @Nullable Instant finishedAt,
        @Nullable Instant settledAt,
        List<RoleProgress> roles,
        List<Finding> findings,
        Optional<Failure> failure,
        @Nullable Integer queuePosition) {

    /** Who submitted it. */
    public record Requester(String issuer, String subject) {}

    RoleRequest with(List<RoleProgress> progress, @Nullable Integer position) {
        return new RoleRequest(
                id,
                sequence,
                status,
                action,
                team,
                requestedBy,
                reason,
                createdAt,
                finishedAt,
                settledAt,
                progress,
                findings,
                failure,
                position);
    }
}
