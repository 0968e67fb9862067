package io.rolesmith.policy;

import io.rolesmith.policy.JsonValue.JsonArray;
import io.rolesmith.policy.JsonValue.JsonBoolean;
import io.rolesmith.policy.JsonValue.JsonNull;
import io.rolesmith.policy.JsonValue.JsonNumber;
import io.rolesmith.policy.JsonValue.JsonObject;
import io.rolesmith.policy.JsonValue.JsonString;
import io.rolesmith.policy.JsonValue.Member;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * Turns text into a JSON tree, strictly: one value, every member once, numbers that a double can carry.
 *
 * <p>Duplicate members are found here and not by the parser's own detection, which stops at the first one.
 */
final class JsonReader {

    /** A policy needs six levels: document, statements, statement, condition, operator, values. */
    static final int MAX_DEPTH = 16;

    /** Far beyond any condition key; findings repeat names in their pointers, so they must not be huge. */
    static final int MAX_NAME = 1024;

    /** More digits than a double can tell apart, with room for an exponent and zeroes. */
    private static final int MAX_NUMBER = 64;

    // Names come from strangers: a shared symbol table would remember them and could be filled.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(MAX_NAME)
                    .maxNumberLength(PolicyReader.MAX_TEXT)
                    .build())
            .build();

    private final JsonParser parser;
    private final String text;
    private final FindingLog log;
    private final boolean escapes;

    private JsonReader(JsonParser parser, String text, FindingLog log) {
        this.parser = parser;
        this.text = text;
        this.log = log;
        this.escapes = text.indexOf('\\') >= 0;
    }

    /** The value in {@code text}; empty when what stands there is not JSON, or cannot be read to its end. */
    static Optional<JsonValue> read(String text, FindingLog log) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            JsonReader reader = new JsonReader(parser, text, log);
            try {
                return Optional.of(reader.document());
            } catch (Stopped stopped) {
                log.add(stopped.offset, stopped.finding);
            } catch (StreamConstraintsException tooLong) {
                log.add(
                        reader.offset(),
                        Finding.error(
                                "NAME_TOO_LONG",
                                reader.pointer(),
                                "A member's name is longer than " + MAX_NAME + " characters.",
                                "Shorten the name; no policy element or condition key is that long."));
            } catch (JacksonException broken) {
                reader.syntaxError(broken);
            }
            return Optional.empty();
        }
    }

    private JsonValue document() {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw new Stopped(
                    0,
                    Finding.error(
                            "JSON_SYNTAX_ERROR",
                            "",
                            "The policy is empty.",
                            "Give a JSON object with Version and Statement."));
        }
        JsonValue value = value(token, 1);
        boolean more;
        int end = Math.toIntExact(parser.currentLocation().getCharOffset());
        try {
            more = parser.nextToken() != null;
        } catch (JacksonException notEvenJson) {
            more = true;
        }
        if (more) {
            int start = end;
            while (start < text.length() && text.charAt(start) <= ' ') {
                start++;
            }
            throw new Stopped(
                    start,
                    Finding.error(
                            "JSON_SYNTAX_ERROR",
                            "",
                            "There is text after the end of the policy, beginning with "
                                    + Quotes.name(text.charAt(start)) + ".",
                            "Remove everything after the closing brace."));
        }
        return value;
    }

    private JsonValue value(JsonToken token, int depth) {
        if (depth > MAX_DEPTH && token.isStructStart()) {
            throw new Stopped(
                    offset(),
                    Finding.error(
                            "NESTED_TOO_DEEPLY",
                            pointer(),
                            "The policy is nested deeper than " + MAX_DEPTH + " levels.",
                            "Flatten it; a policy needs six levels."));
        }
        int offset = offset();
        return switch (token) {
            case START_OBJECT -> object(offset, depth);
            case START_ARRAY -> {
                List<JsonValue> elements = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    elements.add(value(next, depth + 1));
                }
                yield new JsonArray(offset, elements);
            }
            case VALUE_STRING -> new JsonString(offset, checked(parser.getString(), offset));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(offset, parser.getString());
            case VALUE_TRUE -> new JsonBoolean(offset, true);
            case VALUE_FALSE -> new JsonBoolean(offset, false);
            case VALUE_NULL -> new JsonNull(offset);
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
                throw new IllegalStateException("A JSON value cannot begin with " + token);
        };
    }

    private JsonObject object(int offset, int depth) {
        List<Member> members = new ArrayList<>();
        Set<String> names = new HashSet<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            int nameOffset = offset();
            String name = checked(parser.currentName(), nameOffset);
            boolean first = names.add(name);
            if (!first) {
                log.add(
                        nameOffset,
                        Finding.error(
                                "DUPLICATE_KEY",
                                pointer(),
                                "The member " + Quotes.quote(name)
                                        + " stands more than once in the same object, where only one can count.",
                                "Keep one of them; several values of one condition key go into an array."));
            }
            JsonValue value = value(parser.nextToken(), depth + 1);
            if (first) {
                members.add(new Member(nameOffset, name, value));
            }
        }
        return new JsonObject(offset, members);
    }

    private JsonNumber number(int offset, String literal) {
        if (!survivesDouble(literal)) {
            log.add(
                    offset,
                    Finding.error(
                            "INEXACT_NUMBER",
                            pointer(),
                            "The number " + Quotes.shorten(literal) + " cannot be carried exactly by a double.",
                            "Write it as a string, or with at most 15 significant digits."));
        }
        return new JsonNumber(offset, literal);
    }

    private static boolean survivesDouble(String literal) {
        if (literal.length() > MAX_NUMBER) {
            return false;
        }
        double carried = Double.parseDouble(literal);
        if (Double.isInfinite(carried)) {
            return false;
        }
        try {
            return new BigDecimal(Double.toString(carried)).compareTo(new BigDecimal(literal)) == 0;
        } catch (NumberFormatException exponentTooLarge) {
            return false;
        }
    }

    /** The string, after a look at what only an escape can bring in: raw characters are looked at beforehand. */
    private String checked(String string, int offset) {
        if (escapes) {
            for (int i = 0; i < string.length(); i++) {
                char character = string.charAt(i);
                boolean control = character < ' ' && character != '\t' && character != '\n' && character != '\r';
                boolean half = Character.isSurrogate(character) && !isPair(string, i);
                if (control || half) {
                    log.add(
                            offset,
                            Finding.error(
                                    "INVALID_CHARACTER",
                                    pointer(),
                                    "The escape \\u%04x stands for a character that no policy may hold."
                                            .formatted((int) character),
                                    "Remove the escape."));
                    break;
                }
                i += Character.isSurrogate(character) ? 1 : 0;
            }
        }
        return string;
    }

    private static boolean isPair(String string, int i) {
        return Character.isHighSurrogate(string.charAt(i))
                && i + 1 < string.length()
                && Character.isLowSurrogate(string.charAt(i + 1));
    }

    private void syntaxError(JacksonException broken) {
        int offset = Math.clamp(broken.getLocation().getCharOffset(), 0, text.length());
        String reason = broken.getOriginalMessage();
        // The parser's hints speak of its own switches and of byte offsets, which help nobody here.
        for (String noise : List.of(" (for ", " (start marker", " (not recognized", " (JSON String", ": enable `")) {
            int cut = reason.indexOf(noise);
            reason = cut < 0 ? reason : reason.substring(0, cut);
        }
        int code = reason.indexOf(" (code ");
        if (code >= 0) {
            reason = reason.substring(0, code) + reason.substring(reason.indexOf(')', code) + 1);
        }
        log.add(
                offset,
                Finding.error(
                        "JSON_SYNTAX_ERROR",
                        pointer(),
                        "The policy is not valid JSON: " + Character.toLowerCase(reason.charAt(0))
                                + Quotes.shorten(reason.substring(1)) + ".",
                        syntaxRemedy(offset)));
    }

    private String syntaxRemedy(int offset) {
        if (offset >= text.length()) {
            return "Close what was opened; the text seems to be cut off.";
        }
        char found = text.charAt(offset);
        int before = offset - 1;
        while (before >= 0 && text.charAt(before) <= ' ') {
            before--;
        }
        if ((found == '}' || found == ']') && before >= 0 && text.charAt(before) == ',') {
            return "Remove the comma before it.";
        }
        if (found == '"' && before >= 0 && "\"]}el0123456789".indexOf(text.charAt(before)) >= 0) {
            return "Put a comma before it.";
        }
        if (found == '/') {
            return "Remove the comment, or give the policy as text in a string, where comments are allowed.";
        }
        if (found < ' ') {
            return "Write line ends and tabs inside of strings as \\n and \\t.";
        }
        if (found == '\'' || Ascii.isAlphanumeric(found)) {
            return "Put names and strings in double quotes.";
        }
        return "Correct the text at this place.";
    }

    private int offset() {
        return Math.toIntExact(parser.currentTokenLocation().getCharOffset());
    }

    private String pointer() {
        return parser.streamReadContext().pathAsPointer().toString();
    }

    /** Leaves the recursion with what was found; it never leaves this class. */
    private static final class Stopped extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final int offset;
        private final transient Finding finding;

        Stopped(int offset, Finding finding) {
            super(finding.message(), null, false, false);
            this.offset = offset;
            this.finding = finding;
        }
    }
}
