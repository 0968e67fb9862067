package io.rolesmith.api.rolerequest;

import io.rolesmith.api.wire.FindingResponse;
import io.rolesmith.provisioning.ChangeStatus;
import io.rolesmith.provisioning.Failure;
import io.rolesmith.provisioning.RoleProgress;
import io.rolesmith.provisioning.RoleStatus;
import io.rolesmith.request.RequestStatus;
import io.rolesmith.request.RoleRequest;
import io.rolesmith.role.AccessVerdict;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A role request as it stands. */
@Schema(name = "RoleRequest")
record RoleRequestResponse(
        UUID id,
        RequestStatus status,
        @Schema(example = "provision") String action,
        String team,
        RequestedBy requestedBy,
        @Nullable String reason,
        Instant createdAt,

        @Schema(description = "Absent until it ended") @Nullable
        Instant finishedAt,

        @Schema(description = "When IAM's propagation is over by configuration; absent when nothing was written")
        @Nullable
        Instant settledAt,

        List<RequestedRole> roles,

        @Schema(description = "What there was to say at submission that did not refuse")
        List<FindingResponse> findings,

        @Schema(description = "Why it did not end applied; absent if it did") @Nullable
        FailureResponse failure) {

    record RequestedBy(String issuer, String subject) {}

    /** One role of the request, in one account. */
    record RequestedRole(
            String account,
            String name,

            @Schema(description = "Absent until IAM answered") @Nullable
            String arn,

            @Schema(description = "IAM's stable id", example = "AROAEXAMPLEEXAMPLE123") @Nullable
            String roleId,

            RoleStatus status,

            @Schema(
                    description = "How what the role may do changes",
                    allowableValues = {"widens", "narrows", "equal", "incomparable", "undetermined"})
            @Nullable
            String access,

            List<ChangeResponse> changes) {}

    /** One write to IAM. */
    @Schema(name = "RoleChange")
    record ChangeResponse(
            @Schema(description = "The IAM operation", example = "CreateRole")
            String kind,

            String summary,

            @Schema(allowableValues = {"PLANNED", "STARTED", "APPLIED", "FAILED", "UNDONE", "UNKNOWN"})
            ChangeStatus status,

            @Schema(description = "Joins with CloudTrail's requestID") @Nullable
            String awsRequestId,

            @Nullable Instant finishedAt,

            @Schema(description = "IAM's words, when it failed") @Nullable
            String error) {}

    /** Why a request did not end applied. */
    @Schema(name = "RoleRequestFailure")
    record FailureResponse(
            @Schema(example = "role-not-ours") String code,
            String message,
            @Nullable String account,
            @Nullable String role,
            @Nullable String awsRequestId) {}

    static RoleRequestResponse of(RoleRequest request) {
        return new RoleRequestResponse(
                request.id().value(),
                request.status(),
                request.action().name().toLowerCase(Locale.ROOT),
                request.team().name(),
                new RequestedBy(
                        request.requestedBy().issuer(), request.requestedBy().subject()),
                request.reason(),
                request.createdAt(),
                request.finishedAt(),
                request.settledAt(),
                request.roles().stream().map(RoleRequestResponse::role).toList(),
                request.findings().stream().map(FindingResponse::of).toList(),
                request.failure().map(RoleRequestResponse::failure).orElse(null));
    }

    private static RequestedRole role(RoleProgress role) {
        AccessVerdict access = role.access();
        return new RequestedRole(
                role.account(),
                role.name(),
                role.arn(),
                role.roleId(),
                role.status(),
                access == null ? null : access.name().toLowerCase(Locale.ROOT),
                role.changes().stream()
                        .map(change -> new ChangeResponse(
                                change.kind(),
                                change.summary(),
                                // Until it is recorded as undone, it stands as applied.
                                change.status() == ChangeStatus.UNDOING ? ChangeStatus.APPLIED : change.status(),
                                change.awsRequestId(),
                                change.finishedAt(),
                                change.error()))
                        .toList());
    }

    private static FailureResponse failure(Failure failure) {
        return new FailureResponse(
                FailureProblems.code(failure.code()).code(),
                failure.message(),
                failure.account(),
                failure.role(),
                failure.awsRequestId());
    }
}
