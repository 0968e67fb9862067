package io.rolesmith.provisioning;

import io.rolesmith.account.Account;
import io.rolesmith.account.Accounts;
import io.rolesmith.iam.IamAnswer;
import io.rolesmith.iam.IamGateways;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.role.ManagedDocuments;
import io.rolesmith.role.Ownership;
import io.rolesmith.role.RolePlan;
import io.rolesmith.role.RolePlanner;
import io.rolesmith.role.RoleState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A job while it is worked on. */
final class JobRun {

    private final Journal.JobRow job;
    private final Ownership ownership;
    private final List<RoleRun> roles;
    private final Map<RoleRun, ManagedRole> managed = new HashMap<>();
    private final Map<RoleRun, RolePlan> plans = new LinkedHashMap<>();
    private final Map<RoleRun, Failure> refusals = new LinkedHashMap<>();
    private final List<Failure> failures = new ArrayList<>();
    private @Nullable Instant lastWriteAt;

    JobRun(
            Journal.JobRow job,
            List<Journal.RoleRow> rows,
            Accounts accounts,
            IamGateways gateways,
            String installation) {
        this.job = job;
        this.ownership = new Ownership(installation, job.team().name(), job.id().toString());
        this.roles = rows.stream()
                .map(row -> {
                    Account account = accounts.get(row.account());
                    return new RoleRun(job.id(), row, account, gateways.of(account));
                })
                .toList();
        rows.stream().flatMap(row -> row.changes().stream()).forEach(this::recallWrite);
        job.failure().ifPresent(failures::add);
    }

    /** A predecessor's writes count too, when it is said since when all is quiet. */
    private void recallWrite(Journal.ChangeRow change) {
        Instant finishedAt = change.finishedAt();
        switch (change.status()) {
            case APPLIED, UNDOING, UNDONE, UNKNOWN -> {
                if (finishedAt != null) {
                    wrote(finishedAt);
                }
            }
            case PLANNED, STARTED, FAILED -> {}
        }
    }

    Journal.JobRow job() {
        return job;
    }

    Ownership ownership() {
        return ownership;
    }

    List<RoleRun> roles() {
        return roles;
    }

    /** Looks up which of the roles are ours already. */
    void recall(Inventory inventory) {
        for (RoleRun role : roles) {
            inventory.find(role.account().id(), role.name().value()).ifPresent(there -> managed.put(role, there));
        }
    }

    /** Whether IAM must be read to plan: only roles that are ours have a state worth reading. */
    boolean needsObservation() {
        return !managed.isEmpty();
    }

    /** Plans each role; a role that cannot be made as asked gets its refusal instead of a plan. */
    void plan(RoleReader reader) {
        for (RoleRun role : roles) {
            ManagedRole ours = managed.get(role);
            if (ours == null) {
                planned(role, RolePlanner.plan(role.spec(), Optional.empty(), ownership, ManagedDocuments.UNKNOWN));
            } else {
                planExisting(role, ours, reader);
            }
        }
    }

    private void planExisting(RoleRun role, ManagedRole ours, RoleReader reader) {
        if (!ours.team().equals(job.team())) {
            refused(role, Failure.Code.ROLE_NOT_OURS, "The role " + role.name() + " belongs to another team");
            return;
        }
        Optional<RoleState> live;
        try {
            // By the name that it has: what differs in letter case is the same role all the same.
            live = reader.read(role.gateway(), ours.wanted().name(), role.concernsInstanceProfile());
        } catch (IamReadException e) {
            refuse(role, Failures.of(role, e));
            return;
        }
        if (live.isEmpty()) {
            planned(role, RolePlanner.plan(role.spec(), live, ownership, ManagedDocuments.UNKNOWN));
            return;
        }
        RoleState state = live.get();
        if (!state.roleId().equals(ours.roleId())) {
            refused(
                    role,
                    Failure.Code.ROLE_NOT_OURS,
                    "The role " + role.name() + " was made again by somebody else: its RoleId is " + state.roleId()
                            + ", ours was " + ours.roleId());
            return;
        }
        // A plan that would change anything is refused below, so it is not worth a call to IAM for documents.
        RolePlan plan = RolePlanner.plan(role.spec(), live, ownership, ManagedDocuments.UNKNOWN);
        boolean renamed = !state.name().equals(role.name().value())
                || !state.path().equals(role.spec().path().value());
        if (renamed || !plan.isEmpty()) {
            refused(role, Failure.Code.ROLE_DIFFERS, differs(role, state, plan, renamed));
            return;
        }
        role.is(new IamAnswer.CreatedRole(state.roleId(), state.arn()));
        planned(role, plan);
    }

    private static String differs(RoleRun role, RoleState state, RolePlan plan, boolean renamed) {
        String changes = renamed
                ? "its name and path are " + state.path() + state.name() + " and cannot change"
                : plan.changes().stream().map(change -> change.summary()).collect(Collectors.joining("; "));
        return "The role " + role.name() + " is yours and differs from what is asked: " + changes;
    }

    private void planned(RoleRun role, RolePlan plan) {
        role.plan(plan);
        plans.put(role, plan);
    }

    private void refused(RoleRun role, Failure.Code code, String message) {
        refuse(
                role,
                new Failure(
                        code, message, role.account().id().value(), role.name().value(), null));
    }

    private void refuse(RoleRun role, Failure failure) {
        refusals.put(role, failure);
        failed(failure);
    }

    /** The plans made in this run, by role. */
    Map<RoleRun, RolePlan> plans() {
        return plans;
    }

    /** Why roles cannot be made as asked. */
    Map<RoleRun, Failure> refusals() {
        return refusals;
    }

    /** What is made or undone together: all, or the roles of each account where accounts are kept. */
    Collection<List<RoleRun>> units() {
        return job.keep()
                ? roles.stream()
                        .collect(Collectors.groupingBy(
                                role -> role.account().id(), LinkedHashMap::new, Collectors.toList()))
                        .values()
                : List.of(roles);
    }

    synchronized void wrote(Instant at) {
        if (lastWriteAt == null || at.isAfter(lastWriteAt)) {
            lastWriteAt = at;
        }
    }

    synchronized void failed(Failure failure) {
        failures.add(failure);
    }

    /** How the job ends, now that every role has. */
    synchronized ProvisioningOutcome.Finished outcome() {
        return new ProvisioningOutcome.Finished(status(), worst(), lastWriteAt);
    }

    private JobStatus status() {
        if (has(RoleStatus.NEEDS_ATTENTION)) {
            return JobStatus.NEEDS_ATTENTION;
        }
        boolean applied = has(RoleStatus.APPLIED) || has(RoleStatus.UNCHANGED);
        boolean rolledBack = has(RoleStatus.ROLLED_BACK);
        if (rolledBack || has(RoleStatus.FAILED)) {
            return applied ? JobStatus.PARTIALLY_APPLIED : rolledBack ? JobStatus.ROLLED_BACK : JobStatus.FAILED;
        }
        return JobStatus.APPLIED;
    }

    private Optional<Failure> worst() {
        return failures.stream()
                .filter(failure -> failure.code() == Failure.Code.NEEDS_ATTENTION)
                .findFirst()
                .or(() -> failures.stream().findFirst());
    }

    private boolean has(RoleStatus status) {
        return roles.stream().anyMatch(role -> role.status() == status);
    }
}
