package io.rolesmith.iam.sandbox;

import io.rolesmith.account.Account;
import io.rolesmith.account.AccountId;
import io.rolesmith.account.AccountKind;
import io.rolesmith.account.Partition;
import io.rolesmith.iam.IamGatewayFactory;
import io.rolesmith.policy.catalogue.ManagedPolicies;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** Sandbox accounts for tests. */
public final class SandboxGateways {

    private SandboxGateways() {}

    /** Opens sandbox accounts whose state is in a migrated database. */
    public static IamGatewayFactory in(DataSource dataSource) {
        return new SandboxIamGatewayFactory(
                ManagedPolicies.bundled(), JdbcClient.create(dataSource), new DataSourceTransactionManager(dataSource));
    }

    /** A sandbox account that has the customer managed policy {@code team-boundary}. */
    public static Account account(String id) {
        return new Account(
                new AccountId(id),
                "sandbox-" + id,
                AccountKind.SANDBOX,
                Partition.AWS,
                "us-east-1",
                null,
                null,
                null,
                null,
                Map.of("team-boundary", "{}"),
                Account.Limits.NONE);
    }
}
