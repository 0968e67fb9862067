package io.rolesmith.api.security;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Who may come in.
 *
 * @param issuers whose tokens are believed; there must be one, since nothing turns authorisation off
 * @param subjects the teams of subjects whose tokens have no team claim
 */
@Validated
@ConfigurationProperties("rolesmith.security")
record SecurityProperties(
        @NotEmpty(message = "must name the issuers whose tokens are believed")
        List<@Valid Issuer> issuers,

        @DefaultValue Map<String, List<String>> subjects) {

    /**
     * @param uri the issuer as it stands in its tokens, and where its metadata is found
     * @param audience what a token must name among its audiences
     * @param teamClaim the claim that lists the bearer's teams
     * @param scopeClaim the claim that lists the bearer's scopes, as an array or separated by spaces
     */
    record Issuer(
            @NotNull URI uri,
            @DefaultValue("rolesmith") @NotBlank String audience,
            @DefaultValue("teams") @NotBlank String teamClaim,
            @DefaultValue("scope") @NotBlank String scopeClaim) {}
}
