package io.rolesmith.api.wire;

import io.rolesmith.api.problem.MalformedRequestException;
import io.rolesmith.api.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses query parameters that cannot be decoded, or that hold what no text can, before anybody reads them. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class ParameterCheck extends OncePerRequestFilter {

    private final ProblemWriter problems;

    ParameterCheck(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (areReadable(request)) {
            chain.doFilter(request, response);
        } else {
            problems.write(
                    response,
                    MalformedRequestException.parameter(
                                    "query", "it cannot be decoded as UTF-8 text", "Percent-encode it as UTF-8.")
                            .problem());
        }
    }

    private static boolean areReadable(HttpServletRequest request) {
        if (request.getQueryString() == null) {
            return true;
        }
        try {
            return request.getParameterMap().values().stream()
                    .flatMap(Arrays::stream)
                    .allMatch(BodyCheck::isText);
        } catch (IllegalStateException e) {
            // Tomcat's way to say so.
            return false;
        }
    }
}
