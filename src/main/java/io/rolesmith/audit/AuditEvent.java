package io.rolesmith.audit;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A recorded and sealed {@link AuditEntry}. Hashes are SHA-256 in lower-case hex.
 *
 * @param sequence its place in the chain, from 1, without gaps
 * @param occurredAt when it was recorded, in microseconds
 * @param contentHash over the event's RFC 8785 text
 * @param previousHash the {@code hash} of the event before, 32 zero bytes for the first
 * @param hash over the bytes of {@code previousHash}, the sequence (8 bytes, big endian) and {@code contentHash}
 */
public record AuditEvent(
        long sequence,
        Instant occurredAt,
        AuditActor actor,
        String action,
        @Nullable String account,
        @Nullable String role,
        @Nullable UUID requestId,
        AuditOutcome outcome,
        @Nullable String awsRequestId,
        @Nullable JsonNode before,
        @Nullable JsonNode after,
        @Nullable String detail,
        String contentHash,
        String previousHash,
        String hash) {}
