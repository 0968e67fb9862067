package io.rolesmith.iam.aws;

import io.rolesmith.account.Account;
import io.rolesmith.account.AccountId;
import io.rolesmith.account.AccountKind;
import io.rolesmith.account.Partition;
import io.rolesmith.iam.IamGatewayFactory;
import io.rolesmith.iam.IamProperties;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** SDK gateways for tests, to whatever speaks IAM's protocol at an endpoint. */
public final class SdkGateways implements AutoCloseable {

    public static final IamProperties PROPERTIES = new IamProperties(
            8, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofHours(1));

    private final SdkIamGatewayFactory factory;

    private SdkGateways(SdkIamGatewayFactory factory) {
        this.factory = factory;
    }

    /** With invented credentials, which emulators take. */
    public static SdkGateways open() {
        return new SdkGateways(new SdkIamGatewayFactory(
                PROPERTIES, StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"))));
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
                Map.of());
    }

    @Override
    public void close() {
        factory.close();
    }
}
