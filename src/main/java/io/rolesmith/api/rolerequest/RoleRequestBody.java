package io.rolesmith.api.rolerequest;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rolesmith.api.problem.MalformedRequestException;
import io.rolesmith.api.wire.RoleBody;
import io.rolesmith.api.wire.SessionsText;
import io.rolesmith.caller.Team;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.JsonPointer;
import io.rolesmith.request.RequestAction;
import io.rolesmith.request.RequestId;
import io.rolesmith.request.Submission;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The body of a submission, and of what is to be planned. */
@Schema(name = "RoleRequestSubmission")
record RoleRequestBody(
        @Schema(description = "provision makes or changes roles, delete removes them", defaultValue = "provision")
        @Nullable
        Action action,

        @Schema(
                description = "Ids or configured names. Required, unless a plan is given",
                example = "[\"123456789012\"]")
        @Size(max = 100)
        @Nullable
        List<@NotNull @Size(max = 256) String> accounts,

        @Schema(
                description =
                        "One of the caller's teams, to which the roles will belong. Required, unless a plan is given",
                example = "retail-store")
        @Size(max = Team.MAX_LENGTH)
        @Nullable
        String team,

        @Schema(description = "Why, for the audit trail", example = "Onboard the retail store to ECS")
        @Size(max = MAX_REASON)
        @Nullable
        String reason,

        @Schema(
                description = "What ${var.name} stands for in documents and ARNs. aws_account_id and aws_partition come"
                        + " from the account and cannot be given; aws_region is the account's unless given",
                example = "{\"aws_region\": \"us-east-1\"}")
        @Nullable
        Map<String, @NotNull String> variables,

        @Schema(
                description =
                        "The roles, spelled out, or with their names only where they are to be deleted; either this,"
                                + " or blueprint, or planId")
        @Size(min = 1, max = 100)
        @Nullable
        List<@Valid @NotNull RoleBody> roles,

        @Schema(description = "The roles, as a blueprint makes them; either this, or roles, or planId") @Valid @Nullable
        BlueprintChoice blueprint,

        @Schema(
                description =
                        "The id of a plan, to be applied as it was shown; either this, or roles, or blueprint. Only"
                                + " reason may stand beside it",
                format = "uuid")
        @Nullable
        String planId,

        @Schema(
                description = "When the roles of one account fail: undo those of all accounts, or keep those of the"
                        + " accounts that succeeded",
                defaultValue = "undo")
        @Nullable
        OnFailure onFailure,

        @Nullable SessionsText liveSessions) {

    static final int MAX_REASON = 1000;

    enum Action {
        @JsonProperty("provision")
        PROVISION,
        @JsonProperty("delete")
        DELETE
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

    /**
     * The plan that is to be applied, if one is.
     *
     * @throws MalformedRequestException if something else is asked for beside it, or it is no id
     */
    Optional<RequestId> plan() {
        if (planId == null) {
            return Optional.empty();
        }
        List<Finding> findings = new ArrayList<>();
        SequencedMap<String, @Nullable Object> others = new LinkedHashMap<>();
        others.put("action", action);
        others.put("accounts", accounts);
        others.put("team", team);
        others.put("variables", variables);
        others.put("roles", roles);
        others.put("blueprint", blueprint);
        others.put("onFailure", onFailure);
        others.put("liveSessions", liveSessions);
        others.forEach((member, value) -> {
            if (value != null) {
                findings.add(superfluous(
                        JsonPointer.member("", member), "The plan says it: only 'reason' may stand beside 'planId'"));
            }
        });
        Optional<RequestId> plan = RequestId.find(planId);
        if (plan.isEmpty()) {
            findings.add(invalid("/planId", "It is not the id of a plan", "Give the id that POST /plans answered."));
        }
        refuse(findings);
        return plan;
    }

    /**
     * What is asked for without a plan.
     *
     * @throws MalformedRequestException if members are missing, or are there that mean nothing together
     */
    Submission toSubmission() {
        List<Finding> findings = new ArrayList<>();
        if (accounts == null || accounts.isEmpty()) {
            findings.add(missing("/accounts", "must not be empty"));
        }
        if (team == null || team.isBlank()) {
            findings.add(missing("/team", "must not be blank"));
        }
        if (planId != null) {
            findings.add(superfluous("/planId", "A plan cannot be made of a plan"));
        } else if ((roles == null) == (blueprint == null)) {
            findings.add(invalid(
                    "",
                    "Exactly one of 'roles', 'blueprint' and 'planId' must be given",
                    roles == null ? "Give one of them." : "Leave the others out."));
        }
        if (action == Action.DELETE) {
            deletion(findings);
        } else {
            trustPolicies(findings);
        }
        refuse(findings);
        return new Submission(
                action == Action.DELETE ? RequestAction.DELETE : RequestAction.PROVISION,
                Objects.requireNonNull(accounts),
                new Team(Objects.requireNonNull(team)),
                reason,
                Objects.requireNonNullElse(variables, Map.of()),
                wish(),
                onFailure == OnFailure.KEEP,
                SessionsText.toSessions(liveSessions),
                Optional.empty());
    }

    private void deletion(List<Finding> findings) {
        if (blueprint != null) {
            findings.add(
                    superfluous("/blueprint", "A blueprint makes roles; those to be deleted are named in 'roles'"));
        }
        if (variables != null && !variables.isEmpty()) {
            findings.add(superfluous("/variables", "There is nothing to replace where roles are deleted"));
        }
        if (liveSessions != null) {
            findings.add(superfluous("/liveSessions", "No session of a role that is gone may do anything"));
        }
        for (int i = 0; roles != null && i < roles.size(); i++) {
            String pointer = JsonPointer.element("/roles", i);
            roles.get(i)
                    .membersBesideName()
                    .forEach(member -> findings.add(superfluous(
                            JsonPointer.member(pointer, member),
                            "A role that is to be deleted is given by its name only")));
        }
    }

    private void trustPolicies(List<Finding> findings) {
        for (int i = 0; roles != null && i < roles.size(); i++) {
            if (roles.get(i).trustPolicy() == null) {
                findings.add(missing(JsonPointer.element("/roles", i) + "/trustPolicy", "must not be null"));
            }
        }
    }

    private static Finding missing(String pointer, String rule) {
        return Finding.error("MISSING_FIELD", pointer, "'" + pointer + "' " + rule, "Give it a value.");
    }

    private static Finding superfluous(String pointer, String why) {
        return invalid(pointer, why, "Leave it out.");
    }

    private static Finding invalid(String pointer, String message, String remedy) {
        return Finding.error("INVALID_VALUE", pointer, message, remedy);
    }

    private static void refuse(List<Finding> findings) {
        if (!findings.isEmpty()) {
            throw MalformedRequestException.body(findings);
        }
    }

    private Submission.Wish wish() {
        if (blueprint != null) {
            return new Submission.Wish.FromBlueprint(Objects.requireNonNull(blueprint.id()), parameters(blueprint));
        }
        List<RoleBody> wanted = Objects.requireNonNull(roles);
        return action == Action.DELETE
                ? new Submission.Wish.Names(wanted.stream()
                        .map(role -> Objects.requireNonNull(role.name()))
                        .toList())
                : new Submission.Wish.Roles(
                        wanted.stream().map(RoleBody::toDraft).toList());
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
