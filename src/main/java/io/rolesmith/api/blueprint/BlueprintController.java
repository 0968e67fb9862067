package io.rolesmith.api.blueprint;

import io.rolesmith.api.openapi.Answers;
import io.rolesmith.api.problem.NotFoundException;
import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.api.wire.PageResponse;
import io.rolesmith.blueprint.Blueprint;
import io.rolesmith.blueprint.Blueprints;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** The catalogue of blueprints. */
@RestController
@RequestMapping(path = "/blueprints", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Blueprints", description = "Recipes for roles")
class BlueprintController {

    private final Blueprints blueprints;

    BlueprintController(Blueprints blueprints) {
        this.blueprints = blueprints;
    }

    @Schema(name = "Blueprint")
    record BlueprintResponse(
            @Schema(example = "ecs-service") String id,
            String title,
            String description,
            @Schema(example = "ecs-tasks.amazonaws.com") String trustedEntity,

            @Schema(example = "Elastic Container Service - Elastic Container Task")
            String useCase,

            @Schema(types = "object", description = "JSON Schema (2020-12) of the parameters")
            JsonNode parameters,

            @Schema(types = "object", description = "Parameters that pass the schema")
            JsonNode example) {

        static BlueprintResponse of(Blueprint blueprint) {
            return new BlueprintResponse(
                    blueprint.id().value(),
                    blueprint.title(),
                    blueprint.description(),
                    blueprint.trustedEntity(),
                    blueprint.useCase(),
                    blueprint.parametersSchema(),
                    blueprint.example());
        }
    }

    @GetMapping
    @Operation(
            operationId = "listBlueprints",
            summary = "List the blueprints",
            description = "Needs the scope roles:read or roles:request.")
    @ApiResponse(responseCode = "200", description = "All of them, on one page")
    @Answers(ProblemCode.SCOPE_MISSING)
    PageResponse<BlueprintResponse> list(Caller caller) {
        caller.require(Scope.ROLES_READ, Scope.ROLES_REQUEST);
        return PageResponse.all(
                blueprints.all().stream().map(BlueprintResponse::of).toList());
    }

    @GetMapping("/{id}")
    @Operation(
            operationId = "getBlueprint",
            summary = "Read a blueprint",
            description = "With the JSON Schema of its parameters. Needs the scope roles:read or roles:request.")
    @ApiResponse(responseCode = "200", description = "The blueprint")
    @Answers({ProblemCode.SCOPE_MISSING, ProblemCode.NOT_FOUND})
    BlueprintResponse get(
            Caller caller,
            @Parameter(description = "The blueprint's id", example = "ecs-service") @PathVariable String id) {
        caller.require(Scope.ROLES_READ, Scope.ROLES_REQUEST);
        return blueprints
                .find(id)
                .map(BlueprintResponse::of)
                .orElseThrow(() -> new NotFoundException("There is no blueprint '" + id + "'"));
    }
}
