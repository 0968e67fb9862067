package io.rolesmith.provisioning;

import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.PrincipalType;
import io.rolesmith.policy.Principals;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Whether a trust policy names a role that we made so recently that IAM may not know it yet. */
@Component
class RecentRoles {

    private final Journal journal;
    private final InstantSource clock;
    private final ProvisioningProperties.Provisioning properties;

    RecentRoles(Journal journal, InstantSource clock, ProvisioningProperties properties) {
        this.journal = journal;
        this.clock = clock;
        this.properties = properties.provisioning();
    }

    /** Whether {@code trustPolicy} names one, by its ARN. */
    boolean isNamedIn(String trustPolicy) {
        Set<String> named =
                PolicyDocument.find(trustPolicy).map(RecentRoles::principals).orElse(Set.of());
        return !named.isEmpty() && journal.madeSince(named, clock.instant().minus(properties.propagation()));
    }

    private static Set<String> principals(PolicyDocument trust) {
        Set<String> named = new LinkedHashSet<>();
        trust.statements().forEach(statement -> {
            if (statement.principals() instanceof Principals.Listed listed) {
                listed.groups().stream()
                        .filter(group -> group.type() == PrincipalType.AWS)
                        .forEach(group -> named.addAll(group.values().texts()));
            }
        });
        return named;
    }
}
