package io.rolesmith.api.rolerequest;

import io.rolesmith.api.openapi.Answers;
import io.rolesmith.api.problem.NotFoundException;
import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.api.wire.ApiPrefix;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.request.Plan;
import io.rolesmith.request.RequestId;
import io.rolesmith.request.RequestPlans;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.net.URI;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Plans: what a role request would do, before it is made. */
@RestController
@RequestMapping(path = "/plans", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Plans", description = "See what a role request would do, and then have exactly that done")
class PlanController {

    private static final String PATH = ApiPrefix.PREFIX + "/plans/";

    private final RequestPlans plans;

    PlanController(RequestPlans plans) {
        this.plans = plans;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "makePlan",
            summary = "Plan a role request",
            description =
                    "Takes the body of a role request, without planId, checks it as such, reads the roles in AWS, and"
                            + " answers the calls to IAM that would be made, in their order. Nothing is written to AWS."
                            + " The plan's id, sent as planId to POST /role-requests, has exactly that done, as long as"
                            + " nothing moved. Needs the scope roles:request.")
    @ApiResponse(
            responseCode = "201",
            description = "The plan",
            headers = @Header(name = "Location", description = "The plan", schema = @Schema(type = "string")),
            content = @Content(schema = @Schema(implementation = PlanResponse.class)))
    @Answers({
        ProblemCode.MALFORMED_JSON,
        ProblemCode.INVALID_REQUEST,
        ProblemCode.SCOPE_MISSING,
        ProblemCode.TEAM_NOT_YOURS,
        ProblemCode.ACCOUNT_NOT_YOURS,
        ProblemCode.ROLE_NOT_OURS,
        ProblemCode.ROLE_CANNOT_BE_RENAMED,
        ProblemCode.BODY_TOO_LARGE,
        ProblemCode.UNSUPPORTED_MEDIA_TYPE,
        ProblemCode.REQUEST_REFUSED,
        ProblemCode.AWS_FAILED,
        ProblemCode.THROTTLED
    })
    ResponseEntity<PlanResponse> plan(Caller caller, @Valid @RequestBody RoleRequestBody body) {
        Plan plan = plans.make(caller, body.toSubmission());
        return ResponseEntity.created(URI.create(PATH + plan.id())).body(PlanResponse.of(plan));
    }

    @GetMapping("/{id}")
    @Operation(
            operationId = "getPlan",
            summary = "Read a plan",
            description =
                    "One that nobody asked to be applied is forgotten when it expires. Needs the scope roles:read or"
                            + " roles:request.")
    @ApiResponse(responseCode = "200", description = "The plan as it was made")
    @Answers({ProblemCode.SCOPE_MISSING, ProblemCode.NOT_FOUND})
    PlanResponse get(Caller caller, @Parameter(description = "The plan's id") @PathVariable String id) {
        caller.require(Scope.ROLES_READ, Scope.ROLES_REQUEST);
        return RequestId.find(id)
                .flatMap(plan -> plans.find(caller, plan))
                .map(PlanResponse::of)
                .orElseThrow(() -> new NotFoundException("There is no plan '" + id + "' that you may see"));
    }
}
