package io.rolesmith.audit;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A sealed event as it stands in the database.
 *
 * @param content its text in UTF-8, absent where somebody removed it
 */
record StoredEvent(long sequence, byte @Nullable [] content, byte[] contentHash, byte[] previousHash, byte[] hash) {

    /** Of a row with these columns. */
    static StoredEvent of(ResultSet row) throws SQLException {
        return new StoredEvent(
                row.getLong("sequence"),
                row.getBytes("content"),
                row.getBytes("content_hash"),
                row.getBytes("previous_hash"),
                row.getBytes("hash"));
    }

    /** What was recorded. */
    static AuditEvent read(StoredEvent stored, byte[] content) {
        return AuditContent.read(
                stored.sequence,
                new String(content, StandardCharsets.UTF_8),
                stored.contentHash,
                stored.previousHash,
                stored.hash);
    }
}
