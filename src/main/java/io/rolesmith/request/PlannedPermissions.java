package io.rolesmith.request;

import io.rolesmith.account.Account;
import io.rolesmith.caller.Team;
import io.rolesmith.iam.PolicyLibrary;
import io.rolesmith.policy.access.Permissions;
import io.rolesmith.provisioning.Inventory;
import io.rolesmith.role.Boundary;
import io.rolesmith.role.PolicyArn;
import io.rolesmith.role.RoleSpec;
import io.rolesmith.role.SpecPermissions;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** What a role will be permitted once it is as its spec says; policies that the spec leaves on it unnamed are not known. */
@Component
class PlannedPermissions {

    private final PolicyLibrary library;
    private final Inventory inventory;

    PlannedPermissions(PolicyLibrary library, Inventory inventory) {
        this.library = library;
        this.inventory = inventory;
    }

    /** All of it, the boundary included. */
    Permissions of(RoleSpec spec, Account account, Team team) {
        return within(boundary(spec, account, team), spec, account);
    }

    /** As if there were no boundary, which then need not be read. */
    Permissions withoutBoundary(RoleSpec spec, Account account) {
        return within(Optional.empty(), spec, account);
    }

    private Permissions within(Optional<PolicyArn> boundary, RoleSpec spec, Account account) {
        return SpecPermissions.of(spec, boundary, arn -> library.document(account, arn.value()));
    }

    /**
     * The boundary that the role will have. Where the spec leaves it as it is, a new role has none, and one of ours has what
     * we gave it last: to ask IAM would cost a read each time, and what somebody else put there since is drift.
     */
    private Optional<PolicyArn> boundary(RoleSpec spec, Account account, Team team) {
        return switch (spec.boundary()) {
            case Boundary.None() -> Optional.empty();
            case Boundary.Policy(PolicyArn arn) -> Optional.of(arn);
            case Boundary.Unchanged() ->
                inventory
                        .find(account.id(), spec.name().value())
                        .filter(role -> role.team().equals(team))
                        .flatMap(role -> role.wanted().boundary() instanceof Boundary.Policy(PolicyArn arn)
                                ? Optional.of(arn)
                                : Optional.empty());
        };
    }
}
