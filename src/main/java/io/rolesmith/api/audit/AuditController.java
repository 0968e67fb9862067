package io.rolesmith.api.audit;

import io.rolesmith.account.Account;
import io.rolesmith.account.Accounts;
import io.rolesmith.api.openapi.Answers;
import io.rolesmith.api.problem.MalformedRequestException;
import io.rolesmith.api.problem.NotFoundException;
import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.api.wire.PageResponse;
import io.rolesmith.api.wire.PageToken;
import io.rolesmith.audit.AuditEvent;
import io.rolesmith.audit.AuditOutcome;
import io.rolesmith.audit.AuditPage;
import io.rolesmith.audit.AuditQuery;
import io.rolesmith.audit.AuditRepository;
import io.rolesmith.audit.ChainVerification;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Pattern;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import tools.jackson.databind.JsonNode;

/** The audit trail: read it, take it away, verify it. */
@RestController
@Tag(name = "Audit", description = "What was asked, refused and done, in a chain that cannot be quietly edited")
class AuditController {

    private static final String ACTION = "What was done, such as request.submitted or iam.CreateRole";
    private static final String OUTCOME = "How it ended; UNKNOWN: its answer was lost";
    private static final String REQUEST = "Id of the role request that it was done for";
    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private final AuditRepository audit;
    private final Accounts accounts;

    AuditController(AuditRepository audit, Accounts accounts) {
        this.audit = audit;
        this.accounts = accounts;
    }

    @Schema(name = "AuditEvent")
    record AuditEventResponse(
            @Schema(description = "Its place in the chain, from 1, without gaps")
            long sequence,

            Instant occurredAt,
            Actor actor,
            @Schema(example = "iam.CreateRole") String action,
            @Nullable String account,
            @Nullable String role,
            @Nullable UUID requestId,
            AuditOutcome outcome,

            @Schema(description = "Joins with CloudTrail's requestID") @Nullable
            String awsRequestId,

            @Schema(types = "object") @Nullable JsonNode before,
            @Schema(types = "object") @Nullable JsonNode after,
            @Nullable String detail,

            @Schema(description = "SHA-256 of the event's RFC 8785 text")
            String contentHash,

            String previousHash,

            @Schema(description = "SHA-256 over previous hash, sequence and content hash")
            String hash) {

        @Schema(name = "AuditActor")
        record Actor(String issuer, String subject, List<String> teams) {}

        static AuditEventResponse of(AuditEvent event) {
            return new AuditEventResponse(
                    event.sequence(),
                    event.occurredAt(),
                    new Actor(
                            event.actor().issuer(),
                            event.actor().subject(),
                            event.actor().teams()),
                    event.action(),
                    event.account(),
                    event.role(),
                    event.requestId(),
                    event.outcome(),
                    event.awsRequestId(),
                    event.before(),
                    event.after(),
                    event.detail(),
                    event.contentHash(),
                    event.previousHash(),
                    event.hash());
        }
    }

    @Schema(name = "ChainVerificationRequest")
    record VerificationRequest(
            @Schema(
                    description = "The hash of a head that an earlier verification gave, which must stand in the chain;"
                            + " without one, an end that was removed after the last checkpoint cannot be noticed")
            @Pattern(regexp = "[0-9a-f]{64}", message = "must be 64 lower-case hex digits")
            @Nullable
            String expectedHead) {}

    @Schema(name = "ChainVerification")
    record VerificationResponse(
            boolean intact,

            @Schema(description = "How many events, from the first, are as they were sealed")
            long verified,

            Head head,

            @Schema(description = "Absent when the chain is intact") @Nullable
            Break firstBreak) {

        @Schema(name = "ChainHead")
        record Head(long sequence, String hash) {}

        @Schema(name = "ChainBreak")
        record Break(@Nullable Long sequence, String reason) {}

        static VerificationResponse of(ChainVerification verification) {
            ChainVerification.Break firstBreak = verification.firstBreak();
            return new VerificationResponse(
                    verification.intact(),
                    verification.verified(),
                    new Head(verification.head().sequence(), verification.head().hash()),
                    firstBreak == null ? null : new Break(firstBreak.sequence(), firstBreak.reason()));
        }
    }

    @GetMapping(path = "/audit-events", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "listAuditEvents",
            summary = "List audit events",
            description =
                    "In the order of the chain. With several filters a page may hold fewer events than asked for, or"
                            + " none, though there is a next one. Needs the scope audit:read, which sees all teams.")
    @ApiResponse(responseCode = "200", description = "A page of audit events")
    @Answers({ProblemCode.INVALID_PARAMETER, ProblemCode.SCOPE_MISSING})
    PageResponse<AuditEventResponse> list(
            Caller caller,
            @Parameter(description = "Id or configured name") @RequestParam(required = false) @Nullable String account,
            @Parameter(description = "Name of the role, whatever its letter case")
                    @RequestParam(required = false)
                    @Nullable
                    String role,
            @Parameter(description = "Subject of the actor") @RequestParam(required = false) @Nullable String actor,
            @Parameter(description = ACTION) @RequestParam(required = false) @Nullable String action,
            @Parameter(description = OUTCOME) @RequestParam(required = false) @Nullable AuditOutcome outcome,
            @Parameter(description = REQUEST) @RequestParam(required = false) @Nullable UUID requestId,
            @Parameter(description = "Recorded then or later") @RequestParam(required = false) @Nullable Instant from,
            @Parameter(description = "Recorded before then") @RequestParam(required = false) @Nullable Instant to,
            @Parameter(description = PageToken.PAGE_SIZE) @RequestParam(defaultValue = PageToken.DEFAULT_PAGE_SIZE)
                    int pageSize,
            @Parameter(description = PageToken.PAGE_TOKEN) @RequestParam(required = false) @Nullable String pageToken) {
        caller.require(Scope.AUDIT_READ);
        AuditPage page = audit.find(query(account, role, actor, action, outcome, requestId, from, to)
                .after(PageToken.number(pageToken))
                .ofSize(PageToken.size(pageSize)));
        Long next = page.nextSequence();
        return new PageResponse<>(
                page.items().stream().map(AuditEventResponse::of).toList(),
                next == null ? null : PageToken.of(next.toString()));
    }

