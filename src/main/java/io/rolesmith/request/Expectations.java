package io.rolesmith.request;

import io.rolesmith.account.Account;
import io.rolesmith.caller.Team;
import io.rolesmith.policy.Finding;
import io.rolesmith.role.Expectation;
import io.rolesmith.role.ExpectationCheck;
import io.rolesmith.role.RoleSpec;
import java.util.List;
import org.springframework.stereotype.Component;

/** Holds what a request expects of its roles against what their policies will allow, before anything is written. */
@Component
class Expectations {

    private final PlannedPermissions permissions;

    Expectations(PlannedPermissions permissions) {
        this.permissions = permissions;
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
                        permissions.of(spec, account, team));
    }
}
