package io.rolesmith.api.rolerequest;

import io.rolesmith.api.openapi.Answers;
import io.rolesmith.api.problem.NotFoundException;
import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.request.RequestId;
import io.rolesmith.request.RoleRequest;
import io.rolesmith.request.RoleRequests;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a person can do about a role request that is not at its end. */
@RestController
@RequestMapping(path = "/role-requests/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Role requests")
class RequestExitController {

    private final RoleRequests requests;

    RequestExitController(RoleRequests requests) {
        this.requests = requests;
    }

    /** There is nothing to say. */
    @Schema(name = "Cancellation")
    record CancellationBody() {}

    @Schema(name = "Comment")
    record CommentBody(
            @Schema(
                    requiredMode = Schema.RequiredMode.REQUIRED,
                    description = "Why, for the audit trail",
                    example = "The inline policy was compared by hand; it is as it should be")
            @NotBlank
            @Size(max = RoleRequestBody.MAX_REASON)
            @Nullable
            String comment) {

        private String text() {
            return Objects.requireNonNull(comment);
        }
    }

    @PostMapping("/cancellation")
    @Operation(
            operationId = "cancelRoleRequest",
            summary = "Cancel a role request",
            description =
                    "Takes back what is queued; what has begun goes on to its end. Needs the scope roles:request, and"
                            + " the request's team or the scope admin. The body is {}, or left out.")
    @ApiResponse(responseCode = "200", description = "The role request, cancelled")
    @Answers({
        ProblemCode.MALFORMED_JSON,
        ProblemCode.INVALID_REQUEST,
        ProblemCode.SCOPE_MISSING,
        ProblemCode.NOT_FOUND,
        ProblemCode.WRONG_STATE,
        ProblemCode.BODY_TOO_LARGE,
        ProblemCode.UNSUPPORTED_MEDIA_TYPE
    })
    RoleRequestResponse cancel(
            Caller caller,
            @Parameter(description = "The role request's id") @PathVariable String id,
            @RequestBody(required = false) @Nullable CancellationBody body) {
        caller.require(Scope.ROLES_REQUEST);
        return answer(id, request -> requests.cancel(caller, request));
    }

    @PostMapping(path = "/retry", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "retryRoleRequest",
            summary = "Retry a role request that needs attention",
            description = "Lets it go on where it stopped: what was being undone is undone, what was being deleted is"
                    + " deleted, and what is unknown is read again. Needs the scope admin.")
    @ApiResponse(responseCode = "200", description = "The role request, which goes on")
    @Answers({
        ProblemCode.MALFORMED_JSON,
        ProblemCode.INVALID_REQUEST,
        ProblemCode.SCOPE_MISSING,
        ProblemCode.NOT_FOUND,
        ProblemCode.WRONG_STATE,
        ProblemCode.BODY_TOO_LARGE,
        ProblemCode.UNSUPPORTED_MEDIA_TYPE
    })
    RoleRequestResponse retry(
            Caller caller,
            @Parameter(description = "The role request's id") @PathVariable String id,
            @Valid @RequestBody CommentBody body) {
        caller.require(Scope.ADMIN);
        return answer(id, request -> requests.retry(caller, request, body.text()));
    }

    @PostMapping(path = "/abandonment", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "abandonRoleRequest",
            summary = "Give up a role request that needs attention",
            description =
                    "What it left in AWS stays as it is, and its roles may be asked for again. Needs the scope admin.")
    @ApiResponse(responseCode = "200", description = "The role request, cancelled")
    @Answers({
        ProblemCode.MALFORMED_JSON,
        ProblemCode.INVALID_REQUEST,
        ProblemCode.SCOPE_MISSING,
        ProblemCode.NOT_FOUND,
        ProblemCode.WRONG_STATE,
        ProblemCode.BODY_TOO_LARGE,
        ProblemCode.UNSUPPORTED_MEDIA_TYPE
    })
    RoleRequestResponse abandon(
            Caller caller,
            @Parameter(description = "The role request's id") @PathVariable String id,
            @Valid @RequestBody CommentBody body) {
        caller.require(Scope.ADMIN);
        return answer(id, request -> requests.abandon(caller, request, body.text()));
    }

    private static RoleRequestResponse answer(String id, Function<RequestId, Optional<RoleRequest>> exit) {
        return RequestId.find(id)
                .flatMap(exit)
                .map(RoleRequestResponse::of)
                .orElseThrow(() -> new NotFoundException("There is no role request '" + id + "' that you may see"));
    }
}
