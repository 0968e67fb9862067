package io.rolesmith.iam;

import io.rolesmith.account.Account;
import io.rolesmith.account.AccountKind;

/** Opens gateways to accounts of one kind; each adapter below this package brings one. */
public interface IamGatewayFactory {

    AccountKind kind();

    /** A gateway to the account. Opening asks nobody anything. */
    IamGateway open(Account account);
}
