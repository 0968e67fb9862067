package io.rolesmith.api;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How much one caller may send and take up.
 *
 * @param bodySize of the largest body; the default has room for a hundred roles with all that IAM lets them have
 * @param headerCount how many headers a request may have
 * @param concurrentWaits for how many requests a caller may wait at once, at each replica
 */
@Validated
@ConfigurationProperties("rolesmith.api")
public record ApiProperties(
        @DefaultValue("2MB") DataSize bodySize,
        @DefaultValue("100") @Min(1) int headerCount,
        @DefaultValue("64") @Min(1) int concurrentWaits) {

    public ApiProperties {
        if (bodySize.toBytes() < 1 || bodySize.toBytes() > Integer.MAX_VALUE - 1) {
            throw new IllegalArgumentException("rolesmith.api.body-size must be from 1B to 2047MB");
        }
    }
}
