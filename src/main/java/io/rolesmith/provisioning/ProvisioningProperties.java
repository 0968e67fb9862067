package io.rolesmith.provisioning;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How roles are provisioned.
 *
 * @param installation goes into the ownership tag of each role that is made; tells installations in one account apart
 */
@Validated
@ConfigurationProperties("rolesmith")
record ProvisioningProperties(
        @DefaultValue("rolesmith") @NotBlank String installation,
        @DefaultValue @Valid Provisioning provisioning) {

    /**
     * @param attempts how often a write is tried that IAM throttles, that meets another writer, or that IAM provably did
     *     not do
     * @param backoff the first pause between two attempts; the next ones double, each with jitter
     * @param absenceReads how often in a row a role must be read as absent, or as other than it was last seen or left, before
     *     that is believed, since a late attempt may still land and what is read may lag behind
     * @param propagation how long IAM may take to show to itself what it did: how long a role that was made a moment ago may
     *     be unknown to the next call, or to a trust policy that names it, an instance profile to the next call, and what
     *     was taken off a role may block its deletion; Terraform waits as long. Within it, reads are not trusted at the first look
     * @param tagPropagation how long IAM may deny what our own policy allows for the tags of a role or an instance profile, if
     *     it was made a moment ago, since it does not see these tags yet. A right that is really missing is found so much
     *     later, and by the pause that is under way then
     * @param patience how long it is tried to take back, or to delete, what IAM throttles; what is left then needs a person
     * @param sight how long a look at a role holds: one that is older is repeated before the role is written to. IAM has no
     *     condition on a write, so that this is how long another writer may go unnoticed
     * @param lease how long a worker may write for a job before it must say again that it is alive
     */
    record Provisioning(
            @DefaultValue("5") @Min(1) @Max(20) int attempts,
            @DefaultValue("200ms") Duration backoff,
            @DefaultValue("3") @Min(1) @Max(20) int absenceReads,
            @DefaultValue("2m") Duration propagation,
            @DefaultValue("15s") Duration tagPropagation,
            @DefaultValue("5m") Duration patience,
            @DefaultValue("5s") Duration sight,
            @DefaultValue("30s") Duration lease) {

        public Provisioning {
            for (Map.Entry<String, Duration> setting : Map.of(
                            "backoff",
                            backoff,
                            "propagation",
                            propagation,
                            "tag-propagation",
                            tagPropagation,
                            "patience",
                            patience,
                            "sight",
                            sight,
                            "lease",
                            lease)
                    .entrySet()) {
                if (setting.getValue().isNegative()) {
                    throw new IllegalArgumentException(
                            "rolesmith.provisioning." + setting.getKey() + " must not be negative");
                }
            }
        }
    }
}
