package io.rolesmith.iam;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long we wait for IAM and believe what it said, and over how many connections we speak to it.
 *
 * @param connections to all accounts together; a thread that works on a role holds one during a call
 * @param callTimeout how long one call may take, connecting included; a write without an answer by then is unknown
 * @param readTimeout how long a read may take with all its attempts
 * @param policyRetention how long the document of a managed policy is kept that IAM gave
 * @param quotaRetention how long an account's quotas are kept
 */
@Validated
@ConfigurationProperties("rolesmith.iam")
public record IamProperties(
        @DefaultValue("64") @Min(1) int connections,
        @DefaultValue("10s") Duration callTimeout,
        @DefaultValue("30s") Duration readTimeout,
        @DefaultValue("5m") Duration policyRetention,
        @DefaultValue("1h") Duration quotaRetention) {

    public IamProperties {
        positive("call-timeout", callTimeout);
        positive("read-timeout", readTimeout);
        positive("policy-retention", policyRetention);
        positive("quota-retention", quotaRetention);
    }

    private static void positive(String property, Duration duration) {
        if (!duration.isPositive()) {
            throw new IllegalArgumentException("rolesmith.iam." + property + " must be longer than nothing");
        }
    }
}
