package io.rolesmith.iam;

/**
 * What an account lets roles have, as IAM said it: quotas differ between accounts, and change.
 *
 * @param roles how many roles there are
 * @param rolesPerAccount how many there may be
 * @param managedPoliciesPerRole how many managed policies a role may have attached
 * @param trustPolicySize characters of a trust policy, white space aside
 * @param inlinePoliciesSize characters of all inline policies of a role together, white space aside
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html">GetAccountSummary</a>
 */
public record AccountQuotas(
        int roles, int rolesPerAccount, int managedPoliciesPerRole, int trustPolicySize, int inlinePoliciesSize) {}