    @GetMapping(path = "/audit-events/{sequence:[0-9]+}", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "getAuditEvent",
            summary = "Read an audit event",
            description = "Needs the scope audit:read, which sees all teams.")
    @ApiResponse(responseCode = "200", description = "The audit event")
    @Answers({ProblemCode.INVALID_PARAMETER, ProblemCode.SCOPE_MISSING, ProblemCode.NOT_FOUND})
    AuditEventResponse get(
            Caller caller,
            @Parameter(description = "The event's place in the chain, from 1") @PathVariable long sequence) {
        caller.require(Scope.AUDIT_READ);
        return audit.find(sequence)
                .map(AuditEventResponse::of)
                .orElseThrow(() -> new NotFoundException("There is no audit event " + sequence));
    }

    @GetMapping(path = "/audit-events/export", produces = MediaType.APPLICATION_NDJSON_VALUE)
    @Operation(
            operationId = "exportAuditEvents",
            summary = "Take audit events away",
            description =
                    "All that the filters let through, one JSON object to a line, in the order of the chain. Needs the"
                            + " scope audit:read, which sees all teams.")
    @ApiResponse(
            responseCode = "200",
            description = "The events, streamed",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_NDJSON_VALUE,
                            schema = @Schema(implementation = AuditEventResponse.class)))
    @Answers({ProblemCode.INVALID_PARAMETER, ProblemCode.SCOPE_MISSING})
    ResponseEntity<StreamingResponseBody> export(
            Caller caller,
            @Parameter(description = "Id or configured name") @RequestParam(required = false) @Nullable String account,
            @Parameter(description = "Name of the role, whatever its letter case")
                    @RequestParam(required = false)
                    @Nullable
                    String role,
            @Parameter(description = "Subject of the actor") @RequestParam(required = false) @Nullable String actor,
            @Parameter(description = ACTION) @RequestParam(required = false) @Nullable String action,
            @Parameter(description = OUTCOME) @RequestParam(required = false) @Nullable AuditOutcome outcome,
            @Parameter(description = REQUEST) @RequestParam(required = false) @Nullable UUID requestId,
            @Parameter(description = "Recorded then or later") @RequestParam(required = false) @Nullable Instant from,
            @Parameter(description = "Recorded before then") @RequestParam(required = false) @Nullable Instant to) {
        caller.require(Scope.AUDIT_READ);
        AuditQuery query = query(account, role, actor, action, outcome, requestId, from, to);
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_NDJSON).body(out -> {
            OutputStream buffered = new BufferedOutputStream(out, 1 << 16);
            audit.export(query, buffered);
            buffered.flush();
        });
    }

    @PostMapping(
            path = "/audit-chain/verification",
            consumes = {MediaType.APPLICATION_JSON_VALUE, MediaType.ALL_VALUE},
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "verifyAuditChain",
            summary = "Verify the audit chain",
            description = "Seals what is pending, recomputes every hash, and holds the chain against its checkpoints."
                    + " Needs the scope audit:read.")
    @ApiResponse(responseCode = "200", description = "Whether the chain is intact, and where it is not")
    @Answers({ProblemCode.MALFORMED_JSON, ProblemCode.INVALID_REQUEST, ProblemCode.SCOPE_MISSING})
    VerificationResponse verify(
            Caller caller, @Valid @RequestBody(required = false) @Nullable VerificationRequest body) {
        caller.require(Scope.AUDIT_READ);
        return VerificationResponse.of(audit.verify(body == null ? null : body.expectedHead()));
    }

    private AuditQuery query(
            @Nullable String account,
            @Nullable String role,
            @Nullable String actor,
            @Nullable String action,
            @Nullable AuditOutcome outcome,
            @Nullable UUID requestId,
            @Nullable Instant from,
            @Nullable Instant to) {
        inRange("from", from);
        inRange("to", to);
        if (from != null && to != null && !from.isBefore(to)) {
            throw MalformedRequestException.parameter(
                    "from", "it is not before 'to'", "Let the time span begin before it ends.");
        }
        String accountId = account == null
                ? null
                : accounts.find(account).map(Account::id).map(Object::toString).orElse(account);
        return new AuditQuery(
                accountId, role, actor, action, outcome, requestId, from, to, null, AuditQuery.MAX_PAGE_SIZE);
    }

    private static void inRange(String name, @Nullable Instant time) {
        if (time != null && (time.isBefore(EARLIEST) || time.isAfter(LATEST))) {
            throw MalformedRequestException.parameter(
                    name, "it is not between " + EARLIEST + " and " + LATEST, "Leave it out to set no bound.");
        }
    }
}
