package io.rolesmith.iam;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long we wait for IAM and believe what it said, over how many connections we speak to it, and how often.
 *
 * @param connections to all accounts together; a thread that works on a role holds one during a call
 * @param callTimeout how long one call may take, connecting included; a write without an answer by then is unknown
 * @param readTimeout how long a read may take with all its attempts, its waits for the budget aside
 * @param policyRetention how long the document of a managed policy is kept that IAM gave
 * @param quotaRetention how long an account's quotas are kept
 * @param budget how often we call
 */
@Validated
@ConfigurationProperties("rolesmith.iam")
public record IamProperties(
        @DefaultValue("64") @Min(1) int connections,
        @DefaultValue("10s") Duration callTimeout,
        @DefaultValue("30s") Duration readTimeout,
        @DefaultValue("5m") Duration policyRetention,
        @DefaultValue("1h") Duration quotaRetention,
        @DefaultValue @Valid Budget budget) {

    /**
     * How many calls all replicas together send to IAM for one account. AWS publishes no rate; these are values to start with.
     *
     * @param writesPerSecond how fast spent writes come back
     * @param writeBurst how many writes may follow each other at once
     * @param readsPerSecond how fast spent reads come back
     * @param readBurst how many reads may follow each other at once
     * @param longestWait how long a call waits for its turn before it is given up; none means that no call waits
     */
    public record Budget(
            @DefaultValue("5") double writesPerSecond,
            @DefaultValue("20") @Min(1) int writeBurst,
            @DefaultValue("15") double readsPerSecond,
            @DefaultValue("60") @Min(1) int readBurst,
            @DefaultValue("20s") Duration longestWait) {

        public Budget {
            rate("writes-per-second", writesPerSecond);
            rate("reads-per-second", readsPerSecond);
            if (longestWait.isNegative()) {
                throw new IllegalArgumentException("rolesmith.iam.budget.longest-wait must not be negative");
            }
        }

        private static void rate(String property, double perSecond) {
            if (!(perSecond > 0) || Double.isInfinite(perSecond)) {
                throw new IllegalArgumentException(
                        "rolesmith.iam.budget." + property + " must be a number greater than 0");
            }
        }
    }

    public IamProperties {
        positive("call-timeout", callTimeout);
        positive("read-timeout", readTimeout);
        if (readTimeout.compareTo(callTimeout) < 0) {
            throw new IllegalArgumentException("rolesmith.iam.read-timeout (" + readTimeout
                    + ") must not be shorter than rolesmith.iam.call-timeout (" + callTimeout + ")");
        }
        positive("policy-retention", policyRetention);
        positive("quota-retention", quotaRetention);
    }

    private static void positive(String property, Duration duration) {
        if (!duration.isPositive()) {
            throw new IllegalArgumentException("rolesmith.iam." + property + " must be longer than nothing");
        }
    }
}
