package io.rolesmith.api.rolerequest;

import io.rolesmith.account.Account;
import io.rolesmith.account.Accounts;
import io.rolesmith.api.openapi.Answers;
import io.rolesmith.api.problem.MalformedRequestException;
import io.rolesmith.api.problem.NotFoundException;
import io.rolesmith.api.problem.Problem;
import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.api.wire.SessionsText;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.caller.Team;
import io.rolesmith.policy.Finding;
import io.rolesmith.provisioning.Inventory;
import io.rolesmith.provisioning.ManagedRole;
import io.rolesmith.provisioning.Provisioning;
import io.rolesmith.provisioning.RoleVersion;
import io.rolesmith.request.IdempotencyKey;
import io.rolesmith.request.RequestAction;
import io.rolesmith.request.RequestId;
import io.rolesmith.request.RequestRefusedException;
import io.rolesmith.request.Submission;
import io.rolesmith.request.SubmissionTrail;
import io.rolesmith.request.Submissions;
import io.rolesmith.role.LiveSessions;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** One role declared or deleted at its own address. Either makes a role request, and is answered with it. */
@RestController
@RequestMapping(path = "/accounts/{account}/roles/{name}", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Roles")
class DeclaredRoleController {

    private static final String IF_MATCH =
            "The ETag that reading the role answered: nothing is written if the role is not as it was then, in our"
                    + " inventory or in IAM. * for the role as it may be";

    private final Submissions submissions;
    private final SubmissionTrail trail;
    private final SubmissionAnswers answers;
    private final Accounts accounts;
    private final Inventory inventory;
    private final Provisioning provisioning;

    DeclaredRoleController(
            Submissions submissions,
            SubmissionTrail trail,
            SubmissionAnswers answers,
            Accounts accounts,
            Inventory inventory,
            Provisioning provisioning) {
        this.submissions = submissions;
        this.trail = trail;
        this.answers = answers;
        this.accounts = accounts;
        this.inventory = inventory;
        this.provisioning = provisioning;
    }

    /**
     * A role of ours that the caller may see.
     *
     * @param version the one that it has now, if it had to be read to know which of several is meant
     */
    private record Known(ManagedRole role, Optional<RoleVersion> version) {}

    /** The headers do not let the role be written to. */
    private static final class UnmetConditionException extends RuntimeException {
        private final ProblemCode code;

        private UnmetConditionException(ProblemCode code, String message) {
            super(message);
            this.code = code;
        }

        private String said() {
            return Objects.requireNonNull(getMessage());
        }
    }

    @PutMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "putRole",
            summary = "Declare the wanted state of a role",
            description =
                    "Makes the role if there is none, and makes a role that is there what the body says, part by part."
                            + " Changing a role needs If-Match. The answer is the role request that it makes. Needs the"
                            + " scope roles:request.")
    @ApiResponse(
            responseCode = "201",
            description = "The role is as asked",
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
        ProblemCode.WRONG_STATE,
        ProblemCode.ACCOUNT_GONE,
        ProblemCode.QUOTA_EXCEEDED,
        ProblemCode.PRECONDITION_FAILED,
        ProblemCode.PRECONDITION_REQUIRED,
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
    ResponseEntity<?> put(
            Caller caller,
            @Parameter(description = "Id or configured name") @PathVariable String account,
            @Parameter(description = "The role's name; of a role that is there whatever its letter case") @PathVariable
                    String name,
            @Valid @RequestBody RoleDeclaration body,
            @Parameter(description = IF_MATCH) @RequestHeader(name = "If-Match", required = false) @Nullable
                    String ifMatch,
            @Parameter(description = "*: nothing is written if there is such a role already")
                    @RequestHeader(name = "If-None-Match", required = false)
                    @Nullable
                    String ifNoneMatch,
            @Parameter(description = SubmissionAnswers.IDEMPOTENCY_KEY)
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable
                    String idempotencyKey,
            @Parameter(description = SubmissionAnswers.PREFER, schema = @Schema(type = "string"))
                    @RequestHeader(name = "Prefer", required = false)
                    @Nullable
                    List<String> prefer) {
        caller.require(Scope.ROLES_REQUEST);
        Team team = new Team(Objects.requireNonNull(body.team()));
        caller.requireMembership(team);
        RoleConditions conditions = RoleConditions.of(ifMatch, ifNoneMatch);
        Optional<IdempotencyKey> key = SubmissionKey.of(idempotencyKey, address("PUT", account, name, ""));
        return answers.submit(
                caller,
                prefer,
                () -> once(caller, key, () -> known(caller, account, name, conditions), known -> {
                    String spelled = known.map(
                                    there -> there.role().wanted().name().value())
                            .orElse(name);
                    Submission unconditional = new Submission(
                            RequestAction.PROVISION,
                            List.of(account),
                            team,
                            body.reason(),
                            Objects.requireNonNullElse(body.variables(), Map.of()),
                            new Submission.Wish.Roles(
                                    List.of(body.named(spelled).toDraft())),
                            false,
                            SessionsText.toSessions(body.liveSessions()),
                            Optional.empty());
                    Optional<RoleVersion> expected = expected(caller, conditions, known, unconditional);
                    if (known.isEmpty()) {
                        // What was not there when it was looked for is not replaced if it is there after all.
                        expected = Optional.of(RoleVersion.NONE);
                    } else if (conditions.ifMatch() instanceof RoleConditions.Match.Absent) {
                        throw unmet(
                                caller,
                                unconditional,
                                ProblemCode.PRECONDITION_REQUIRED,
                                "The role '" + spelled
                                        + "' is there already, and If-Match does not say which version of it is"
                                        + " to be changed");
                    }
                    return submissions.submit(caller, conditional(unconditional, expected), key);
                }));
    }

    @DeleteMapping
    @Operation(
            operationId = "deleteRole",
            summary = "Delete a role",
            description =
                    "Deletes the role with all that hangs on it, if it is still the one that Rolesmith made. The answer is"
                            + " the role request that it makes. Needs the scope roles:request, and the role's team.")
    @ApiResponse(
            responseCode = "201",
            description = "The role is gone",
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
        ProblemCode.INVALID_PARAMETER,
        ProblemCode.SCOPE_MISSING,
        ProblemCode.TEAM_NOT_YOURS,
        ProblemCode.ACCOUNT_NOT_YOURS,
        ProblemCode.NOT_FOUND,
        ProblemCode.ROLE_NOT_OURS,
        ProblemCode.ROLE_NEEDS_ATTENTION,
        ProblemCode.WRONG_STATE,
        ProblemCode.ACCOUNT_GONE,
        ProblemCode.PRECONDITION_FAILED,
        ProblemCode.REQUEST_REFUSED,
        ProblemCode.REFUSED_BY_IAM,
        ProblemCode.IDEMPOTENCY_KEY_REUSED,
        ProblemCode.AWS_FAILED,
        ProblemCode.NEEDS_ATTENTION,
        ProblemCode.TOO_MANY_WAITS,
        ProblemCode.THROTTLED
    })
    ResponseEntity<?> delete(
            Caller caller,
            @Parameter(description = "Id or configured name") @PathVariable String account,
            @Parameter(description = "Whatever its letter case") @PathVariable String name,
            @Parameter(description = "Why, for the audit trail; at most 1000 characters")
                    @RequestParam(required = false)
                    @Nullable
                    String reason,
            @Parameter(description = IF_MATCH) @RequestHeader(name = "If-Match", required = false) @Nullable
                    String ifMatch,
            @Parameter(description = SubmissionAnswers.IDEMPOTENCY_KEY)
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable
                    String idempotencyKey,
            @Parameter(description = SubmissionAnswers.PREFER, schema = @Schema(type = "string"))
                    @RequestHeader(name = "Prefer", required = false)
                    @Nullable
                    List<String> prefer) {
        caller.require(Scope.ROLES_REQUEST);
        if (reason != null && reason.length() > RoleRequestBody.MAX_REASON) {
            throw MalformedRequestException.parameter(
                    "reason", "it has more than " + RoleRequestBody.MAX_REASON + " characters", "Shorten it.");
        }
        RoleConditions conditions = RoleConditions.of(ifMatch, null);
        Optional<IdempotencyKey> key =
                SubmissionKey.of(idempotencyKey, address("DELETE", account, name, reason == null ? "" : reason));
        return answers.submit(
                caller,
                prefer,
                () -> once(caller, key, () -> known(caller, account, name, conditions), seen -> {
                    Known known = seen.orElseThrow(() -> new NotFoundException("There is no managed role '" + name
                            + "' in an account '" + account + "' that you may see"));
                    Submission unconditional = new Submission(
                            RequestAction.DELETE,
                            List.of(account),
                            known.role().team(),
                            reason,
                            Map.of(),
                            new Submission.Wish.Names(
                                    List.of(known.role().wanted().name().value())),
                            false,
                            LiveSessions.KEEP,
                            Optional.empty());
                    caller.requireMembership(known.role().team());
                    Optional<RoleVersion> expected = expected(caller, conditions, Optional.of(known), unconditional);
                    return submissions.submit(caller, conditional(unconditional, expected), key);
                }));
    }

    /** What tells submissions under one key apart, beside their bodies. */
    private static String address(String method, String account, String name, String query) {
        return String.join("\n", method, account, name.toLowerCase(Locale.ROOT), query, "");
    }

    /**
     * Submits, unless the key stands for a request already. Whoever is not the first may find the role as the first one left it,
     * so that the key is looked up again after the role; and before it, since a repeated request should need no IAM.
     */
    private RequestId once(
            Caller caller,
            Optional<IdempotencyKey> key,
            Supplier<Optional<Known>> look,
            Function<Optional<Known>, RequestId> submission) {
        Supplier<Optional<RequestId>> earlier = () -> key.flatMap(used -> submissions.find(caller, used));
        return earlier.get().orElseGet(() -> {
            Optional<Known> seen = look.get();
            return earlier.get().orElseGet(() -> submission.apply(seen));
        });
    }

    /** @throws io.rolesmith.iam.IamReadException if the role had to be read to know, and could not be */
    private Optional<Known> known(Caller caller, String account, String name, RoleConditions conditions) {
        return accounts.find(account)
                .flatMap(found -> inventory
                        .find(found.id(), name)
                        .filter(role -> caller.sees(role.team()))
                        .map(role -> new Known(role, version(found, role, conditions))));
    }

    /** A single one is held against the role when it is planned. */
    private Optional<RoleVersion> version(Account account, ManagedRole role, RoleConditions conditions) {
        return conditions.ifMatch() instanceof RoleConditions.Match.Tags(List<RoleVersion> versions)
                        && versions.size() > 1
                ? Optional.of(provisioning.version(account, role))
                : Optional.empty();
    }

    private static Submission conditional(Submission submission, Optional<RoleVersion> expected) {
        return new Submission(
                submission.action(),
                submission.accounts(),
                submission.team(),
                submission.reason(),
                submission.variables(),
                submission.wish(),
                submission.keep(),
                submission.sessions(),
                expected);
    }

    /**
     * The version that the role must have when it is planned; empty if it may have any.
     *
     * @throws UnmetConditionException if it is clear already that the conditions are not met
     */
    private Optional<RoleVersion> expected(
            Caller caller, RoleConditions conditions, Optional<Known> known, Submission submission) {
        Optional<RoleVersion> expected = switch (conditions.ifMatch()) {
            case RoleConditions.Match.Absent _ -> Optional.empty();
            case RoleConditions.Match.Any _ -> {
                if (known.isEmpty()) {
                    throw notAsSaid(caller, submission, "There is no such role that If-Match could mean");
                }
                yield Optional.empty();
            }
            case RoleConditions.Match.Tags(List<RoleVersion> versions) ->
                Optional.of(known.flatMap(there -> theOne(there, versions))
                        .orElseThrow(
                                () -> notAsSaid(caller, submission, "The role is at no version that If-Match names")));
        };
        // Other tags than * match no role that is there at the version that If-Match has to name anyway.
        if (conditions.ifNoneMatch() instanceof RoleConditions.Match.Any && known.isPresent()) {
            throw notAsSaid(
                    caller, submission, "The role is there already, and If-None-Match says that it must not be");
        }
        return expected;
    }

    /** Of several versions the one that the role has. */
    private static Optional<RoleVersion> theOne(Known known, List<RoleVersion> versions) {
        return versions.size() <= 1
                ? versions.stream().findFirst()
                : known.version().filter(versions::contains);
    }

    private UnmetConditionException notAsSaid(Caller caller, Submission submission, String message) {
        return unmet(caller, submission, ProblemCode.PRECONDITION_FAILED, message);
    }

    private UnmetConditionException unmet(Caller caller, Submission submission, ProblemCode code, String message) {
        trail.refused(caller, submission, List.of(Finding.error(code.name(), "", message, code.remedy())));
        return new UnmetConditionException(code, message);
    }

    @ExceptionHandler
    ResponseEntity<Problem> unmet(UnmetConditionException e) {
        return Problem.of(e.code, e.said()).toResponse();
    }

    /** The findings are of a role request with one role; the body that was sent is that role. */
    @ExceptionHandler
    ResponseEntity<Problem> refused(RequestRefusedException e) {
        return Problem.of(
                        ProblemCode.REQUEST_REFUSED,
                        Objects.requireNonNullElse(e.getMessage(), ProblemCode.REQUEST_REFUSED.title()),
                        e.findings().stream()
                                .map(DeclaredRoleController::ofBody)
                                .toList())
                .toResponse();
    }

    private static Finding ofBody(Finding finding) {
        String pointer = finding.pointer();
        String role = "/roles/0";
        return new Finding(
                finding.code(),
                finding.severity(),
                pointer.equals(role + "/name") || pointer.startsWith("/accounts/")
                        ? ""
                        : pointer.startsWith(role) ? pointer.substring(role.length()) : pointer,
                finding.line(),
                finding.column(),
                finding.account(),
                finding.message(),
                finding.remedy());
    }

    @ExceptionHandler({
        HttpMessageNotReadableException.class,
        MethodArgumentNotValidException.class,
        MalformedRequestException.class
    })
    ResponseEntity<Problem> malformed(Exception e, Caller caller) {
        return answers.refuse(e, caller);
    }
}
