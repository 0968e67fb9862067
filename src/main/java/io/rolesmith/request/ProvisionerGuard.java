package io.rolesmith.request;

import io.rolesmith.account.Account;
import io.rolesmith.account.AccountId;
import io.rolesmith.account.AccountKind;
import io.rolesmith.account.Accounts;
import io.rolesmith.iam.IamGateways;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.iam.PolicyLibrary;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.JsonPointer;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.role.Boundary;
import io.rolesmith.role.PolicyArn;
import io.rolesmith.role.RoleSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The rule that nobody can configure away: Rolesmith's own identity in an account is not for the asking. No request may
 * name its role, and no policy may grant power over it, since who has that power has all of Rolesmith's.
 *
 * <p>Inline and managed policies are judged alike. A managed policy that cannot be read may grant anything. The permissions
 * boundary that the spec names counts, since a role has it from its first moment; one that the spec does not speak of does
 * not, since it may be gone.
 */
@Component
class ProvisionerGuard {

    private static final Logger LOG = LoggerFactory.getLogger(ProvisionerGuard.class);

    private static final String PROTECTED = "PROVISIONER_PROTECTED";

    private final Accounts accounts;
    private final IamGateways gateways;
    private final PolicyLibrary library;
    private final Map<AccountId, String> known = new ConcurrentHashMap<>();

    ProvisionerGuard(Accounts accounts, IamGateways gateways, PolicyLibrary library) {
        this.accounts = accounts;
        this.gateways = gateways;
        this.library = library;
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
                    PROTECTED,
                    "/name",
                    "'" + spec.name() + "' is the role as which Rolesmith itself works in this account",
                    "Choose another name."));
        }
        // Whoever we are, we are somebody in the account.
        String covered = us.orElse("arn:" + account.partition().id() + ":iam::" + account.id() + ":*");
        Power power = new Power(covered);
        List<Finding> grants = new ArrayList<>();
        List<Power.Grant> granted = new ArrayList<>();
        spec.inlinePolicies()
                .forEach((name, document) -> power.in(document).forEach(grant -> {
                    granted.add(grant);
                    grants.add(Finding.error(
                                    PROTECTED,
                                    grant.pointer(),
                                    "The statement allows " + grant.named()
                                            + " on resources that cover Rolesmith's own identity in this account",
                                    "Name the resources that are meant, so that they do not cover " + covered + ".")
                            .below(JsonPointer.member("/inlinePolicies", name.value())));
                }));
        int index = 0;
        for (PolicyArn arn : spec.managedPolicyArns()) {
            String pointer = JsonPointer.element("/managedPolicyArns", index++);
            switch (library.look(account, arn.value())) {
                case PolicyLibrary.Answer.Found(PolicyDocument document) -> {
                    List<Power.Grant> there = power.in(document);
                    granted.addAll(there);
                    there.stream()
                            .findFirst()
                            .ifPresent(first -> grants.add(Finding.error(
                                    PROTECTED,
                                    pointer,
                                    "The managed policy '" + arn + "' allows " + first.named() + " (" + first.pointer()
                                            + ") on resources that cover Rolesmith's own identity in this account",
                                    "Choose a policy that grants less, or name a permissions boundary that does not"
                                            + " allow it on " + covered + ".")));
                }
                case PolicyLibrary.Answer.Absent() ->
                    findings.add(Finding.error(
                            "UNKNOWN_MANAGED_POLICY",
                            pointer,
                            "The account has no managed policy '" + arn + "'",
                            library.closest(arn.value())
                                    .map(meant -> "Did you mean " + meant + "?")
                                    .orElse(
                                            "Correct the ARN, its path included; if the policy was made a moment ago, ask"
                                                    + " again.")));
                case PolicyLibrary.Answer.Unread(String reason) -> {
                    granted.add(Power.Grant.ANYTHING);
                    grants.add(Finding.error(
                            PROTECTED,
                            pointer,
                            "The managed policy '" + arn + "' could not be read (" + reason
                                    + "), so it may give power over Rolesmith's own identity in this account",
                            "Ask again in a moment; if this stays, let Rolesmith's identity call iam:GetPolicy and"
                                    + " iam:GetPolicyVersion."));
                }
            }
        }
        if (!grants.isEmpty() && !withheld(spec, account, power, granted)) {
            findings.addAll(grants);
        }
        return findings;
    }

    /** Whether the boundary takes away all that the policies grant; it is read only where they grant something. */
    private boolean withheld(RoleSpec spec, Account account, Power power, List<Power.Grant> granted) {
        return spec.boundary() instanceof Boundary.Policy(PolicyArn arn)
                && library.document(account, arn.value())
                        .filter(boundary -> !power.mayPass(granted, boundary))
                        .isPresent();
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
}
