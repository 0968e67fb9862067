package io.rolesmith.policy.check;

import io.rolesmith.policy.AwsPrincipal;
import java.util.Optional;
import java.util.Set;

/**
 * The identity providers that a trust policy can name in Federated.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html">The
 *     Principal element</a>
 */
final class Providers {

    static final String COGNITO = "cognito-identity.amazonaws.com";
    static final String GOOGLE = "accounts.google.com";
    static final String AMAZON = "www.amazon.com";
    static final String FACEBOOK = "graph.facebook.com";

    /** Providers that IAM brings with it, so that they have no ARN. */
    private static final Set<String> BUILT_IN = Set.of(COGNITO, GOOGLE, AMAZON, FACEBOOK);

    private Providers() {}

    static boolean isBuiltIn(String principal) {
        return BUILT_IN.contains(principal);
    }

    /** The issuer of the tokens that an OIDC provider vouches for, without scheme, as in condition keys. */
    static Optional<String> oidcIssuer(String principal) {
        if (isBuiltIn(principal)) {
            return Optional.of(principal);
        }
        // Issuers of Microsoft's end in a slash, and so do the ARNs of their providers.
        return providerName(principal, "oidc-provider/")
                .filter(name -> AwsPrincipal.isNamed(
                        "oidc-provider/" + (name.endsWith("/") ? name.substring(0, name.length() - 1) : name),
                        "oidc-provider/"));
    }

    static boolean isSaml(String principal) {
        return providerName(principal, "saml-provider/")
                .filter(name -> AwsPrincipal.isNamed("saml-provider/" + name, "saml-provider/"))
                .isPresent();
    }

    /** Whether it is a provider that somebody made in an account. */
    static boolean hasArn(String principal) {
        return !isBuiltIn(principal)
                && (isSaml(principal) || oidcIssuer(principal).isPresent());
    }

    private static Optional<String> providerName(String principal, String type) {
        String[] segments = principal.split(":", 6);
        boolean provider = segments.length == 6
                && segments[0].equals("arn")
                && segments[2].equals("iam")
                && segments[3].isEmpty()
                && AwsPrincipal.isAccountId(segments[4])
                && segments[5].startsWith(type);
        return provider ? Optional.of(segments[5].substring(type.length())) : Optional.empty();
    }
}
