package io.rolesmith.api.rolerequest;

import io.rolesmith.api.problem.FailureProblems;
import io.rolesmith.api.problem.MalformedRequestException;
import io.rolesmith.api.problem.Problem;
import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.api.problem.UnreadableBody;
import io.rolesmith.api.wire.ApiPrefix;
import io.rolesmith.api.wire.FindingResponse;
import io.rolesmith.caller.Caller;
import io.rolesmith.policy.Finding;
import io.rolesmith.provisioning.Failure;
import io.rolesmith.request.RequestId;
import io.rolesmith.request.RequestStatus;
import io.rolesmith.request.RoleRequest;
import io.rolesmith.request.RoleRequests;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.MethodArgumentNotValidException;

/** Answers what makes role requests, by whatever address it came. */
@Component
class SubmissionAnswers {

    static final String PREFER =
            "respond-async answers 202 at once; wait=N bounds the wait in seconds (default 10, at" + " most 60)";
    static final String IDEMPOTENCY_KEY =
            "The caller's own name for this submission, kept for 7 days: the same key and body is answered with the same"
                    + " request; at most 255 characters";

    private static final String PATH = ApiPrefix.PREFIX + "/role-requests/";

    /** A request that goes on is mostly done within a second. */
    private static final String RETRY_AFTER = "1";

    private final RoleRequests requests;

    SubmissionAnswers(RoleRequests requests) {
        this.requests = requests;
    }

    /** The request as it stands at its end, or when the caller has waited long enough. */
    ResponseEntity<?> await(Caller caller, RequestId id, @Nullable List<String> prefer) {
        Preference preference = Preference.of(prefer == null ? List.of() : prefer);
        requests.await(id, preference.longestWait());
        HttpHeaders headers = new HttpHeaders();
        headers.setLocation(URI.create(PATH + id));
        if (!preference.applied().isEmpty()) {
            headers.set("Preference-Applied", String.join(", ", preference.applied()));
        }
        return answer(requests.submitted(caller, id), headers);
    }

    /** Never a 2xx for something that did not happen. */
    private static ResponseEntity<?> answer(RoleRequest request, HttpHeaders headers) {
        if (request.failure().isPresent()) {
            Failure failure = request.failure().get();
            return Problem.of(FailureProblems.code(failure.code()), failure.message(), request.findings())
                    .of(request.id().value())
                    .toResponse(headers);
        }
        if (request.status() == RequestStatus.CANCELLED) {
            return Problem.of(ProblemCode.WRONG_STATE, "The request was cancelled", request.findings())
                    .of(request.id().value())
                    .toResponse(headers);
        }
        boolean ended = request.status().isFinal();
        if (!ended) {
            headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER);
        }
        return ResponseEntity.status(ended ? HttpStatus.CREATED : HttpStatus.ACCEPTED)
                .headers(headers)
                .body(RoleRequestResponse.of(request));
    }

    /** A body that cannot even be read asked for roles all the same: its refusal is in the trail like any other. */
    ResponseEntity<Problem> refuse(Exception e, Caller caller) {
        Problem problem = problem(e);
        requests.refuse(
                caller,
                Optional.empty(),
                problem.findings().stream()
                        .map((FindingResponse finding) ->
                                Finding.error(finding.code(), finding.pointer(), finding.message(), finding.remedy()))
                        .toList());
        return problem.toResponse();
    }

    static Problem problem(Exception e) {
        return switch (e) {
            case HttpMessageNotReadableException unreadable -> UnreadableBody.problem(unreadable);
            case MethodArgumentNotValidException invalid -> UnreadableBody.problem(invalid);
            case MalformedRequestException malformed -> malformed.problem();
            default -> throw new IllegalStateException(e);
        };
    }
}
