package io.rolesmith.provisioning;

import io.rolesmith.account.Accounts;
import io.rolesmith.audit.AuditActor;
import io.rolesmith.iam.IamGateways;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Runs jobs against IAM. A job is written down first, and everything is done from what is written down. */
@Component
public class Provisioning {

    private final Journal journal;
    private final Inventory inventory;
    private final Accounts accounts;
    private final IamGateways gateways;
    private final RoleReader reader;
    private final ChangeRunner runner;
    private final Recorder recorder;
    private final TransactionTemplate transaction;
    private final InstantSource clock;
    private final String installation;

    Provisioning(
            Journal journal,
            Inventory inventory,
            Accounts accounts,
            IamGateways gateways,
            RoleReader reader,
            ChangeRunner runner,
            Recorder recorder,
            TransactionTemplate transaction,
            InstantSource clock,
            ProvisioningProperties properties) {
        this.journal = journal;
        this.inventory = inventory;
        this.accounts = accounts;
        this.gateways = gateways;
        this.reader = reader;
        this.runner = runner;
        this.recorder = recorder;
        this.transaction = transaction;
        this.clock = clock;
        this.installation = properties.installation();
    }

    /** Writes the job down, in the caller's transaction. Nothing is done until {@link #resume}. */
    public void submit(ProvisioningJob job) {
        journal.insert(job);
    }

    /**
     * Works on the job until it ends, from wherever it was left; a job that ended is left as it is. Blocks. At most one
     * worker may call this for a job at a time, and a successor only when no call of its predecessor can still be under way.
     *
     * @param listener told of the job's beginning and end
     */
    public ProvisioningOutcome resume(JobId id, JobListener listener) {
        Journal.JobRow job = journal.job(id);
        if (job.status().isFinal()) {
            return new ProvisioningOutcome.Finished(job.status(), job.failure(), job.lastWriteAt());
        }
        JobRun run = new JobRun(job, journal.roles(id), accounts, gateways, installation);
        if (job.status() == JobStatus.QUEUED && !plan(run, listener)) {
            return new ProvisioningOutcome.Busy();
        }
        run.units().forEach(unit -> new UnitRun(run, unit, reader, runner, recorder).finish());
        ProvisioningOutcome.Finished outcome = run.outcome();
        transaction.executeWithoutResult(_ -> {
            run.roles().forEach(role -> end(run, role));
            journal.release(id);
            journal.job(id, JobStatus.APPLYING, outcome.status(), outcome.failure(), outcome.lastWriteAt());
            listener.ended(id, outcome);
        });
        return outcome;
    }

    /**
     * Holds the job's roles, plans them, and writes down what is to be done before any of it is done.
     *
     * @return whether the roles could be held
     */
    private boolean plan(JobRun run, JobListener listener) {
        // A job of new roles only asks IAM nothing, so that one transaction does: no other is held across a call to
        // AWS.
        Boolean planned = transaction.execute(status -> {
            if (!journal.hold(run.job().id())) {
                status.setRollbackOnly();
                return false;
            }
            run.recall(inventory);
            if (!run.needsObservation()) {
                run.plan(reader);
                begin(run, listener);
            }
            return true;
        });
        if (!Boolean.TRUE.equals(planned)) {
            return false;
        }
        if (run.needsObservation()) {
            run.plan(reader);
            transaction.executeWithoutResult(_ -> begin(run, listener));
        }
        return true;
    }

    private void begin(JobRun run, JobListener listener) {
        recorder.planned(run);
        listener.began(run.job().id());
    }

    private void end(JobRun run, RoleRun role) {
        journal.role(run.job().id(), role.ordinal(), role.status(), role.roleId(), role.arn());
        if (role.status() == RoleStatus.APPLIED && role.roleId() != null && role.arn() != null) {
            inventory.put(new ManagedRole(
                    role.account().id(),
                    role.arn(),
                    role.roleId(),
                    run.job().team(),
                    role.spec(),
                    run.job().id().value(),
                    clock.instant(),
                    1));
        }
    }

    /** How far the jobs came: each role with its journal, in the order of the job. */
    public Map<JobId, List<RoleProgress>> progress(Collection<JobId> ids) {
        return journal.progress(ids);
    }

    /** On whose behalf the job is done. */
    public AuditActor actor(JobId id) {
        return journal.job(id).actor();
    }
}
