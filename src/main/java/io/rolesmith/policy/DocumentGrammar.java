package io.rolesmith.policy;

import io.rolesmith.policy.JsonValue.JsonArray;
import io.rolesmith.policy.JsonValue.JsonBoolean;
import io.rolesmith.policy.JsonValue.JsonNull;
import io.rolesmith.policy.JsonValue.JsonNumber;
import io.rolesmith.policy.JsonValue.JsonObject;
import io.rolesmith.policy.JsonValue.JsonString;
import io.rolesmith.policy.JsonValue.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the elements of a policy in a JSON tree and says what is none, or has the wrong type.
 *
 * <p>When the log refuses afterwards, what was found is incomplete and must not be used.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html">Grammar of the IAM
 *     JSON policy language</a>
 */
final class DocumentGrammar {

    static final String VERSION_2012 = "2012-10-17";

    /** What a document without a Version has; IAM variables are plain text under it. */
    static final String VERSION_2008 = "2008-10-17";

    private static final List<String> DOCUMENT_ELEMENTS = List.of("Version", "Id", "Statement");

    private static final List<String> STATEMENT_ELEMENTS = List.of(
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition");

    private static final List<String> PRINCIPAL_KEYS = List.of("AWS", "Service", "Federated", "CanonicalUser");

    private static final Principals NO_PRINCIPALS = new Principals.Absent();

    private final FindingLog log;
    private final List<Statement> statements = new ArrayList<>();
    private String version = VERSION_2008;
    private Optional<String> id = Optional.empty();

    DocumentGrammar(JsonObject root, FindingLog log) {
        this.log = log;
        boolean stated = false;
        for (Member member : root.members()) {
            JsonValue value = member.value();
            switch (member.name()) {
                case "Version" -> version(value);
                case "Id" -> id = string(value, "/Id", "Id");
                case "Statement" -> {
                    stated = true;
                    statements(value);
                }
                default ->
                    unknown(
                            member,
                            JsonPointer.member("", member.name()),
                            "INVALID_POLICY_ELEMENT",
                            "an element of a policy document",
                            DOCUMENT_ELEMENTS);
            }
        }
        if (!stated) {
            missingStatement(root.offset(), "", "The policy has no Statement.");
        }
    }

    String version() {
        return version;
    }

    Optional<String> id() {
        return id;
    }

    List<Statement> statements() {
        return statements;
    }

    private void version(JsonValue value) {
        Optional<String> text = string(value, "/Version", "Version");
        if (text.isEmpty()) {
            return;
        }
        version = text.get();
        if (!version.equals(VERSION_2012) && !version.equals(VERSION_2008)) {
            error(
                    value.offset(),
                    "INVALID_VERSION",
                    "/Version",
                    "The Version " + Quotes.quote(version) + " is neither \"2012-10-17\" nor \"2008-10-17\".",
                    "Write \"2012-10-17\"; it names the policy language and is not a date of yours.");
        }
    }

    private void statements(JsonValue value) {
        switch (value) {
            case JsonObject object -> statement(object, 0, "/Statement");
            case JsonArray array -> {
                if (array.elements().isEmpty()) {
                    missingStatement(array.offset(), "/Statement", "The list of statements is empty.");
                }
                for (int i = 0; i < array.elements().size(); i++) {
                    String pointer = JsonPointer.element("/Statement", i);
                    JsonValue element = array.elements().get(i);
                    if (element instanceof JsonObject object) {
                        statement(object, i, pointer);
                    } else {
                        mismatch(element, pointer, "A statement", "an object");
                    }
                }
            }
            case JsonString _, JsonNumber _, JsonBoolean _, JsonNull _ ->
                mismatch(value, "/Statement", "Statement", "an object or an array of objects");
        }
    }

    private void missingStatement(int offset, String pointer, String message) {
        error(offset, "MISSING_STATEMENT", pointer, message, "Give at least one statement.");
    }

    private void statement(JsonObject object, int index, String pointer) {
        Optional<String> sid = Optional.empty();
        Optional<Effect> effect = Optional.empty();
        boolean effectStated = false;
        Principals principals = NO_PRINCIPALS;
        Principals notPrincipals = NO_PRINCIPALS;
        Values actions = Values.ABSENT;
        Values notActions = Values.ABSENT;
        Values resources = Values.ABSENT;
        Values notResources = Values.ABSENT;
        List<Condition> conditions = List.of();
        for (Member member : object.members()) {
            String name = member.name();
            String place = JsonPointer.member(pointer, name);
            JsonValue value = member.value();
            switch (name) {
                case "Sid" -> sid = string(value, place, name);
                case "Effect" -> {
                    effectStated = true;
                    effect = effect(value, place);
                }
                case "Principal" -> principals = principals(value, place, name);
                case "NotPrincipal" -> notPrincipals = principals(value, place, name);
                case "Action" -> actions = strings(value, place, name);
                case "NotAction" -> notActions = strings(value, place, name);
                case "Resource" -> resources = strings(value, place, name);
                case "NotResource" -> notResources = strings(value, place, name);
                case "Condition" -> conditions = conditions(value, place);
                default ->
                    unknown(
                            member,
                            place,
                            "INVALID_POLICY_ELEMENT",
                            "an element of a policy statement",
                            STATEMENT_ELEMENTS);
            }
        }
        if (!effectStated) {
            error(
                    object.offset(),
                    "MISSING_EFFECT",
                    pointer,
                    "The statement has no Effect.",
                    "Add \"Effect\": \"Allow\" or \"Effect\": \"Deny\".");
        }
        if (effect.isPresent()) {
            statements.add(new Statement(
                    index,
                    pointer,
                    sid,
                    effect.get(),
                    principals,
                    notPrincipals,
                    actions,
                    notActions,
                    resources,
                    notResources,
                    conditions));
        }
    }

    private Optional<Effect> effect(JsonValue value, String pointer) {
        Optional<String> text = string(value, pointer, "Effect");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        for (Effect effect : Effect.values()) {
            if (effect.word().equals(text.get())) {
                return Optional.of(effect);
            }
        }
        error(
                value.offset(),
                "INVALID_EFFECT",
                pointer,
                "The Effect " + Quotes.quote(text.get()) + " is neither \"Allow\" nor \"Deny\".",
                "Write it exactly so, with a capital letter.");
        return Optional.empty();
    }

    private Principals principals(JsonValue value, String pointer, String element) {
        if (value instanceof JsonString string) {
            if (string.text().equals("*")) {
                return new Principals.Anyone(pointer);
            }
            error(
                    value.offset(),
                    "INVALID_PRINCIPAL_FORMAT",
                    pointer,
                    "The " + element + " " + Quotes.quote(string.text())
                            + " does not say which kind of principal it is.",
                    "Write an object such as {\"AWS\": …}, {\"Service\": …} or {\"Federated\": …}.");
            return NO_PRINCIPALS;
        }
        if (!(value instanceof JsonObject object)) {
            mismatch(value, pointer, element, "\"*\" or an object");
            return NO_PRINCIPALS;
        }
        List<Principals.Group> groups = new ArrayList<>(object.members().size());
        for (Member member : object.members()) {
            String place = JsonPointer.member(pointer, member.name());
            Optional<PrincipalType> type = principalType(member.name());
            if (type.isPresent()) {
                groups.add(new Principals.Group(type.get(), strings(member.value(), place, member.name())));
            } else {
                unknown(member, place, "INVALID_PRINCIPAL_KEY", "a kind of principal", PRINCIPAL_KEYS);
            }
        }
        return new Principals.Listed(pointer, groups);
    }

    private static Optional<PrincipalType> principalType(String key) {
        for (PrincipalType type : PrincipalType.values()) {
            if (type.key().equals(key)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    private List<Condition> conditions(JsonValue value, String pointer) {
        if (!(value instanceof JsonObject block)) {
            mismatch(value, pointer, "Condition", "an object of operators");
            return List.of();
        }
        List<Condition> conditions = new ArrayList<>();
        for (Member operator : block.members()) {
            String operatorPointer = JsonPointer.member(pointer, operator.name());
            if (!(operator.value() instanceof JsonObject keys)) {
                mismatch(
                        operator.value(),
                        operatorPointer,
                        "The condition operator " + Quotes.quote(operator.name()),
                        "an object of condition keys");
                continue;
            }
            if (keys.members().isEmpty()) {
                // No condition comes of it that could be checked later, and IAM looks at the operator all the same.
                ConditionOperator.refusal(operator.name(), operatorPointer)
                        .ifPresent(finding -> log.add(operator.offset(), finding));
            }
            Map<String, String> spellings = new HashMap<>();
            for (Member key : keys.members()) {
                String keyPointer = JsonPointer.member(operatorPointer, key.name());
                String other = spellings.putIfAbsent(Ascii.lower(key.name()), key.name());
                if (other != null) {
                    error(
                            key.offset(),
                            "DUPLICATE_KEYS_WITH_DIFFERENT_CASE",
                            keyPointer,
                            "The condition key " + Quotes.quote(key.name()) + " is the same as " + Quotes.quote(other)
                                    + ", since IAM compares key names without case.",
                            "Keep one key and give its values as an array.");
                }
                conditions.add(new Condition(operator.name(), key.name(), scalars(key.value(), keyPointer)));
            }
        }
        return conditions;
    }

    private Optional<String> string(JsonValue value, String pointer, String element) {
        if (value instanceof JsonString string) {
            return Optional.of(string.text());
        }
        mismatch(value, pointer, element, "a string");
        return Optional.empty();
    }

    private Values strings(JsonValue value, String pointer, String element) {
        if (value instanceof JsonString string) {
            return new Values(pointer, Values.Form.SCALAR, List.of(string.text()));
        }
        if (!(value instanceof JsonArray array)) {
            mismatch(value, pointer, element, "a string or an array of strings");
            return Values.ABSENT;
        }
        List<String> texts = new ArrayList<>(array.elements().size());
        for (int i = 0; i < array.elements().size(); i++) {
            JsonValue item = array.elements().get(i);
            if (item instanceof JsonString string) {
                texts.add(string.text());
            } else {
                mismatch(item, JsonPointer.element(pointer, i), "A value of " + element, "a string");
            }
        }
        return new Values(pointer, Values.Form.ARRAY, texts);
    }

    /** Like {@link #strings}, for condition values: numbers and booleans need no quotes there. */
    private Values scalars(JsonValue value, String pointer) {
        return switch (value) {
            case JsonString string -> new Values(pointer, Values.Form.SCALAR, List.of(string.text()));
            case JsonNumber number -> new Values(pointer, Values.Form.SCALAR, List.of(number.literal()));
            case JsonBoolean bool -> new Values(pointer, Values.Form.SCALAR, List.of(String.valueOf(bool.value())));
            case JsonArray array -> {
                List<String> texts = new ArrayList<>(array.elements().size());
                for (int i = 0; i < array.elements().size(); i++) {
                    JsonValue item = array.elements().get(i);
                    switch (item) {
                        case JsonString string -> texts.add(string.text());
                        case JsonNumber number -> texts.add(number.literal());
                        case JsonBoolean bool -> texts.add(String.valueOf(bool.value()));
                        case JsonArray _, JsonObject _, JsonNull _ ->
                            mismatch(
                                    item,
                                    JsonPointer.element(pointer, i),
                                    "A condition value",
                                    "a string, number or boolean");
                    }
                }
                yield new Values(pointer, Values.Form.ARRAY, texts);
            }
            case JsonObject _, JsonNull _ -> {
                mismatch(value, pointer, "A condition value", "a string, number, boolean or an array of them");
                yield Values.ABSENT;
            }
        };
    }

    private void mismatch(JsonValue found, String pointer, String subject, String expected) {
        error(
                found.offset(),
                "DATA_TYPE_MISMATCH",
                pointer,
                subject + " must be " + expected + ", this is " + found.kind() + ".",
                "Write " + expected + " here.");
    }

    private void unknown(Member member, String pointer, String code, String what, List<String> known) {
        error(
                member.offset(),
                code,
                pointer,
                Quotes.quote(member.name()) + " is not " + what + ".",
                Quotes.closest(member.name(), known)
                        .map(meant -> "Did you mean " + Quotes.quote(meant) + "?")
                        .orElseGet(() -> "Remove it; known are " + String.join(", ", known) + "."));
    }

    private void error(int offset, String code, String pointer, String message, String remedy) {
        log.add(offset, Finding.error(code, pointer, message, remedy));
    }
}
