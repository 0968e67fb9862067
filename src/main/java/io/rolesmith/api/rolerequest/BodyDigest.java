package io.rolesmith.api.rolerequest;

import io.rolesmith.api.problem.MalformedRequestException;
import io.rolesmith.api.wire.BodyCheck;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.erdtman.jcs.JsonCanonicalizer;

/** What an Idempotency-Key is held against. */
final class BodyDigest {

    private BodyDigest() {}

    /**
     * SHA-256 in hex of the RFC 8785 text of the body that was just read as JSON.
     *
     * @throws MalformedRequestException if it holds a number that RFC 8785 has no text for
     */
    static String ofCurrentRequest() {
        byte[] body = BodyCheck.ofCurrentRequest();
        if (body == null) {
            throw new IllegalStateException("No body was read in this request");
        }
        try {
            byte[] canonical = new JsonCanonicalizer(body).getEncodedUTF8();
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(canonical));
        } catch (IOException e) {
            throw MalformedRequestException.body(
                    "", "The body holds a number that is beyond a double", "Write the number as a string.");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
