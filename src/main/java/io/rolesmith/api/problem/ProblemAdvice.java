package io.rolesmith.api.problem;

import io.rolesmith.audit.AuditEntry;
import io.rolesmith.audit.AuditOutcome;
import io.rolesmith.audit.AuditRepository;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.ForbiddenException;
import io.rolesmith.iam.IamErrors;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.policy.Finding;
import io.rolesmith.request.AccountNotYoursException;
import io.rolesmith.request.IdempotencyKeyReusedException;
import io.rolesmith.request.PlanRefusedException;
import io.rolesmith.request.RequestRefusedException;
import io.rolesmith.request.StalePlanException;
import io.rolesmith.request.WrongStateException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Turns everything that is thrown into a problem. Nothing of the exception but what is said here leaves the house. */
@RestControllerAdvice
@Order(-1)
class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    private final AuditRepository audit;

    ProblemAdvice(AuditRepository audit) {
        this.audit = audit;
    }

    @ExceptionHandler
    ResponseEntity<Problem> forbidden(ForbiddenException e, HttpServletRequest request) {
        ProblemCode code = switch (e.reason()) {
            case SCOPE_MISSING -> ProblemCode.SCOPE_MISSING;
            case TEAM_NOT_YOURS -> ProblemCode.TEAM_NOT_YOURS;
        };
        return denied(e.caller(), request, Problem.of(code, message(e)));
    }

    @ExceptionHandler
    ResponseEntity<Problem> accountNotYours(AccountNotYoursException e, HttpServletRequest request) {
        Problem problem = Problem.of(
                ProblemCode.ACCOUNT_NOT_YOURS,
                message(e),
                List.of(Finding.error(
                        "ACCOUNT_NOT_YOURS", e.pointer(), message(e), ProblemCode.ACCOUNT_NOT_YOURS.remedy())));
        return denied(e.caller(), request, problem);
    }

    /** A denied call of a verified caller is a row of the trail; if that cannot be written, the answer is another one. */
    private ResponseEntity<Problem> denied(Caller caller, HttpServletRequest request, Problem problem) {
        try {
            audit.appendAlone(AuditEntry.of(caller, "access.denied", AuditOutcome.REFUSED)
                    .detail(request.getMethod() + " " + request.getRequestURI() + ": " + problem.detail()));
        } catch (DataAccessException | TransactionException e) {
            // What is thrown in here would not be handled again.
            return databaseAway(e);
        }
        return problem.toResponse();
    }

    @ExceptionHandler
    ResponseEntity<Problem> refused(RequestRefusedException e) {
        return Problem.of(ProblemCode.REQUEST_REFUSED, message(e), e.findings()).toResponse();
    }

    @ExceptionHandler
    ResponseEntity<Problem> unplanned(PlanRefusedException e) {
        return Problem.of(FailureProblems.code(e.failure().code()), message(e), e.findings())
                .toResponse();
    }

    @ExceptionHandler
    ResponseEntity<Problem> stale(StalePlanException e) {
        return Problem.of(ProblemCode.PLAN_STALE, message(e)).toResponse();
    }

    @ExceptionHandler
    ResponseEntity<Problem> wrongState(WrongStateException e) {
        return Problem.of(ProblemCode.WRONG_STATE, message(e)).toResponse();
    }

    @ExceptionHandler
    ResponseEntity<Problem> unanswerable(UnanswerableException e) {
        return Problem.of(ProblemCode.REQUEST_REFUSED, message(e), e.findings()).toResponse();
    }

    @ExceptionHandler
    ResponseEntity<Problem> unreadable(IamReadException e) {
        if (e.code().equals(IamErrors.BUDGET_UNKNOWN)) {
            return databaseAway(e);
        }
        return Problem.of(e.isThrottled() ? ProblemCode.THROTTLED : ProblemCode.AWS_FAILED, message(e))
                .toResponse();
    }

    @ExceptionHandler
    ResponseEntity<Problem> keyReused(IdempotencyKeyReusedException e) {
        return Problem.of(ProblemCode.IDEMPOTENCY_KEY_REUSED, message(e)).toResponse();
    }

    @ExceptionHandler
    ResponseEntity<Problem> notFound(NotFoundException e) {
        return Problem.of(ProblemCode.NOT_FOUND, message(e)).toResponse();
    }

    @ExceptionHandler
    ResponseEntity<Problem> malformed(MalformedRequestException e) {
        return e.problem().toResponse();
    }

    @ExceptionHandler({DataAccessException.class, TransactionException.class})
    ResponseEntity<Problem> database(RuntimeException e) {
        return DatabaseFailures.mayPass(e) ? databaseAway(e) : unforeseen(e);
    }

    private static ResponseEntity<Problem> databaseAway(Exception e) {
        Problem problem = Problem.of(ProblemCode.DATABASE_UNAVAILABLE, ProblemCode.DATABASE_UNAVAILABLE.title());
        LOG.warn("{}: {}", problem.errorId(), e.toString());
        return problem.toResponse();
    }

    @ExceptionHandler
    ResponseEntity<Problem> tooManyWaits(TooManyWaitsException e) {
        return Problem.of(ProblemCode.TOO_MANY_WAITS, message(e)).toResponse();
    }

    @ExceptionHandler
    ResponseEntity<Problem> wrongType(MethodArgumentTypeMismatchException e) {
        return MalformedRequestException.parameter(
                        e.getName(),
                        "'" + e.getValue() + "' cannot be read",
                        "Compare with the parameter's description.")
                .problem()
                .toResponse();
    }

    @ExceptionHandler
    ResponseEntity<Problem> unforeseen(Exception e) {
        Problem problem = Problem.of(ProblemCode.INTERNAL_ERROR, ProblemCode.INTERNAL_ERROR.title());
        LOG.error("{}", problem.errorId(), e);
        return problem.toResponse();
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception e, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        Problem problem = springs(e, status);
        return ResponseEntity.status(problem.status())
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }

    private static Problem springs(Exception e, HttpStatusCode status) {
        return switch (e) {
            case HttpMessageNotReadableException unreadable -> UnreadableBody.problem(unreadable);
            case MethodArgumentNotValidException invalid -> UnreadableBody.problem(invalid);
            default -> {
                ProblemCode code = ofStatus(status.value());
                Problem problem = Problem.of(code, code == ProblemCode.INTERNAL_ERROR ? code.title() : message(e));
                if (code == ProblemCode.INTERNAL_ERROR) {
                    LOG.error("{}", problem.errorId(), e);
                }
                yield problem;
            }
        };
    }

    /** What a bare status, of Spring's own or of the container's, means here. */
    static ProblemCode ofStatus(int status) {
        return switch (status) {
            case 400 -> ProblemCode.INVALID_PARAMETER;
            case 401 -> ProblemCode.UNAUTHENTICATED;
            case 403, 404 -> ProblemCode.NOT_FOUND;
            case 405 -> ProblemCode.METHOD_NOT_ALLOWED;
            case 406 -> ProblemCode.NOT_ACCEPTABLE;
            case 413 -> ProblemCode.BODY_TOO_LARGE;
            case 415 -> ProblemCode.UNSUPPORTED_MEDIA_TYPE;
            // Whatever else the container refuses lies in the request line or a header.
            default -> status >= 400 && status < 500 ? ProblemCode.INVALID_PARAMETER : ProblemCode.INTERNAL_ERROR;
        };
    }

    private static String message(Exception e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
