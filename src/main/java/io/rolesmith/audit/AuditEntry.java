package io.rolesmith.audit;

import io.rolesmith.caller.Caller;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What is to be recorded. Any text is accepted, since a refusal quotes what it refuses: characters that PostgreSQL cannot
 * hold (U+0000 and halves of surrogate pairs) are recorded as U+FFFD.
 *
 * @param action dotted, such as {@code request.submitted} or {@code iam.CreateRole}
 * @param account the AWS account concerned, absent when it is none or several
 * @param role the role's name as it was given
 * @param requestId the role request on whose behalf
 * @param awsRequestId the id under which AWS knows the call
 * @param before the state before; numbers become doubles (RFC 8785), so what must stay exact, a policy for one, is a string
 * @param after the state after, likewise
 * @param detail one sentence for a human
 */
public record AuditEntry(
        AuditActor actor,
        String action,
        @Nullable String account,
        @Nullable String role,
        @Nullable UUID requestId,
        AuditOutcome outcome,
        @Nullable String awsRequestId,
        @Nullable JsonNode before,
        @Nullable JsonNode after,
        @Nullable String detail) {

    /** An entry that says no more than who, what and how it ended. */
    public static AuditEntry of(AuditActor actor, String action, AuditOutcome outcome) {
        return new AuditEntry(actor, action, null, null, null, outcome, null, null, null, null);
    }

    /** The same for a caller who is here. */
    public static AuditEntry of(Caller caller, String action, AuditOutcome outcome) {
        return of(AuditActor.of(caller), action, outcome);
    }

    public AuditEntry account(@Nullable String account) {
        return new AuditEntry(actor, action, account, role, requestId, outcome, awsRequestId, before, after, detail);
    }

    public AuditEntry role(@Nullable String role) {
        return new AuditEntry(actor, action, account, role, requestId, outcome, awsRequestId, before, after, detail);
    }

    public AuditEntry request(@Nullable UUID requestId) {
        return new AuditEntry(actor, action, account, role, requestId, outcome, awsRequestId, before, after, detail);
    }

    public AuditEntry awsRequest(@Nullable String awsRequestId) {
        return new AuditEntry(actor, action, account, role, requestId, outcome, awsRequestId, before, after, detail);
    }

    public AuditEntry before(@Nullable JsonNode before) {
        return new AuditEntry(actor, action, account, role, requestId, outcome, awsRequestId, before, after, detail);
    }

    public AuditEntry after(@Nullable JsonNode after) {
        return new AuditEntry(actor, action, account, role, requestId, outcome, awsRequestId, before, after, detail);
    }

    public AuditEntry detail(@Nullable String detail) {
        return new AuditEntry(actor, action, account, role, requestId, outcome, awsRequestId, before, after, detail);
    }
}
