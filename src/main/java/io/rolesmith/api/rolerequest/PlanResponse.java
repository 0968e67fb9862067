package io.rolesmith.api.rolerequest;

import io.rolesmith.api.wire.DifferenceResponse;
import io.rolesmith.api.wire.FindingResponse;
import io.rolesmith.api.wire.PolicyObject;
import io.rolesmith.policy.PolicyComparison;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.provisioning.RoleProgress;
import io.rolesmith.request.Plan;
import io.rolesmith.role.AccessVerdict;
import io.rolesmith.role.Change;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What would be done, on the wire. */
@Schema(name = "Plan")
record PlanResponse(
        @Schema(description = "To be sent as planId; the request that applies the plan has it too")
        UUID id,

        @Schema(description = "SHA-256, in hex, over all that would be done: equal for equal plans only")
        String digest,

        Instant createdAt,

        @Schema(description = "When it can no longer be applied")
        Instant expiresAt,

        List<PlannedRole> roles,

        @Schema(description = "What there is to say that does not refuse")
        List<FindingResponse> findings) {

    /** Members of a change that hold a policy document. */
    private static final List<String> POLICIES = List.of("trustPolicy", "document");

    /** What would be done to one role, in one account. */
    @Schema(name = "PlannedRole")
    record PlannedRole(
            String account,
            String name,

            @Schema(
                    description = "How what the role may do, and who may assume it, would change",
                    allowableValues = {"widens", "narrows", "equal", "incomparable", "undetermined"})
            @Nullable
            String access,

            @Schema(description = "How many calls to IAM the changes take")
            int iamCalls,

            @Schema(description = "Absent where the role lacks nothing on the way") @Nullable
            GapResponse gap,

            @Schema(description = "In the order in which they would be made; empty if the role is as asked")
            List<PlannedChange> changes) {}

    /** One call to IAM that would be made. */
    @Schema(name = "PlannedChange")
    record PlannedChange(
            @Schema(description = "The IAM operation", example = "PutRolePolicy")
            String kind,

            @Schema(description = "The operation as policies name it", example = "iam:PutRolePolicy")
            String call,

            @Schema(example = "Replace the inline policy ecs-exec")
            String summary,

            @Schema(description = "What it replaces or removes; a policy is an object, or text where it cannot be read")
            SequencedMap<String, Object> before,

            @Schema(description = "What it puts there; empty if it removes")
            SequencedMap<String, Object> after,

            @Schema(description = "In what the policy after differs from the one before, where a policy is replaced")
            @Nullable
            List<DifferenceResponse> differences) {

        private static PlannedChange of(Change change) {
            return new PlannedChange(
                    change.operation(),
                    "iam:" + change.operation(),
                    change.summary(),
                    shown(change.before()),
                    shown(change.after()),
                    POLICIES.stream()
                            .flatMap(member -> replaced(change, member).stream())
                            .findFirst()
                            .orElse(null));
        }
    }

    static PlanResponse of(Plan plan) {
        return new PlanResponse(
                plan.id().value(),
                plan.digest(),
                plan.createdAt(),
                plan.expiresAt(),
                plan.roles().stream().map(PlanResponse::role).toList(),
                Stream.concat(plan.findings().stream(), plan.roles().stream().flatMap(role -> role.findings().stream()))
                        .map(FindingResponse::of)
                        .toList());
    }

    private static PlannedRole role(RoleProgress role) {
        AccessVerdict access = role.access();
        return new PlannedRole(
                role.account(),
                role.name(),
                access == null ? null : access.name().toLowerCase(Locale.ROOT),
                role.changes().size(),
                GapResponse.of(role.gap()),
                role.changes().stream()
                        .map(RoleProgress.ChangeProgress::change)
                        .map(PlannedChange::of)
                        .toList());
    }

    private static SequencedMap<String, Object> shown(SequencedMap<String, Object> members) {
        SequencedMap<String, Object> shown = new LinkedHashMap<>(members);
        POLICIES.forEach(member ->
                document(members, member).ifPresent(document -> shown.replace(member, PolicyObject.of(document))));
        return shown;
    }

    private static Optional<List<DifferenceResponse>> replaced(Change change, String member) {
        return document(change.before(), member)
                .flatMap(before -> document(change.after(), member)
                        .map(after -> PolicyComparison.differences(before, after).stream()
                                .map(DifferenceResponse::of)
                                .toList()));
    }

    /** What others wrote need not be what we can read. */
    private static Optional<PolicyDocument> document(SequencedMap<String, Object> members, String member) {
        return members.get(member) instanceof String text ? PolicyDocument.find(text) : Optional.empty();
    }
}
