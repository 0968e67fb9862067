package io.rolesmith.request;

import static io.rolesmith.policy.Finding.error;

import io.rolesmith.account.Account;
import io.rolesmith.blueprint.Blueprint;
import io.rolesmith.blueprint.BlueprintReading;
import io.rolesmith.blueprint.Blueprints;
import io.rolesmith.caller.Team;
import io.rolesmith.iam.KnownQuotas;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.JsonPointer;
import io.rolesmith.policy.Variables;
import io.rolesmith.policy.check.PolicyCheck;
import io.rolesmith.provisioning.Inventory;
import io.rolesmith.provisioning.ProvisioningJob.RoleTask;
import io.rolesmith.provisioning.RoleGoal;
import io.rolesmith.role.Ownership;
import io.rolesmith.role.RoleDraft;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RoleQuotas;
import io.rolesmith.role.RoleSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** Makes checked specs of a submission: one for each role and account, or the findings that refuse it. */
@Component
class RequestReader {

    /**
     * What came of reading a submission.
     *
     * @param roles empty if and only if a finding refuses
     * @param findings all of them, with pointers from the body's root
     */
    record Reading(List<RoleTask> roles, List<Finding> findings) {}

    /** Roles as they are written in the body, or made by a blueprint; {@code pointers} say where each stands. */
    private record Drafts(List<RoleDraft> roles, List<String> pointers) {}

    /** No ARN is longer, and what is longer than an ARN belongs into the document. */
    private static final int MAX_VARIABLE = 2048;

    /** More findings help nobody, and each of them stands in the answer and in the trail. */
    private static final int MAX_FINDINGS = 100;

    /** Each takes a walk through all policies of its role, so that more would keep the caller waiting. */
    private static final int MAX_EXPECTATIONS = 2000;

    private static final Pattern REGION = Pattern.compile("[a-z]{2,5}(-[a-z]{2,10}){1,3}-[0-9]{1,2}");

    private final Blueprints blueprints;
    private final Inventory inventory;
    private final ProvisionerGuard guard;
    private final AccountLimitCheck limits;
    private final Expectations expectations;
    private final KnownQuotas quotas;
    private final PolicyCheck policyCheck;
    private final Escalations escalations;

    RequestReader(
            Blueprints blueprints,
            Inventory inventory,
            ProvisionerGuard guard,
            AccountLimitCheck limits,
            Expectations expectations,
            KnownQuotas quotas,
            PolicyCheck policyCheck,
            Escalations escalations) {
        this.blueprints = blueprints;
        this.inventory = inventory;
        this.guard = guard;
        this.limits = limits;
        this.expectations = expectations;
        this.quotas = quotas;
        this.policyCheck = policyCheck;
        this.escalations = escalations;
    }

    Reading read(Submission submission, List<Account> accounts) {
        List<Finding> findings = new ArrayList<>();
        Ownership.violation(submission.team().name())
                .ifPresent(rule -> findings.add(error(
                        "INVALID_TEAM",
                        "/team",
                        rule,
                        "Have the team called otherwise in the token: its name goes into the role's tags.")));
        variables(submission, findings);
        if (submission.wish() instanceof Submission.Wish.Names(List<String> names)) {
            return deletions(submission, names, accounts, findings);
        }
        Drafts drafts = drafts(submission.wish(), findings);
        if (hasTooManyExpectations(drafts, accounts, findings)) {
            return new Reading(List.of(), shown(findings));
        }
        List<RoleTask> roles = new ArrayList<>();
        Map<Finding, Set<Account>> found = new LinkedHashMap<>();
        for (Account account : accounts) {
            Variables variables = Variables.of(account.variables()).with(submission.variables());
            read(drafts, account, submission, variables, roles, found);
        }
        found.forEach((finding, where) -> findings.addAll(said(finding, where, accounts)));
        return Finding.anyRefuses(findings)
                ? new Reading(List.of(), shown(findings))
                : new Reading(List.copyOf(roles), shown(findings));
    }

