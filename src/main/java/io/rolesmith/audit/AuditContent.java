package io.rolesmith.audit;

import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.erdtman.jcs.JsonCanonicalizer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The text of an event, which is stored, hashed and read back. The fields that are absent do not stand in it. */
final class AuditContent {

    /** Always six digits, so that one instant has one spelling. */
    static final DateTimeFormatter MICROSECONDS =
            new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

    // Our own and not the application's, whose settings may change: this format may not.
    private static final JsonMapper JSON = JsonMapper.shared();

    // An escape is matched whole, so that the second half of an escaped backslash starts none.
    private static final Pattern ESCAPE_OR_LONE_SURROGATE = Pattern.compile("\\\\(?:u0000|.)|\\p{Cs}");

    private AuditContent() {}

    /** The RFC 8785 text of {@code entry}. */
    static String write(Instant occurredAt, AuditEntry entry) {
        ObjectNode content = JSON.createObjectNode();
        content.put("occurredAt", MICROSECONDS.format(occurredAt));
        ObjectNode actor = content.putObject("actor");
        actor.put("issuer", entry.actor().issuer());
        actor.put("subject", entry.actor().subject());
        entry.actor().teams().forEach(actor.putArray("teams")::add);
        content.put("action", entry.action());
        put(content, "account", entry.account());
        put(content, "role", entry.role());
        put(content, "requestId", entry.requestId());
        content.put("outcome", entry.outcome().name());
        put(content, "awsRequestId", entry.awsRequestId());
        put(content, "before", entry.before());
        put(content, "after", entry.after());
        put(content, "detail", entry.detail());
        return canonical(storable(JSON.writeValueAsString(content)));
    }

    /** What {@link #write} was given. */
    static AuditEvent read(long sequence, String content, byte[] contentHash, byte[] previousHash, byte[] hash) {
        JsonNode event = parse(content);
        JsonNode actor = event.path("actor");
        List<String> teams =
                actor.path("teams").valueStream().map(JsonNode::asString).toList();
        String requestId = text(event, "requestId");
        return new AuditEvent(
                sequence,
                Instant.parse(event.path("occurredAt").asString()),
                new AuditActor(
                        actor.path("issuer").asString(), actor.path("subject").asString(), teams),
                event.path("action").asString(),
                text(event, "account"),
                text(event, "role"),
                requestId == null ? null : UUID.fromString(requestId),
                AuditOutcome.valueOf(event.path("outcome").asString()),
                text(event, "awsRequestId"),
                event.get("before"),
                event.get("after"),
                text(event, "detail"),
                HexFormat.of().formatHex(contentHash),
                HexFormat.of().formatHex(previousHash),
                HexFormat.of().formatHex(hash));
    }

    /** What is searched by, as an event's text says it; absent where it says nothing. */
    record Searched(
            @Nullable String occurredAt,
            @Nullable String subject,
            @Nullable String action,
            @Nullable String account,
            @Nullable String role,
            @Nullable String requestId,
            @Nullable String outcome) {}

    /**
     * What {@code content}, in UTF-8, is searched by. All of it is read, but nothing is made of the rest.
     *
     * @throws JacksonException if it is no JSON
     */
    static Searched searched(byte[] content) {
        String occurredAt = null;
        String subject = null;
        String action = null;
        String account = null;
        String role = null;
        String requestId = null;
        String outcome = null;
        try (JsonParser parser = JSON.createParser(content)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "occurredAt" -> occurredAt = text(parser);
                    case "actor" -> subject = subject(parser);
                    case "action" -> action = text(parser);
                    case "account" -> account = text(parser);
                    case "role" -> role = text(parser);
                    case "requestId" -> requestId = text(parser);
                    case "outcome" -> outcome = text(parser);
                    default -> parser.skipChildren();
                }
            }
        }
        return new Searched(occurredAt, subject, action, account, role, requestId, outcome);
    }

    private static @Nullable String subject(JsonParser actor) {
        String subject = null;
        if (actor.currentToken() == JsonToken.START_OBJECT) {
            while (actor.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = actor.currentName();
                actor.nextToken();
                if (name.equals("subject")) {
                    subject = text(actor);
                } else {
                    actor.skipChildren();
                }
            }
        } else {
            actor.skipChildren();
        }
        return subject;
    }

    private static @Nullable String text(JsonParser value) {
        String text = value.getString();
        value.skipChildren();
        return text;
    }

    static JsonNode parse(String content) {
        return JSON.readTree(content);
    }

    static @Nullable String text(JsonNode content, String field) {
        JsonNode value = content.get(field);
        return value == null ? null : value.asString();
    }

    private static void put(ObjectNode content, String field, @Nullable Object value) {
        if (value instanceof JsonNode json) {
            if (!json.isNull()) {
                content.set(field, json);
            }
        } else if (value != null) {
            content.put(field, value.toString());
        }
    }

    /**
     * The RFC 8785 text of {@code json}.
     *
     * @throws IllegalArgumentException if a number in it is no double
     */
    static String canonical(JsonNode json) {
        return canonical(JSON.writeValueAsString(json));
    }

    private static String canonical(String json) {
        try {
            return new JsonCanonicalizer(json).getEncodedString();
        } catch (IOException e) {
            throw new IllegalArgumentException("An audit entry holds a number beyond the doubles of RFC 8785", e);
        }
    }

    /** Before it is made canonical, so that whoever has the event can make the same text of it. */
    private static String storable(String json) {
        String replaced = ESCAPE_OR_LONE_SURROGATE.matcher(json).replaceAll(match -> switch (match.group()) {
            case "\\u0000" -> "\uFFFD";
            case String escape when escape.startsWith("\\") -> Matcher.quoteReplacement(escape);
            case String loneSurrogate -> "\uFFFD";
        });
        // Two names may have become one, of which the last counts; the canonicaliser would refuse both.
        return replaced.equals(json) ? json : JSON.writeValueAsString(JSON.readTree(replaced));
    }
}
