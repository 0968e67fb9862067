package io.rolesmith.iam.aws;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.rolesmith.account.Account;
import io.rolesmith.account.AccountId;
import io.rolesmith.account.AccountKind;
import io.rolesmith.account.Partition;
import io.rolesmith.iam.AccountQuotas;
import io.rolesmith.iam.IamAnswer;
import io.rolesmith.iam.IamGateway;
import io.rolesmith.iam.IamProperties;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.iam.InstanceProfile;
import io.rolesmith.role.Change;
import io.rolesmith.role.PolicyArn;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RolePath;
import io.rolesmith.role.RoleState;
import io.rolesmith.support.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.iam.endpoints.IamEndpointProvider;

/** What the SDK gateway sends, and what it makes of what comes back, or does not. */
class SdkIamGatewayTests {

    private static final RoleName ROLE = new RoleName("retailStoreEcsTaskRole");
    private static final Change.AttachRolePolicy WRITE =
            new Change.AttachRolePolicy(ROLE, "arn:aws:iam::aws:policy/ReadOnlyAccess");
    private static final String REQUEST_ID = "0a1b2c3d-0000-4000-8000-000000000001";
    private static final AwsCredentialsProvider CREDENTIALS =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret"));

    /** Plenty for an answer on loopback, and short to wait for where none comes. */
    private static final IamProperties PROPERTIES = properties(8, Duration.ofSeconds(5));

    private static final IamProperties IMPATIENT = properties(8, Duration.ofMillis(400));

    @RegisterExtension
    static final WireMockExtension AWS = WireMockExtension.newInstance()
            .options(WireMockConfiguration.wireMockConfig().dynamicPort().dynamicHttpsPort())
            .build();

    private static final DataSource DATABASE = TestDatabase.migrated().as(TestDatabase.RUNTIME);

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final List<SdkIamGatewayFactory> factories = new ArrayList<>();

    @AfterEach
    void close() {
        factories.forEach(SdkIamGatewayFactory::close);
    }

    @Test
    void createRoleCarriesEverythingInOneCall() {
        answer("CreateRole", ok("CreateRole", role("<RoleId>AROAEXAMPLE</RoleId>")));
        SequencedMap<String, String> tags = new LinkedHashMap<>();
        tags.put("rolesmith:team", "retail");
        tags.put("service", "a+b é");

        IamAnswer answer = gateway(PROPERTIES)
                .apply(new Change.CreateRole(
                        ROLE,
                        new RolePath("/retail/"),
                        "Café",
                        "{\"Version\":\"2012-10-17\"}",
                        7200,
                        new PolicyArn("arn:aws:iam::123456789012:policy/team-boundary"),
                        tags));

        assertThat(answer)
                .isEqualTo(new IamAnswer.Accepted(
                        REQUEST_ID,
                        new IamAnswer.CreatedRole("AROAEXAMPLE", "arn:aws:iam::123456789012:role/retail/" + ROLE)));
        assertThat(form(onlyRequest()))
                .isEqualTo(Map.ofEntries(
                        Map.entry("Action", "CreateRole"),
                        Map.entry("Version", "2010-05-08"),
                        Map.entry("RoleName", ROLE.value()),
                        Map.entry("Path", "/retail/"),
                        Map.entry("Description", "Café"),
                        Map.entry("AssumeRolePolicyDocument", "{\"Version\":\"2012-10-17\"}"),
                        Map.entry("MaxSessionDuration", "7200"),
                        Map.entry("PermissionsBoundary", "arn:aws:iam::123456789012:policy/team-boundary"),
                        Map.entry("Tags.member.1.Key", "rolesmith:team"),
                        Map.entry("Tags.member.1.Value", "retail"),
                        Map.entry("Tags.member.2.Key", "service"),
                        Map.entry("Tags.member.2.Value", "a+b é")));
    }

    @Test
    void createRoleLeavesOutWhatIsEmpty() {
        answer("CreateRole", ok("CreateRole", role("<RoleId>AROAEXAMPLE</RoleId>")));

        gateway(PROPERTIES)
                .apply(new Change.CreateRole(ROLE, RolePath.ROOT, "", "{}", 3600, null, new LinkedHashMap<>()));

        assertThat(form(onlyRequest()))
                .containsOnlyKeys(
                        "Action", "Version", "RoleName", "Path", "AssumeRolePolicyDocument", "MaxSessionDuration");
    }

    @Test
    void updateRoleClearsADescriptionByAnEmptyOne() {
        answer("UpdateRole", ok("UpdateRole", ""));

        gateway(PROPERTIES).apply(new Change.UpdateRole(ROLE, "before", 7200, "", 3600));

        assertThat(form(onlyRequest())).containsEntry("Description", "").containsEntry("MaxSessionDuration", "3600");
    }

    @ParameterizedTest
    @CsvSource({
        "AWS, us-east-1, https://iam.amazonaws.com",
        "AWS_CN, cn-north-1, https://iam.cn-north-1.amazonaws.com.cn",
        "AWS_US_GOV, us-gov-west-1, https://iam.us-gov.amazonaws.com",
        "AWS_EUSC, eusc-de-east-1, https://iam.eusc-de-east-1.amazonaws.eu"
    })
    void requestsAreSignedForThePartitionsIamAndNotForTheAccountsRegion(Partition partition, String region, URI iam) {
        answer("AttachRolePolicy", ok("AttachRolePolicy", ""));

        open(PROPERTIES, CREDENTIALS, account(partition, endpoint(), null)).apply(WRITE);

        AWS.verify(postRequestedFor(urlEqualTo("/"))
                .withHeader("Authorization", containing("/" + region + "/iam/aws4_request")));
        assertThat(IamEndpointProvider.defaultProvider()
                        .resolveEndpoint(parameters -> parameters.region(Region.of(partition.homeRegion())))
                        .join()
                        .url())
                .as("where it goes without an endpoint of its own")
                .isEqualTo(iam);
    }

