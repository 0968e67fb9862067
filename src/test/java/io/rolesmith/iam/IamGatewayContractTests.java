package io.rolesmith.iam;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rolesmith.iam.aws.SdkGateways;
import io.rolesmith.iam.sandbox.SandboxGateways;
import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.MotoServer;
import io.rolesmith.support.TestDatabase;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The contract, held against every backend that this machine has: the sandbox and the tests' IAM in memory always, moto when {@code moto_server} is on the
 * PATH or the system property {@value #ENDPOINT} names an endpoint, LocalStack when a Docker engine answers.
 */
class IamGatewayContractTests {

    private static final String ENDPOINT = "rolesmith.test.iam-endpoint";

    /** The last one that runs without a token. */
    private static final DockerImageName LOCALSTACK = DockerImageName.parse("localstack/localstack:4.14.0");

    private static final String ACCOUNT = "123456789012";
    private static final List<String> USED = new ArrayList<>();
    private static final List<String> SKIPPED = new ArrayList<>();

    @AfterAll
    static void sayWhichBackendsRan() {
        System.out.println("IAM contract backends: " + String.join(", ", USED)
                + (SKIPPED.isEmpty() ? "" : "; skipped: " + String.join(", ", SKIPPED)));
    }

    private static void assume(boolean there, String backend, String otherwise) {
        if (!there) {
            SKIPPED.add(backend + " (" + otherwise + ")");
        }
        assumeTrue(there, otherwise);
    }

    @Nested
    class OnTheSandbox extends IamGatewayContract {

        private static final IamGateway GATEWAY = SandboxGateways.in(
                        TestDatabase.migrated().as(TestDatabase.RUNTIME))
                .open(SandboxGateways.account(ACCOUNT));

        @BeforeAll
        static void use() {
            USED.add("sandbox");
        }

        @Override
        IamGateway gateway() {
            return GATEWAY;
        }
    }

    /** The IAM that provisioning's tests stand on, so that they stand on something. */
    @Nested
    class InMemory extends IamGatewayContract {

        private static @Nullable Backend backend;

        @BeforeAll
        static void start() {
            FaultProxy wire = FaultProxy.before(new MemoryIam(ACCOUNT));
            backend = Backend.at(wire.endpoint(), wire);
            USED.add("memory");
        }

        @AfterAll
        static void stop() throws Exception {
            Backend.stop(backend);
        }

        @Override
        IamGateway gateway() {
            return requireNonNull(backend).gateway();
        }
    }

    /** Moto, ours or the one that is named; it accepts nearly anything, so it proves the wire and no rule. */
    @Nested
    class OnMoto extends IamGatewayContract {

        private static @Nullable Backend backend;

        @BeforeAll
        static void start() {
            String named = System.getProperty(ENDPOINT);
            Optional<Path> program = MotoServer.program();
            assume(named != null || program.isPresent(), "moto", "no moto_server on the PATH");
            if (named != null) {
                backend = Backend.at(URI.create(named), () -> {});
            } else {
                MotoServer server = MotoServer.start(program.orElseThrow());
                backend = Backend.at(server.endpoint(), server);
            }
            USED.add(named == null ? "moto" : "moto at " + named);
        }

        @AfterAll
        static void stop() throws Exception {
            Backend.stop(backend);
        }

        @Override
        IamGateway gateway() {
            return requireNonNull(backend).gateway();
        }
    }

    @Nested
    class OnLocalStack extends IamGatewayContract {

        private static @Nullable Backend backend;

        @BeforeAll
        static void start() {
            assume(DockerClientFactory.instance().isDockerAvailable(), "localstack", "no Docker engine answers");
            LocalStackContainer container = new LocalStackContainer(LOCALSTACK)
                    .withServices("iam", "sts")
                    .withEnv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true");
            container.start();
            backend = Backend.at(container.getEndpoint(), container);
            USED.add("localstack");
        }

        @AfterAll
        static void stop() throws Exception {
            Backend.stop(backend);
        }

        @Override
        IamGateway gateway() {
            return requireNonNull(backend).gateway();
        }
    }

    /** Something that speaks IAM's protocol, and our gateway to it. */
    private record Backend(IamGateway gateway, SdkGateways gateways, AutoCloseable server) {

        static Backend at(URI endpoint, AutoCloseable server) {
            SdkGateways gateways = SdkGateways.open();
            return new Backend(gateways.factory().open(SdkGateways.account(ACCOUNT, endpoint, null)), gateways, server);
        }

        static void stop(@Nullable Backend backend) throws Exception {
            if (backend != null) {
                backend.gateways.close();
                backend.server.close();
            }
        }
    }
}
