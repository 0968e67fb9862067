package io.rolesmith.policy;

import io.rolesmith.policy.JsonValue.JsonArray;
import io.rolesmith.policy.JsonValue.JsonBoolean;
import io.rolesmith.policy.JsonValue.JsonNull;
import io.rolesmith.policy.JsonValue.JsonNumber;
import io.rolesmith.policy.JsonValue.JsonObject;
import io.rolesmith.policy.JsonValue.JsonString;
import io.rolesmith.policy.JsonValue.Member;

/** Writes JSON without white space, in characters that IAM takes. */
final class JsonWriter {

    /** The last character that IAM's pattern for documents admits; anything above must be written as an escape. */
    static final char LAST_PLAIN = '\u00FF';

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder out;

    JsonWriter(StringBuilder out) {
        this.out = out;
    }

    void write(JsonValue value) {
        switch (value) {
            case JsonObject object -> {
                out.append('{');
                String separator = "";
                for (Member member : object.members()) {
                    out.append(separator);
                    string(member.name());
                    out.append(':');
                    write(member.value());
                    separator = ",";
                }
                out.append('}');
            }
            case JsonArray array -> {
                out.append('[');
                String separator = "";
                for (JsonValue element : array.elements()) {
                    out.append(separator);
                    write(element);
                    separator = ",";
                }
                out.append(']');
            }
            case JsonString string -> string(string.text());
            case JsonNumber number -> out.append(number.literal());
            case JsonBoolean bool -> out.append(bool.value());
            case JsonNull _ -> out.append("null");
        }
    }

    void string(String text) {
        out.append('"');
        int plain = 0;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character >= ' ' && character <= LAST_PLAIN && character != '"' && character != '\\') {
                continue;
            }
            out.append(text, plain, i).append('\\');
            switch (character) {
                case '"', '\\' -> out.append(character);
                case '\n' -> out.append('n');
                case '\r' -> out.append('r');
                case '\t' -> out.append('t');
                default ->
                    out.append('u')
                            .append(HEX[character >> 12])
                            .append(HEX[(character >> 8) & 15])
                            .append(HEX[(character >> 4) & 15])
                            .append(HEX[character & 15]);
            }
            plain = i + 1;
        }
        out.append(text, plain, text.length()).append('"');
    }
}
