package io.rolesmith.api.problem;

import io.rolesmith.policy.Finding;
import java.util.List;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;
import org.springframework.web.bind.MethodArgumentNotValidException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says what is wrong with a body that could not become what an operation wants, and where. */
public final class UnreadableBody {

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
        ProblemCode code =
                cause instanceof StreamReadException ? ProblemCode.MALFORMED_JSON : ProblemCode.INVALID_REQUEST;
        return Problem.of(code, finding.message(), List.of(finding));
    }

    private static Finding finding(JacksonException cause) {
        Finding finding = switch (cause) {
            case UnrecognizedPropertyException unknown ->
                Finding.error(
                        "UNKNOWN_FIELD",
                        pointer(unknown),
                        "There is no field '" + unknown.getPropertyName() + "' here",
                        "Use one of " + unknown.getKnownPropertyIds() + ".");
            case MismatchedInputException mismatch ->
                Finding.error(
                        "WRONG_TYPE",
                        pointer(mismatch),
                        sentence(mismatch),
                        "Send a value of the type that the schema names.");
            case StreamReadException unreadable
            when sentence(unreadable).startsWith("Duplicate") ->
                Finding.error(
                        "DUPLICATE_KEY", position(unreadable), sentence(unreadable), "Let each member stand once.");
            case StreamReadException unreadable ->
                Finding.error(
                        "JSON_SYNTAX_ERROR", position(unreadable), sentence(unreadable), "Correct the JSON there.");
            default -> Finding.error("WRONG_TYPE", pointer(cause), sentence(cause), "Compare with the schema.");
        };
        return cause.getLocation() == null || cause.getLocation().getLineNr() < 1
                ? finding
                : finding.at(
                        cause.getLocation().getLineNr(), cause.getLocation().getColumnNr());
    }

    /** Jackson's first sentence, which names value and rule; what follows names our classes. */
    private static String sentence(JacksonException e) {
        String message = e.getOriginalMessage();
        if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
            return message.replaceAll("`[^`]*\\.([A-Za-z$]+)`", "$1")
                    .lines()
                    .findFirst()
                    .orElse("");
        }
        return message.lines().findFirst().orElse("");
    }

    private static String pointer(JacksonException e) {
        StringBuilder pointer = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            String name = step.getPropertyName();
            pointer.append('/').append(name == null ? Integer.toString(step.getIndex()) : escaped(name));
        }
        return pointer.toString();
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    private static String position(StreamReadException e) {
        return e.processor() instanceof JsonParser parser
                ? parser.streamReadContext().pathAsPointer().toString()
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
        String field = error instanceof FieldError fieldError ? fieldError.getField() : "";
        String pointer = field.isEmpty()
                ? ""
                : "/" + field.replace("[", "/").replace("]", "").replace('.', '/');
        boolean missing = "NotNull".equals(error.getCode()) || "NotEmpty".equals(error.getCode());
        return Finding.error(
                missing ? "MISSING_FIELD" : "INVALID_VALUE",
                pointer,
                (field.isEmpty() ? "The body" : "'" + field + "'") + " " + error.getDefaultMessage(),
                missing ? "Give it a value." : "Compare with the schema of the operation.");
    }
}
