package io.rolesmith.api.rolerequest;

import io.rolesmith.api.problem.MalformedRequestException;
import io.rolesmith.api.wire.BodyCheck;
import io.rolesmith.request.IdempotencyKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.erdtman.jcs.JsonCanonicalizer;
import org.jspecify.annotations.Nullable;

/** Reads the header Idempotency-Key, and what it is held against. */
final class SubmissionKey {

    private SubmissionKey() {}

    /** The key of a submission that its body alone describes. */
    static Optional<IdempotencyKey> of(@Nullable String header) {
        return of(header, "");
    }

    /**
     * The key of a submission that its body describes together with its address.
     *
     * @param address whatever of the address tells submissions apart
     * @throws MalformedRequestException if the header can be no key, or the body holds a number that RFC 8785 has no text
     *     for
     */
    static Optional<IdempotencyKey> of(@Nullable String header, String address) {
        if (header == null) {
            return Optional.empty();
        }
        if (!IdempotencyKey.isValid(header)) {
            throw MalformedRequestException.parameter(
                    "Idempotency-Key",
                    "it has not 1 to " + IdempotencyKey.MAX_LENGTH + " visible ASCII characters",
                    "Send a UUID, for one.");
        }
        return Optional.of(new IdempotencyKey(header, digest(address, canonicalBody())));
    }

    private static byte[] canonicalBody() {
        byte[] body = BodyCheck.ofCurrentRequest();
        try {
            return body == null ? new byte[0] : new JsonCanonicalizer(body).getEncodedUTF8();
        } catch (IOException e) {
            throw MalformedRequestException.body(
                    "", "The body holds a number that is beyond a double", "Write the number as a string.");
        }
    }

    private static String digest(String address, byte[] body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(address.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
