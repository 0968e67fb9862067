package io.rolesmith.api.policy;

import io.rolesmith.account.Account;
import io.rolesmith.account.Accounts;
import io.rolesmith.account.Partition;
import io.rolesmith.api.account.AccountResponse;
import io.rolesmith.api.problem.NotFoundException;
import io.rolesmith.caller.Caller;
import io.rolesmith.policy.Variables;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a policy would be used: what its variables stand for, and in which partition its ARNs lie.
 *
 * @param account empty when the policy is for no account in particular
 */
record PolicySetting(Optional<Account> account, Variables variables) {

    /**
     * The setting that a body asks for. Without an account its id and partition may be given as variables; with one they
     * are the account's.
     *
     * @throws NotFoundException if there is no such account that the caller may use
     */
    static PolicySetting of(
            Accounts accounts, Caller caller, @Nullable String account, @Nullable Map<String, String> variables) {
        Map<String, String> given = new HashMap<>(variables == null ? Map.of() : variables);
        if (account == null) {
            given.putIfAbsent("aws_partition", Partition.AWS.id());
            return new PolicySetting(Optional.empty(), Variables.of(given));
        }
        Account found = accounts.find(account)
                .filter(candidate -> AccountResponse.isVisible(candidate, caller))
                .orElseThrow(() -> new NotFoundException("There is no account '" + account + "' that you may use"));
        found.variables().forEach((name, value) -> {
            if (name.equals("aws_region")) {
                given.putIfAbsent(name, value);
            } else {
                given.put(name, value);
            }
        });
        return new PolicySetting(Optional.of(found), Variables.of(given));
    }

    /** The partition of the account, or the one that the variables name. */
    String partition() {
        return variables.values().getOrDefault("aws_partition", Partition.AWS.id());
    }
}
