package io.rolesmith.provisioning;

import io.rolesmith.role.AccessVerdict;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far one role of a job came, with its journal. */
public record RoleProgress(
        String account,
        String name,
        RoleStatus status,
        @Nullable AccessVerdict access,
        @Nullable String roleId,
        @Nullable String arn,
        List<ChangeProgress> changes) {

    /**
     * One row of the journal.
     *
     * @param kind the IAM operation
     * @param error IAM's words when it failed
     */
    public record ChangeProgress(
            String kind,
            String summary,
            ChangeStatus status,
            @Nullable String awsRequestId,
            @Nullable Instant finishedAt,
            @Nullable String error) {}
}
