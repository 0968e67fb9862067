package io.rolesmith.api.rolerequest;

import io.rolesmith.api.problem.DatabaseFailures;
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
import io.rolesmith.request.SubmissionTrail;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
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

    /** In seconds: a request that goes on is mostly done within one, and so are those before it. */
    private static final int SOONEST_RETRY = 1;

    private static final int LATEST_RETRY = 30;

    private static final Logger LOG = LoggerFactory.getLogger(SubmissionAnswers.class);

    private final RoleRequests requests;
    private final SubmissionTrail trail;
    private final Waits waits;

    SubmissionAnswers(RoleRequests requests, SubmissionTrail trail, Waits waits) {
        this.requests = requests;
        this.trail = trail;
        this.waits = waits;
    }

    /**
     * Submits, and answers with the request as it stands at its end, or when the caller has waited long enough.
     *
     * @throws io.rolesmith.api.problem.TooManyWaitsException before anything is submitted, if he may not wait for one more
     */
    ResponseEntity<?> submit(Caller caller, @Nullable List<String> prefer, Supplier<RequestId> submission) {
        Preference preference = Preference.of(prefer == null ? List.of() : prefer);
        return preference.longestWait().isZero()
                ? await(caller, submission.get(), preference)
                : waits.<ResponseEntity<?>>within(caller, () -> await(caller, submission.get(), preference));
    }

    private ResponseEntity<?> await(Caller caller, RequestId id, Preference preference) {
        RequestIdLog.bear(id);
        HttpHeaders headers = new HttpHeaders();
        headers.setLocation(URI.create(PATH + id));
        if (!preference.applied().isEmpty()) {
            headers.set("Preference-Applied", String.join(", ", preference.applied()));
        }
        try {
            requests.await(id, preference.longestWait());
            return answer(requests.submitted(caller, id), headers);
        } catch (DataAccessException | TransactionException e) {
            if (!DatabaseFailures.mayPass(e)) {
                throw e;
            }
            // It is submitted, and goes on when the database is back; so that nobody has to ask for it again.
            Problem problem = Problem.of(
                            ProblemCode.DATABASE_UNAVAILABLE,
                            "The request is submitted, and how it stands cannot be read now; read it at its Location")
                    .of(id.value());
            LOG.warn("{}: {}", problem.errorId(), e.toString());
            return problem.toResponse(headers);
        }
    }

    /** When it is worth asking again for a request that goes on; empty if it has ended. */
    static Optional<String> retryAfter(RoleRequest request) {
        Integer position = request.queuePosition();
        return request.status().isFinal()
                ? Optional.empty()
                : Optional.of(Integer.toString(
                        position == null ? SOONEST_RETRY : Math.clamp(position, SOONEST_RETRY, LATEST_RETRY)));
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
        retryAfter(request).ifPresent(seconds -> headers.set(HttpHeaders.RETRY_AFTER, seconds));
        return ResponseEntity.status(request.status().isFinal() ? HttpStatus.CREATED : HttpStatus.ACCEPTED)
                .headers(headers)
                .body(RoleRequestResponse.of(request));
    }

    /** A body that cannot even be read asked for roles all the same: its refusal is in the trail like any other. */
    ResponseEntity<Problem> refuse(Exception e, Caller caller) {
        Problem problem = problem(e);
        try {
            refuse(problem, caller);
        } catch (DataAccessException | TransactionException unrecorded) {
            // Called from a handler, out of which nothing may be thrown. Nobody is told of a refusal that is not
            // recorded.
            Problem away = Problem.of(ProblemCode.DATABASE_UNAVAILABLE, ProblemCode.DATABASE_UNAVAILABLE.title());
            LOG.warn("{}: {}", away.errorId(), unrecorded.toString());
            return away.toResponse();
        }
        return problem.toResponse();
    }

    private void refuse(Problem problem, Caller caller) {
        trail.refused(
                caller,
                problem.findings().stream()
                        .map((FindingResponse finding) ->
                                Finding.error(finding.code(), finding.pointer(), finding.message(), finding.remedy()))
                        .toList());
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
