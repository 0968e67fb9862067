package io.rolesmith.request;

import io.rolesmith.account.Account;
import io.rolesmith.caller.Team;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.JsonPointer;
import io.rolesmith.policy.access.MatchedStatement;
import io.rolesmith.policy.access.Permissions;
import io.rolesmith.policy.check.EscalationCheck;
import io.rolesmith.role.PolicyArn;
import io.rolesmith.role.RoleSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Warns of roles that could make more of their permissions, which all of their policies together decide. */
@Component
class Escalations {

    private final PlannedPermissions permissions;

    Escalations(PlannedPermissions permissions) {
        this.permissions = permissions;
    }

    /**
     * A security warning for each way, with pointers from the role's root: to the statement of an inline policy, or to a
     * managed policy as a whole.
     */
    List<Finding> check(RoleSpec spec, Account account, Team team) {
        String role = spec.arn(account.partition().id(), account.id().value());
        Permissions unbounded = permissions.withoutBoundary(spec, account);
        // Few roles have anything to bound, and a boundary may have to be read from IAM.
        if (EscalationCheck.findings(unbounded, role).isEmpty()) {
            return List.of();
        }
        Map<String, String> managed = new HashMap<>();
        int index = 0;
        for (PolicyArn arn : spec.managedPolicyArns()) {
            managed.put(arn.value(), JsonPointer.element("/managedPolicyArns", index++));
        }
        return EscalationCheck.findings(permissions.of(spec, account, team), role).stream()
                .map(escalation -> escalation.finding(statement -> pointer(statement, managed)))
                .toList();
    }

    private static String pointer(MatchedStatement statement, Map<String, String> managed) {
        String place = managed.get(statement.policy());
        return place == null ? JsonPointer.member("/inlinePolicies", statement.policy()) + statement.pointer() : place;
    }
}
