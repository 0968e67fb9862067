package io.rolesmith.audit;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A head that the chain had, kept outside of the chain: what comes later cannot take back what it says.
 *
 * @param hash of the event at that place, in lower-case hex
 * @param at when it was written, in microseconds
 * @param keyId the {@link CheckpointKey#id()} of the key that signed it, absent when none did
 * @param signature Ed25519 over {@link #signedText()}, in base64, absent when there is no key
 */
record Checkpoint(
        long sequence,
        String hash,
        Instant at,
        String installation,
        @Nullable String keyId,
        @Nullable String signature) {

    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Set<String> FIELDS = Set.of("sequence", "hash", "at", "installation", "keyId", "signature");

    Checkpoint {
        at = at.truncatedTo(ChronoUnit.MICROS);
    }

    /** A checkpoint that nobody signed yet. */
    static Checkpoint of(ChainLink head, Instant at, String installation) {
        return new Checkpoint(head.sequence(), head.hex(), at, installation, null, null);
    }

    /** What is signed: the RFC 8785 text of the checkpoint, the key's id included, without the signature. */
    String signedText() {
        return AuditContent.canonical(unsigned());
    }

    /** The whole checkpoint as one line, RFC 8785 too. */
    String json() {
        ObjectNode json = unsigned();
        if (signature != null) {
            json.put("signature", signature);
        }
        return AuditContent.canonical(json);
    }

    private ObjectNode unsigned() {
        ObjectNode json = STRICT.createObjectNode();
        json.put("sequence", sequence);
        json.put("hash", hash);
        json.put("at", AuditContent.MICROSECONDS.format(at));
        json.put("installation", installation);
        if (keyId != null) {
            json.put("keyId", keyId);
        }
        return json;
    }

    /**
     * What {@link #json()} gave.
     *
     * @throws IllegalArgumentException if {@code json} is anything else
     */
    static Checkpoint parse(String json) {
        try {
            JsonNode node = STRICT.readTree(json);
            if (!node.isObject() || !FIELDS.containsAll(node.propertyNames())) {
                throw new IllegalArgumentException("It has other fields than a checkpoint");
            }
            String hash = text(node, "hash");
            if (!node.path("sequence").isIntegralNumber()
                    || node.path("sequence").asLong() < 1
                    || !HASH.matcher(hash).matches()) {
                throw new IllegalArgumentException("Its sequence or its hash cannot be one");
            }
            return new Checkpoint(
                    node.path("sequence").asLong(),
                    hash,
                    Instant.parse(text(node, "at")),
                    text(node, "installation"),
                    node.has("keyId") ? text(node, "keyId") : null,
                    node.has("signature") ? text(node, "signature") : null);
        } catch (JacksonException | DateTimeException e) {
            throw new IllegalArgumentException("It is no checkpoint", e);
        }
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isString()) {
            throw new IllegalArgumentException("Its " + field + " is missing");
        }
        return value.asString();
    }
}
