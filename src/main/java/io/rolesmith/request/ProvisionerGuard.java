package io.rolesmith.request;

import io.rolesmith.account.Account;
import io.rolesmith.account.AccountId;
import io.rolesmith.account.AccountKind;
import io.rolesmith.account.Accounts;
import io.rolesmith.iam.IamGateways;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.policy.Effect;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.JsonPointer;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Statement;
import io.rolesmith.policy.Wildcards;
import io.rolesmith.role.PolicyName;
import io.rolesmith.role.RoleSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The rule that nobody can configure away: Rolesmith's own identity in an account is not for the asking. No request may
 * name its role, and no policy may grant power over it, since who has that power has all of Rolesmith's.
 */
@Component
class ProvisionerGuard {

    private static final Logger LOG = LoggerFactory.getLogger(ProvisionerGuard.class);

    /** What merely looks; everything else of IAM gives power over the principal that it is used on. */
    private static final List<String> HARMLESS = List.of("iam:get", "iam:list", "iam:simulate", "iam:generate");

    private static final String IAM = "iam:*";
    private static final String ASSUME_ROLE = "sts:assumerole*";

    private final Accounts accounts;
    private final IamGateways gateways;
    private final Map<AccountId, String> known = new ConcurrentHashMap<>();

    ProvisionerGuard(Accounts accounts, IamGateways gateways) {
        this.accounts = accounts;
        this.gateways = gateways;
    }

    /** Asks AWS who we are where that is not configured: in the background, so that no request waits for it. */
    @Scheduled(fixedDelayString = "PT1M")
    void findOutWhoWeAre() {
        for (Account account : accounts.all()) {
            if (!known.containsKey(account.id())) {
                try {
                    known.put(account.id(), gateways.of(account).principalArn());
                } catch (IamReadException e) {
                    LOG.warn(
                            "Account {}: cannot find out who Rolesmith is there ({}). Until it can, policies are refused"
                                    + " that give power over any identity of the account",
                            account.name(),
                            e.code());
                }
            }
        }
    }

    /** What {@code spec} asks of our own identity, with pointers from the role's root. */
    List<Finding> check(RoleSpec spec, Account account) {
        Optional<String> us = identity(account);
        List<Finding> findings = new ArrayList<>();
        if (us.isPresent() && isRoleOf(us.get(), account, spec.name().value())) {
            findings.add(Finding.error(
                    "PROVISIONER_PROTECTED",
                    "/name",
                    "'" + spec.name() + "' is the role as which Rolesmith itself works in this account",
                    "Choose another name."));
        }
        // Whoever we are, we are somebody in the account.
        String covered = us.orElse("arn:" + account.partition().id() + ":iam::" + account.id() + ":*");
        spec.inlinePolicies().forEach((name, document) -> grants(name, document, covered, findings));
        return findings;
    }

    private Optional<String> identity(Account account) {
        boolean asksNobody = account.kind() == AccountKind.SANDBOX || account.roleArn() != null;
        return asksNobody
                ? Optional.of(gateways.of(account).principalArn())
                : Optional.ofNullable(known.get(account.id()));
    }

    private static boolean isRoleOf(String us, Account account, String name) {
        return us.startsWith("arn:" + account.partition().id() + ":iam::" + account.id() + ":role/")
                && us.substring(us.lastIndexOf('/') + 1).equalsIgnoreCase(name);
    }

    private static void grants(PolicyName name, PolicyDocument document, String us, List<Finding> findings) {
        for (Statement statement : document.statements()) {
            if (statement.effect() != Effect.ALLOW || !reaches(statement, us)) {
                continue;
            }
            empowering(statement)
                    .ifPresent(action -> findings.add(Finding.error(
                                    "PROVISIONER_PROTECTED",
                                    statement.pointer(),
                                    "The statement allows " + action
                                            + " on resources that cover Rolesmith's own identity in this account",
                                    "Name the resources that are meant, so that they do not cover " + us + ".")
                            .below(JsonPointer.member("/inlinePolicies", name.value()))));
        }
    }

    private static boolean reaches(Statement statement, String us) {
        return statement.notResources().isPresent()
                ? statement.notResources().texts().stream().noneMatch(pattern -> coversAll(pattern, us))
                : statement.resources().texts().stream()
                        .anyMatch(pattern -> Wildcards.intersects(Wildcards.openVariables(pattern), us));
    }

    /** Whether the pattern surely covers all that {@code us} stands for; one with variables, or with ?, is not relied on. */
    private static boolean coversAll(String pattern, String us) {
        return !pattern.contains("${") && !pattern.contains("?") && Wildcards.matches(pattern, us);
    }

    /** An action of the statement that gives power over a principal, if there is one. */
    private static Optional<String> empowering(Statement statement) {
        if (statement.notActions().isPresent()) {
            boolean withheld = Stream.of(IAM, ASSUME_ROLE)
                    .allMatch(power -> statement.notActions().texts().stream()
                            .anyMatch(pattern -> Wildcards.matches(pattern.toLowerCase(Locale.ROOT), power)));
            return withheld ? Optional.empty() : Optional.of("all but some actions");
        }
        return statement.actions().texts().stream()
                .filter(pattern -> empowers(pattern.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    private static boolean empowers(String pattern) {
        return Stream.of(IAM, ASSUME_ROLE).anyMatch(power -> Wildcards.intersects(pattern, power))
                && HARMLESS.stream().noneMatch(pattern::startsWith);
    }
}
