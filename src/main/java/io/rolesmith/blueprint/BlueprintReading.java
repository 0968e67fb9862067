package io.rolesmith.blueprint;

import io.rolesmith.policy.Finding;
import io.rolesmith.role.RoleDraft;
import java.util.List;

/**
 * What came of following a blueprint.
 *
 * @param roles empty if and only if a finding refuses
 * @param findings with pointers from the root of the parameters
 */
public record BlueprintReading(List<RoleDraft> roles, List<Finding> findings) {

    public BlueprintReading {
        roles = List.copyOf(roles);
        findings = List.copyOf(findings);
    }
}
