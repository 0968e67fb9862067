package io.rolesmith.policy.access;

import io.rolesmith.policy.AwsPrincipal;
import io.rolesmith.policy.PrincipalType;
import io.rolesmith.policy.Principals;
import io.rolesmith.policy.Wildcards;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whom a trust policy can tell from others.
 *
 * <p>Principals are sets: an account holds its users and roles, and a role its sessions. A party is what is left of such
 * a set without those that are named themselves, so that everybody belongs to exactly one.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html">IAM
 *     principals</a>
 */
sealed interface Party {

    /** Whoever is of this type and not named, nor in an account that is. */
    record Others(PrincipalType type) implements Party {}

    /** The users, roles and sessions of an account that are not named. */
    record InAccount(String account) implements Party {}

    /** Who is named by an ARN: {@code resource} is its last segment. */
    record ByArn(String account, String resource) implements Party {}

    /**
     * Who is named otherwise: a service, an identity provider, or somebody in AWS of whom we cannot tell the account, such
     * as by the id of a deleted role.
     */
    record ByName(PrincipalType type, String name) implements Party {}

    /** Everybody, divided as finely as these principals tell them apart. */
    static List<Party> all(Collection<Principals.Group> named) {
        Set<Party> all = new LinkedHashSet<>();
        for (PrincipalType type : PrincipalType.values()) {
            all.add(new Others(type));
        }
        for (Principals.Group group : named) {
            for (String value : group.values().texts()) {
                Party party = of(group.type(), value);
                all.add(party);
                if (party instanceof ByArn one) {
                    all.add(new InAccount(one.account()));
                }
            }
        }
        return List.copyOf(all);
    }

    /** The party that one principal names; of {@code *} those that nobody names. */
    static Party of(PrincipalType type, String value) {
        if (type != PrincipalType.AWS) {
            return new ByName(type, value);
        }
        String name = AwsPrincipal.canonical(value);
        if (name.equals("*")) {
            return new Others(type);
        }
        if (AwsPrincipal.isAccountId(name)) {
            return new InAccount(name);
        }
        String[] segments = name.split(":", 6);
        return segments.length == 6 && segments[0].equals("arn") && AwsPrincipal.isPrincipalArn(segments)
                ? new ByArn(segments[4], segments[5])
                : new ByName(type, name);
    }

    /** Whether a principal of this type and value speaks of {@code party}, as a formula. */
    static int covers(PrincipalType type, String value, Party party, Formulas formulas) {
        Party principal = of(type, value);
        if (principal.equals(party)) {
            return Formulas.TRUE;
        }
        Optional<Boolean> known = principal.covers(party);
        return known.isEmpty()
                ? formulas.atom(List.of(principal, party))
                : known.get() ? Formulas.TRUE : Formulas.FALSE;
    }

    /** Whether this principal speaks of another party; empty when that cannot be told from their names. */
    private Optional<Boolean> covers(Party party) {
        return switch (this) {
            // Whether services and identity providers are among "anyone in AWS" is not said anywhere.
            case Others _ -> isInAws(party) ? Optional.of(true) : Optional.empty();
            case InAccount(String account) ->
                switch (party) {
                    case Others _, InAccount _ -> Optional.of(false);
                    case ByArn one -> Optional.of(account.equals(one.account()));
                    case ByName _ -> isInAws(party) ? Optional.empty() : Optional.of(false);
                };
            case ByArn(String account, String resource) ->
                switch (party) {
                    case Others _, InAccount _ -> Optional.of(false);
                    case ByArn(String theirs, String other) ->
                        account.equals(theirs) && isFederatedBy(resource, other)
                                ? Optional.empty()
                                : Optional.of(account.equals(theirs) && isSessionOf(resource, other));
                    case ByName _ -> isInAws(party) ? Optional.empty() : Optional.of(false);
                };
            case ByName(PrincipalType type, String name) ->
                isInAws(type) || Wildcards.isPattern(name)
                        ? isInAws(type) == isInAws(party) ? Optional.empty() : Optional.of(false)
                        : Optional.of(false);
        };
    }

    private static boolean isInAws(Party party) {
        return switch (party) {
            case Others(PrincipalType type) -> isInAws(type);
            case InAccount _, ByArn _ -> true;
            case ByName named -> isInAws(named.type());
        };
    }

    /** A canonical user id is another name of an account. */
    private static boolean isInAws(PrincipalType type) {
        return switch (type) {
            case AWS, CANONICAL_USER -> true;
            case SERVICE, FEDERATED -> false;
        };
    }

    /** The ARN of a session holds the role's name without its path. */
    private static boolean isSessionOf(String role, String session) {
        return role.startsWith("role/")
                && session.startsWith("assumed-role/" + role.substring(role.lastIndexOf('/') + 1) + '/');
    }

    /** Which user a federated user stands for is not in its ARN. */
    private static boolean isFederatedBy(String user, String federated) {
        return user.startsWith("user/") && federated.startsWith("federated-user/");
    }
}
