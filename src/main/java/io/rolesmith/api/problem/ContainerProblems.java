package io.rolesmith.api.problem;

import io.rolesmith.api.ApiProperties;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.Host;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Answers with a problem where Tomcat itself refuses a request: no filter and no controller sees such a one. */
@Component
class ContainerProblems implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    private final ApiProperties properties;

    ContainerProblems(ApiProperties properties) {
        this.properties = properties;
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addConnectorCustomizers(
                connector -> connector.setProperty("maxHeaderCount", Integer.toString(properties.headerCount())));
        factory.addContextCustomizers(context -> {
            Host host = (Host) context.getParent();
            if (host instanceof StandardHost standard) {
                standard.setErrorReportValveClass(ProblemValve.class.getName());
            }
        });
    }

    /** Made by Tomcat, by name. */
    public static final class ProblemValve extends ErrorReportValve {

        private static final Logger LOG = LoggerFactory.getLogger(ProblemValve.class);

        private static final JsonMapper JSON = new JsonMapper();

        @Override
        protected void report(Request request, Response response, Throwable throwable) {
            if (response.getStatus() < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
                return;
            }
            ProblemCode code = ProblemAdvice.ofStatus(response.getStatus());
            Problem problem = Problem.of(code, code.title());
            response.setStatus(problem.status());
            response.setContentType("application/problem+json");
            response.setCharacterEncoding(StandardCharsets.UTF_8);
            if (problem.status() == 503) {
                response.setHeader("Retry-After", Problem.retryAfter());
            }
            try {
                PrintWriter reporter = response.getReporter();
                if (reporter != null) {
                    reporter.write(JSON.writeValueAsString(problem));
                    response.finishResponse();
                }
            } catch (IOException e) {
                LOG.debug("Whoever asked is gone", e);
            }
        }
    }
}