    @Test
    void aRefusalHasIamsCodeAndWords() {
        answer("AttachRolePolicy", error(409, "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 20"));

        IamAnswer answer = gateway(PROPERTIES).apply(WRITE);

        assertThat(answer)
                .isEqualTo(new IamAnswer.Refused(
                        "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 20", 409, REQUEST_ID));
        assertThat(((IamAnswer.Refused) answer).isPassing()).isFalse();
        assertThat(requests()).hasSize(1);
    }

    @Test
    void deniedIsARefusal() {
        String words = "User: arn:aws:iam::123456789012:user/x is not authorized to perform: iam:AttachRolePolicy";
        answer("AttachRolePolicy", error(403, "AccessDenied", words));

        assertThat(gateway(PROPERTIES).apply(WRITE))
                .isEqualTo(new IamAnswer.Refused("AccessDenied", words, 403, REQUEST_ID));
    }

    @Test
    void aThrottledWriteIsRefusedAtOnceAndSaysSo() {
        answer("AttachRolePolicy", error(400, "Throttling", "Rate exceeded"));

        assertThat(gateway(PROPERTIES).apply(WRITE)).isInstanceOfSatisfying(IamAnswer.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("Throttling");
            assertThat(refused.isThrottled()).isTrue();
            assertThat(refused.isPassing()).isTrue();
        });
        assertThat(requests()).as("the SDK must not retry writes").hasSize(1);
    }

    @Test
    void aRefusalWithoutIamsXmlIsNamedByItsStatus() {
        answer("AttachRolePolicy", aResponse().withStatus(403).withBody("<html>a proxy of ours</html>"));

        assertThat(gateway(PROPERTIES).apply(WRITE)).isInstanceOfSatisfying(IamAnswer.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("Http403");
            assertThat(refused.httpStatus()).isEqualTo(403);
        });
    }

    @Test
    void aWriteWhoseTimeIsOverWhenItIsSignedIsNotSent() {
        answer("AttachRolePolicy", ok("AttachRolePolicy", ""));
        List<StackTraceElement> asker = new ArrayList<>();

        IamAnswer answer = gateway(PROPERTIES).apply(WRITE, () -> {
            asker.addAll(List.of(Thread.currentThread().getStackTrace()));
            return false;
        });

        assertThat(answer)
                .isInstanceOfSatisfying(
                        IamAnswer.Unsent.class,
                        unsent -> assertThat(unsent.isTooLate()).isTrue());
        assertThat(requests()).isEmpty();
        assertThat(asker).anyMatch(frame -> frame.getMethodName().equals("attachRolePolicy"));
        assertThat(gateway(PROPERTIES).apply(WRITE, () -> true)).isInstanceOf(IamAnswer.Accepted.class);
    }

    @Test
    void aWriteIsSentOnceWhenIamFails() {
        answer("AttachRolePolicy", error(500, "ServiceFailure", "Internal failure"));

        assertThat(gateway(PROPERTIES).apply(WRITE))
                .isEqualTo(new IamAnswer.Unknown("ServiceFailure", "Internal failure", REQUEST_ID));
        assertThat(requests()).hasSize(1);
    }

    /** Set on a machine for other programs, this must not make us repeat a write. */
    @Test
    void aRetryModeOfTheMachineIsNotInherited() {
        answer("AttachRolePolicy", error(503, "ServiceUnavailable", "Try again"));
        System.setProperty("aws.retryMode", "standard");
        System.setProperty("aws.maxAttempts", "5");
        try {
            gateway(PROPERTIES).apply(WRITE);
            assertThat(requests()).hasSize(1);

            AWS.resetRequests();
            answer("GetRole", error(503, "ServiceUnavailable", "Try again"));
            readFailure(PROPERTIES);
            assertThat(requests()).hasSize(3);
        } finally {
            System.clearProperty("aws.retryMode");
            System.clearProperty("aws.maxAttempts");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWriteWhoseAnswerDoesNotComeInTimeIsUnknown(boolean virtual) throws Exception {
        answer("AttachRolePolicy", ok("AttachRolePolicy", "").withFixedDelay(2000));
        IamGateway gateway = gateway(IMPATIENT);
        CompletableFuture<IamAnswer> answer = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();

        (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(() -> {
            answer.complete(gateway.apply(WRITE));
            interrupted.complete(Thread.currentThread().isInterrupted());
        });

        assertThat(answer.get()).isInstanceOfSatisfying(IamAnswer.Unknown.class, unknown -> {
            assertThat(unknown.code()).isEqualTo("NoAnswer");
            assertThat(unknown.awsRequestId()).isNull();
        });
        assertThat(interrupted.get())
                .as("the SDK's timer interrupts, and must clean up after itself")
                .isFalse();
        assertThat(requests()).hasSize(1);
    }

    @Test
    void aWriteWhoseConnectionBreaksIsUnknown() {
        for (Fault fault : List.of(Fault.CONNECTION_RESET_BY_PEER, Fault.EMPTY_RESPONSE)) {
            AWS.resetAll();
            answer("AttachRolePolicy", aResponse().withFault(fault));

            assertThat(gateway(PROPERTIES).apply(WRITE))
                    .as(fault.name())
                    .isInstanceOfSatisfying(
                            IamAnswer.Unknown.class,
                            unknown -> assertThat(unknown.code()).isEqualTo("NoAnswer"));
            assertThat(requests())
                    .as("neither the SDK nor its HTTP client repeats it")
                    .hasSize(1);
        }
    }

    @Test
    void anAnswerThatCannotBeReadIsUnknown() {
        answer("AttachRolePolicy", aResponse().withStatus(200).withBody("<html>hello"));

        assertThat(gateway(PROPERTIES).apply(WRITE)).isInstanceOf(IamAnswer.Unknown.class);
    }

    @Test
    void aRefusedConnectionIsUnsent() throws IOException {
        URI nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }

        IamGateway gateway = open(PROPERTIES, CREDENTIALS, account(Partition.AWS, nobody, null));

        assertThat(gateway.apply(WRITE))
                .isInstanceOfSatisfying(
                        IamAnswer.Unsent.class,
                        unsent -> assertThat(unsent.code()).isEqualTo("NoConnection"));
    }

    @Test
    void aHostThatNobodyKnowsIsUnsent() {
        URI nowhere = URI.create("http://iam.invalid");

        assertThat(open(PROPERTIES, CREDENTIALS, account(Partition.AWS, nowhere, null))
                        .apply(WRITE))
                .isInstanceOfSatisfying(
                        IamAnswer.Unsent.class,
                        unsent -> assertThat(unsent.code()).isEqualTo("UnknownHost"));
    }

    @Test
    void aServerThatNobodyVouchesForGetsNothing() {
        URI selfSigned = URI.create("https://localhost:" + AWS.getHttpsPort());

        IamAnswer answer = open(PROPERTIES, CREDENTIALS, account(Partition.AWS, selfSigned, null))
                .apply(WRITE);

        assertThat(answer)
                .isInstanceOfSatisfying(
                        IamAnswer.Unsent.class,
                        unsent -> assertThat(unsent.code()).isEqualTo("NoTls"));
        assertThat(requests()).isEmpty();
    }

    @Test
    void aWriteThatWaitedInVainForAConnectionIsUnsent() throws Exception {
        answer("AttachRolePolicy", ok("AttachRolePolicy", "").withFixedDelay(1500));
        IamGateway gateway = gateway(properties(1, Duration.ofSeconds(2)));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<IamAnswer> first = CompletableFuture.supplyAsync(() -> gateway.apply(WRITE), threads);
            CompletableFuture<IamAnswer> second = CompletableFuture.supplyAsync(() -> gateway.apply(WRITE), threads);

            List<IamAnswer> answers = List.of(first.get(), second.get());

            assertThat(answers).hasAtLeastOneElementOfType(IamAnswer.Accepted.class);
            assertThat(answers)
                    .filteredOn(IamAnswer.Unsent.class::isInstance)
                    .singleElement()
                    .satisfies(unsent ->
                            assertThat(((IamAnswer.Unsent) unsent).code()).isEqualTo("NoFreeConnection"));
        }
        assertThat(requests()).hasSize(1);
    }

    @Test
    void aWriteWithoutCredentialsIsUnsent() {
        AwsCredentialsProvider none = () -> {
            throw SdkClientException.create("Unable to load credentials from any of the providers in the chain");
        };

        IamGateway gateway = open(PROPERTIES, none, account(Partition.AWS, endpoint(), null));

        assertThat(gateway.apply(WRITE))
                .isEqualTo(new IamAnswer.Unsent(
                        "NoCredentials", "Unable to load credentials from any of the providers in the chain"));
        assertThat(catchThrowableOfType(IamReadException.class, () -> gateway.observe(ROLE, false))
                        .code())
                .isEqualTo("NoCredentials");
        assertThat(requests()).isEmpty();
    }

    @Test
    void theRoleOfTheAccountIsAssumedWithItsExternalId() {
        answer("AssumeRole", aResponse().withBody("""
                <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId>
                <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
                <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>
                </AssumeRoleResponse>"""));
        answer("AttachRolePolicy", ok("AttachRolePolicy", ""));
        String roleArn = "arn:aws:iam::123456789012:role/RolesmithProvisioner";

        IamGateway gateway = open(PROPERTIES, CREDENTIALS, account(Partition.AWS, endpoint(), roleArn));
        assertThat(gateway.apply(WRITE)).isInstanceOf(IamAnswer.Accepted.class);
        assertThat(gateway.apply(WRITE)).isInstanceOf(IamAnswer.Accepted.class);

        assertThat(requests()).as("one AssumeRole serves both").hasSize(3);
        assertThat(form(requests().getFirst()))
                .containsEntry("Action", "AssumeRole")
                .containsEntry("RoleArn", roleArn)
                .containsEntry("RoleSessionName", "rolesmith")
                .containsEntry("ExternalId", "external:1");
        AWS.verify(1, postRequestedFor(urlEqualTo("/")).withHeader("Authorization", containing("/eu-central-1/sts/")));
        AWS.verify(2, postRequestedFor(urlEqualTo("/")).withHeader("Authorization", containing("ASIAEXAMPLE")));
        assertThat(gateway.principalArn()).isEqualTo(roleArn);
        assertThat(requests()).as("whom we assume, we need not ask").hasSize(3);
    }

    @Test
    void aRoleThatWeMayNotAssumeLeavesTheWriteUnsent() {
        String words = "User: arn:aws:iam::999999999999:user/x is not authorized to perform: sts:AssumeRole";
        answer("AssumeRole", error(403, "AccessDenied", words));

        IamGateway gateway = open(
                PROPERTIES,
                CREDENTIALS,
                account(Partition.AWS, endpoint(), "arn:aws:iam::123456789012:role/RolesmithProvisioner"));

        assertThat(gateway.apply(WRITE)).isEqualTo(new IamAnswer.Unsent("AccessDenied", words));
        assertThat(catchThrowableOfType(IamReadException.class, () -> gateway.observe(ROLE, false)))
                .hasMessage(words)
                .extracting(IamReadException::code)
                .isEqualTo("AccessDenied");
    }

    @Test
    void anInterruptedThreadSendsNothingAndStaysInterrupted() {
        answer("AttachRolePolicy", ok("AttachRolePolicy", ""));
        Thread.currentThread().interrupt();

        IamAnswer answer = gateway(PROPERTIES).apply(WRITE);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(answer).isEqualTo(new IamAnswer.Unsent("Interrupted", "The call was stopped before it was sent"));
        assertThat(requests()).isEmpty();
    }

    /** A virtual thread: on a platform thread, Java's sockets do not feel an interrupt, and the call runs to its timeout. */
    @Test
    void aWriteInterruptedUnderWayIsUnknownAndTheThreadStaysInterrupted() throws Exception {
        CompletableFuture<IamAnswer> answer = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            URI endpoint = URI.create("http://127.0.0.1:" + silent.getLocalPort());
            IamGateway gateway = open(PROPERTIES, CREDENTIALS, account(Partition.AWS, endpoint, null));
            Thread writer = Thread.ofVirtual().start(() -> {
                answer.complete(gateway.apply(WRITE));
                interrupted.complete(Thread.currentThread().isInterrupted());
            });
            try (Socket request = silent.accept()) {
                assertThat(request.getInputStream().read()).isEqualTo('P');

                writer.interrupt();

                assertThat(answer.get())
                        .isEqualTo(new IamAnswer.Unknown(
                                "Interrupted", "The call was stopped while it was under way", null));
            }
        }
        assertThat(interrupted.get()).isTrue();
    }

    @Test
    void readsAreTriedAgain() {
        AWS.stubFor(post("/")
                .withRequestBody(containing("Action=GetRole&"))
                .inScenario("once")
                .whenScenarioStateIs(Scenario.STARTED)
                .willSetStateTo("better")
                .willReturn(error(500, "ServiceFailure", "Internal failure")));
        AWS.stubFor(post("/")
                .withRequestBody(containing("Action=GetRole&"))
                .inScenario("once")
                .whenScenarioStateIs("better")
                .willReturn(ok("GetRole", role("<RoleId>AROAEXAMPLE</RoleId>"))));
        answer("ListAttachedRolePolicies", ok("ListAttachedRolePolicies", "<AttachedPolicies/>"));
        answer("ListRolePolicies", ok("ListRolePolicies", "<PolicyNames/>"));

        assertThat(gateway(PROPERTIES).observe(ROLE, false)).isPresent();
        assertThat(requests()).hasSize(4);
    }

    @Test
    void aRoleIsReadPageByPageWithItsDocumentsDecoded() {
        String trust = "{\"Sid\":\"100% a+b é\"}";
        answer("GetRole", ok("GetRole", role("""
                <RoleId>AROAEXAMPLE</RoleId><Description>Caf&#233;</Description>
                <AssumeRolePolicyDocument>%s</AssumeRolePolicyDocument><MaxSessionDuration>7200</MaxSessionDuration>
                <PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>
                <PermissionsBoundaryArn>arn:aws:iam::123456789012:policy/b</PermissionsBoundaryArn></PermissionsBoundary>
                <Tags><member><Key>service</Key><Value>shop</Value></member></Tags>""".formatted(encoded(trust)))));
        pages(
                "ListAttachedRolePolicies",
                "AttachedPolicies",
                List.of("arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B"),
                "<PolicyArn>%s</PolicyArn>");
        pages("ListRolePolicies", "PolicyNames", List.of("one", "two"), "%s");
        pages(
                "ListInstanceProfilesForRole",
                "InstanceProfiles",
                List.of("p1", "p2"),
                "<InstanceProfileName>%s</InstanceProfileName>");
        answer(
                "GetRolePolicy",
                ok("GetRolePolicy", "<PolicyDocument>" + encoded("{\"a\":\"b c\"}") + "</PolicyDocument>"));

        RoleState state = gateway(PROPERTIES).observe(ROLE, true).orElseThrow();

        assertThat(state.roleId()).isEqualTo("AROAEXAMPLE");
        assertThat(state.arn()).isEqualTo("arn:aws:iam::123456789012:role/retail/" + ROLE);
        assertThat(state.name()).isEqualTo(ROLE.value());
        assertThat(state.path()).isEqualTo("/retail/");
        assertThat(state.description()).isEqualTo("Café");
        assertThat(state.trustPolicy()).isEqualTo(trust);
        assertThat(state.maxSessionSeconds()).isEqualTo(7200);
        assertThat(state.permissionsBoundaryArn()).isEqualTo("arn:aws:iam::123456789012:policy/b");
        assertThat(state.tags()).isEqualTo(Map.of("service", "shop"));
        assertThat(state.managedPolicyArns()).containsExactly("arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B");
        assertThat(state.inlinePolicies()).isEqualTo(Map.of("one", "{\"a\":\"b c\"}", "two", "{\"a\":\"b c\"}"));
        assertThat(state.instanceProfiles()).containsExactly("p1", "p2");
        assertThat(state.templated()).isFalse();
        assertThat(requests()).as("1 + 2 + 2 + 2 + one for each inline policy").hasSize(9);
    }

    @Test
    void aRoleOfATemplateIsSeenAsSuch() {
        readable(
                "<RoleId>AROAEXAMPLE</RoleId><SourceRoleTemplate><TemplateArn>arn:aws:iam::aws:role-template/x</TemplateArn>"
                        + "</SourceRoleTemplate>");

        assertThat(gateway(PROPERTIES).observe(ROLE, false).orElseThrow().templated())
                .isTrue();
    }

    @Test
    void aRoleThatIamDoesNotKnowIsAbsent() {
        answer("GetRole", error(404, "NoSuchEntity", "The role with name x cannot be found."));

        assertThat(gateway(PROPERTIES).observe(ROLE, true)).isEmpty();
    }

    @Test
    void aPolicyThatVanishesBetweenTwoReadsMakesTheReadingFail() {
        readable("<RoleId>AROAEXAMPLE</RoleId>");
        answer("ListRolePolicies", ok("ListRolePolicies", "<PolicyNames><member>one</member></PolicyNames>"));
        answer("GetRolePolicy", error(404, "NoSuchEntity", "The role policy with name one cannot be found."));

        IamReadException failure = readFailure(PROPERTIES);

        assertThat(failure.code()).isEqualTo(IamReadException.ROLE_CHANGED);
        assertThat(failure)
                .hasMessage("The role " + ROLE
                        + " changed while it was read: The role policy with name one cannot be found.");
        assertThat(failure.awsRequestId()).isEqualTo(REQUEST_ID);
    }

    @Test
    void aRoleWithoutAnArnYetIsNotShown() {
        answer(
                "GetRole",
                ok(
                        "GetRole",
                        role("<RoleId>AROAEXAMPLE</RoleId>").replaceAll("<Arn>.*</Arn>", "<Arn>AROAEXAMPLE</Arn>")));

        assertThat(readFailure(PROPERTIES).code()).isEqualTo(IamReadException.ROLE_IN_THE_MAKING);
    }

    @Test
    void aThrottledReadSaysSo() {
        answer("GetRole", error(400, "Throttling", "Rate exceeded"));

        IamReadException failure = readFailure(PROPERTIES);

        assertThat(failure.isThrottled()).isTrue();
        assertThat(failure).hasMessage("Rate exceeded");
        assertThat(failure.awsRequestId()).isEqualTo(REQUEST_ID);
    }

    @Test
    void aReadWithoutAnswerSaysSo() {
        answer("GetRole", aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));

        assertThat(readFailure(PROPERTIES).code()).isEqualTo(IamReadException.NO_ANSWER);
        assertThat(requests()).hasSize(3);
    }

    @Test
    void theDocumentOfAPolicyIsThatOfItsDefaultVersion() {
        String arn = "arn:aws:iam::123456789012:policy/team/assets";
        String document = "{\"Version\":\"2012-10-17\", \"Id\":\"a+b 100%\"}";
        answer("GetPolicy", ok("GetPolicy", "<Policy><DefaultVersionId>v3</DefaultVersionId></Policy>"));
        answer(
                "GetPolicyVersion",
                ok(
                        "GetPolicyVersion",
                        "<PolicyVersion><Document>" + encoded(document) + "</Document></PolicyVersion>"));

        assertThat(gateway(PROPERTIES).policyDocument(arn)).contains(document);
        assertThat(requests())
                .extracting(request -> form(request).get("Action"))
                .containsExactly("GetPolicy", "GetPolicyVersion");
        assertThat(requests()).allSatisfy(request -> assertThat(form(request)).containsEntry("PolicyArn", arn));
        assertThat(form(requests().getLast())).containsEntry("VersionId", "v3");
    }

    @Test
    void aPolicyThatIsNotThereHasNoDocument() {
        answer("GetPolicy", error(404, "NoSuchEntity", "Policy was not found."));

        assertThat(gateway(PROPERTIES).policyDocument(WRITE.policyArn())).isEmpty();
    }

    @Test
    void aPolicyThatWeMayNotReadSaysSo() {
        answer("GetPolicy", error(403, "AccessDenied", "no"));

        assertThat(catchThrowableOfType(
                        IamReadException.class, () -> gateway(PROPERTIES).policyDocument(WRITE.policyArn())))
                .satisfies(failure -> {
                    assertThat(failure.code()).isEqualTo("AccessDenied");
                    assertThat(failure.awsRequestId()).isEqualTo(REQUEST_ID);
                });
    }

    @Test
    void quotasAreThoseOfTheAccountsSummary() {
        answer(
                "GetAccountSummary",
                ok(
                        "GetAccountSummary",
                        summary(Map.of(
                                "Users",
                                3,
                                "Roles",
                                812,
                                "RolesQuota",
                                5000,
                                "AttachedPoliciesPerRoleQuota",
                                25,
                                "AssumeRolePolicySizeQuota",
                                4096,
                                "RolePolicySizeQuota",
                                10_240))));

        assertThat(gateway(PROPERTIES).quotas()).isEqualTo(new AccountQuotas(812, 5000, 25, 4096, 10_240));
    }

    @Test
    void aSummaryThatLeavesAQuotaOutIsNone() {
        answer("GetAccountSummary", ok("GetAccountSummary", summary(Map.of("Roles", 1, "RolesQuota", 1000))));

        assertThat(catchThrowableOfType(
                        IamReadException.class, () -> gateway(PROPERTIES).quotas()))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(IamReadException.NO_ANSWER))
                .hasMessage("The account's summary does not say AttachedPoliciesPerRoleQuota");
    }

    private static String summary(Map<String, Integer> entries) {
        return entries.entrySet().stream()
                .map(entry -> "<entry><key>" + entry.getKey() + "</key><value>" + entry.getValue() + "</value></entry>")
                .collect(Collectors.joining("", "<SummaryMap>", "</SummaryMap>"));
    }

    @Test
    void aSessionOfOursIsToldAsItsRoleWithItsPath() {
        answer("GetCallerIdentity", identity("arn:aws:sts::123456789012:assumed-role/" + ROLE + "/pod-1"));
        answer("GetRole", ok("GetRole", role("")));
        IamGateway gateway = gateway(PROPERTIES);

        assertThat(gateway.principalArn()).isEqualTo("arn:aws:iam::123456789012:role/retail/" + ROLE);
        assertThat(gateway.principalArn()).isEqualTo("arn:aws:iam::123456789012:role/retail/" + ROLE);
        assertThat(requests()).as("asked once").hasSize(2);
        assertThat(form(requests().getLast())).containsEntry("RoleName", ROLE.value());
    }

    @Test
    void aSessionWhoseRoleCannotBeReadIsNobodyKnown() {
        answer("GetCallerIdentity", identity("arn:aws:sts::123456789012:assumed-role/Rolesmith/pod-1"));
        answer("GetRole", error(403, "AccessDenied", "no"));

        assertThat(catchThrowableOfType(IamReadException.class, gateway(PROPERTIES)::principalArn)
                        .code())
                .isEqualTo("AccessDenied");
    }

    @Test
    void aUserOfOursIsToldAsItIs() {
        answer("GetCallerIdentity", identity("arn:aws:iam::123456789012:user/ops/rolesmith"));

        assertThat(gateway(PROPERTIES).principalArn()).isEqualTo("arn:aws:iam::123456789012:user/ops/rolesmith");
    }

    @Test
    void aFailedIdentityIsNotRemembered() {
        answer("GetCallerIdentity", error(403, "AccessDenied", "no"));
        IamGateway gateway = gateway(PROPERTIES);

        assertThat(catchThrowableOfType(IamReadException.class, gateway::principalArn)
                        .code())
                .isEqualTo("AccessDenied");
        answer("GetCallerIdentity", identity("arn:aws:iam::123456789012:user/x"));
        assertThat(gateway.principalArn()).isEqualTo("arn:aws:iam::123456789012:user/x");
    }

    @Test
    void openingAsksNobodyAnything() {
        AwsCredentialsProvider untouched = () -> {
            throw new AssertionError("asked for credentials");
        };

        open(PROPERTIES, untouched, account(Partition.AWS, endpoint(), "arn:aws:iam::123456789012:role/R"));

        assertThat(requests()).isEmpty();
    }

    @Test
    void theOutlineOfARoleTakesFourCallsHoweverManyPoliciesItHas() {
        answer("GetRole", ok("GetRole", role("<RoleId>AROAEXAMPLE</RoleId>")));
        answer(
                "ListAttachedRolePolicies",
                ok(
                        "ListAttachedRolePolicies",
                        "<AttachedPolicies><member><PolicyArn>arn:aws:iam::aws:policy/ReadOnlyAccess</PolicyArn></member></AttachedPolicies>"));
        answer(
                "ListRolePolicies",
                ok(
                        "ListRolePolicies",
                        "<PolicyNames><member>a</member><member>b</member><member>c</member></PolicyNames>"));
        answer(
                "ListInstanceProfilesForRole",
                ok(
                        "ListInstanceProfilesForRole",
                        "<InstanceProfiles><member><InstanceProfileName>p</InstanceProfileName></member></InstanceProfiles>"));

        RoleState outline = gateway(PROPERTIES).outline(ROLE).orElseThrow();

        assertThat(outline.roleId()).isEqualTo("AROAEXAMPLE");
        assertThat(outline.managedPolicyArns()).containsExactly("arn:aws:iam::aws:policy/ReadOnlyAccess");
        assertThat(outline.inlinePolicies()).isEqualTo(Map.of("a", "", "b", "", "c", ""));
        assertThat(outline.instanceProfiles()).containsExactly("p");
        assertThat(requests()).hasSize(4);
    }

    @Test
    void anInstanceProfileIsReadInOneCall() {
        answer(
                "GetInstanceProfile",
                ok(
                        "GetInstanceProfile",
                        "<InstanceProfile><InstanceProfileName>p</InstanceProfileName><Path>/retail/</Path><Arn>arn:aws:iam::123456789012:instance-profile/retail/p</Arn><Roles><member><RoleName>r</RoleName></member></Roles><Tags><member><Key>k</Key><Value>v</Value></member></Tags></InstanceProfile>"));

        assertThat(gateway(PROPERTIES).instanceProfile("p"))
                .hasValue(new InstanceProfile(
                        "p",
                        "arn:aws:iam::123456789012:instance-profile/retail/p",
                        "/retail/",
                        Map.of("k", "v"),
                        new LinkedHashSet<>(List.of("r"))));
        assertThat(form(onlyRequest())).containsEntry("InstanceProfileName", "p");
    }

    @Test
    void everyAttemptOfAReadSpendsTheBudget() {
        answer("GetRole", error(500, "ServiceFailure", "Internal failure"));
        IamGateway gateway = tight("111111111111");

        IamReadException given = catchThrowableOfType(IamReadException.class, () -> gateway.observe(ROLE, false));
        assertThat(given.code()).isEqualTo("ServiceFailure");
        assertThat(requests()).hasSize(3);

        IamReadException spent = catchThrowableOfType(IamReadException.class, () -> gateway.observe(ROLE, false));
        assertThat(spent.code()).isEqualTo("BudgetExhausted");
        assertThat(spent.isThrottled()).isTrue();
        assertThat(spent.isPassing()).isTrue();
        assertThat(requests()).hasSize(3);
        assertThat(calls("GetRole", "unknown")).isEqualTo(3);
        assertThat(calls("GetRole", "unsent")).isEqualTo(1);
    }

    @Test
    void whatIsAskedOfStsSpendsNoBudget() {
        answer("GetCallerIdentity", identity("arn:aws:iam::123456789012:user/rolesmith"));
        answer("AttachRolePolicy", ok("AttachRolePolicy", ""));
        answer("GetAccountSummary", error(403, "AccessDenied", "no"));
        IamGateway gateway = tight("222222222222");

        gateway.principalArn();
        for (int i = 0; i < 3; i++) {
            assertThat(catchThrowableOfType(IamReadException.class, gateway::quotas)
                            .code())
                    .isEqualTo("AccessDenied");
        }

        assertThat(calls("GetAccountSummary", "refused")).isEqualTo(3);
        assertThat(gateway.apply(WRITE)).as("reads spend no writes").isInstanceOf(IamAnswer.Accepted.class);
    }

    @Test
    void aWriteBeyondTheBudgetIsUnsentAndThrottled() {
        answer("AttachRolePolicy", ok("AttachRolePolicy", ""));
        IamGateway gateway = tight("333333333333");
        for (int i = 0; i < 3; i++) {
            assertThat(gateway.apply(WRITE)).isInstanceOf(IamAnswer.Accepted.class);
        }

        IamAnswer answer = gateway.apply(WRITE);

        assertThat(answer)
                .isEqualTo(new IamAnswer.Unsent(
                        "BudgetExhausted", "The account's budget of writes is spent for longer than a call may wait"));
        assertThat(((IamAnswer.Unsent) answer).isThrottled()).isTrue();
        assertThat(requests()).hasSize(3);
        assertThat(calls("AttachRolePolicy", "ok")).isEqualTo(3);
        assertThat(calls("AttachRolePolicy", "unsent")).isEqualTo(1);
    }

    /** One throttled answer is enough, also where it comes to a read that is tried again. */
    @Test
    void aThrottledAnswerEmptiesTheBucketForAllReplicas() {
        answer("AttachRolePolicy", error(400, "Throttling", "Rate exceeded"));
        answer("GetRole", error(400, "Throttling", "Rate exceeded"));
        IamGateway gateway = tight("444444444444");
        IamGateway replica = tight("444444444444");

        assertThat(gateway.apply(WRITE)).isInstanceOf(IamAnswer.Refused.class);
        assertThat(replica.apply(WRITE))
                .isInstanceOfSatisfying(
                        IamAnswer.Unsent.class,
                        unsent -> assertThat(unsent.code()).isEqualTo("BudgetExhausted"));
        assertThat(calls("AttachRolePolicy", "throttled")).isEqualTo(1);

        assertThat(catchThrowableOfType(IamReadException.class, () -> gateway.observe(ROLE, false))
                        .isThrottled())
                .isTrue();
        assertThat(requests()).as("one write, and one read that had to wait").hasSize(2);
        assertThat(calls("GetRole", "throttled")).isEqualTo(1);
        assertThat(calls("GetRole", "unsent")).as("its next attempt").isEqualTo(1);
    }

    @Test
    void withoutTheDatabaseNothingIsSent() {
        PGSimpleDataSource away = new PGSimpleDataSource();
        away.setUrl("jdbc:postgresql://127.0.0.1:1/rolesmith");
        IamGateway gateway = open(PROPERTIES, away, CREDENTIALS, account(Partition.AWS, endpoint(), null));

        assertThat(gateway.apply(WRITE)).isInstanceOfSatisfying(IamAnswer.Unsent.class, unsent -> {
            assertThat(unsent.code()).isEqualTo("BudgetUnknown");
            assertThat(unsent.isThrottled()).isFalse();
        });
        assertThat(catchThrowableOfType(IamReadException.class, () -> gateway.observe(ROLE, true)))
                .satisfies(e -> {
                    assertThat(e.code()).isEqualTo("BudgetUnknown");
                    assertThat(e.isPassing()).isTrue();
                    assertThat(e.isThrottled()).isFalse();
                });
        assertThat(requests()).isEmpty();
    }

    @Test
    void aReadWhoseConnectionBreaksIsTriedAgain() {
        answer("GetAccountSummary", aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));

        assertThat(catchThrowableOfType(
                                IamReadException.class,
                                () -> gateway(PROPERTIES).quotas())
                        .code())
                .isEqualTo("NoAnswer");
        assertThat(requests()).hasSize(3);
    }

    @Test
    void aReadWhoseAnswerDoesNotComeInTimeIsTriedAgain() {
        answer("GetAccountSummary", ok("GetAccountSummary", "").withFixedDelay(2000));

        IamReadException failure = catchThrowableOfType(
                IamReadException.class, () -> gateway(IMPATIENT).quotas());

        assertThat(failure.code()).isEqualTo("NoAnswer");
        assertThat(requests()).hasSize(3);
    }

    /** One attempt may take the 15 s that these tests leave for all of them. */
    @Test
    void noAttemptIsBegunThatMayOutlastTheReadTimeout() {
        answer("GetAccountSummary", error(500, "ServiceFailure", "Internal failure"));

        IamGateway gateway = gateway(properties(8, Duration.ofSeconds(15)));

        assertThat(catchThrowableOfType(IamReadException.class, gateway::quotas).code())
                .isEqualTo("ServiceFailure");
        assertThat(requests()).hasSize(1);
    }

    @Test
    void eachCallIsTimedByOperationAndOutcome() {
        answer("AttachRolePolicy", ok("AttachRolePolicy", "").withFixedDelay(50));
        answer("DeleteRole", error(500, "ServiceFailure", "Internal failure"));
        answer("GetPolicy", error(404, "NoSuchEntity", "no"));

        IamGateway gateway = gateway(PROPERTIES);
        gateway.apply(WRITE);
        gateway.apply(new Change.DeleteRole(ROLE));
        gateway.policyDocument("arn:aws:iam::aws:policy/NoSuchPolicyOfAws");

        assertThat(calls("AttachRolePolicy", "ok")).isEqualTo(1);
        assertThat(calls("DeleteRole", "unknown")).isEqualTo(1);
        assertThat(calls("GetPolicy", "refused")).isEqualTo(1);
        assertThat(meters.get(CallMeter.CALLS).tag("outcome", "ok").timer().mean(TimeUnit.MILLISECONDS))
                .isGreaterThanOrEqualTo(50);
    }

    /** Three reads and three writes, then nothing for an hour; nothing waits. */
    private IamGateway tight(String account) {
        double perHour = 1.0 / 3600;
        return open(
                properties(8, Duration.ofSeconds(5), new IamProperties.Budget(perHour, 3, perHour, 3, Duration.ZERO)),
                CREDENTIALS,
                account(account, Partition.AWS, endpoint(), null));
    }

    private long calls(String operation, String outcome) {
        return meters.find(CallMeter.CALLS).tag("operation", operation).tag("outcome", outcome).timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    private static void readable(String roleMembers) {
        answer("GetRole", ok("GetRole", role(roleMembers)));
        answer("ListAttachedRolePolicies", ok("ListAttachedRolePolicies", "<AttachedPolicies/>"));
        answer("ListRolePolicies", ok("ListRolePolicies", "<PolicyNames/>"));
    }

    private static IamProperties properties(int connections, Duration callTimeout) {
        return properties(connections, callTimeout, SdkGateways.PLENTY);
    }

    private static IamProperties properties(int connections, Duration callTimeout, IamProperties.Budget budget) {
        return new IamProperties(
                connections, callTimeout, Duration.ofSeconds(15), Duration.ofMinutes(5), Duration.ofHours(1), budget);
    }

    private IamReadException readFailure(IamProperties properties) {
        return catchThrowableOfType(
                IamReadException.class, () -> gateway(properties).observe(ROLE, false));
    }

    private IamGateway gateway(IamProperties properties) {
        return open(properties, CREDENTIALS, account(Partition.AWS, endpoint(), null));
    }

    private IamGateway open(IamProperties properties, AwsCredentialsProvider credentials, Account account) {
        return open(properties, DATABASE, credentials, account);
    }

    private IamGateway open(
            IamProperties properties, DataSource database, AwsCredentialsProvider credentials, Account account) {
        SdkIamGatewayFactory factory = new SdkIamGatewayFactory(
                properties, SdkGateways.budget(properties, database, meters), meters, Tracer.NOOP, credentials);
        factories.add(factory);
        return factory.open(account);
    }

    private static Account account(Partition partition, URI endpoint, @Nullable String roleArn) {
        return account("123456789012", partition, endpoint, roleArn);
    }

    private static Account account(String id, Partition partition, URI endpoint, @Nullable String roleArn) {
        return new Account(
                new AccountId(id),
                "retail-dev",
                AccountKind.AWS,
                partition,
                "eu-central-1",
                endpoint,
                roleArn,
                roleArn == null ? null : "external:1",
                null,
                Map.of(),
                Account.Limits.NONE);
    }

    private static URI endpoint() {
        return URI.create("http://localhost:" + AWS.getPort());
    }

    private static void answer(String action, ResponseDefinitionBuilder response) {
        AWS.stubFor(
                post("/").withRequestBody(containing("Action=" + action + "&")).willReturn(response));
    }

    /** Each item on a page of its own; the first page is the one that no marker asks for. */
    private static void pages(String action, String list, List<String> items, String item) {
        String page = "<" + list + "><member>" + item + "</member></" + list + ">";
        answer(
                action,
                ok(action, page.formatted(items.getFirst()) + "<IsTruncated>true</IsTruncated><Marker>next</Marker>"));
        AWS.stubFor(post("/")
                .withRequestBody(containing("Action=" + action + "&"))
                .withRequestBody(containing("Marker=next"))
                .willReturn(ok(action, page.formatted(items.getLast()) + "<IsTruncated>false</IsTruncated>")));
    }

    private static ResponseDefinitionBuilder ok(String action, String result) {
        return aResponse()
                .withHeader("Content-Type", "text/xml")
                .withBody(
                        "<%1$sResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><%1$sResult>%2$s</%1$sResult><ResponseMetadata><RequestId>%3$s</RequestId></ResponseMetadata></%1$sResponse>"
                                .formatted(action, result, REQUEST_ID));
    }

    private static ResponseDefinitionBuilder error(int status, String code, String message) {
        return aResponse()
                .withStatus(status)
                .withHeader("Content-Type", "text/xml")
                .withBody(
                        "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>"
                                .formatted(code, message, REQUEST_ID));
    }

    private static ResponseDefinitionBuilder identity(String arn) {
        return aResponse()
                .withBody("<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>" + arn
                        + "</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>");
    }

    private static String role(String members) {
        String document = members.contains("<AssumeRolePolicyDocument>")
                ? ""
                : "<AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument>";
        return "<Role><RoleName>" + ROLE + "</RoleName><Path>/retail/</Path><Arn>arn:aws:iam::123456789012:role/retail/"
                + ROLE + "</Arn>" + document + members + "</Role>";
    }

    /** As IAM does it, by RFC 3986. */
    private static String encoded(String document) {
        return URLEncoder.encode(document, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static List<LoggedRequest> requests() {
        return AWS.findAll(postRequestedFor(urlEqualTo("/")));
    }

    private static LoggedRequest onlyRequest() {
        assertThat(requests()).hasSize(1);
        return requests().getFirst();
    }

    private static Map<String, String> form(LoggedRequest request) {
        return Arrays.stream(request.getBodyAsString().split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }
}
