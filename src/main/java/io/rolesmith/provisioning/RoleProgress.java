package io.rolesmith.provisioning;

import io.rolesmith.policy.Finding;
import io.rolesmith.role.AccessVerdict;
import io.rolesmith.role.Change;
import io.rolesmith.role.Gap;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far one role of a job came, with its journal.
 *
 * @param gap whether access is missing while the plan is applied
 * @param findings what there is to say of the plan, with pointers from the root of what was asked
 */
public record RoleProgress(
        String account,
        String name,
        RoleStatus status,
        @Nullable AccessVerdict access,
        @Nullable Gap gap,
        @Nullable String roleId,
        @Nullable String arn,
        List<ChangeProgress> changes,
        List<Finding> findings) {

    /**
     * One row of the journal.
     *
     * @param error IAM's words when it failed
     */
    public record ChangeProgress(
            Change change,
            ChangeStatus status,
            @Nullable String awsRequestId,
            @Nullable Instant finishedAt,
            @Nullable String error) {}
}