    /** Whose the roles are is looked at when they are planned: nothing is written before. */
    private Reading deletions(
            Submission submission, List<String> names, List<Account> accounts, List<Finding> findings) {
        List<RoleTask> roles = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            String pointer = JsonPointer.element("/roles", i);
            Optional<String> violation = RoleName.violation(name);
            violation.ifPresent(rule -> findings.add(
                    error("INVALID_ROLE_NAME", pointer + "/name", rule, "Name the role as it is called.")));
            if (!seen.add(name.toLowerCase(Locale.ROOT))) {
                findings.add(duplicate(name, pointer));
            }
            if (violation.isEmpty()) {
                accounts.forEach(account -> roles.add(new RoleTask(
                        account, new RoleGoal.Absent(spelled(account, name)), pointer, submission.expected())));
            }
        }
        return Finding.anyRefuses(findings)
                ? new Reading(List.of(), shown(findings))
                : new Reading(List.copyOf(roles), shown(findings));
    }

    /** The name as the role bears it, whatever the letter case in which it was asked for. */
    private RoleName spelled(Account account, String name) {
        return inventory
                .find(account.id(), name)
                .map(role -> role.wanted().name())
                .orElseGet(() -> new RoleName(name));
    }

    private static Finding duplicate(String name, String pointer) {
        return error(
                "DUPLICATE_ROLE",
                pointer + "/name",
                "The role '" + name + "' stands there twice, if letter case is ignored as IAM ignores it",
                "Name each role once.");
    }

    private static List<Finding> shown(List<Finding> findings) {
        if (findings.size() <= MAX_FINDINGS) {
            return List.copyOf(findings);
        }
        // What is graver is shown first, so that a refusal always says why.
        List<Finding> shown = new ArrayList<>(findings.stream()
                .sorted(Comparator.comparing(Finding::severity))
                .limit(MAX_FINDINGS)
                .toList());
        shown.add(Finding.suggestion(
                "TOO_MANY_FINDINGS",
                "",
                (findings.size() - MAX_FINDINGS) + " more findings are not shown",
                "Mend these first, and ask again."));
        return List.copyOf(shown);
    }

    private static void variables(Submission submission, List<Finding> findings) {
        for (String reserved : List.of("aws_account_id", "aws_partition")) {
            if (submission.variables().containsKey(reserved)) {
                findings.add(error(
                        "RESERVED_VARIABLE",
                        JsonPointer.member("/variables", reserved),
                        "The variable " + reserved + " comes from the account and cannot be given",
                        "Leave it out."));
            }
        }
        submission.variables().forEach((name, value) -> {
            if (value.length() > MAX_VARIABLE
                    || value.contains("${var.")
                    || value.chars().anyMatch(Character::isISOControl)) {
                findings.add(error(
                        "INVALID_VARIABLE",
                        JsonPointer.member("/variables", name),
                        "The value of the variable " + name + " has " + value.length() + " characters; it may have "
                                + MAX_VARIABLE + ", no control characters, and no variables in it",
                        "Give a plain, short value: it is put in once, as it stands."));
            }
        });
        // It goes into ARNs of every blueprint, where a wildcard would widen what they grant.
        String region = submission.variables().get("aws_region");
        if (region != null && !REGION.matcher(region).matches()) {
            findings.add(error(
                    "INVALID_REGION",
                    "/variables/aws_region",
                    "'" + region + "' is not the name of a region",
                    "Write it like us-east-1, or leave it out for the account's."));
        }
    }

    private Drafts drafts(Submission.Wish wish, List<Finding> findings) {
        return switch (wish) {
            case Submission.Wish.Roles(List<RoleDraft> roles) -> {
                List<String> pointers = new ArrayList<>();
                for (int i = 0; i < roles.size(); i++) {
                    pointers.add(JsonPointer.element("/roles", i));
                }
                yield new Drafts(roles, pointers);
            }
            case Submission.Wish.Names _ -> new Drafts(List.of(), List.of());
            case Submission.Wish.FromBlueprint wanted -> {
                Optional<Blueprint> blueprint = blueprints.find(wanted.blueprint());
                if (blueprint.isEmpty()) {
                    findings.add(error(
                            "UNKNOWN_BLUEPRINT",
                            "/blueprint/id",
                            "There is no blueprint '" + wanted.blueprint() + "'",
                            "Choose one of "
                                    + blueprints.all().stream()
                                            .map(known -> known.id().value())
                                            .toList() + "."));
                    yield new Drafts(List.of(), List.of());
                }
                BlueprintReading reading = blueprints.roles(blueprint.get(), wanted.parameters());
                reading.findings().forEach(finding -> findings.add(finding.below("/blueprint/parameters")));
                // What is wrong with a role that a blueprint made is the doing of a parameter, but not of a known one.
                yield new Drafts(
                        reading.roles(),
                        reading.roles().stream().map(_ -> "/blueprint").toList());
            }
        };
    }

    private static boolean hasTooManyExpectations(Drafts drafts, List<Account> accounts, List<Finding> findings) {
        int asked = accounts.size()
                * drafts.roles().stream().mapToInt(role -> role.expect().size()).sum();
        if (asked > MAX_EXPECTATIONS) {
            findings.add(error(
                    "TOO_MANY_EXPECTATIONS",
                    "",
                    asked + " expectations of all roles in all accounts together; there may be " + MAX_EXPECTATIONS,
                    "Expect less, or ask in several requests."));
        }
        return asked > MAX_EXPECTATIONS;
    }

    private void read(
            Drafts drafts,
            Account account,
            Submission submission,
            Variables variables,
            List<RoleTask> roles,
            Map<Finding, Set<Account>> found) {
        Team team = submission.team();
        Map<String, Integer> byName = new HashMap<>();
        List<Finding> here = new ArrayList<>();
        for (int i = 0; i < drafts.roles().size(); i++) {
            String pointer = drafts.pointers().get(i);
            RoleDraft draft = drafts.roles().get(i);
            RoleDraft.RoleReading reading = read(draft, account, variables);
            reading.findings().forEach(finding -> here.add(finding.below(pointer)));
            String name = draft.name();
            if (name != null && byName.putIfAbsent(name.toLowerCase(Locale.ROOT), i) != null) {
                here.add(duplicate(name, pointer));
            }
            if (reading.spec().isPresent()) {
                RoleSpec spec = reading.spec().get();
                guard.check(spec, account).forEach(finding -> here.add(finding.below(pointer)));
                limits.check(spec, account).forEach(finding -> here.add(finding.below(pointer)));
                escalations.check(spec, account, team).forEach(finding -> here.add(finding.below(pointer)));
                expectations
                        .check(reading.expectations(), spec, account, team)
                        .forEach(finding -> here.add(finding.below(pointer)));
                roles.add(new RoleTask(account, new RoleGoal.Present(spec), pointer, submission.expected()));
            }
        }
        here.forEach(finding ->
                found.computeIfAbsent(finding, _ -> new LinkedHashSet<>()).add(account));
    }

    /** The account's quotas are asked for only when a draft passes what every account has. */
    private RoleDraft.RoleReading read(RoleDraft draft, Account account, Variables variables) {
        RoleDraft.RoleReading reading = read(draft, account, variables, new RoleQuotas.Unknown());
        return reading.hangsOnQuotas()
                ? quotas.of(account)
                        .map(known -> read(
                                draft,
                                account,
                                variables,
                                new RoleQuotas.Known(known.managedPoliciesPerRole(), known.trustPolicySize())))
                        .orElse(reading)
                : reading;
    }

    private RoleDraft.RoleReading read(RoleDraft draft, Account account, Variables variables, RoleQuotas quotas) {
        return draft.read(variables, account.id().value(), account.partition().id(), quotas, policyCheck);
    }

    /** A finding that holds in every account is said once, without an account. */
    private static List<Finding> said(Finding finding, Set<Account> where, List<Account> accounts) {
        return where.size() == accounts.size()
                ? List.of(finding)
                : where.stream()
                        .map(account -> finding.in(account.id().value()))
                        .toList();
    }
}
