package io.rolesmith;

import io.rolesmith.policy.catalogue.Catalogue;
import io.rolesmith.policy.catalogue.ManagedPolicies;
import io.rolesmith.policy.catalogue.Source;
import io.rolesmith.policy.check.PolicyCheck;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the policy language to work: it is pure, and so cannot configure itself. */
@Configuration(proxyBeanMethods = false)
class PolicyConfiguration {

    /** @throws io.rolesmith.policy.catalogue.BrokenCatalogueException if it cannot be used, which ends the start */
    @Bean
    Catalogue catalogue(PolicyProperties properties) {
        return properties.catalogue() == null ? Catalogue.bundled() : Catalogue.load(properties.catalogue());
    }

    @Bean
    ManagedPolicies managedPolicies(Catalogue catalogue) {
        return catalogue.managedPolicies();
    }

    @Bean
    PolicyCheck policyCheck(Catalogue catalogue, PolicyProperties properties) {
        return new PolicyCheck(catalogue, properties.unknownNames().severity());
    }

    /** Tells operators how old the catalogue is that findings rest on. */
    @Bean
    InfoContributor catalogueInfo(Catalogue catalogue) {
        Map<String, Object> sources = new LinkedHashMap<>();
        for (Source source : catalogue.sources()) {
            sources.put(
                    source.name(),
                    Map.of("version", source.version(), "date", source.date().toString()));
        }
        return info -> info.withDetail("policyCatalogue", sources);
    }
}
