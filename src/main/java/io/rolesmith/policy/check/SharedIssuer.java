package io.rolesmith.policy.check;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.ConditionOperator.Comparison;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An issuer of tokens that serves many customers under one address, and the claims by which IAM tells them apart.
 *
 * @param name the issuer without scheme, as in condition keys
 * @param claims the claims of which one must be tested; a claim with a colon is a whole condition key
 * @param operators the comparisons that count as a test
 * @param code what is found when there is none
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html">Identity-provider
 *     controls for shared OIDC providers</a>
 */
record SharedIssuer(String name, List<String> claims, Set<Comparison> operators, String code) {

    private static final String MISSING_CLAIM = "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL";
    private static final String MISSING_REPOSITORY = "MISSING_GITHUB_REPO_CONDITION_KEY";

    /** GitHub Enterprise has issuers of its own below this one, which IAM treats alike. */
    private static final String GITHUB_ACTIONS = "token.actions.githubusercontent.com";

    /** Azure Sentinel, whose workspace is told by the name of the session. */
    private static final String SENTINEL = "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d";

    /** Issuers whose tokens name the tenant in their subject. */
    private static final Set<String> BY_SUBJECT = Set.of(
            "agent.buildkite.com",
            "app.terraform.io",
            "gitlab.com",
            "oidc-configuration.audit-log.githubusercontent.com",
            "oidc.codefresh.io",
            "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu",
            "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb",
            "proidc.upbound.io",
            "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7",
            "rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr",
            "rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg",
            "rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26",
            "scalr.io",
            "studio.datachain.ai/api",
            "tokens.cloud.shisho.dev",
            "vstoken.actions.githubusercontent.com");

    /** Issuers whose tokens name the tenant in their audience. */
    private static final Set<String> BY_AUDIENCE =
            Set.of(Providers.COGNITO, "api.pulumi.com/oidc", "oidc.vercel.com", "sandboxes.cloud");

    private static final Set<Comparison> EQUALITY =
            EnumSet.of(Comparison.STRING_EQUALS, Comparison.STRING_EQUALS_IGNORE_CASE);

    private static final Set<Comparison> EQUALITY_OR_LIKENESS =
            EnumSet.of(Comparison.STRING_EQUALS, Comparison.STRING_EQUALS_IGNORE_CASE, Comparison.STRING_LIKE);

    /** The issuer of this name, if it is known to serve many customers. */
    static Optional<SharedIssuer> of(String name) {
        String key = Ascii.lower(name.endsWith("/") ? name.substring(0, name.length() - 1) : name);
        if (key.startsWith(GITHUB_ACTIONS)) {
            return listed(name, List.of("sub", "job_workflow_ref"), MISSING_REPOSITORY);
        }
        if (BY_SUBJECT.contains(key)) {
            return listed(name, List.of("sub"), MISSING_CLAIM);
        }
        if (BY_AUDIENCE.contains(key)) {
            return listed(name, List.of("aud"), MISSING_CLAIM);
        }
        return switch (key) {
            case SENTINEL -> listed(name, List.of("sts:RoleSessionName"), MISSING_CLAIM);
            case Providers.GOOGLE -> builtIn(name, List.of("aud", "oaud", "sub"));
            case Providers.AMAZON, Providers.FACEBOOK -> builtIn(name, List.of("app_id", "sub"));
            default -> Optional.empty();
        };
    }

    private static Optional<SharedIssuer> listed(String name, List<String> claims, String code) {
        return Optional.of(new SharedIssuer(name, claims, EQUALITY_OR_LIKENESS, code));
    }

    private static Optional<SharedIssuer> builtIn(String name, List<String> claims) {
        return Optional.of(new SharedIssuer(name, claims, EQUALITY, MISSING_CLAIM));
    }

    /** Whether the condition key is one of the claims. IAM is known to want them in lower case, whatever keys else are. */
    boolean isControl(String key) {
        for (String claim : claims) {
            if (claim.indexOf(':') >= 0) {
                if (claim.equalsIgnoreCase(key)) {
                    return true;
                }
            } else if (key.endsWith(":" + claim)
                    && key.length() == name.length() + 1 + claim.length()
                    && key.regionMatches(true, 0, name, 0, name.length())) {
                return true;
            }
        }
        return false;
    }

    /** The condition keys of which one must be tested, as a person reads them. */
    String controlsInWords() {
        return String.join(" or ", claims.stream().map(this::key).toList());
    }

    /** What to do when the test is missing or open. */
    String remedy() {
        String tenant = code.equals(MISSING_REPOSITORY)
                ? "with the organisation and repository written out, as in repo:octo-org/octo-repo:ref:refs/heads/main."
                : "with the value of your own tenant written out.";
        return "Test " + key(claims.getFirst()) + " by StringEquals " + tenant;
    }

    private String key(String claim) {
        return claim.indexOf(':') >= 0 ? claim : name + ":" + claim;
    }
}
