package io.rolesmith.api.rolerequest;

import io.rolesmith.account.Account;
import io.rolesmith.account.Accounts;
import io.rolesmith.api.openapi.Answers;
import io.rolesmith.api.problem.MalformedRequestException;
import io.rolesmith.api.problem.NotFoundException;
import io.rolesmith.api.problem.Problem;
import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.api.wire.PageResponse;
import io.rolesmith.api.wire.PageToken;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.request.IdempotencyKey;
import io.rolesmith.request.RequestId;
import io.rolesmith.request.RequestQuery;
import io.rolesmith.request.RequestStatus;
import io.rolesmith.request.RoleRequest;
import io.rolesmith.request.RoleRequests;
import io.rolesmith.request.Submissions;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Role requests: submit, list, read. */
@RestController
@RequestMapping(path = "/role-requests", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Role requests", description = "Ask for roles, and see what became of it")
class RoleRequestController {

    private final Submissions submissions;
    private final RoleRequests requests;
    private final SubmissionAnswers answers;
    private final Accounts accounts;

    RoleRequestController(
            Submissions submissions, RoleRequests requests, SubmissionAnswers answers, Accounts accounts) {
        this.submissions = submissions;
        this.requests = requests;
        this.answers = answers;
        this.accounts = accounts;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "submitRoleRequest",
            summary = "Ask for roles",
            description =
                    "Checks everything before the first write, makes, changes or deletes the roles, and waits for the"
                            + " end. Roles that are as asked are left alone, so that the same request may be sent again."
                            + " With planId, what was planned is done exactly, or nothing. Needs the scope roles:request.")
    @ApiResponse(
            responseCode = "201",
            description = "Every role is as asked, or gone",
            headers = @Header(name = "Location", description = "The role request", schema = @Schema(type = "string")),
            content = @Content(schema = @Schema(implementation = RoleRequestResponse.class)))
    @ApiResponse(
            responseCode = "202",
            description = "Accepted, and not ended within the wait; read it at Location",
            headers = {
                @Header(name = "Location", description = "The role request", schema = @Schema(type = "string")),
                @Header(name = "Retry-After", description = "Seconds to wait", schema = @Schema(type = "string"))
            },
            content = @Content(schema = @Schema(implementation = RoleRequestResponse.class)))
    @Answers({
        ProblemCode.MALFORMED_JSON,
        ProblemCode.INVALID_REQUEST,
        ProblemCode.INVALID_PARAMETER,
        ProblemCode.SCOPE_MISSING,
        ProblemCode.TEAM_NOT_YOURS,
        ProblemCode.ACCOUNT_NOT_YOURS,
        ProblemCode.ROLE_NOT_OURS,
        ProblemCode.ROLE_CANNOT_BE_RENAMED,
        ProblemCode.ROLE_NEEDS_ATTENTION,
        ProblemCode.PLAN_STALE,
        ProblemCode.WRONG_STATE,
        ProblemCode.ACCOUNT_GONE,
        ProblemCode.QUOTA_EXCEEDED,
        ProblemCode.BODY_TOO_LARGE,
        ProblemCode.UNSUPPORTED_MEDIA_TYPE,
        ProblemCode.REQUEST_REFUSED,
        ProblemCode.REFUSED_BY_IAM,
        ProblemCode.IDEMPOTENCY_KEY_REUSED,
        ProblemCode.AWS_FAILED,
        ProblemCode.NEEDS_ATTENTION,
        ProblemCode.TOO_MANY_WAITS,
        ProblemCode.THROTTLED
    })
    ResponseEntity<?> submit(
            Caller caller,
            @Valid @RequestBody RoleRequestBody body,
            @Parameter(description = SubmissionAnswers.IDEMPOTENCY_KEY)
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable
                    String idempotencyKey,
            @Parameter(description = SubmissionAnswers.PREFER, schema = @Schema(type = "string"))
                    @RequestHeader(name = "Prefer", required = false)
                    @Nullable
                    List<String> prefer) {
        Optional<IdempotencyKey> key = SubmissionKey.of(idempotencyKey);
        return answers.submit(
                caller,
                prefer,
                () -> body.plan()
                        .map(plan -> submissions.submitPlan(caller, plan, body.reason(), key))
                        .orElseGet(() -> submissions.submit(caller, body.toSubmission(), key)));
    }

    @GetMapping
    @Operation(
            operationId = "listRoleRequests",
            summary = "List role requests",
            description = "Those of the caller's teams, the latest first. Needs the scope roles:read or roles:request.")
    @ApiResponse(responseCode = "200", description = "A page of role requests")
    @Answers({ProblemCode.INVALID_PARAMETER, ProblemCode.SCOPE_MISSING})
    PageResponse<RoleRequestResponse> list(
            Caller caller,
            @Parameter(description = "How the request stands") @RequestParam(required = false) @Nullable
                    RequestStatus status,
            @Parameter(description = "One of the caller's teams") @RequestParam(required = false) @Nullable String team,
            @Parameter(description = "Id or configured name") @RequestParam(required = false) @Nullable String account,
            @Parameter(description = "Name of a role, whatever its letter case")
                    @RequestParam(required = false)
                    @Nullable
                    String role,
            @Parameter(description = PageToken.PAGE_SIZE) @RequestParam(defaultValue = PageToken.DEFAULT_PAGE_SIZE)
                    int pageSize,
            @Parameter(description = PageToken.PAGE_TOKEN) @RequestParam(required = false) @Nullable String pageToken) {
        int size = PageToken.size(pageSize);
        String accountId = account == null
                ? null
                : accounts.find(account).map(Account::id).map(Object::toString).orElse(account);
        List<RoleRequest> found = requests.list(
                caller, new RequestQuery(status, team, accountId, role, PageToken.number(pageToken), size + 1));
        boolean more = found.size() > size;
        List<RoleRequest> page = more ? found.subList(0, size) : found;
        return new PageResponse<>(
                page.stream().map(RoleRequestResponse::of).toList(),
                more ? PageToken.of(Long.toString(page.getLast().sequence())) : null);
    }

    @GetMapping("/{id}")
    @Operation(
            operationId = "getRoleRequest",
            summary = "Read a role request",
            description = "Needs the scope roles:read or roles:request.")
    @ApiResponse(
            responseCode = "200",
            description = "The role request as it stands",
            headers =
                    @Header(
                            name = "Retry-After",
                            description = "Seconds to wait, as long as it has not ended",
                            schema = @Schema(type = "string")),
            content = @Content(schema = @Schema(implementation = RoleRequestResponse.class)))
    @Answers({ProblemCode.SCOPE_MISSING, ProblemCode.NOT_FOUND})
    ResponseEntity<RoleRequestResponse> get(
            Caller caller, @Parameter(description = "The role request's id") @PathVariable String id) {
        caller.require(Scope.ROLES_READ, Scope.ROLES_REQUEST);
        return RequestId.find(id)
                .flatMap(request -> requests.find(caller, request))
                .map(request -> {
                    ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
                    SubmissionAnswers.retryAfter(request)
                            .ifPresent(seconds -> answer.header(HttpHeaders.RETRY_AFTER, seconds));
                    return answer.body(RoleRequestResponse.of(request));
                })
                .orElseThrow(() -> new NotFoundException("There is no role request '" + id + "' that you may see"));
    }

    @ExceptionHandler({
        HttpMessageNotReadableException.class,
        MethodArgumentNotValidException.class,
        MalformedRequestException.class
    })
    ResponseEntity<Problem> malformed(Exception e, Caller caller, HttpMethod method) {
        return method.equals(HttpMethod.POST)
                ? answers.refuse(e, caller)
                : SubmissionAnswers.problem(e).toResponse();
    }
}
