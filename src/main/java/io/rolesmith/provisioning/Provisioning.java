package io.rolesmith.provisioning;

import io.micrometer.core.instrument.MeterRegistry;
import io.rolesmith.account.Account;
import io.rolesmith.account.Accounts;
import io.rolesmith.audit.AuditActor;
import io.rolesmith.caller.Team;
import io.rolesmith.iam.CallBudget;
import io.rolesmith.iam.IamGateways;
import io.rolesmith.iam.IamProperties;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.iam.ProvisionerPolicy;
import io.rolesmith.role.Boundary;
import io.rolesmith.role.Change;
import io.rolesmith.role.Ownership;
import io.rolesmith.role.RolePlan;
import io.rolesmith.role.RoleSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Runs jobs against IAM. A job is written down first, and everything is done from what is written down. */
@Component
public class Provisioning {

    /** Some writes come back to the budget within it, and those whose jobs have begun go first. */
    private static final Duration REST = Duration.ofSeconds(2);

    /** Times how long the worker that ended a job was with IAM for it. */
    static final String IAM = "rolesmith.requests.iam";

    private static final String LEASE = "rolesmith.provisioning.lease";

    private final Journal journal;
    private final Inventory inventory;
    private final Accounts accounts;
    private final IamGateways gateways;
    private final RolePlanning planning;
    private final RoleReader reader;
    private final ChangeRunner runner;
    private final Recorder recorder;
    private final TransactionTemplate transaction;
    private final CallBudget budget;
    private final JobTraces traces;
    private final MeterRegistry meters;
    private final InstantSource clock;
    private final String installation;
    private final Duration lease;
    private final Duration longestCall;
    private volatile @Nullable Instant stopAt;

    Provisioning(
            Journal journal,
            Inventory inventory,
            Accounts accounts,
            IamGateways gateways,
            RolePlanning planning,
            RoleReader reader,
            ChangeRunner runner,
            Recorder recorder,
            TransactionTemplate transaction,
            CallBudget budget,
            JobTraces traces,
            MeterRegistry meters,
            InstantSource clock,
            ProvisioningProperties properties,
            IamProperties iam) {
        this.journal = journal;
        this.inventory = inventory;
        this.accounts = accounts;
        this.gateways = gateways;
        this.planning = planning;
        this.reader = reader;
        this.runner = runner;
        this.recorder = recorder;
        this.transaction = transaction;
        this.budget = budget;
        this.traces = traces;
        this.meters = meters;
        this.clock = clock;
        this.installation = properties.installation();
        this.lease = properties.provisioning().lease();
        this.longestCall = iam.callTimeout();
        check(iam);
        Arrays.stream(JobStatus.values())
                .filter(JobStatus::isFinal)
                .forEach(status -> meters.timer(IAM, "status", tag(status)));
    }

    /** What a worker may wait for within its lease must fit into it, or each would count as gone while it waits. */
    private void check(IamProperties iam) {
        if (lease.compareTo(iam.callTimeout()) <= 0) {
            throw new InvalidConfigurationPropertyValueException(
                    LEASE, lease, "it must be longer than rolesmith.iam.call-timeout, which is " + iam.callTimeout());
        }
        if (iam.budget().longestWait().multipliedBy(3).compareTo(lease.multipliedBy(2)) > 0) {
            throw new InvalidConfigurationPropertyValueException(
                    LEASE,
                    lease,
                    "rolesmith.iam.budget.longest-wait, which is "
                            + iam.budget().longestWait() + ", must not be longer than two thirds of it");
        }
    }

    /**
     * What our identity in the account must be allowed there.
     *
     * @throws IamReadException if it cannot be found out who we are there
     */
    public ProvisionerPolicy provisionerPolicy(Account account) {
        return ProvisionerPolicy.of(account, installation, gateways.of(account).principalArn());
    }

    /** Writes the job down, in the caller's transaction. Nothing is done until {@link #resume}. */
    public void submit(ProvisioningJob job) {
        journal.insert(job, JobStatus.QUEUED, traces.here());
    }

