package io.rolesmith.request;

import io.rolesmith.account.Account;
import io.rolesmith.caller.Team;
import io.rolesmith.iam.PolicyLibrary;
import io.rolesmith.policy.Finding;
import io.rolesmith.provisioning.Inventory;
import io.rolesmith.role.Boundary;
import io.rolesmith.role.Expectation;
import io.rolesmith.role.ExpectationCheck;
import io.rolesmith.role.PolicyArn;
import io.rolesmith.role.RoleSpec;
import io.rolesmith.role.SpecPermissions;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Holds what a request expects of its roles against what their policies will allow, before anything is written. */
@Component
class Expectations {

    private final PolicyLibrary library;
    private final Inventory inventory;

    Expectations(PolicyLibrary library, Inventory inventory) {
        this.library = library;
        this.inventory = inventory;
    }

    /**
     * A refusal for each expectation that does not hold, with pointers from the role's root. Policies that are on the role and
     * that the spec leaves there unnamed are not asked.
     */
    List<Finding> check(List<Expectation> expectations, RoleSpec spec, Account account, Team team) {
        return expectations.isEmpty()
                ? List.of()
                : ExpectationCheck.check(
                        spec,
                        account.partition().id(),
                        account.id().value(),
                        expectations,
                        SpecPermissions.of(
                                spec, boundary(spec, account, team), arn -> library.document(account, arn.value())));
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
