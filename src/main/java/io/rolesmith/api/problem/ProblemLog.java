package io.rolesmith.api.problem;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/** Writes a line for each problem that a controller answers with, so that its errorId is found in the log. */
@ControllerAdvice
class ProblemLog implements ResponseBodyAdvice<Object> {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemLog.class);

    @Override
    public boolean supports(MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converter) {
        return true;
    }

    @Override
    public @Nullable Object beforeBodyWrite(
            @Nullable Object body,
            MethodParameter returnType,
            MediaType mediaType,
            Class<? extends HttpMessageConverter<?>> converter,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        if (body instanceof Problem problem) {
            // Without the detail, which may quote what the caller sent; the path is percent-encoded.
            LOG.info(
                    "{} {} {} {} {}",
                    problem.errorId(),
                    problem.status(),
                    problem.code(),
                    request.getMethod(),
                    request.getURI().getRawPath());
        }
        return body;
    }
}
