package io.rolesmith.role;

import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.access.NamedPolicy;
import io.rolesmith.policy.access.Permissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What a spec's policies grant, inline and managed ones together. */
public final class SpecPermissions {

    private SpecPermissions() {}

    /**
     * The permissions of a role that is as {@code spec} says and has no policy more.
     *
     * @param boundary of the role, as far as there will be one
     * @param documents of managed policies by ARN; empty for one that could not be read
     */
    public static Permissions of(
            RoleSpec spec, Optional<PolicyArn> boundary, Function<PolicyArn, Optional<PolicyDocument>> documents) {
        List<NamedPolicy> identity = new ArrayList<>();
        spec.inlinePolicies().forEach((name, document) -> identity.add(NamedPolicy.of(name.value(), document)));
        spec.managedPolicyArns().forEach(arn -> identity.add(new NamedPolicy(arn.value(), documents.apply(arn))));
        return new Permissions(identity, boundary.map(arn -> new NamedPolicy(arn.value(), documents.apply(arn))));
    }
}