    /**
     * Plans the job and writes the plan down, without any intent to apply it. Reads IAM, so that it must not be called in a
     * transaction.
     *
     * @param alongside done in the transaction that writes the plan down
     * @return why roles cannot become as asked; if it is not empty, nothing is written down
     */
    public List<Failure> plan(ProvisioningJob job, Runnable alongside) {
        Ownership ownership = ownership(job.id(), job.team().name());
        RolePlanning.Party party = new RolePlanning.Party(job.team(), job.actor());
        Map<Integer, RolePlan> plans = new LinkedHashMap<>();
        List<RoleVersion> versions = new ArrayList<>();
        List<Failure> failures = new ArrayList<>();
        for (ProvisioningJob.RoleTask task : job.roles()) {
            Optional<ManagedRole> ours =
                    inventory.find(task.account().id(), task.goal().name().value());
            RolePlanning.Planned planned = ours.isEmpty()
                    ? planning.planUnmanagedLooking(task, ownership)
                    : planning.planManagedLooking(task, ours.get(), party, ownership, job.sessions());
            switch (planned) {
                case RolePlanning.Planned.Plan plan -> {
                    plans.put(plans.size(), plan.plan());
                    versions.add(plan.version());
                }
                case RolePlanning.Planned.Refused(Failure failure) -> failures.add(failure);
            }
        }
        if (failures.isEmpty()) {
            transaction.executeWithoutResult(_ -> {
                journal.insert(job, JobStatus.PLANNED, null);
                journal.planned(
                        job.id(),
                        JobStatus.PLANNED,
                        JobStatus.PLANNED,
                        Optional.empty(),
                        RoleStatus.QUEUED,
                        TrustCircles.broken(plans, job.roles()::get).entrySet().stream()
                                .map(plan -> new Journal.PlannedRole(
                                        plan.getKey(),
                                        plan.getValue(),
                                        null,
                                        null,
                                        plan.getValue().changes(),
                                        0))
                                .toList());
                plans.keySet().forEach(ordinal -> journal.expect(job.id(), ordinal, versions.get(ordinal)));
                alongside.run();
            });
        }
        return failures;
    }

    /** Queues the job as it was planned, in the caller's transaction; false if it was queued before. */
    public boolean submitPlanned(JobId id, AuditActor actor) {
        return journal.enqueue(id, actor, traces.here());
    }

    /** Takes the job back, in the caller's transaction, if it has not begun; false if it has. */
    public boolean cancel(JobId id) {
        return journal.end(id, JobStatus.QUEUED, RoleStatus.QUEUED);
    }

    /**
     * Gives up, in the caller's transaction, a job that needs attention; false if it does not. What it left stays, and a role
     * that it made is ours, or nobody could ask for it any more.
     */
    public boolean abandon(JobId id) {
        boolean abandoned = journal.end(id, JobStatus.NEEDS_ATTENTION, RoleStatus.NEEDS_ATTENTION);
        if (abandoned) {
            Team team = journal.job(id).team();
            journal.roles(id).stream()
                    .filter(row -> row.status() == RoleStatus.CANCELLED)
                    .flatMap(row -> leftBehind(id, team, row).stream())
                    .forEach(inventory::put);
        }
        return abandoned;
    }

    private Optional<ManagedRole> leftBehind(JobId id, Team team, Journal.RoleRow row) {
        String roleId = row.roleId();
        String arn = row.arn();
        boolean made = row.changes().stream()
                .anyMatch(change ->
                        change.change() instanceof Change.CreateRole && change.status() != ChangeStatus.UNDONE);
        return made && roleId != null && arn != null && row.goal() instanceof RoleGoal.Present(RoleSpec spec)
                ? Optional.of(new ManagedRole(row.account(), arn, roleId, team, spec, id.value(), clock.instant(), 1))
                : Optional.empty();
    }

    /** Lets a job that needs attention be taken up again, in the caller's transaction; false if it does not need it. */
    public boolean retry(JobId id) {
        return journal.takeUpAgain(id);
    }

    /** Forgets, in the caller's transaction, a job that was planned only; false if it was queued. */
    public boolean forget(JobId id) {
        return journal.delete(id);
    }

    /**
     * Works on the job until it ends, from wherever it was left; a job that ended is left as it is. Blocks. A second worker is
     * turned away as long as the first one may still write.
     *
     * @param listener told of the job's beginning and end
     */
    public ProvisioningOutcome resume(JobId id, JobListener listener) {
        Optional<Lease.Leased> leased = Lease.take(journal, id, lease, longestCall, this::isStopping);
        if (leased.isEmpty()) {
            return new ProvisioningOutcome.Busy();
        }
        Lease held = leased.get().lease();
        JobTrace trace = traces.begin(leased.get().job());
        try {
            ProvisioningOutcome outcome = trace.within(() -> work(leased.get().job(), trace, held, listener));
            switch (outcome) {
                case ProvisioningOutcome.Finished finished -> trace.end(tag(finished.status()));
                case ProvisioningOutcome.Parked _ -> trace.end("parked");
                case ProvisioningOutcome.Busy _ -> trace.forget();
            }
            return outcome;
        } catch (RuntimeException e) {
            // What it says may quote what is secret.
            trace.end("interrupted by " + e.getClass().getSimpleName());
            throw e;
        }
    }

