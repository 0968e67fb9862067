package io.rolesmith.policy.access;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The policies that decide together at a time.
 *
 * @param identity a role's identity policies, or its trust policy alone
 * @param boundary its permissions boundary
 */
public record PoliciesInForce(Set<PolicyInForce> identity, Optional<PolicyInForce> boundary) {

    public PoliciesInForce {
        identity = Set.copyOf(identity);
    }

    /** The policies of a role while no tag changes. */
    public static PoliciesInForce of(Permissions permissions) {
        return new PoliciesInForce(
                permissions.identityPolicies().stream().map(PolicyInForce::of).collect(Collectors.toSet()),
                permissions.boundary().map(PolicyInForce::of));
    }

    /** A trust policy alone. */
    public static PoliciesInForce ofTrust(PolicyInForce trust) {
        return new PoliciesInForce(Set.of(trust), Optional.empty());
    }

    /** All of them. */
    Set<PolicyInForce> all() {
        Set<PolicyInForce> all = new LinkedHashSet<>(identity);
        boundary.ifPresent(all::add);
        return all;
    }
}
