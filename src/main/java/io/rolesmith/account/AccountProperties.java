package io.rolesmith.account;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The accounts as configured.
 *
 * @param accountDefaults what holds for each account that does not say otherwise
 * @param accounts the accounts
 */
@Validated
@ConfigurationProperties("rolesmith")
record AccountProperties(
        @DefaultValue @Valid Defaults accountDefaults,
        @DefaultValue List<@Valid Entry> accounts) {

    /**
     * In each ARN <code>&#36;{partition}</code> and <code>&#36;{account}</code> stand for the account's.
     *
     * @param roleArn the role to assume
     * @param rolePathPrefix what the path of each role must begin with
     * @param permittedBoundaries the permissions boundaries of which each role must have one
     */
    record Defaults(
            @Nullable String roleArn,
            @DefaultValue("/") String rolePathPrefix,
            @DefaultValue List<String> permittedBoundaries) {}

    /**
     * One account; see {@link Account} for the meaning of each property.
     *
     * @param roleArn absent: the default's; blank: none, whatever the default
     * @param externalId 2 to 1224 characters, as <a
     *     href="https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html">AssumeRole</a> takes it
     * @param rolePathPrefix absent: the default's
     * @param permittedBoundaries absent: the default's; empty: none, whatever the default
     */
    record Entry(
            @NotBlank @Pattern(regexp = "[0-9]{12}", message = "must be twelve digits; quote it in YAML")
            String id,

            @Nullable String name,
            @DefaultValue("aws") AccountKind kind,
            @DefaultValue("aws") Partition partition,
            @Nullable String region,
            @Nullable URI endpoint,
            @Nullable String roleArn,

            @Size(min = 2, max = 1224, message = "must have 2 to 1224 characters")
            @Pattern(regexp = "[A-Za-z0-9_+=,.@:/-]*", message = "may have letters, digits and _+=,.@:/- only")
            @Nullable
            String externalId,

            @Nullable List<String> teams,
            @DefaultValue Map<String, String> managedPolicies,
            @Nullable String rolePathPrefix,
            @Nullable List<String> permittedBoundaries) {}
}
