package io.rolesmith.iam;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rolesmith.iam.aws.SdkGateways;
import io.rolesmith.iam.sandbox.SandboxGateways;
import io.rolesmith.policy.catalogue.ManagedPolicies;
import io.rolesmith.role.RoleName;
import io.rolesmith.support.TestDatabase;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/** The gateways as Spring puts them together. */
class IamGatewaysIntegrationTests {

    @Test
    void eachKindOfAccountHasItsGateway() {
        new ApplicationContextRunner().withUserConfiguration(Wiring.class).run(context -> {
            IamGateways gateways = context.getBean(IamGateways.class);
            IamGateway sandbox = gateways.of(SandboxGateways.account("123456789012"));

            assertThat(sandbox.observe(new RoleName("absent"), true)).isEmpty();
            assertThat(gateways.of(SandboxGateways.account("123456789012")))
                    .as("opened once")
                    .isSameAs(sandbox);
            assertThat(gateways.of(SdkGateways.account(
                                    "210987654321",
                                    URI.create("http://127.0.0.1:1"),
                                    "arn:aws:iam::210987654321:role/Provisioner"))
                            .principalArn())
                    .isEqualTo("arn:aws:iam::210987654321:role/Provisioner");
            assertThat(context.getBean(IamProperties.class))
                    .isEqualTo(new IamProperties(
                            64,
                            Duration.ofSeconds(10),
                            Duration.ofSeconds(30),
                            Duration.ofMinutes(5),
                            Duration.ofHours(1),
                            new IamProperties.Budget(5, 20, 15, 60, Duration.ofSeconds(20))));
        });
    }

    @Test
    void aTimeoutOfNothingIsRefusedAtStart() {
        new ApplicationContextRunner()
                .withUserConfiguration(Wiring.class)
                .withPropertyValues("rolesmith.iam.call-timeout=0s")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage("rolesmith.iam.call-timeout must be longer than nothing"));
    }

    @Test
    void aBudgetOfNothingIsRefusedAtStart() {
        Map<String, String> refused = Map.of(
                "writes-per-second=0", "rolesmith.iam.budget.writes-per-second must be a number greater than 0",
                "reads-per-second=NaN", "rolesmith.iam.budget.reads-per-second must be a number greater than 0",
                "longest-wait=-1s", "rolesmith.iam.budget.longest-wait must not be negative");
        refused.forEach((setting, message) -> new ApplicationContextRunner()
                .withUserConfiguration(Wiring.class)
                .withPropertyValues("rolesmith.iam.budget." + setting)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessage(message)));
        new ApplicationContextRunner()
                .withUserConfiguration(Wiring.class)
                .withPropertyValues("rolesmith.iam.budget.write-burst=0")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("budget.writeBurst"));
    }

    /** No configuration by annotation: an application that starts from the test classes would find it. */
    @ComponentScan("io.rolesmith.iam")
    @EnableConfigurationProperties(IamProperties.class)
    static class Wiring {

        private static final DataSource DATABASE = TestDatabase.migrated().as(TestDatabase.RUNTIME);

        @Bean
        ManagedPolicies managedPolicies() {
            return ManagedPolicies.bundled();
        }

        @Bean
        InstantSource clock() {
            return InstantSource.system();
        }

        @Bean
        MeterRegistry meters() {
            return new SimpleMeterRegistry();
        }

        @Bean
        JdbcClient jdbcClient() {
            return JdbcClient.create(DATABASE);
        }

        @Bean
        PlatformTransactionManager transactionManager() {
            return new DataSourceTransactionManager(DATABASE);
        }
    }
}
