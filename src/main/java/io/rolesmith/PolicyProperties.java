package io.rolesmith;

import io.rolesmith.policy.Severity;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What is known of AWS, and how far it is relied on.
 *
 * @param catalogue the directory of a catalogue that replaces the bundled one
 * @param unknownNames what becomes of a service, action, resource type or condition key that the catalogue does not know
 */
@Validated
@ConfigurationProperties("rolesmith.policy")
record PolicyProperties(
        @Nullable Path catalogue, @DefaultValue("warn") UnknownNames unknownNames) {

    /** Catalogues age and IAM takes any name, so that a warning is the default. */
    enum UnknownNames {
        WARN(Severity.WARNING),
        REFUSE(Severity.ERROR);

        private final Severity severity;

        UnknownNames(Severity severity) {
            this.severity = severity;
        }

        /** How severe a finding is about such a name. */
        Severity severity() {
            return severity;
        }
    }
}
