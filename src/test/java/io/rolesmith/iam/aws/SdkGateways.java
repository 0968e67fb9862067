package io.rolesmith.iam.aws;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.rolesmith.account.Account;
import io.rolesmith.account.AccountId;
import io.rolesmith.account.AccountKind;
import io.rolesmith.account.Partition;
import io.rolesmith.iam.CallBudget;
import io.rolesmith.iam.IamGatewayFactory;
import io.rolesmith.iam.IamProperties;
import io.rolesmith.support.TestDatabase;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** SDK gateways for tests, to whatever speaks IAM's protocol at an endpoint. */
public final class SdkGateways implements AutoCloseable {

    /** More than any test calls. */
    static final IamProperties.Budget PLENTY = new IamProperties.Budget(1000, 1000, 1000, 1000, Duration.ofSeconds(20));

    public static final IamProperties PROPERTIES = new IamProperties(
            8, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofHours(1), PLENTY);

    private final SdkIamGatewayFactory factory;

    private SdkGateways(SdkIamGatewayFactory factory) {
        this.factory = factory;
    }

    /** With invented credentials, which emulators take. */
    public static SdkGateways open() {
        MeterRegistry meters = new SimpleMeterRegistry();
        return new SdkGateways(new SdkIamGatewayFactory(
                PROPERTIES,
                budget(PROPERTIES, TestDatabase.migrated().as(TestDatabase.RUNTIME), meters),
                meters,
                Tracer.NOOP,
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"))));
    }

    /** The budget of one replica. */
    static CallBudget budget(IamProperties properties, DataSource database, MeterRegistry meters) {
        return new CallBudget(
                properties,
                JdbcClient.create(database),
                new DataSourceTransactionManager(database),
                InstantSource.system(),
                meters);
    }

    public IamGatewayFactory factory() {
        return factory;
    }

    /** An account spoken to at {@code endpoint}. */
    public static Account account(String id, URI endpoint, @Nullable String roleArn) {
        return new Account(
                new AccountId(id),
                "aws-" + id,
                AccountKind.AWS,
                Partition.AWS,
                "eu-central-1",
                endpoint,
                roleArn,
                roleArn == null ? null : "external:1",
                null,
                Map.of(),
                Account.Limits.NONE);
    }

    @Override
    public void close() {
        factory.close();
    }
}
