package io.rolesmith.account;

import io.rolesmith.caller.Team;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The accounts that Rolesmith may reach, as configured at start. */
@Component
public class Accounts {

    private static final Pattern PATH_PREFIX = Pattern.compile("/([A-Za-z0-9_+=,.@-]+/)*");

    /** It stands eight times in Rolesmith's own policy, an inline one of at most 10,240 characters. */
    private static final int MAX_PATH_PREFIX = 128;

    /** They stand twice there. */
    private static final int MAX_BOUNDARIES = 2000;

    private final Map<AccountId, Account> byId;
    private final Map<String, Account> byName;

    /**
     * @throws IllegalArgumentException if two accounts share an id or a name, a name is another's id, or the limits of one
     *     are none that IAM knows
     */
    Accounts(AccountProperties properties) {
        Map<AccountId, Account> ids = new LinkedHashMap<>();
        Map<String, Account> names = new LinkedHashMap<>();
        for (AccountProperties.Entry entry : properties.accounts()) {
            Account account = account(entry, properties.accountDefaults());
            if (ids.putIfAbsent(account.id(), account) != null) {
                throw new IllegalArgumentException(
                        "rolesmith.accounts: the id " + account.id() + " stands there twice");
            }
            if (names.putIfAbsent(account.name(), account) != null) {
                throw new IllegalArgumentException(
                        "rolesmith.accounts: the name " + account.name() + " stands there twice");
            }
        }
        for (Account account : ids.values()) {
            Account named = names.get(account.id().value());
            if (named != null && named != account) {
                throw new IllegalArgumentException("rolesmith.accounts: the name of " + named.id()
                        + " is the id of another account, " + account.id());
            }
        }
        byId = Collections.unmodifiableMap(ids);
        byName = Collections.unmodifiableMap(names);
    }

    private static Account account(AccountProperties.Entry entry, AccountProperties.Defaults defaults) {
        String roleArn = entry.roleArn() != null ? entry.roleArn() : defaults.roleArn();
        return new Account(
                new AccountId(entry.id()),
                entry.name() == null || entry.name().isBlank() ? entry.id() : entry.name(),
                entry.kind(),
                entry.partition(),
                entry.region() == null ? entry.partition().homeRegion() : entry.region(),
                entry.endpoint(),
                entry.kind() == AccountKind.SANDBOX ? null : assumed(roleArn, entry),
                entry.externalId(),
                entry.teams() == null
                        ? null
                        : entry.teams().stream().map(Team::new).collect(Collectors.toUnmodifiableSet()),
                entry.managedPolicies(),
                limits(entry, defaults));
    }

    private static Account.Limits limits(AccountProperties.Entry entry, AccountProperties.Defaults defaults) {
        String prefix = entry.rolePathPrefix() != null ? entry.rolePathPrefix() : defaults.rolePathPrefix();
        if (prefix.length() > MAX_PATH_PREFIX || !PATH_PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("rolesmith.accounts: the role-path-prefix '" + prefix + "' of "
                    + entry.id() + " must begin and end with a slash, have letters, digits and _+=,.@- between, and no"
                    + " more than " + MAX_PATH_PREFIX + " characters");
        }
        List<String> boundaries = (entry.permittedBoundaries() != null
                        ? entry.permittedBoundaries()
                        : defaults.permittedBoundaries())
                .stream().map(arn -> resolved(arn, entry)).distinct().toList();
        Pattern ofAccount = Pattern.compile(
                "arn:" + entry.partition().id() + ":iam::(aws|" + entry.id() + "):policy/[A-Za-z0-9_+=,.@/-]+");
        boundaries.stream()
                .filter(arn -> !ofAccount.matcher(arn).matches())
                .findFirst()
                .ifPresent(arn -> {
                    throw new IllegalArgumentException("rolesmith.accounts: '" + arn
                            + "' among the permitted-boundaries of " + entry.id()
                            + " is not the ARN of a managed policy of that account or of AWS, without wildcards");
                });
        int characters = boundaries.stream().mapToInt(String::length).sum();
        if (characters > MAX_BOUNDARIES) {
            throw new IllegalArgumentException(
                    "rolesmith.accounts: the permitted-boundaries of " + entry.id() + " have " + characters
                            + " characters together; Rolesmith's own policy has room for " + MAX_BOUNDARIES);
        }
        return new Account.Limits(prefix, boundaries);
    }

    private static @Nullable String assumed(@Nullable String roleArn, AccountProperties.Entry entry) {
        // Blank is how an account says that the default does not hold for it.
        return roleArn == null || roleArn.isBlank() ? null : resolved(roleArn, entry);
    }

    private static String resolved(String arn, AccountProperties.Entry entry) {
        return arn.replace("${partition}", entry.partition().id()).replace("${account}", entry.id());
    }

    /** All accounts, in the order of configuration. */
    public Collection<Account> all() {
        return byId.values();
    }

    /** The account of that id or configured name. */
    public Optional<Account> find(String idOrName) {
        Account named = byName.get(idOrName);
        if (named != null) {
            return Optional.of(named);
        }
        return byId.values().stream()
                .filter(account -> account.id().value().equals(idOrName))
                .findFirst();
    }

    /** @throws IllegalStateException if the account is no longer configured */
    public Account get(AccountId id) {
        Account account = byId.get(id);
        if (account == null) {
            throw new IllegalStateException("The account " + id + " is no longer configured under rolesmith.accounts");
        }
        return account;
    }
}
