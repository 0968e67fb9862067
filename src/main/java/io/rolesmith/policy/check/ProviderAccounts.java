package io.rolesmith.policy.check;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.PrincipalType;
import io.rolesmith.policy.Principals;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Statement;
import java.util.ArrayList;
import java.util.List;

/** Says whether a trust policy names identity providers that its account cannot have. */
public final class ProviderAccounts {

    private ProviderAccounts() {}

    /**
     * A finding for every SAML or OIDC provider of another account: IAM looks providers up when the policy is written, in the
     * role's own account only, and answers "Invalid principal in policy".
     *
     * @param account the twelve digits of the account that the role is for
     */
    public static List<Finding> foreignProviders(PolicyDocument trust, String account) {
        List<Finding> found = new ArrayList<>();
        for (Statement statement : trust.statements()) {
            if (statement.principals() instanceof Principals.Listed listed) {
                for (Principals.Group group : listed.groups()) {
                    if (group.type() == PrincipalType.FEDERATED) {
                        foreignProviders(group, account, found);
                    }
                }
            }
        }
        return trust.inOrder(found);
    }

    private static void foreignProviders(Principals.Group group, String account, List<Finding> found) {
        List<String> providers = group.values().texts();
        for (int i = 0; i < providers.size(); i++) {
            String provider = providers.get(i);
            if (Providers.hasArn(provider) && !provider.split(":", 6)[4].equals(account)) {
                found.add(Finding.error(
                        "PROVIDER_OF_ANOTHER_ACCOUNT",
                        group.values().pointerOf(i),
                        "The provider " + Quotes.quote(provider) + " is not of the role's own account " + account
                                + ", and IAM finds no other.",
                        "Name a provider of account " + account + "; ${var.aws_account_id} fits every account."));
            }
        }
    }
}
