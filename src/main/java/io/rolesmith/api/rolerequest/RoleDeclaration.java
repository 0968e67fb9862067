package io.rolesmith.api.rolerequest;

import io.rolesmith.api.wire.BoundaryText;
import io.rolesmith.api.wire.ExpectationBody;
import io.rolesmith.api.wire.OwnershipText;
import io.rolesmith.api.wire.PolicyText;
import io.rolesmith.api.wire.RoleBody;
import io.rolesmith.api.wire.SessionsText;
import io.rolesmith.caller.Team;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** The wanted state of the role that the address names: a role without its name, and for whom and why. */
@Schema(name = "RoleDeclaration")
record RoleDeclaration(
        @Schema(
                requiredMode = Schema.RequiredMode.REQUIRED,
                description = "One of the caller's teams, to which the role will belong",
                example = "retail-store")
        @NotBlank
        @Size(max = Team.MAX_LENGTH)
        @Nullable
        String team,

        @Schema(description = "Why, for the audit trail", example = "Let the task read its queue")
        @Size(max = RoleRequestBody.MAX_REASON)
        @Nullable
        String reason,

        @Schema(description = "What ${var.name} stands for in documents and ARNs") @Nullable
        Map<String, @NotNull String> variables,

        @Schema(description = "Begins and ends with a slash; IAM cannot change it", defaultValue = "/") @Nullable
        String path,

        @Schema(description = "At most 1000 Latin-1 characters") @Nullable
        String description,

        @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @NotNull @Nullable
        PolicyText trustPolicy,

        @Schema(description = "ARNs of managed policies, attached in this order") @Nullable
        List<@NotNull String> managedPolicyArns,

        @Schema(description = "Inline policies by name") @Nullable
        SequencedMap<String, @NotNull PolicyText> inlinePolicies,

        @Nullable BoundaryText permissionsBoundaryArn,

        @Schema(description = "Longest session in seconds, 3600 to 43200", defaultValue = "3600") @Nullable
        Long maxSessionSeconds,

        @Schema(description = "At most 47; keys beginning with aws: or rolesmith: are reserved") @Nullable
        SequencedMap<String, @NotNull String> tags,

        @Schema(description = "Whether an instance profile of the role's name holds the role", defaultValue = "false")
        @Nullable
        Boolean instanceProfile,

        @Schema(defaultValue = "exclusive") @Nullable OwnershipText policyOwnership,

        @Schema(description = "At most 100 answers of IAM that the role is expected to get") @Nullable
        List<@Valid @NotNull ExpectationBody> expect,

        @Nullable SessionsText liveSessions) {

    RoleBody named(String name) {
        return new RoleBody(
                name,
                path,
                description,
                trustPolicy,
                managedPolicyArns,
                inlinePolicies,
                permissionsBoundaryArn,
                maxSessionSeconds,
                tags,
                instanceProfile,
                policyOwnership,
                expect);
    }
}
