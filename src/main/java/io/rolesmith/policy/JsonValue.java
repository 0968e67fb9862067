package io.rolesmith.policy;

import java.util.List;
import java.util.Optional;

/**
 * A JSON value that has lost nothing: members in order, numbers by their literal, each with its place in the text.
 *
 * <p>Our own, since common trees turn 0.10 into 0.1 and forget where things stood.
 */
sealed interface JsonValue {

    /** Where the value begins, counted in characters from the start of the text. */
    int offset();

    /** The kind of value in words, with its article. */
    String kind();

    /** @param members in order, no name twice */
    record JsonObject(int offset, List<Member> members) implements JsonValue {

        @Override
        public String kind() {
            return "an object";
        }

        Optional<JsonValue> find(String name) {
            for (Member member : members) {
                if (member.name().equals(name)) {
                    return Optional.of(member.value());
                }
            }
            return Optional.empty();
        }
    }

    /** @param offset where the name begins */
    record Member(int offset, String name, JsonValue value) {}

    record JsonArray(int offset, List<JsonValue> elements) implements JsonValue {

        @Override
        public String kind() {
            return "an array";
        }
    }

    record JsonString(int offset, String text) implements JsonValue {

        @Override
        public String kind() {
            return "a string";
        }
    }

    record JsonNumber(int offset, String literal) implements JsonValue {

        @Override
        public String kind() {
            return "a number";
        }
    }

    record JsonBoolean(int offset, boolean value) implements JsonValue {

        @Override
        public String kind() {
            return "a boolean";
        }
    }

    record JsonNull(int offset) implements JsonValue {

        @Override
        public String kind() {
            return "null";
        }
    }

    /** Where {@code pointer} leads to, or as far along it as there is something. */
    default int offsetOf(String pointer) {
        int offset = offset();
        JsonValue here = this;
        int start = 1;
        while (start <= pointer.length()) {
            int end = pointer.indexOf('/', start);
            String token = pointer.substring(start, end < 0 ? pointer.length() : end);
            if (here instanceof JsonObject object) {
                String name = token.replace("~1", "/").replace("~0", "~");
                Optional<Member> member = object.members().stream()
                        .filter(candidate -> candidate.name().equals(name))
                        .findFirst();
                if (member.isEmpty()) {
                    return offset;
                }
                here = member.get().value();
            } else if (here instanceof JsonArray array
                    && Ascii.isDigits(token)
                    && token.length() < 9
                    && Integer.parseInt(token) < array.elements().size()) {
                here = array.elements().get(Integer.parseInt(token));
            } else {
                return offset;
            }
            offset = here.offset();
            start = end < 0 ? pointer.length() + 1 : end + 1;
        }
        return offset;
    }

    /** The pointer of the innermost value or member that begins at or before {@code place}. */
    default String pointerAt(int place) {
        return switch (this) {
            case JsonObject object -> {
                Member last = null;
                for (Member member : object.members()) {
                    if (member.offset() <= place) {
                        last = member;
                    }
                }
                if (last == null) {
                    yield "";
                }
                String pointer = JsonPointer.member("", last.name());
                yield last.value().offset() <= place ? pointer + last.value().pointerAt(place) : pointer;
            }
            case JsonArray array -> {
                int last = -1;
                for (int i = 0; i < array.elements().size(); i++) {
                    if (array.elements().get(i).offset() <= place) {
                        last = i;
                    }
                }
                yield last < 0
                        ? ""
                        : JsonPointer.element("", last)
                                + array.elements().get(last).pointerAt(place);
            }
            case JsonString _, JsonNumber _, JsonBoolean _, JsonNull _ -> "";
        };
    }
}
