package io.rolesmith.policy;

import io.rolesmith.policy.JsonValue.JsonArray;
import io.rolesmith.policy.JsonValue.JsonBoolean;
import io.rolesmith.policy.JsonValue.JsonNull;
import io.rolesmith.policy.JsonValue.JsonNumber;
import io.rolesmith.policy.JsonValue.JsonObject;
import io.rolesmith.policy.JsonValue.JsonString;
import io.rolesmith.policy.JsonValue.Member;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads policy documents strictly: what would be lost or guessed elsewhere is a finding here.
 *
 * <p>Refused are invalid JSON, trailing text, duplicate and unknown members, wrong types, numbers that a double cannot
 * carry, and characters that IAM does not take; all that can be found in one go is reported at once. Whether IAM would
 * accept what the document says is {@link PolicyCheck}'s question.
 */
public final class PolicyReader {

    /** The longest document that IAM's API takes, quotas aside: {@code policyDocumentType} of the IAM service model. */
    public static final int MAX_TEXT = 131_072;

    private PolicyReader() {}

    /** What {@code source} says once {@code variables} are put in, or why it cannot be read. */
    public static Reading read(PolicySource source, Variables variables) {
        return readWith(source, variables);
    }

    /** Reads a document that is final: what looks like a variable of ours is plain text in it. */
    static Reading readResolved(String json) {
        return readWith(new PolicySource(json, false), null);
    }

    private static Reading readWith(PolicySource source, @Nullable Variables variables) {
        FindingLog log = new FindingLog();
        TextPlaces places = source.pasted() ? new TextPlaces.Lines(source.text()) : new TextPlaces.Unknown();
        Optional<PolicyDocument> document = read(source, variables, places, log);
        return new Reading(log.refuses() ? Optional.empty() : document, log.inOrder(places));
    }

    private static Optional<PolicyDocument> read(
            PolicySource source, @Nullable Variables variables, TextPlaces places, FindingLog log) {
        String text = source.text();
        // What is final came from AWS, whose own managed policies may be longer than it lets anybody else's be.
        if (variables != null && text.length() > MAX_TEXT) {
            log.add(
                    0,
                    Finding.error(
                            "POLICY_TOO_LONG",
                            "",
                            "The policy's text has %d characters, IAM takes at most %d."
                                    .formatted(text.length(), MAX_TEXT),
                            "Shorten the policy, or split it into several."));
            return Optional.empty();
        }
        if (source.pasted()) {
            Comments comments = Comments.blank(text);
            note(comments, log);
            if (comments.unclosed() >= 0) {
                return Optional.empty();
            }
            text = comments.text();
        }
        List<Integer> invalid = invalidCharacters(text);
        // With spaces in their places the rest can still be read, and all else that is wrong be said.
        Optional<JsonValue> read = JsonReader.read(invalid.isEmpty() ? text : withoutInvalid(text), log);
        reportInvalid(invalid, text, read, log);
        if (read.isEmpty()) {
            return Optional.empty();
        }
        JsonValue root = read.get();
        if (variables != null && (text.contains(Variables.OPENING) || text.indexOf('\\') >= 0)) {
            root = resolve(root, "", variables, log);
        }
        if (!(root instanceof JsonObject object)) {
            log.add(
                    root.offset(),
                    Finding.error(
                            "DATA_TYPE_MISMATCH",
                            "",
                            "A policy is a JSON object, this is " + root.kind() + ".",
                            "Give a JSON object with Version and Statement."));
            return Optional.empty();
        }
        DocumentGrammar grammar = new DocumentGrammar(object, log);
        return log.refuses() ? Optional.empty() : Optional.of(new PolicyDocument(object, grammar, places));
    }

    private static void note(Comments comments, FindingLog log) {
        if (comments.unclosed() >= 0) {
            log.add(
                    comments.unclosed(),
                    Finding.error(
                            "JSON_SYNTAX_ERROR",
                            "",
                            "The comment that begins with /* never ends.",
                            "Close it with */ or remove it."));
        }
        if (comments.count() > 0) {
            String message = comments.count() == 1
                    ? "1 comment was removed, since IAM takes plain JSON only."
                    : comments.count() + " comments were removed, since IAM takes plain JSON only.";
            log.add(
                    comments.first(),
                    Finding.suggestion(
                            "COMMENTS_REMOVED",
                            "",
                            message,
                            "Nothing needs to be done; the policy is read as if they were not there."));
        }
    }

