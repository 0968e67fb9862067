package io.rolesmith.api.rolerequest;

import io.rolesmith.api.wire.ApiPrefix;
import io.rolesmith.provisioning.JobId;
import io.rolesmith.request.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Lets the lines of the log that answering a call writes bear the id of the role request that the call is about. */
@Component
class RequestIdLog implements HandlerInterceptor, WebMvcConfigurer {

    /** From now on, until the call is answered. */
    static void bear(RequestId id) {
        MDC.put(JobId.LOG_KEY, id.toString());
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns(ApiPrefix.PREFIX + "/**");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String pattern = String.valueOf(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE));
        if (pattern.startsWith(ApiPrefix.PREFIX + "/role-requests/{id}")
                && request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables
                && variables.get("id") instanceof String id) {
            try {
                bear(new RequestId(UUID.fromString(id)));
            } catch (IllegalArgumentException _) {
                // It is no id, and will be answered so.
            }
        }
        return true;
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception e) {
        MDC.remove(JobId.LOG_KEY);
    }
}
