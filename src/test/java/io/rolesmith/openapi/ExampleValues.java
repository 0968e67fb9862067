package io.rolesmith.openapi;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** What stands in examples for values that are others each time: the first id is always shown as the same first id. */
final class ExampleValues {

    private static final Pattern CHANGING = Pattern.compile(
            "(?<uuid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})|(?<hash>(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f]))"
                    + "|(?<role>AROA[A-Z0-9]{17})");

    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");

    private static final Pattern ISSUER = Pattern.compile("http://[a-z.]+:\\d+/test");

    /** No hash, but what the first event has for the one before it. */
    private static final String NONE = "0".repeat(64);

    private final Map<String, String> shown = new HashMap<>();

    /** The same tree with its changing values replaced. */
    JsonNode shown(JsonNode tree) {
        return shown("", tree);
    }

    private JsonNode shown(String member, JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                ObjectNode copy = JsonNodeFactory.instance.objectNode();
                object.properties().forEach(entry -> copy.set(entry.getKey(), shown(entry.getKey(), entry.getValue())));
                yield copy;
            }
            case ArrayNode array -> {
                ArrayNode copy = JsonNodeFactory.instance.arrayNode();
                array.forEach(element -> copy.add(shown(member, element)));
                yield copy;
            }
            case StringNode text -> StringNode.valueOf(shown(member, text.asString()));
            default -> node;
        };
    }

    /** The same text, of the member {@code member}, with its changing values replaced. */
    String shown(String member, String text) {
        if (TIME.matcher(text).matches()) {
            return switch (member) {
                case "createdAt" -> "2026-11-23T19:15:41.393682Z";
                case "settledAt" -> "2026-11-23T19:15:56.433804Z";
                case "expiresAt" -> "2026-11-23T20:15:41.393682Z";
                default -> "2026-11-23T19:15:41.439814Z";
            };
        }
        return CHANGING.matcher(ISSUER.matcher(text).replaceAll("https://idp.example/realms/platform"))
                .replaceAll(this::replacement);
    }

    private String replacement(MatchResult match) {
        String value = match.group();
        if (value.equals(NONE)) {
            return value;
        }
        return shown.computeIfAbsent(value, _ -> {
            byte[] seed = ("example " + shown.size()).getBytes(StandardCharsets.UTF_8);
            if (match.group("uuid") != null) {
                return UUID.nameUUIDFromBytes(seed).toString();
            }
            String hash = HexFormat.of().formatHex(sha256(seed));
            return match.group("hash") != null
                    ? hash
                    : "AROA" + hash.substring(0, 17).toUpperCase(Locale.ROOT);
        });
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
