package io.rolesmith.policy.access;

import java.util.List;
import java.util.Optional;

/**
 * What a role's policies grant: all of its identity policies together, and no more than its boundary allows.
 *
 * @param identityPolicies inline and managed ones
 * @param boundary the permissions boundary, which grants nothing itself
 */
public record Permissions(List<NamedPolicy> identityPolicies, Optional<NamedPolicy> boundary) {

    public Permissions {
        identityPolicies = List.copyOf(identityPolicies);
    }
}
