package io.rolesmith.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rolesmith.support.TestDatabase;
import io.rolesmith.support.TestRolesmith;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Settings that cannot both be meant stop the start, and both are named. */
@ExtendWith(OutputCaptureExtension.class)
class ContradictorySettingsIntegrationTests {

    private static final TestDatabase DATABASE = TestDatabase.create();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            rolesmith.provisioning.lease | 10s | rolesmith.provisioning.lease is PT10S: it must be longer than rolesmith.iam.call-timeout, which is PT10S
            rolesmith.iam.budget.longest-wait | 21s | rolesmith.provisioning.lease is PT30S: rolesmith.iam.budget.longest-wait, which is PT21S, must not be longer than two thirds of it
            rolesmith.iam.call-timeout | 31s | rolesmith.iam.read-timeout (PT30S) must not be shorter than rolesmith.iam.call-timeout (PT31S)
            rolesmith.shutdown.work | 16s | db-scheduler.shutdown-max-wait is PT25S: it must be at least PT26S, which is rolesmith.shutdown.work and rolesmith.iam.call-timeout
            db-scheduler.shutdown-max-wait | 31s | spring.lifecycle.timeout-per-shutdown-phase is PT30S: it must not be shorter than db-scheduler.shutdown-max-wait, which is PT31S
            rolesmith.shutdown.pause | 31s | rolesmith.shutdown.pause is PT31S: it must not be longer than spring.lifecycle.timeout-per-shutdown-phase, which is PT30S
            rolesmith.requests.busy-retry | 0s | rolesmith.requests.busy-retry must be longer than nothing
            rolesmith.provisioning.backoff | -1s | rolesmith.provisioning.backoff must not be negative
            rolesmith.api.body-size | 0B | rolesmith.api.body-size must be from 1B to 2047MB
            """)
    void namesTheSettings(String property, String value, String said, CapturedOutput output) {
        assertThatThrownBy(() ->
                        TestRolesmith.start(DATABASE, Map.of(property, value)).close())
                .rootCause()
                .message()
                .isNotNull();
        assertThat(output.getAll()).contains("APPLICATION FAILED TO START").contains(said);
    }
}
