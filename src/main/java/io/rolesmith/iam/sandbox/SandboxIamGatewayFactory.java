package io.rolesmith.iam.sandbox;

import io.rolesmith.account.Account;
import io.rolesmith.account.AccountKind;
import io.rolesmith.iam.IamGateway;
import io.rolesmith.iam.IamGatewayFactory;
import io.rolesmith.policy.catalogue.ManagedPolicies;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;

/** Opens sandbox accounts; their state is in our database, so that all replicas see the same one. */
@Component
final class SandboxIamGatewayFactory implements IamGatewayFactory {

    private final ManagedPolicies managedPolicies;
    private final JdbcClient jdbc;
    private final PlatformTransactionManager transactions;

    SandboxIamGatewayFactory(
            ManagedPolicies managedPolicies, JdbcClient jdbc, PlatformTransactionManager transactions) {
        this.managedPolicies = managedPolicies;
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    @Override
    public AccountKind kind() {
        return AccountKind.SANDBOX;
    }

    @Override
    public IamGateway open(Account account) {
        return new SandboxIamGateway(account, new SandboxIam(account, managedPolicies, jdbc), transactions);
    }
}
