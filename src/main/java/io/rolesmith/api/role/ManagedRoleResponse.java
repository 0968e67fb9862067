package io.rolesmith.api.role;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rolesmith.api.wire.OwnershipText;
import io.rolesmith.api.wire.PolicyObject;
import io.rolesmith.provisioning.ManagedRole;
import io.rolesmith.role.Boundary;
import io.rolesmith.role.PolicyArn;
import io.rolesmith.role.RoleSpec;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A managed role on the wire. */
@Schema(name = "ManagedRole")
record ManagedRoleResponse(
        String account,
        String name,
        String arn,
        @Schema(description = "IAM's stable id") String roleId,
        String team,
        WantedRole wanted,

        @Schema(description = "The role request that last applied it")
        UUID requestId,

        Instant lastAppliedAt) {

    /** What was last applied, resolved: it could be submitted again as it stands. */
    @Schema(name = "WantedRole")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record WantedRole(
            String name,
            String path,
            @Nullable String description,
            PolicyObject trustPolicy,
            List<String> managedPolicyArns,
            SequencedMap<String, PolicyObject> inlinePolicies,
            @Nullable String permissionsBoundaryArn,
            long maxSessionSeconds,
            SequencedMap<String, String> tags,
            boolean instanceProfile,
            OwnershipText policyOwnership) {

        static WantedRole of(RoleSpec spec) {
            SequencedMap<String, PolicyObject> inline = new LinkedHashMap<>();
            spec.inlinePolicies().forEach((name, document) -> inline.put(name.value(), PolicyObject.of(document)));
            return new WantedRole(
                    spec.name().value(),
                    spec.path().value(),
                    spec.description().isEmpty() ? null : spec.description(),
                    PolicyObject.of(spec.trustPolicy()),
                    spec.managedPolicyArns().stream().map(PolicyArn::value).toList(),
                    inline,
                    spec.boundary() instanceof Boundary.Policy(PolicyArn arn) ? arn.value() : null,
                    spec.maxSession().toSeconds(),
                    spec.tags(),
                    spec.instanceProfile(),
                    OwnershipText.of(spec.policyOwnership()));
        }
    }

    static ManagedRoleResponse of(ManagedRole role) {
        return new ManagedRoleResponse(
                role.account().value(),
                role.wanted().name().value(),
                role.arn(),
                role.roleId(),
                role.team().name(),
                WantedRole.of(role.wanted()),
                role.requestId(),
                role.lastAppliedAt());
    }
}
