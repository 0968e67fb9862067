package io.rolesmith.api.problem;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rolesmith.api.wire.BoundaryText;
import io.rolesmith.api.wire.PolicyText;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.JsonPointer;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.validation.ObjectError;
import org.springframework.web.bind.MethodArgumentNotValidException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says what is wrong with a body that could not become what an operation wants, and where. */
public final class UnreadableBody {

    private static final int MAX_QUOTE = 160;
    private static final Set<String> MISSING = Set.of("NotNull", "NotEmpty", "NotBlank");

    private UnreadableBody() {}

    /** The problem of a body that is no JSON, or JSON of the wrong types. */
    public static Problem problem(HttpMessageNotReadableException e) {
        if (!(e.getCause() instanceof JacksonException cause)) {
            return Problem.of(
                    ProblemCode.MALFORMED_JSON,
                    "The request has no body",
                    List.of(Finding.error("MISSING_BODY", "", "The request has no body", "Send a JSON object.")));
        }
        Finding finding = finding(cause);
        ProblemCode code = finding.code().equals("WRONG_TYPE") || finding.code().equals("UNKNOWN_FIELD")
                ? ProblemCode.INVALID_REQUEST
                : ProblemCode.MALFORMED_JSON;
        return Problem.of(code, finding.message(), List.of(finding));
    }

    /** In words of ours: Jackson's name our classes. */
    private static Finding finding(JacksonException cause) {
        Finding finding = switch (cause) {
            case UnrecognizedPropertyException unknown ->
                Finding.error(
                        "UNKNOWN_FIELD",
                        pointer(unknown),
                        "There is no field '" + shortened(unknown.getPropertyName()) + "' here",
                        "Use one of " + unknown.getKnownPropertyIds() + ".");
            case MismatchedInputException mismatch
            when mismatch.getOriginalMessage().startsWith("Trailing token") ->
                Finding.error("JSON_SYNTAX_ERROR", "", "Something follows the body", "End it there.");
            case MismatchedInputException mismatch ->
                Finding.error(
                        "WRONG_TYPE",
                        pointer(mismatch),
                        "The value is not " + expected(mismatch.getTargetType()),
                        "Send a value of the type that the schema names.");
            case StreamConstraintsException tooMuch ->
                Finding.error(
                        "JSON_TOO_LARGE",
                        position(tooMuch),
                        "The JSON is nested too deeply, or a number, name or text in it is too long",
                        "Make it smaller there.");
            case StreamReadException doubled
            when doubled.getOriginalMessage().startsWith("Duplicate") ->
                Finding.error(
                        "DUPLICATE_KEY",
                        position(doubled),
                        "A member of this name stands there already",
                        "Let each member stand once.");
            case StreamReadException unreadable ->
                Finding.error(
                        "JSON_SYNTAX_ERROR", position(unreadable), "The JSON cannot be read here", "Correct it there.");
            default ->
                Finding.error(
                        "WRONG_TYPE",
                        pointer(cause),
                        "The value cannot be read",
                        "Send a value of the type that the schema names.");
        };
        return cause.getLocation() == null || cause.getLocation().getLineNr() < 1
                ? finding
                : finding.at(
                        cause.getLocation().getLineNr(), cause.getLocation().getColumnNr());
    }

    private static String expected(@Nullable Class<?> type) {
        if (type == null) {
            return "what is asked for";
        }
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(constant -> word((Enum<?>) constant))
                            .collect(Collectors.joining(", "));
        }
        if (type == String.class || type == BoundaryText.class) {
            return "a string";
        }
        if (type == PolicyText.class) {
            return "a policy: a JSON object, or a string that holds one";
        }
        if (type == Boolean.class) {
            return "true or false";
        }
        if (Number.class.isAssignableFrom(type)) {
            return "a whole number in range";
        }
        return Collection.class.isAssignableFrom(type) ? "an array" : "an object";
    }

    /** What a constant is called on the wire. */
    private static String word(Enum<?> constant) {
        try {
            JsonProperty name =
                    constant.getDeclaringClass().getField(constant.name()).getAnnotation(JsonProperty.class);
            return name == null ? constant.name().toLowerCase(Locale.ROOT) : name.value();
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String shortened(String text) {
        return text.length() <= MAX_QUOTE ? text : text.substring(0, MAX_QUOTE) + "…";
    }

    private static String pointer(JacksonException e) {
        String pointer = "";
        for (JacksonException.Reference step : e.getPath()) {
            String name = step.getPropertyName();
            pointer = name == null
                    ? JsonPointer.element(pointer, step.getIndex())
                    : JsonPointer.member(pointer, shortened(name));
        }
        return pointer;
    }

    private static String position(JacksonException e) {
        return e.processor() instanceof JsonParser parser
                ? shortened(parser.streamReadContext().pathAsPointer().toString())
                : "";
    }

    /** The problem of a body whose parts break a constraint of shape. */
    public static Problem problem(MethodArgumentNotValidException e) {
        List<Finding> findings = e.getBindingResult().getAllErrors().stream()
                .map(UnreadableBody::finding)
                .toList();
        return Problem.of(ProblemCode.INVALID_REQUEST, findings.getFirst().message(), findings);
    }

    private static Finding finding(ObjectError error) {
        String pointer = pointer(error.unwrap(ConstraintViolation.class));
        boolean missing = error.getCode() != null && MISSING.contains(error.getCode());
        return Finding.error(
                missing ? "MISSING_FIELD" : "INVALID_VALUE",
                pointer,
                (pointer.isEmpty() ? "The body" : "'" + pointer + "'") + " " + error.getDefaultMessage(),
                missing ? "Give it a value." : "Compare with the schema of the operation.");
    }

    private static String pointer(ConstraintViolation<?> violation) {
        String pointer = "";
        for (Path.Node node : violation.getPropertyPath()) {
            if (node.isInIterable()) {
                Object key = node.getKey();
                Integer index = node.getIndex();
                pointer = index != null
                        ? JsonPointer.element(pointer, index)
                        : JsonPointer.member(pointer, shortened(String.valueOf(key)));
            }
            if (node.getKind() == ElementKind.PROPERTY && node.getName() != null) {
                pointer = JsonPointer.member(pointer, node.getName());
            }
        }
        return pointer;
    }
}
