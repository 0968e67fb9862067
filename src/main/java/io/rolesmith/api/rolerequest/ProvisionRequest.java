package io.rolesmith.api.rolerequest;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rolesmith.api.problem.MalformedRequestException;
import io.rolesmith.api.wire.RoleBody;
import io.rolesmith.caller.Team;
import io.rolesmith.request.RequestAction;
import io.rolesmith.request.Submission;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The body of a submission. */
@Schema(name = "RoleRequestSubmission")
record ProvisionRequest(
        @Schema(defaultValue = "provision") @Nullable Action action,

        @Schema(
                requiredMode = Schema.RequiredMode.REQUIRED,
                description = "Ids or configured names",
                example = "[\"123456789012\"]")
        @NotEmpty
        @Size(max = 100)
        @Nullable
        List<@NotNull @Size(max = 256) String> accounts,

        @Schema(
                requiredMode = Schema.RequiredMode.REQUIRED,
                description = "One of the caller's teams, to which the roles will belong",
                example = "retail-store")
        @NotBlank
        @Size(max = Team.MAX_LENGTH)
        @Nullable
        String team,

        @Schema(description = "Why, for the audit trail", example = "Onboard the retail store to ECS")
        @Size(max = 1000)
        @Nullable
        String reason,

        @Schema(
                description = "What ${var.name} stands for in documents and ARNs. aws_account_id and aws_partition come"
                        + " from the account and cannot be given; aws_region is the account's unless given",
                example = "{\"aws_region\": \"us-east-1\"}")
        @Nullable
        Map<String, @NotNull String> variables,

        @Schema(description = "The roles, spelled out; either this or blueprint") @Size(min = 1, max = 100) @Nullable
        List<@Valid @NotNull RoleBody> roles,

        @Schema(description = "The roles, as a blueprint makes them; either this or roles") @Valid @Nullable
        BlueprintChoice blueprint,

        @Schema(
                description = "When the roles of one account fail: undo those of all accounts, or keep those of the"
                        + " accounts that succeeded",
                defaultValue = "undo")
        @Nullable
        OnFailure onFailure) {

    enum Action {
        @JsonProperty("provision")
        PROVISION
    }

    enum OnFailure {
        @JsonProperty("undo")
        UNDO,
        @JsonProperty("keep")
        KEEP
    }

    @Schema(name = "BlueprintChoice")
    record BlueprintChoice(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "ecs-service") @NotNull @Nullable
            String id,

            @Schema(
                    types = "object",
                    description = "As the blueprint's JSON Schema says, which GET /blueprints/{id} shows",
                    example =
                            "{\"executionRoleName\": \"retailStoreECSTaskExecutionRole\", \"taskRoleName\": \"retailStoreEcsTaskRole\"}")
            @Nullable
            JsonNode parameters) {}

    /** @throws MalformedRequestException if not exactly one of roles and blueprint is given */
    Submission toSubmission() {
        if ((roles == null) == (blueprint == null)) {
            throw MalformedRequestException.body(
                    "",
                    "Exactly one of 'roles' and 'blueprint' must be given",
                    roles == null ? "Give one of them." : "Leave one of them out.");
        }
        return new Submission(
                RequestAction.PROVISION,
                Objects.requireNonNull(accounts),
                new Team(Objects.requireNonNull(team)),
                reason,
                Objects.requireNonNullElse(variables, Map.of()),
                wish(),
                onFailure == OnFailure.KEEP);
    }

    private Submission.Wish wish() {
        return blueprint == null
                ? new Submission.Wish.Roles(Objects.requireNonNull(roles).stream()
                        .map(RoleBody::toDraft)
                        .toList())
                : new Submission.Wish.FromBlueprint(Objects.requireNonNull(blueprint.id()), parameters(blueprint));
    }

    private static @Nullable ObjectNode parameters(BlueprintChoice blueprint) {
        JsonNode parameters = blueprint.parameters();
        if (parameters == null || parameters.isNull()) {
            return null;
        }
        if (parameters instanceof ObjectNode object) {
            return object;
        }
        throw MalformedRequestException.body(
                "/blueprint/parameters",
                "The parameters are no object",
                "Give an object, as the blueprint's schema says.");
    }
}
