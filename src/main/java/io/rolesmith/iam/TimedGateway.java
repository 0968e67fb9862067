package io.rolesmith.iam;

import io.rolesmith.role.Change;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RoleState;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A gateway whose calls count as {@link IamTime}. */
record TimedGateway(IamGateway gateway) implements IamGateway {

    @Override
    public Optional<RoleState> observe(RoleName role, boolean withInstanceProfiles) {
        return IamTime.spent(() -> gateway.observe(role, withInstanceProfiles));
    }

    @Override
    public Optional<RoleState> outline(RoleName role) {
        return IamTime.spent(() -> gateway.outline(role));
    }

    @Override
    public Optional<InstanceProfile> instanceProfile(String name) {
        return IamTime.spent(() -> gateway.instanceProfile(name));
    }

    @Override
    public Optional<String> policyDocument(String arn) {
        return IamTime.spent(() -> gateway.policyDocument(arn));
    }

    @Override
    public AccountQuotas quotas() {
        return IamTime.spent(gateway::quotas);
    }

    @Override
    public IamAnswer apply(Change change, BooleanSupplier inTime) {
        return IamTime.spent(() -> gateway.apply(change, inTime));
    }

    @Override
    public String principalArn() {
        return IamTime.spent(gateway::principalArn);
    }

    @Override
    public Optional<String> assumingPrincipalArn() {
        return IamTime.spent(gateway::assumingPrincipalArn);
    }
}