    private ProvisioningOutcome work(Journal.JobRow job, JobTrace trace, Lease held, JobListener listener) {
        boolean ended = false;
        try {
            ProvisioningOutcome outcome = run(job, trace, held, listener);
            ended = outcome instanceof ProvisioningOutcome.Finished;
            return outcome;
        } catch (ParkedException e) {
            return new ProvisioningOutcome.Parked(
                    Objects.requireNonNullElse(e.getMessage(), ""), isStopping() ? Duration.ZERO : REST);
        } finally {
            // The end of a job ends its lease.
            if (!ended) {
                held.end();
            }
        }
    }

    private static String tag(JobStatus status) {
        return status.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Lets work on jobs go on for that long; then each is left where it stands after the call that is under way. For good: to be
     * called when Rolesmith stops.
     */
    public void stopAfter(Duration grace) {
        stopAt = clock.instant().plus(grace);
    }

    private boolean isStopping() {
        Instant at = stopAt;
        return at != null && !clock.instant().isBefore(at);
    }

    private ProvisioningOutcome run(Journal.JobRow job, JobTrace trace, Lease held, JobListener listener) {
        if (job.status().isFinal()) {
            held.end();
            return new ProvisioningOutcome.Finished(job.status(), job.failure(), job.lastWriteAt());
        }
        List<Journal.RoleRow> rows = journal.roles(job.id());
        Optional<Failure> unreachable = unreachable(rows);
        if (unreachable.isPresent()) {
            return giveUp(job, held, rows, unreachable.get(), listener);
        }
        JobRun run = new JobRun(job, trace, held, rows, accounts, gateways, installation);
        boolean fresh = job.status() == JobStatus.QUEUED;
        if (fresh && isExhausted(run)) {
            throw new ParkedException("The account's budget of writes is spent", false);
        }
        if (fresh && !plan(run, listener)) {
            return new ProvisioningOutcome.Busy();
        }
        if (!fresh) {
            run.recall(inventory);
        }
        for (List<RoleRun> unit : run.units()) {
            if (run.isDeletion()) {
                new DeletionRun(run, unit, !fresh, reader, runner, recorder).finish();
            } else {
                new UnitRun(run, unit, !fresh, reader, runner, recorder).finish();
            }
        }
        ProvisioningOutcome.Finished outcome = run.outcome();
        if (outcome.status() != JobStatus.APPLIED && isStopping()) {
            // It may have come to this only because a call was cut off by the stop.
            throw new ParkedException("Rolesmith stops", true);
        }
        transaction.executeWithoutResult(_ -> {
            run.last().run();
            journal.finish(
                    job.id(),
                    held.worker(),
                    JobStatus.APPLYING,
                    outcome,
                    outcome.status() == JobStatus.NEEDS_ATTENTION ? run.cause() : outcome.failure(),
                    run.open().stream()
                            .map(role ->
                                    new Journal.EndedRole(role.ordinal(), role.status(), role.roleId(), role.arn()))
                            .toList());
            run.open().forEach(role -> know(run, role));
            listener.ended(job.id(), job.actor(), outcome);
        });
        meters.timer(IAM, "status", tag(outcome.status())).record(trace.iam());
        return outcome;
    }

    /** Whether what is begun now would have to be parked at its first write, holding its roles and beyond cancellation. */
    private boolean isExhausted(JobRun run) {
        return run.roles().stream()
                .anyMatch(role -> budget.isExhausted(role.account().id(), CallBudget.Kind.WRITE));
    }

    /** That an account left the configuration while a job was on its way. */
    private Optional<Failure> unreachable(List<Journal.RoleRow> rows) {
        return rows.stream()
                .filter(row -> accounts.find(row.account().value()).isEmpty())
                .findFirst()
                .map(row -> new Failure(
                        Failure.Code.ACCOUNT_GONE,
                        "The account " + row.account() + " is not configured any more",
                        row.account().value(),
                        row.goal().name().value(),
                        null));
    }

    private ProvisioningOutcome giveUp(
            Journal.JobRow job, Lease held, List<Journal.RoleRow> rows, Failure failure, JobListener listener) {
        boolean begun = job.status() != JobStatus.QUEUED;
        ProvisioningOutcome.Finished outcome = new ProvisioningOutcome.Finished(
                begun ? JobStatus.NEEDS_ATTENTION : JobStatus.FAILED,
                Optional.of(begun ? failure.as(Failure.Code.NEEDS_ATTENTION) : failure),
                JobRun.lastWrite(rows).orElse(null));
        List<Journal.EndedRole> ended = rows.stream()
                .filter(row -> row.status() == RoleStatus.QUEUED || row.status() == RoleStatus.APPLYING)
                .map(row -> new Journal.EndedRole(
                        row.ordinal(), begun ? RoleStatus.NEEDS_ATTENTION : RoleStatus.FAILED, row.roleId(), row.arn()))
                .toList();
        transaction.executeWithoutResult(_ -> {
            journal.finish(
                    job.id(), held.worker(), job.status(), outcome, begun ? job.failure() : outcome.failure(), ended);
            listener.ended(job.id(), job.actor(), outcome);
        });
        return outcome;
    }

    /**
     * Holds the job's roles, plans them, and writes down what is to be done before any of it is done.
     *
     * @return whether it is the job's turn
     */
    private boolean plan(JobRun run, JobListener listener) {
        // A job of plain new roles asks IAM nothing, so that one transaction does; none is held across a call to AWS.
        Boolean planned = transaction.execute(status -> {
            if (!journal.hold(run.job().id(), run.roles().size())) {
                status.setRollbackOnly();
                return false;
            }
            run.recall(inventory);
            if (!run.mayRead()) {
                run.plan(planning);
                begin(run, listener);
            }
            return true;
        });
        if (!Boolean.TRUE.equals(planned)) {
            return blocked(run, listener);
        }
        if (run.mayRead()) {
            run.plan(planning);
            transaction.executeWithoutResult(_ -> begin(run, listener));
        }
        return true;
    }

    /** What waits for a person is not waited for. */
    private boolean blocked(JobRun run, JobListener listener) {
        Optional<JobId> blocker = journal.blocker(run.job().id());
        if (blocker.isEmpty()) {
            return false;
        }
        run.roles().forEach(role -> run.refuse(role, Failures.blocked(role.task(), blocker.get())));
        transaction.executeWithoutResult(_ -> begin(run, listener));
        return true;
    }

    private void begin(JobRun run, JobListener listener) {
        recorder.planned(run);
        listener.began(run.job().id());
    }

    /** Lets the inventory say what became of the role. */
    private void know(JobRun run, RoleRun role) {
        if (role.status() != RoleStatus.APPLIED && role.status() != RoleStatus.UNCHANGED) {
            return;
        }
        Optional<ManagedRole> before = run.managed(role);
        switch (role.task().goal()) {
            case RoleGoal.Present(RoleSpec spec) ->
                applied(run, role, spec, before).ifPresent(inventory::put);
            case RoleGoal.Absent _ -> before.ifPresent(inventory::remove);
        }
    }

    /** The role as it is known from now on; empty if nothing is to be known anew. */
    private Optional<ManagedRole> applied(JobRun run, RoleRun role, RoleSpec spec, Optional<ManagedRole> before) {
        String roleId = role.roleId();
        String arn = role.arn();
        if (roleId == null || arn == null) {
            return Optional.empty();
        }
        // A boundary that the spec does not speak of is the one that we gave the role last.
        RoleSpec wanted = before.filter(known -> known.roleId().equals(roleId))
                .filter(_ -> spec.boundary() instanceof Boundary.Unchanged)
                .map(known -> spec.withBoundary(known.wanted().boundary()))
                .orElse(spec);
        boolean known = role.status() == RoleStatus.UNCHANGED
                && before.filter(was -> was.wanted().equals(wanted)
                                && was.team().equals(run.job().team()))
                        .isPresent();
        return known
                ? Optional.empty()
                : Optional.of(new ManagedRole(
                        role.account().id(),
                        arn,
                        roleId,
                        run.job().team(),
                        wanted,
                        run.job().id().value(),
                        clock.instant(),
                        1));
    }

    private Ownership ownership(JobId id, String team) {
        return new Ownership(installation, team, id.toString());
    }

    /**
     * The version that a role of ours has now, in our inventory and in IAM.
     *
     * @throws io.rolesmith.iam.IamReadException if IAM could not be read
     */
    public RoleVersion version(Account account, ManagedRole role) {
        return RoleVersion.of(
                role,
                reader.read(
                        gateways.of(account),
                        role.wanted().name(),
                        role.wanted().instanceProfile()));
    }

    /** How far the jobs came: each role with its journal, in the order of the job. */
    public Map<JobId, List<RoleProgress>> progress(Collection<JobId> ids) {
        return journal.progress(ids);
    }

    /** Of those jobs that have not begun, which of the queued jobs for one of its roles each is, from 1 for the next. */
    public Map<JobId, Integer> queuePositions(Collection<JobId> ids) {
        return ids.isEmpty() ? Map.of() : journal.queuePositions(ids);
    }
}
