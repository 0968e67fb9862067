package io.rolesmith.api.problem;

import io.rolesmith.api.wire.FindingResponse;
import io.rolesmith.policy.Finding;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** A problem detail (RFC 9457) with what Rolesmith adds to it. */
@Schema(description = "A problem detail (RFC 9457)")
public record Problem(
        @Schema(description = "Address of the page on this kind of problem", example = "/problems/request-refused")
        String type,

        @Schema(example = "What is asked breaks a rule") String title,
        @Schema(example = "422") int status,
        @Schema(description = "What went wrong this time") String detail,

        @Schema(description = "The kind of problem, as the type says it", example = "request-refused")
        String code,

        @Schema(description = "Under which the log knows this answer")
        UUID errorId,

        @Schema(description = "Whether the same request may pass later, unchanged")
        boolean retryable,

        @Schema(description = "Everything found, each with its place in the body")
        List<FindingResponse> findings,

        @Schema(description = "The role request that ended badly, where there is one") @Nullable
        UUID requestId) {

    /** How long to wait, in seconds, before a retryable problem is tried again. */
    private static final String RETRY_AFTER = "5";

    public static Problem of(ProblemCode code, String detail) {
        return of(code, detail, List.of());
    }

    public static Problem of(ProblemCode code, String detail, List<Finding> findings) {
        return new Problem(
                "/problems/" + code.code(),
                code.title(),
                code.status().value(),
                detail,
                code.code(),
                UUID.randomUUID(),
                code.retryable(),
                findings.stream().map(FindingResponse::of).toList(),
                null);
    }

    /** The same, of a role request. */
    public Problem of(UUID requestId) {
        return new Problem(type, title, status, detail, code, errorId, retryable, findings, requestId);
    }

    /** The answer that carries it. */
    public ResponseEntity<Problem> toResponse() {
        return toResponse(new HttpHeaders());
    }

    /** The answer that carries it, with more headers. */
    public ResponseEntity<Problem> toResponse(HttpHeaders headers) {
        ResponseEntity.BodyBuilder response =
                ResponseEntity.status(status).headers(headers).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (status == 503 || status == 429) {
            response.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER);
        }
        return response.body(this);
    }

    static String retryAfter() {
        return RETRY_AFTER;
    }
}
