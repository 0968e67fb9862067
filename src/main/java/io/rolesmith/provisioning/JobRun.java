package io.rolesmith.provisioning;

import io.rolesmith.account.Account;
import io.rolesmith.account.Accounts;
import io.rolesmith.iam.IamAnswer;
import io.rolesmith.iam.IamGateways;
import io.rolesmith.role.Ownership;
import io.rolesmith.role.RolePlan;
import io.rolesmith.role.RoleSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A job while it is worked on. */
final class JobRun {

    private final Journal.JobRow job;
    private final JobTrace trace;
    private final Ownership ownership;
    private final List<RoleRun> roles;
    private final List<RoleRun> open;
    private final Map<RoleRun, ManagedRole> managed = new HashMap<>();
    private final Map<RoleRun, RolePlan> plans = new LinkedHashMap<>();
    private final Map<RoleRun, Failure> refusals = new LinkedHashMap<>();
    private final List<Failure> failures = new ArrayList<>();
    private @Nullable Instant lastWriteAt;
    private Runnable last = () -> {};

    JobRun(
            Journal.JobRow job,
            JobTrace trace,
            Lease lease,
            List<Journal.RoleRow> rows,
            Accounts accounts,
            IamGateways gateways,
            String installation) {
        this.job = job;
        this.trace = trace;
        this.ownership = new Ownership(installation, job.team().name(), job.id().toString());
        this.roles = rows.stream()
                .map(row -> {
                    Account account = accounts.get(row.account());
                    return new RoleRun(job.id(), row, account, gateways.of(account), lease);
                })
                .toList();
        this.open = roles.stream().filter(RoleRun::isOpen).toList();
        this.lastWriteAt = lastWrite(rows).orElse(null);
    }

    /** When something was written last, or may have been; what a predecessor wrote counts too. */
    static Optional<Instant> lastWrite(List<Journal.RoleRow> rows) {
        return rows.stream()
                .flatMap(row -> row.changes().stream())
                .filter(change -> switch (change.status()) {
                    case APPLIED, UNDOING, UNDONE, UNKNOWN -> true;
                    case PLANNED, STARTED, MOOT, FAILED -> false;
                })
                .flatMap(change -> Stream.ofNullable(change.finishedAt()))
                .max(Comparator.naturalOrder());
    }

    Journal.JobRow job() {
        return job;
    }

    JobTrace trace() {
        return trace;
    }

    Ownership ownership() {
        return ownership;
    }

    List<RoleRun> roles() {
        return roles;
    }

    /** The roles that had not ended before this run; the others were let go, and may be another job's by now. */
    List<RoleRun> open() {
        return open;
    }

    /** Looks up which of the roles are ours already. */
    void recall(Inventory inventory) {
        for (RoleRun role : roles) {
            inventory.find(role.account().id(), role.name().value()).ifPresent(there -> managed.put(role, there));
        }
    }

    /** The role as we know it, if it is ours. */
    Optional<ManagedRole> managed(RoleRun role) {
        return Optional.ofNullable(managed.get(role));
    }

    /**
     * Whether IAM may have to be read to plan: only roles that are ours have a state worth reading, and only beside another
     * policy does it matter what a managed one denies.
     */
    boolean mayRead() {
        return !managed.isEmpty()
                || roles.stream()
                        .anyMatch(role -> role.task().goal() instanceof RoleGoal.Present(RoleSpec spec)
                                && !spec.managedPolicyArns().isEmpty()
                                && spec.managedPolicyArns().size()
                                                + spec.inlinePolicies().size()
                                        > 1);
    }

    /** Plans each role; a role that cannot be made as asked gets its refusal instead of a plan. */
    void plan(RolePlanning planning) {
        RolePlanning.Party party = new RolePlanning.Party(job.team(), job.actor());
        Map<RoleRun, RolePlan> made = new LinkedHashMap<>();
        for (RoleRun role : roles) {
            ManagedRole ours = managed.get(role);
            long began = System.nanoTime();
            RolePlanning.Planned planned = ours == null
                    ? planning.planUnmanaged(role.task(), ownership)
                    : planning.planManaged(role.task(), ours, party, ownership, job.sessions());
            switch (planned) {
                case RolePlanning.Planned.Plan plan -> {
                    plan.live().ifPresent(live -> {
                        role.is(new IamAnswer.CreatedRole(live.roleId(), live.arn()));
                        role.seen(began, live);
                    });
                    made.put(role, plan.plan());
                }
                case RolePlanning.Planned.Refused(Failure failure) -> refuse(role, failure);
            }
        }
        TrustCircles.broken(made, RoleRun::task).forEach(this::planned);
    }

