package io.rolesmith.audit;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the trail proves itself.
 *
 * @param installation stands in each checkpoint, so that those of several installations can be told apart
 */
@Validated
@ConfigurationProperties("rolesmith")
record AuditProperties(
        @DefaultValue("rolesmith") String installation,
        @DefaultValue @Valid Audit audit) {

    /**
     * @param checkpointKey an Ed25519 private key, PKCS#8 in PEM, or the location of a file that holds one; absent: checkpoints
     *     are not signed
     * @param checkpointInterval how long after a checkpoint the next one is written, if the chain has grown
     * @param checkpointWebhook where each checkpoint is posted to, absent for nowhere
     */
    record Audit(
            @Nullable Secret checkpointKey,
            @DefaultValue("1m") Duration checkpointInterval,
            @Nullable URI checkpointWebhook) {

        @AssertTrue(message = "must be 1 second or longer")
        boolean isCheckpointInterval() {
            return checkpointInterval.compareTo(Duration.ofSeconds(1)) >= 0;
        }

        @AssertTrue(message = "must begin with http:// or https:// and name a host")
        boolean isCheckpointWebhook() {
            return checkpointWebhook == null
                    || (("http".equals(checkpointWebhook.getScheme()) || "https".equals(checkpointWebhook.getScheme()))
                            && checkpointWebhook.getHost() != null);
        }
    }
}
