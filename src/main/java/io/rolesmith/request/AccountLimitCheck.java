package io.rolesmith.request;

import io.rolesmith.account.Account;
import io.rolesmith.policy.Finding;
import io.rolesmith.provisioning.Inventory;
import io.rolesmith.role.Boundary;
import io.rolesmith.role.PolicyArn;
import io.rolesmith.role.RoleSpec;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Holds roles against the limits of their account. Where Rolesmith's own policy is the one that it gives out, IAM refuses what
 * is refused here, but in the middle of the work.
 */
@Component
class AccountLimitCheck {

    private final Inventory inventory;

    AccountLimitCheck(Inventory inventory) {
        this.inventory = inventory;
    }

    /** What {@code spec} asks beyond the account's limits, with pointers from the role's root. */
    List<Finding> check(RoleSpec spec, Account account) {
        List<Finding> findings = new ArrayList<>();
        String prefix = account.limits().pathPrefix();
        if (!spec.path().value().startsWith(prefix)) {
            findings.add(Finding.error(
                    "PATH_NOT_PERMITTED",
                    "/path",
                    "The path '" + spec.path() + "' is outside of " + prefix
                            + ", below which roles are made in this account",
                    "Choose a path that begins with " + prefix + "."));
        }
        List<String> permitted = account.limits().permittedBoundaries();
        if (!permitted.isEmpty() && !isBounded(spec, account, permitted)) {
            findings.add(Finding.error(
                    "BOUNDARY_NOT_PERMITTED",
                    "/permissionsBoundaryArn",
                    switch (spec.boundary()) {
                        case Boundary.Policy(PolicyArn arn) ->
                            "The permissions boundary " + arn + " is none of those that roles may have in this account";
                        case Boundary.None(), Boundary.Unchanged() ->
                            "The role would have no permissions boundary, and roles must have one in this account";
                    },
                    "Name one of " + String.join(", ", permitted) + "."));
        }
        return findings;
    }

    /** A boundary that is there and not spoken of stays; whether it is a permitted one, IAM will see. */
    private boolean isBounded(RoleSpec spec, Account account, List<String> permitted) {
        return switch (spec.boundary()) {
            case Boundary.Policy(PolicyArn arn) -> permitted.contains(arn.value());
            case Boundary.None() -> false;
            case Boundary.Unchanged() ->
                inventory.find(account.id(), spec.name().value()).isPresent();
        };
    }
}
