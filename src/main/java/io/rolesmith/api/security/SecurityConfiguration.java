package io.rolesmith.api.security;

import io.rolesmith.api.problem.Problem;
import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.api.problem.ProblemWriter;
import io.rolesmith.caller.Scope;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;

/** The filter chain: what is listed as public is open, everything else needs a token. No property changes that. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(SecurityConfiguration.class);

    private static final String[] PUBLIC = {
        "/swagger-ui.html",
        "/swagger-ui/**",
        "/v3/api-docs",
        "/v3/api-docs.yaml",
        "/v3/api-docs/**",
        "/problems",
        "/problems/*",
        "/actuator/health",
        "/actuator/health/**",
        "/livez",
        "/readyz",
        "/startupz",
        "/error"
    };

    private static final String METRICS = "/actuator/prometheus";

    private final ProblemWriter problems;
    private final Environment environment;

    SecurityConfiguration(ProblemWriter problems, Environment environment) {
        this.problems = problems;
        this.environment = environment;
    }

    @Bean
    SecurityFilterChain filterChain(HttpSecurity http, TokenVerification tokens) {
        return http.authorizeHttpRequests(requests -> requests.requestMatchers(HttpMethod.GET, PUBLIC)
                        .permitAll()
                        .requestMatchers(HttpMethod.HEAD, PUBLIC)
                        .permitAll()
                        .requestMatchers("/error")
                        .permitAll()
                        .requestMatchers(this::isScrape)
                        .permitAll()
                        .requestMatchers(METRICS)
                        .access((caller, _) -> new AuthorizationDecision(isAdmin(caller.get())))
                        .anyRequest()
                        .authenticated())
                .oauth2ResourceServer(server -> server.authenticationManagerResolver(tokens.resolver())
                        .authenticationEntryPoint(this::refused)
                        .withObjectPostProcessor(new ObjectPostProcessor<BearerTokenAuthenticationFilter>() {
                            @Override
                            public <T extends BearerTokenAuthenticationFilter> T postProcess(T filter) {
                                // The default throws when the issuer is away, which would read as our own failure.
                                filter.setAuthenticationFailureHandler(SecurityConfiguration.this::refused);
                                return filter;
                            }
                        }))
                .exceptionHandling(handling -> handling.authenticationEntryPoint(this::refused)
                        .accessDeniedHandler((request, response, e) ->
                                problems.write(response, Problem.of(ProblemCode.NOT_FOUND, "There is nothing here"))))
                // A token in a header is sent by no browser on its own, so there is no request to forge.
                .csrf(csrf -> csrf.disable())
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(cache -> cache.disable())
                .logout(logout -> logout.disable())
                .build();
    }

    /**
     * Whether the metrics are read at the management port, where that is one of its own: who may reach it is for the network to
     * say, and a scraper has no token. By the socket that it came to, which no header can pretend.
     */
    private boolean isScrape(HttpServletRequest request) {
        return request.getRequestURI().equals(METRICS)
                && request.getMethod().equals("GET")
                && ManagementPortType.get(environment) == ManagementPortType.DIFFERENT
                && request.getLocalPort() == environment.getRequiredProperty("local.management.port", Integer.class);
    }

    private static boolean isAdmin(@Nullable Authentication caller) {
        return caller instanceof CallerAuthentication verified
                && verified.getPrincipal().scopes().contains(Scope.ADMIN);
    }

    /** Logged, not recorded: rows of the trail are for verified callers, since nothing can delete them. */
    private void refused(HttpServletRequest request, HttpServletResponse response, AuthenticationException e)
            throws IOException {
        Problem problem = e instanceof AuthenticationServiceException
                ? Problem.of(ProblemCode.ISSUER_UNAVAILABLE, ProblemCode.ISSUER_UNAVAILABLE.title())
                : Problem.of(ProblemCode.UNAUTHENTICATED, ProblemCode.UNAUTHENTICATED.title());
        LOG.info(
                "{} {} {} {} {}: {}",
                problem.errorId(),
                problem.status(),
                problem.code(),
                request.getMethod(),
                request.getRequestURI(),
                e.getMessage());
        if (problem.status() == HttpServletResponse.SC_UNAUTHORIZED) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        problems.write(response, problem);
    }
}
