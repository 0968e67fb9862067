package io.rolesmith.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rolesmith.iam.ProvisionerPolicy;
import io.rolesmith.iam.aws.SdkGateways;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.MotoServer;
import io.rolesmith.support.PolicyLaw;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.World;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The scenarios against IAM in memory, which is everywhere, and against moto where {@code moto_server} is on the PATH. */
class ProvisioningIntegrationTests {

    @Nested
    class InMemory extends ProvisioningScenarios {

        private static @Nullable World world;

        @BeforeAll
        static void start() {
            world = World.over(new MemoryIam(TestRolesmith.ACCOUNT));
        }

        @AfterAll
        static void stop() {
            Objects.requireNonNull(world).assertNothingIsStuck();
            world.close();
        }

        @Override
        World world() {
            return Objects.requireNonNull(world);
        }
    }

    /** IAM does no more for Rolesmith than the policy allows that Rolesmith gives out for itself. */
    @Nested
    class UnderItsOwnPolicy extends ProvisioningScenarios {

        private static @Nullable World world;
        private static @Nullable PolicyLaw law;

        @BeforeAll
        static void start() {
            MemoryIam iam = new MemoryIam(TestRolesmith.ACCOUNT);
            world = World.over(iam);
            ProvisionerPolicy policy = ProvisionerPolicy.of(
                    SdkGateways.account(TestRolesmith.ACCOUNT, world.iam().endpoint(), null),
                    "test",
                    "arn:aws:iam::" + TestRolesmith.ACCOUNT + ":user/rolesmith");
            law = new PolicyLaw(iam, TestRolesmith.ACCOUNT, policy.document());
            world.iam().police(law);
        }

        @AfterAll
        static void stop() {
            assertThat(Objects.requireNonNull(law).asked()).hasSizeGreaterThan(100);
            Objects.requireNonNull(world).assertNothingIsStuck();
            world.close();
        }

        @Override
        World world() {
            return Objects.requireNonNull(world);
        }
    }

    @Nested
    class OnMoto extends ProvisioningScenarios {

        private static @Nullable World world;
        private static @Nullable MotoServer moto;

        @BeforeAll
        static void start() {
            Optional<Path> program = MotoServer.program();
            assumeTrue(program.isPresent(), "no moto_server on the PATH");
            moto = MotoServer.start(program.orElseThrow());
            world = World.over(moto);
        }

        @AfterAll
        static void stop() {
            if (world != null) {
                world.assertNothingIsStuck();
                world.close();
            }
            if (moto != null) {
                moto.close();
            }
        }

        @Override
        World world() {
            return Objects.requireNonNull(world);
        }
    }
}
