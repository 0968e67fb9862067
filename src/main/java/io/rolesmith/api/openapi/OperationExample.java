package io.rolesmith.api.openapi;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call of an operation and its answer. A test makes the call and holds the answer against this one, so that no example
 * says what is not so.
 *
 * @param parameters values by name of the parameter
 * @param request the body; absent if there is none
 * @param status of the answer
 * @param response the answer's body
 */
record OperationExample(
        @Nullable Map<String, Object> parameters,
        @Nullable Object request,
        int status,
        @Nullable Object response) {

    /** Shows this with the operation, everywhere under the same name, by which its parts belong together. */
    void addTo(Operation operation, String name) {
        if (parameters != null && operation.getParameters() != null) {
            for (Parameter parameter : operation.getParameters()) {
                if (parameters.containsKey(parameter.getName())) {
                    // It may have one or many, not both.
                    parameter.setExample(null);
                    parameter.addExample(name, new Example().value(parameters.get(parameter.getName())));
                }
            }
        }
        if (request != null) {
            operation
                    .getRequestBody()
                    .getContent()
                    .values()
                    .forEach(content -> content.addExamples(name, new Example().value(request)));
        }
        ApiResponse answer = operation.getResponses().get(Integer.toString(status));
        if (response != null && answer != null) {
            answer.getContent().forEach((mediaType, content) -> {
                // Where there is a choice of forms, an example is of the JSON.
                if (mediaType.endsWith("json")) {
                    content.addExamples(name, new Example().value(response));
                }
            });
        }
    }
}