    /** Where characters stand that IAM's pattern {@code [\t\n\r -\u00FF]+} does not admit, one per string literal. */
    private static List<Integer> invalidCharacters(String text) {
        List<Integer> offsets = new ArrayList<>();
        int i = 0;
        while (i < text.length()) {
            if (isInvalid(text.charAt(i))) {
                offsets.add(i);
                int quote = text.indexOf('"', i);
                i = quote < 0 ? text.length() : quote;
            }
            i++;
        }
        return offsets;
    }

    private static boolean isInvalid(char character) {
        return character > JsonWriter.LAST_PLAIN
                || (character < ' ' && character != '\t' && character != '\n' && character != '\r');
    }

    private static String withoutInvalid(String text) {
        char[] characters = text.toCharArray();
        for (int i = 0; i < characters.length; i++) {
            if (isInvalid(characters[i])) {
                characters[i] = ' ';
            }
        }
        return new String(characters);
    }

    private static void reportInvalid(List<Integer> offsets, String text, Optional<JsonValue> root, FindingLog log) {
        // Each takes a walk through the tree; the log would not keep more anyway.
        for (int offset : offsets.subList(0, Math.min(offsets.size(), FindingLog.LIMIT + 1))) {
            log.add(
                    offset,
                    Finding.error(
                            "INVALID_CHARACTER",
                            root.map(value -> value.pointerAt(offset)).orElse(""),
                            "The character " + Quotes.name(text.charAt(offset))
                                    + " is none of those that IAM takes in a policy, tab, line ends and U+0020 to"
                                    + " U+00FF.",
                            "Replace it, or write it as an escape such as \\u2013 in a policy given as text."));
        }
    }

    private static JsonValue resolve(JsonValue value, String pointer, Variables variables, FindingLog log) {
        return switch (value) {
            case JsonObject object -> {
                List<Member> members = new ArrayList<>(object.members().size());
                for (Member member : object.members()) {
                    String memberPointer = JsonPointer.member(pointer, member.name());
                    noteVariableInName(member, memberPointer, log);
                    members.add(new Member(
                            member.offset(), member.name(), resolve(member.value(), memberPointer, variables, log)));
                }
                yield new JsonObject(object.offset(), members);
            }
            case JsonArray array -> {
                List<JsonValue> elements = new ArrayList<>(array.elements().size());
                for (JsonValue element : array.elements()) {
                    elements.add(resolve(element, JsonPointer.element(pointer, elements.size()), variables, log));
                }
                yield new JsonArray(array.offset(), elements);
            }
            case JsonString string -> resolve(string, pointer, variables, log);
            case JsonNumber _, JsonBoolean _, JsonNull _ -> value;
        };
    }

    private static JsonString resolve(JsonString string, String pointer, Variables variables, FindingLog log) {
        if (!string.text().contains(Variables.OPENING)) {
            return string;
        }
        List<Finding> findings = new ArrayList<>();
        String resolved = variables.resolve(string.text(), pointer, findings);
        Set<Character> seen = new HashSet<>();
        for (int i = 0; i < resolved.length(); i++) {
            char character = resolved.charAt(i);
            // What the document itself wrote as an escape is its own; a variable has no way to ask for one.
            if (isInvalid(character) && string.text().indexOf(character) < 0 && seen.add(character)) {
                findings.add(Finding.error(
                        "INVALID_CHARACTER",
                        pointer,
                        "A variable brings in the character " + Quotes.name(character)
                                + ", which IAM does not take in a policy.",
                        "Give the variable a value of characters from U+0020 to U+00FF."));
            }
        }
        findings.forEach(finding -> log.add(string.offset(), finding));
        return new JsonString(string.offset(), resolved);
    }

    private static void noteVariableInName(Member member, String pointer, FindingLog log) {
        if (member.name().contains(Variables.OPENING)) {
            log.add(
                    member.offset(),
                    Finding.error(
                            "UNRESOLVED_VARIABLE",
                            pointer,
                            "The member name " + Quotes.quote(member.name())
                                    + " holds a variable, but variables are replaced in values only.",
                            "Write the name out."));
        }
    }
}
