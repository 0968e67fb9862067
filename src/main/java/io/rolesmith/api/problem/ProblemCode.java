package io.rolesmith.api.problem;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.HttpStatus;

/** Every problem that the API answers with: the one place where status, meaning and way out are said. */
public enum ProblemCode {
    MALFORMED_JSON(
            HttpStatus.BAD_REQUEST,
            false,
            "The body is not JSON that can be read",
            "Correct the place that the finding points at. Each member may stand once, and nothing may follow the body."),
    INVALID_REQUEST(
            HttpStatus.BAD_REQUEST,
            false,
            "The body has not the shape that is asked for",
            "Compare the body with the schema of the operation in the OpenAPI document; the findings name each place."),
    INVALID_PARAMETER(
            HttpStatus.BAD_REQUEST,
            false,
            "A parameter or header cannot be read",
            "Compare the parameter with its description in the OpenAPI document."),
    UNAUTHENTICATED(
            HttpStatus.UNAUTHORIZED,
            false,
            "The request carries no valid token",
            "Send Authorization: Bearer with an unexpired token of a configured issuer that names the audience."),
    SCOPE_MISSING(
            HttpStatus.FORBIDDEN,
            false,
            "The token lacks a scope",
            "Ask the issuer of the token for the scope that the detail names."),
    TEAM_NOT_YOURS(
            HttpStatus.FORBIDDEN,
            false,
            "The caller is not of the team",
            "Use one of your teams, which GET /api/v1/caller lists."),
    ACCOUNT_NOT_YOURS(
            HttpStatus.FORBIDDEN,
            false,
            "The team may have no roles in the account",
            "Use one of the accounts that GET /api/v1/accounts lists, or have the team admitted to the account."),
    NOT_FOUND(
            HttpStatus.NOT_FOUND,
            false,
            "There is no such thing, or the caller may not see it",
            "Check the address, and that the thing belongs to one of your teams."),
    METHOD_NOT_ALLOWED(
            HttpStatus.METHOD_NOT_ALLOWED,
            false,
            "The address does not know this method",
            "Use a method that the header Allow lists."),
    NOT_ACCEPTABLE(
            HttpStatus.NOT_ACCEPTABLE,
            false,
            "The answer cannot be given in a form that is asked for",
            "Accept application/json, and application/problem+json for errors."),
    ROLE_NOT_OURS(
            HttpStatus.CONFLICT,
            false,
            "A role of this name is there that is not yours to change",
            "Choose another name. A role that Rolesmith did not make, or that another team has, is never touched."),
    ROLE_CANNOT_BE_RENAMED(
            HttpStatus.CONFLICT,
            false,
            "IAM cannot change the name or path of a role",
            "Ask for the role under the name and path that it has, or make a new role and delete this one."),
    ROLE_NEEDS_ATTENTION(
            HttpStatus.CONFLICT,
            false,
            "An earlier request left the role in a state that only a person can judge",
            "Have an administrator retry or abandon the request that the detail names."),
    PLAN_STALE(
            HttpStatus.CONFLICT,
            false,
            "The role is not any more as it was when it was planned",
            "Make a new plan, and look at it."),
    WRONG_STATE(
            HttpStatus.CONFLICT,
            false,
            "The request is not in a state in which this can be done",
            "Read the request; its status says what can be done."),
    ACCOUNT_GONE(
            HttpStatus.CONFLICT,
            false,
            "The account is not configured any more",
            "Have the account configured again, or ask for roles in another one."),
    NO_PROVISIONER_ROLE(
            HttpStatus.CONFLICT,
            false,
            "Rolesmith assumes no role in the account",
            "Have a role configured that it assumes there, or ask for format=json and give the policy to the identity as"
                    + " which Rolesmith runs."),
    PRECONDITION_FAILED(
            HttpStatus.PRECONDITION_FAILED,
            false,
            "The role is not as the request says that it must be",
            "Read the role again, and send its ETag in If-Match."),
    PRECONDITION_REQUIRED(
            HttpStatus.PRECONDITION_REQUIRED,
            false,
            "The role is there, and the request does not say which version of it is to be changed",
            "Read the role, and send its ETag in If-Match, or If-Match: * for whatever is there."),
    QUOTA_EXCEEDED(
            HttpStatus.CONFLICT,
            false,
            "A quota of the account is reached",
            "Have the quota that the detail names raised, or make room."),
    BODY_TOO_LARGE(
            HttpStatus.CONTENT_TOO_LARGE,
            false,
            "The body is too large",
            "Ask for less at once; the detail names the limit."),
    UNSUPPORTED_MEDIA_TYPE(
            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
            false,
            "The body is not of a kind that can be read",
            "Send Content-Type: application/json."),
    REQUEST_REFUSED(
            HttpStatus.UNPROCESSABLE_ENTITY,
            false,
            "What is asked breaks a rule",
            "Follow the remedy of each finding of severity error. Nothing was written to AWS."),
    REFUSED_BY_IAM(
            HttpStatus.UNPROCESSABLE_ENTITY,
            false,
            "IAM refused what is asked",
            "Correct what IAM's words in the detail name. What was made before is undone."),
    IDEMPOTENCY_KEY_REUSED(
            HttpStatus.UNPROCESSABLE_ENTITY,
            false,
            "The Idempotency-Key stands for another body",
            "Use a new key for a new body."),
    AWS_FAILED(
            HttpStatus.BAD_GATEWAY,
            true,
            "AWS does not let us, or failed",
            "Try again later. If it stays, the platform team finds the AWS request id in the audit trail; most often the"
                    + " provisioner lacks a permission."),
    NEEDS_ATTENTION(
            HttpStatus.BAD_GATEWAY,
            false,
            "Something is left in AWS that only a person can judge",
            "Read the request: its roles and changes name exactly what was done, undone and is unknown."),
    TOO_MANY_WAITS(
            HttpStatus.TOO_MANY_REQUESTS,
            true,
            "The caller waits for too many requests at once",
            "Send Prefer: respond-async, which is not limited, and read the request at its Location; or try again after"
                    + " the time in Retry-After."),
    THROTTLED(
            HttpStatus.SERVICE_UNAVAILABLE,
            true,
            "IAM's request rate is exhausted",
            "Try again after the time in Retry-After. Nothing is left half made."),
    ISSUER_UNAVAILABLE(
            HttpStatus.SERVICE_UNAVAILABLE,
            true,
            "The token's issuer cannot be asked for its keys",
            "Try again after the time in Retry-After."),
    DATABASE_UNAVAILABLE(
            HttpStatus.SERVICE_UNAVAILABLE,
            true,
            "The database is away",
            "Try again after the time in Retry-After; with the same Idempotency-Key nothing is done twice."),
    INTERNAL_ERROR(
            HttpStatus.INTERNAL_SERVER_ERROR,
            true,
            "Rolesmith failed",
            "Try again once. If it stays, give the errorId to the platform team, who find it in the log.");

    private final HttpStatus status;
    private final boolean retryable;
    private final String title;
    private final String remedy;

    ProblemCode(HttpStatus status, boolean retryable, String title, String remedy) {
        this.status = status;
        this.retryable = retryable;
        this.title = title;
        this.remedy = remedy;
    }

    /** As on the wire and in the address of the page: {@code role-not-ours}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public HttpStatus status() {
        return status;
    }

    /** Whether the same request may pass later, unchanged. */
    public boolean retryable() {
        return retryable;
    }

    /** What it is, in one sentence. */
    public String title() {
        return title;
    }

    /** What to do about it. */
    public String remedy() {
        return remedy;
    }

    static Optional<ProblemCode> find(String code) {
        return Arrays.stream(values())
                .filter(problem -> problem.code().equals(code))
                .findFirst();
    }
}
