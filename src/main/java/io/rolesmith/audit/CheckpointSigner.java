package io.rolesmith.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Signs checkpoints with the configured key, and recognises its own signatures. Without a key it signs nothing. */
@Component
final class CheckpointSigner {

    static final String PROPERTY = "rolesmith.audit.checkpoint-key";

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----", Pattern.DOTALL);

    private final @Nullable Pair pair;

    /** @throws IllegalArgumentException if the key is not what the property asks for; the message does not show it */
    CheckpointSigner(AuditProperties properties) {
        Secret configured = properties.audit().checkpointKey();
        this.pair = configured == null || configured.text().isBlank() ? null : pair(pem(configured.text()));
    }

    boolean hasKey() {
        return pair != null;
    }

    /** {@code checkpoint} with our signature, or as it is where there is no key. */
    Checkpoint sign(Checkpoint checkpoint) {
        if (pair == null) {
            return checkpoint;
        }
        Checkpoint named = new Checkpoint(
                checkpoint.sequence(),
                checkpoint.hash(),
                checkpoint.at(),
                checkpoint.installation(),
                pair.verifying.id(),
                null);
        return new Checkpoint(
                named.sequence(),
                named.hash(),
                named.at(),
                named.installation(),
                named.keyId(),
                Base64.getEncoder().encodeToString(pair.sign(named.signedText())));
    }

    /**
     * Whether {@code checkpoint} claims our key without its signature. Nothing is said of those that name no key or
     * another one: keys come and go.
     */
    boolean isForged(Checkpoint checkpoint) {
        return pair != null && pair.verifying.id().equals(checkpoint.keyId()) && !pair.verifying.signed(checkpoint);
    }

    /** The id of the key, empty where there is none. */
    String keyId() {
        return pair == null ? "" : pair.verifying.id();
    }

    /** No exception that knows the text becomes a cause: its message may show it. */
    private static String pem(String configured) {
        if (configured.contains("-----BEGIN")) {
            return configured;
        }
        try {
            return Files.readString(Path.of(configured.strip().replaceFirst("^file:(//(?=/))?", "")));
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(
                    PROPERTY + " is neither a PEM text nor the location of a file that can be read");
        }
    }

    private static Pair pair(String pem) {
        Matcher block = PEM.matcher(pem);
        if (block.find()) {
            try {
                // An environment variable may hold "\n" where a file has line breaks; the decoder skips what is no
                // base64.
                byte[] encoded = Base64.getMimeDecoder().decode(block.group(1).replace("\\n", "\n"));
                PrivateKey key = KeyFactory.getInstance(CheckpointKey.ALGORITHM)
                        .generatePrivate(new PKCS8EncodedKeySpec(encoded));
                return new Pair(key, CheckpointKey.of(publicKey((EdECPrivateKey) key)));
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                // Said below, without the cause.
            }
        }
        throw new IllegalArgumentException(
                PROPERTY + " holds no Ed25519 private key: a PEM block PRIVATE KEY (PKCS#8, not encrypted) is needed");
    }

    /**
     * The JDK derives the public key only when it makes a pair, from 32 random bytes, which are the private key. {@link
     * Pair} tries whether the two belong together, should a later JDK draw its bytes in another way.
     */
    private static PublicKey publicKey(EdECPrivateKey key) throws GeneralSecurityException {
        byte[] seed = key.getBytes().orElseThrow(() -> new GeneralSecurityException("The key has no bytes"));
        KeyPairGenerator generator = KeyPairGenerator.getInstance(CheckpointKey.ALGORITHM);
        generator.initialize(NamedParameterSpec.ED25519, new SecureRandom() {
            @Override
            public void nextBytes(byte[] bytes) {
                System.arraycopy(seed, 0, bytes, 0, bytes.length);
            }
        });
        return generator.generateKeyPair().getPublic();
    }

    private record Pair(PrivateKey signing, CheckpointKey verifying) {

        Pair {
            try {
                Signature verifier = Signature.getInstance(CheckpointKey.ALGORITHM);
                verifier.initVerify(verifying.key());
                verifier.update(new byte[] {1});
                if (!verifier.verify(sign(signing, new byte[] {1}))) {
                    throw new IllegalStateException("The public key could not be derived from " + PROPERTY);
                }
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("Every Java platform has " + CheckpointKey.ALGORITHM, e);
            }
        }

        byte[] sign(String text) {
            try {
                return sign(signing, text.getBytes(StandardCharsets.UTF_8));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("The key has signed before", e);
            }
        }

        private static byte[] sign(PrivateKey key, byte[] bytes) throws GeneralSecurityException {
            Signature signer = Signature.getInstance(CheckpointKey.ALGORITHM);
            signer.initSign(key);
            signer.update(bytes);
            return signer.sign();
        }
    }
}
