package io.rolesmith.audit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A public key, which tells whether a checkpoint was signed by its private one.
 *
 * @param id SHA-256 over the key's X.509 encoding (DER), in lower-case hex
 */
record CheckpointKey(PublicKey key, String id) {

    static final String ALGORITHM = "Ed25519";

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PUBLIC KEY-----([^-]+)-----END PUBLIC KEY-----", Pattern.DOTALL);

    static CheckpointKey of(PublicKey key) {
        return new CheckpointKey(
                key, HexFormat.of().formatHex(ChainLink.sha256().digest(key.getEncoded())));
    }

    /**
     * The keys of a text with one or more PEM blocks {@code PUBLIC KEY}.
     *
     * @throws IllegalArgumentException if there is none, or one is not Ed25519
     */
    static List<CheckpointKey> read(String pem) {
        List<CheckpointKey> keys = new ArrayList<>();
        Matcher blocks = PEM.matcher(pem);
        while (blocks.find()) {
            try {
                keys.add(of(KeyFactory.getInstance(ALGORITHM)
                        .generatePublic(
                                new X509EncodedKeySpec(Base64.getMimeDecoder().decode(blocks.group(1))))));
            } catch (GeneralSecurityException e) {
                throw new IllegalArgumentException("A public key is not Ed25519", e);
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("There is no PEM block PUBLIC KEY");
        }
        return keys;
    }

    /** Whether {@code checkpoint} names this key and bears its signature. */
    boolean signed(Checkpoint checkpoint) {
        String signature = checkpoint.signature();
        if (signature == null || !id.equals(checkpoint.keyId())) {
            return false;
        }
        try {
            Signature verifier = Signature.getInstance(ALGORITHM);
            verifier.initVerify(key);
            verifier.update(checkpoint.signedText().getBytes(StandardCharsets.UTF_8));
            return verifier.verify(Base64.getDecoder().decode(signature));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }
}
