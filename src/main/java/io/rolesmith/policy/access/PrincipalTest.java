package io.rolesmith.policy.access;

import static io.rolesmith.policy.access.Arns.ACCOUNT;
import static io.rolesmith.policy.access.Arns.PARTITION;
import static io.rolesmith.policy.access.Arns.RESOURCE;

import io.rolesmith.policy.AwsPrincipal;
import io.rolesmith.policy.PrincipalType;
import io.rolesmith.policy.Principals;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Wildcards;
import java.util.function.Predicate;

/**
 * Whether a statement's Principal or NotPrincipal names a calling principal.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html">AWS JSON
 *     policy elements: Principal</a>
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html">AWS
 *     JSON policy elements: NotPrincipal</a>
 */
final class PrincipalTest {

    private static final String SESSION = "assumed-role/";
    private static final String ROLE = "role/";

    private PrincipalTest() {}

    /** Whether one of the principals is the caller, or holds it: its account, or the role of its session. */
    static Truth names(Principals principals, CallingPrincipal caller) {
        return switch (principals) {
            case Principals.Absent _ -> Truth.Known.FALSE;
            case Principals.Anyone _ -> Truth.Known.TRUE;
            case Principals.Listed listed -> {
                Truth named = Truth.Known.FALSE;
                for (Principals.Group group : listed.groups()) {
                    for (String value : group.values().texts()) {
                        named = named.or(names(group.type(), value, caller));
                        if (named.isTrue()) {
                            yield named;
                        }
                    }
                }
                yield named;
            }
        };
    }

    /**
     * Whether the caller is exempt from a statement with these NotPrincipals.
     *
     * <p>AWS asks that a user be listed together with its account, and a session with its role and account, else it
     * "might" be held to the statement: so it is exempt when all of them are listed, not when none is, and otherwise
     * nobody knows.
     */
    static Truth exempts(Principals principals, CallingPrincipal caller) {
        if (principals instanceof Principals.Anyone) {
            return Truth.Known.TRUE;
        }
        if (!(caller instanceof CallingPrincipal.AwsPrincipalArn principal)) {
            return names(principals, caller);
        }
        Truth itself = isListed(principals, value -> isSame(value, principal));
        Truth account = isListed(principals, value -> isAccountOf(value, principal));
        Truth role = isListed(principals, value -> isRoleOfSession(value, principal));
        boolean session = principal.resource().startsWith(SESSION);
        Truth all = itself.and(account).and(session ? role : itself);
        Truth any = itself.or(account).or(role);
        if (all.isTrue() || any.isFalse()) {
            return all;
        }
        return Truth.unknown("NotPrincipal does not list " + Quotes.shorten(principal.arn())
                + " together with its role and its account, as AWS asks.");
    }

    private static Truth names(PrincipalType type, String value, CallingPrincipal caller) {
        return switch (caller) {
            case CallingPrincipal.AwsPrincipalArn principal ->
                type == PrincipalType.AWS ? namesAws(value, principal) : Truth.Known.FALSE;
            case CallingPrincipal.ServicePrincipal service ->
                type == PrincipalType.SERVICE ? Truth.of(value.equals(service.name())) : anybody(type, value);
            case CallingPrincipal.FederatedPrincipal federated ->
                type == PrincipalType.FEDERATED ? Truth.of(value.equals(federated.provider())) : anybody(type, value);
            case CallingPrincipal.Anonymous _ -> Truth.of(type == PrincipalType.AWS && value.equals("*"));
        };
    }

    /** AWS says that {"AWS": "*"} is the same as "*" for anonymous users, and nothing of services and providers. */
    private static Truth anybody(PrincipalType type, String value) {
        return type == PrincipalType.AWS && value.equals("*")
                ? Truth.unknown("AWS does not say whether {\"AWS\": \"*\"} holds services and identity providers.")
                : Truth.Known.FALSE;
    }

    private static Truth namesAws(String value, CallingPrincipal.AwsPrincipalArn caller) {
        if (value.equals("*") || value.equals(caller.arn())) {
            return Truth.Known.TRUE;
        }
        if (AwsPrincipal.isUniqueId(value)) {
            return Truth.unknown(
                    "The principal " + value + " is a unique id, and whether it is the caller's is not known.");
        }
        if (isAccountOf(value, caller) || isRoleOfSession(value, caller)) {
            return Truth.Known.TRUE;
        }
        if (Wildcards.isPattern(value)) {
            return Glob.of(value).matches(caller.arn())
                    ? Truth.unknown("The principal " + Quotes.quote(value) + " has a wildcard, which IAM refuses.")
                    : Truth.Known.FALSE;
        }
        if (isSessionOfRole(value, caller)) {
            return Truth.unknown("The principal " + Quotes.quote(value)
                    + " is one session of the calling role, and which session calls is not known.");
        }
        return Truth.Known.FALSE;
    }

    private static Truth isListed(Principals principals, Predicate<String> is) {
        Truth listed = Truth.Known.FALSE;
        if (principals instanceof Principals.Listed list) {
            for (Principals.Group group : list.groups()) {
                if (group.type() != PrincipalType.AWS) {
                    continue;
                }
                for (String value : group.values().texts()) {
                    // Whom a unique id stands for is not known, so it may be the one that is looked for.
                    listed = listed.or(
                            AwsPrincipal.isUniqueId(value)
                                    ? Truth.unknown("The principal " + value + " is a unique id.")
                                    : Truth.of(value.equals("*") || is.test(value)));
                }
            }
        }
        return listed;
    }

    private static boolean isSame(String value, CallingPrincipal.AwsPrincipalArn caller) {
        return value.equals(caller.arn()) || (caller.resource().equals("root") && isAccountOf(value, caller));
    }

    private static boolean isAccountOf(String value, CallingPrincipal.AwsPrincipalArn caller) {
        return AwsPrincipal.canonical(value).equals(caller.account())
                && (!Arns.isArn(value) || Arns.split(value)[PARTITION].equals(caller.partition()));
    }

    /** A session's ARN holds the name of its role and not the path; the names of an account's roles are unique. */
    private static boolean isRoleOfSession(String value, CallingPrincipal.AwsPrincipalArn caller) {
        return caller.resource().startsWith(SESSION)
                && isOfAccount(value, caller, ROLE)
                && lastName(value).equals(roleOfSession(caller.resource()));
    }

    private static boolean isSessionOfRole(String value, CallingPrincipal.AwsPrincipalArn caller) {
        return caller.resource().startsWith(ROLE)
                && isOfAccount(value, caller, SESSION)
                && roleOfSession(Arns.split(value)[RESOURCE]).equals(lastName(caller.arn()));
    }

    private static boolean isOfAccount(String value, CallingPrincipal.AwsPrincipalArn caller, String type) {
        if (!Arns.isArn(value)) {
            return false;
        }
        String[] parts = Arns.split(value);
        return parts[PARTITION].equals(caller.partition())
                && parts[ACCOUNT].equals(caller.account())
                && AwsPrincipal.isPrincipalArn(parts)
                && parts[RESOURCE].startsWith(type);
    }

    private static String lastName(String arn) {
        return arn.substring(arn.lastIndexOf('/') + 1);
    }

    private static String roleOfSession(String resource) {
        return resource.substring(SESSION.length(), resource.indexOf('/', SESSION.length()));
    }
}
