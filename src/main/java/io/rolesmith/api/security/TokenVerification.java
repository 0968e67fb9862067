package io.rolesmith.api.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderInitializationException;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.SupplierJwtDecoder;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.authentication.JwtIssuerAuthenticationManagerResolver;
import org.springframework.stereotype.Component;

/** Verifies tokens: signature, issuer, times and audience, by the issuer that the token names and we trust. */
@Component
class TokenVerification {

    private final AuthenticationManagerResolver<HttpServletRequest> resolver;

    TokenVerification(SecurityProperties properties) {
        Map<String, AuthenticationManager> managers = properties.issuers().stream()
                .collect(Collectors.toUnmodifiableMap(
                        issuer -> issuer.uri().toString(), issuer -> manager(issuer, properties)));
        this.resolver = new JwtIssuerAuthenticationManagerResolver((String issuer) -> {
            AuthenticationManager manager = managers.get(issuer);
            if (manager == null) {
                throw new InvalidBearerTokenException("The issuer of the token is none of rolesmith.security.issuers");
            }
            return manager;
        });
    }

    AuthenticationManagerResolver<HttpServletRequest> resolver() {
        return resolver;
    }

    private static AuthenticationManager manager(SecurityProperties.Issuer issuer, SecurityProperties properties) {
        JwtAuthenticationProvider provider = new JwtAuthenticationProvider(decoder(issuer));
        provider.setJwtAuthenticationConverter(token -> CallerAuthentication.of(token, issuer, properties));
        return provider::authenticate;
    }

    /** Metadata and keys are fetched with the first token, so that we start while the issuer is away. */
    private static JwtDecoder decoder(SecurityProperties.Issuer issuer) {
        JwtDecoder lazy = new SupplierJwtDecoder(() -> {
            NimbusJwtDecoder decoder =
                    NimbusJwtDecoder.withIssuerLocation(issuer.uri().toString()).build();
            decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
                    JwtValidators.createDefaultWithIssuer(issuer.uri().toString()),
                    new JwtClaimValidator<Collection<String>>(
                            JwtClaimNames.AUD, audiences -> audiences != null && audiences.contains(issuer.audience())),
                    new JwtClaimValidator<String>(
                            JwtClaimNames.SUB, subject -> subject != null && !subject.isBlank())));
            return decoder;
        });
        return token -> {
            try {
                return lazy.decode(token);
            } catch (JwtDecoderInitializationException e) {
                throw new JwtException("The issuer " + issuer.uri() + " cannot be asked for its keys", e);
            }
        };
    }
}
