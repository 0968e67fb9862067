package io.rolesmith.iam.aws;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Tracer;
import io.rolesmith.account.Account;
import io.rolesmith.account.AccountKind;
import io.rolesmith.iam.CallBudget;
import io.rolesmith.iam.IamGateway;
import io.rolesmith.iam.IamGatewayFactory;
import io.rolesmith.iam.IamProperties;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.xml.stream.XMLInputFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Opens gateways to real accounts, all over one pool of connections. Everything that the SDK would otherwise take from the
 * machine and that changes what a call does (retry mode, attempts, timeouts, region) is set here, in code.
 */
@Component
final class SdkIamGatewayFactory implements IamGatewayFactory, AutoCloseable {

    /** What CloudTrail shows as the session behind our calls where a role is assumed. */
    private static final String SESSION_NAME = "rolesmith";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(10);

    /** The first attempt and two more, the SDK's own number for its standard mode. */
    private static final int READ_ATTEMPTS = 3;

    private static final String XML_INPUT_FACTORY = "javax.xml.stream.XMLInputFactory";

    static {
        // The SDK asks for a factory with each answer. Where none is named, the class path is searched for one each
        // time, which took a sixteenth of the service's processor time under load.
        if (System.getProperty(XML_INPUT_FACTORY) == null) {
            System.setProperty(
                    XML_INPUT_FACTORY,
                    XMLInputFactory.newDefaultFactory().getClass().getName());
        }
    }

    private final IamProperties properties;
    private final CallBudget budget;
    private final CallMeter calls;
    private final SdkMeters sdkMeters;
    private final SdkHttpClient http;
    private final AwsCredentialsProvider own;
    private final Deque<SdkAutoCloseable> opened = new ConcurrentLinkedDeque<>();

    @Autowired
    SdkIamGatewayFactory(
            IamProperties properties, CallBudget budget, MeterRegistry meters, ObjectProvider<Tracer> tracer) {
        this(
                properties,
                budget,
                meters,
                tracer.getIfAvailable(() -> Tracer.NOOP),
                DefaultCredentialsProvider.builder().build());
    }

    /** @param own who we are before any role is assumed; closed with the factory if it can be */
    SdkIamGatewayFactory(
            IamProperties properties,
            CallBudget budget,
            MeterRegistry meters,
            Tracer tracer,
            AwsCredentialsProvider own) {
        this.properties = properties;
        this.budget = budget;
        this.calls = new CallMeter(meters, tracer);
        this.sdkMeters = new SdkMeters(meters);
        this.own = own;
        if (own instanceof SdkAutoCloseable closeable) {
            opened.push(closeable);
        }
        this.http = Apache5HttpClient.builder()
                .maxConnections(properties.connections())
                .connectionTimeout(CONNECT_TIMEOUT)
                .socketTimeout(SOCKET_TIMEOUT)
                // Well before the call's own timeout, which could not tell a call that waited here from one that was
                // sent.
                .connectionAcquisitionTimeout(properties.callTimeout().dividedBy(2))
                .tcpKeepAlive(true)
                .build();
    }

    @Override
    public AccountKind kind() {
        return AccountKind.AWS;
    }

    @Override
    public IamGateway open(Account account) {
        StsClient sts = closing(to(account, StsClient.builder())
                .region(Region.of(account.region()))
                .credentialsProvider(new CertainCredentials(own))
                .overrideConfiguration(timed(reading())
                        .apiCallTimeout(properties.readTimeout())
                        .build())
                .build());
        IamClient iam = iam(account, new CertainCredentials(credentials(account, sts)));
        return new SdkIamGateway(account, iam, sts, reading(), properties, budget, calls);
    }

    private AwsCredentialsProvider credentials(Account account, StsClient sts) {
        String roleArn = account.roleArn();
        return roleArn == null
                ? own
                : closing(StsAssumeRoleCredentialsProvider.builder()
                        .stsClient(sts)
                        .refreshRequest(request -> request.roleArn(roleArn)
                                .roleSessionName(SESSION_NAME)
                                .externalId(account.externalId()))
                        .build());
    }

    /** It tries nothing twice, so that each call that goes out is known to the gateway, and takes its turn there. */
    private IamClient iam(Account account, AwsCredentialsProvider credentials) {
        return closing(to(account, IamClient.builder())
                // Not the partition's pseudo region: beside an endpoint of one's own, requests would be signed for that
                // name.
                .region(Region.of(account.partition().homeRegion()))
                .credentialsProvider(credentials)
                .overrideConfiguration(timed(AwsRetryStrategy.doNotRetry())
                        .addExecutionInterceptor(new LastCheck())
                        .build())
                .build());
    }

    private <B extends AwsClientBuilder<B, ?> & AwsSyncClientBuilder<B, ?>> B to(Account account, B builder) {
        B connected = builder.httpClient(http);
        return account.endpoint() == null ? connected : connected.endpointOverride(account.endpoint());
    }

    /** A strategy of its own for each client: a shared one would let one account's failures use up another's retries. */
    private static RetryStrategy reading() {
        return AwsRetryStrategy.standardRetryStrategy().toBuilder()
                .maxAttempts(READ_ATTEMPTS)
                .build();
    }

    private ClientOverrideConfiguration.Builder timed(RetryStrategy retries) {
        return ClientOverrideConfiguration.builder()
                .retryStrategy(retries)
                .addMetricPublisher(sdkMeters)
                .apiCallAttemptTimeout(properties.callTimeout());
    }

    private <T extends SdkAutoCloseable> T closing(T closeable) {
        opened.push(closeable);
        return closeable;
    }

    /** Closes what was opened, last first, and the connections after all who use them. */
    @Override
    public void close() {
        opened.forEach(SdkAutoCloseable::close);
        http.close();
    }
}