    private void planned(RoleRun role, RolePlan plan) {
        // What was shown and asked for is what is done; that nothing moved since was looked at.
        if (!job.planned()) {
            role.plan(plan.changes());
        }
        role.status(RoleStatus.APPLYING);
        plans.put(role, plan);
    }

    void refuse(RoleRun role, Failure failure) {
        Failure said = job.planned() && failure.code() == Failure.Code.PRECONDITION_FAILED
                ? failure.as(Failure.Code.PLAN_STALE)
                : failure;
        refusals.put(role, said);
        failed(said);
    }

    /** The plans made in this run, by role. */
    Map<RoleRun, RolePlan> plans() {
        return plans;
    }

    /** Why roles cannot be made as asked. */
    Map<RoleRun, Failure> refusals() {
        return refusals;
    }

    /**
     * The steps that are made first, whatever comes of the others: each role's creation or, where no role is created, each
     * role's first step. None where it is known already that all will not be made.
     */
    Map<RoleRun, RoleRun.Step> opening() {
        Map<RoleRun, RoleRun.Step> opening = new LinkedHashMap<>();
        if (!refusals.isEmpty() || job.keep()) {
            return opening;
        }
        List<RoleRun> created = roles.stream().filter(RoleRun::isNew).toList();
        for (RoleRun role : created.isEmpty() ? roles : created) {
            role.steps().stream()
                    .findFirst()
                    .filter(step -> created.stream().noneMatch(other -> other != role && role.follows(other)))
                    .filter(step -> roles.size() == 1 || isDeletion() || step.isReversible())
                    .ifPresent(step -> opening.put(role, step));
        }
        return opening;
    }

    /** Whether the job's roles are to go; a job either makes roles or deletes them. */
    boolean isDeletion() {
        return roles.getFirst().task().goal() instanceof RoleGoal.Absent;
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

    /** What is still to be written down, in the transaction that ends the job. */
    Runnable last() {
        return last;
    }

    void last(Runnable last) {
        this.last = last;
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
        JobStatus status = status();
        return new ProvisioningOutcome.Finished(
                status, status == JobStatus.APPLIED ? Optional.empty() : Optional.of(worst()), lastWriteAt);
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

    /**
     * Why the job will not end applied, whatever comes of a retry of what needs attention: why all is undone or, of roles that
     * are deleted each by itself, why one of the others was not.
     */
    synchronized Optional<Failure> cause() {
        return failures()
                .filter(failure -> failure.code() != Failure.Code.NEEDS_ATTENTION)
                .filter(failure -> !isDeletion() || !isOfOneThatIs(failure, RoleStatus.NEEDS_ATTENTION))
                .findFirst();
    }

    private Failure worst() {
        return failures()
                .filter(failure -> failure.code() == Failure.Code.NEEDS_ATTENTION)
                .findFirst()
                .or(() -> failures().findFirst())
                .orElseGet(() -> new Failure(
                        Failure.Code.AWS_FAILED,
                        "The request was interrupted, and could not be finished as asked",
                        null,
                        null,
                        null));
    }

    /** What failed now comes before what is known of former workers; roles that are as asked all the same do not count. */
    private Stream<Failure> failures() {
        return Stream.concat(failures.stream(), job.failure().stream())
                .filter(failure -> !isOfOneThatIs(failure, RoleStatus.APPLIED, RoleStatus.UNCHANGED));
    }

    private boolean isOfOneThatIs(Failure failure, RoleStatus... any) {
        return roles.stream()
                .anyMatch(role -> List.of(any).contains(role.status())
                        && role.account().id().value().equals(failure.account())
                        && role.name().value().equals(failure.role()));
    }

    private boolean has(RoleStatus status) {
        return roles.stream().anyMatch(role -> role.status() == status);
    }
}
