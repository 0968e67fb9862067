package io.rolesmith.api.rolerequest;

import io.rolesmith.api.problem.FailureProblems;
import io.rolesmith.api.wire.FindingResponse;
import io.rolesmith.provisioning.ChangeStatus;
import io.rolesmith.provisioning.Failure;
import io.rolesmith.provisioning.RoleProgress;
import io.rolesmith.provisioning.RoleStatus;
import io.rolesmith.request.RequestAction;
import io.rolesmith.request.RequestStatus;
import io.rolesmith.request.RoleRequest;
import io.rolesmith.role.AccessVerdict;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A role request as it stands. */
@Schema(name = "RoleRequest")
record RoleRequestResponse(
        UUID id,

        @Schema(
                description = "CANCELLED: taken back before it began, or abandoned when it needed attention;"
                        + " NEEDS_ATTENTION: something is left that only a person can judge")
        RequestStatus status,

        @Schema(
                description = "How many requests, itself included, are to begin until it has, of those that want one of"
                        + " its roles; 1 is the next. Only of a request that is QUEUED")
        @Nullable
        Integer queuePosition,

        @Schema(
                example = "provision",
                allowableValues = {"provision", "delete"})
        String action,

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

        @Schema(description = "What there was to say of the request and its plan that did not refuse")
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

            @Schema(description = "Absent where the role lacks nothing on the way") @Nullable
            GapResponse gap,

            List<ChangeResponse> changes,

            @Schema(description = "Only of a role that needs attention") @Nullable
            Attention attention) {}

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
                request.queuePosition(),
                request.action().name().toLowerCase(Locale.ROOT),
                request.team().name(),
                new RequestedBy(
                        request.requestedBy().issuer(), request.requestedBy().subject()),
                request.reason(),
                request.createdAt(),
                request.finishedAt(),
                request.settledAt(),
                request.roles().stream()
                        .map(role -> role(request.action(), role))
                        .toList(),
                Stream.concat(
                                request.findings().stream(),
                                request.roles().stream().flatMap(role -> role.findings().stream()))
                        .map(FindingResponse::of)
                        .toList(),
                request.failure().map(RoleRequestResponse::failure).orElse(null));
    }

    private static RequestedRole role(RequestAction action, RoleProgress role) {
        AccessVerdict access = role.access();
        return new RequestedRole(
                role.account(),
                role.name(),
                role.arn(),
                role.roleId(),
                role.status(),
                access == null ? null : access.name().toLowerCase(Locale.ROOT),
                GapResponse.of(role.gap()),
                role.changes().stream()
                        .map(change -> new ChangeResponse(
                                change.change().operation(),
                                change.change().summary(),
                                shown(role.status(), change.status()),
                                change.awsRequestId(),
                                change.finishedAt(),
                                change.error()))
                        .toList(),
                role.status() == RoleStatus.NEEDS_ATTENTION ? Attention.of(action, role) : null);
    }

    /**
     * Until it is recorded as undone, a change stands as applied, unless whether it was undone could not be found out; and
     * whoever made its effect, it is there.
     */
    private static ChangeStatus shown(RoleStatus role, ChangeStatus status) {
        return switch (status) {
            case UNDOING -> role == RoleStatus.APPLYING ? ChangeStatus.APPLIED : ChangeStatus.UNKNOWN;
            case MOOT -> ChangeStatus.APPLIED;
            case PLANNED, STARTED, APPLIED, FAILED, UNDONE, UNKNOWN -> status;
        };
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
