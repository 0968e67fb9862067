package io.rolesmith.api;

import io.micrometer.observation.ObservationPredicate;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/** Probes and scrapes come every few seconds and would bury everything else that is timed and traced. */
@Configuration(proxyBeanMethods = false)
class ProbeObservations {

    private static final Set<String> PROBES = Set.of("/livez", "/readyz", "/startupz");

    @Bean
    ObservationPredicate noProbesAndScrapes() {
        return (_, context) -> !(context instanceof ServerRequestObservationContext http
                && http.getCarrier() != null
                && (PROBES.contains(http.getCarrier().getRequestURI())
                        || http.getCarrier().getRequestURI().startsWith("/actuator/")));
    }
}
