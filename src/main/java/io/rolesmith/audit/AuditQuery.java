package io.rolesmith.audit;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which events, and how many at a time; an absent filter lets all through. Text is compared by its first 256 characters.
 *
 * @param role compared without case, as IAM compares names
 * @param actor the actor's subject
 * @param from events recorded then or later
 * @param to events recorded before then
 * @param afterSequence events that stand after this one in the chain, absent for the first page
 * @param pageSize 1 to {@value #MAX_PAGE_SIZE}
 */
public record AuditQuery(
        @Nullable String account,
        @Nullable String role,
        @Nullable String actor,
        @Nullable String action,
        @Nullable AuditOutcome outcome,
        @Nullable UUID requestId,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable Long afterSequence,
        int pageSize) {

    public static final int MAX_PAGE_SIZE = 200;

    public AuditQuery {
        if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
            throw new IllegalArgumentException("A page has 1 to " + MAX_PAGE_SIZE + " events, got " + pageSize);
        }
    }

    /** Every event there is, in pages of {@code pageSize}. */
    public static AuditQuery all(int pageSize) {
        return new AuditQuery(null, null, null, null, null, null, null, null, null, pageSize);
    }

    /** Every event of one role request. */
    public static AuditQuery ofRequest(UUID requestId) {
        return new AuditQuery(null, null, null, null, null, requestId, null, null, null, MAX_PAGE_SIZE);
    }

    /** The page of the same query that follows {@code sequence}. */
    public AuditQuery after(@Nullable Long sequence) {
        return new AuditQuery(account, role, actor, action, outcome, requestId, from, to, sequence, pageSize);
    }

    /** The same query in pages of {@code pageSize}. */
    public AuditQuery ofSize(int pageSize) {
        return new AuditQuery(account, role, actor, action, outcome, requestId, from, to, afterSequence, pageSize);
    }
}
