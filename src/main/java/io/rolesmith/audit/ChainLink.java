package io.rolesmith.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A place in the chain.
 *
 * @param hash over the previous hash, the sequence and the content hash; see {@link AuditEvent}
 */
record ChainLink(long sequence, long event, byte[] contentHash, byte[] previousHash, byte[] hash) {

    /** What the first event comes after. */
    static final ChainLink GENESIS = new ChainLink(0, 0, new byte[32], new byte[32], new byte[32]);

    ChainLink next(long event, byte[] contentHash) {
        long sequence = this.sequence + 1;
        return new ChainLink(sequence, event, contentHash, hash, hash(hash, sequence, contentHash));
    }

    /** This place's hash in lower-case hex. */
    String hex() {
        return HexFormat.of().formatHex(hash);
    }

    static byte[] hash(byte[] previousHash, long sequence, byte[] contentHash) {
        return hash(sha256(), previousHash, sequence, contentHash);
    }

    static byte[] hash(MessageDigest sha256, byte[] previousHash, long sequence, byte[] contentHash) {
        return sha256.digest(ByteBuffer.allocate(previousHash.length + Long.BYTES + contentHash.length)
                .put(previousHash)
                .putLong(sequence)
                .put(contentHash)
                .array());
    }

    static byte[] contentHash(String content) {
        return sha256().digest(content.getBytes(StandardCharsets.UTF_8));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
