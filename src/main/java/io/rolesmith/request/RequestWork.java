package io.rolesmith.request;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceException;
import io.rolesmith.audit.AuditActor;
import io.rolesmith.audit.AuditEntry;
import io.rolesmith.audit.AuditOutcome;
import io.rolesmith.audit.AuditRepository;
import io.rolesmith.provisioning.JobId;
import io.rolesmith.provisioning.JobListener;
import io.rolesmith.provisioning.Provisioning;
import io.rolesmith.provisioning.ProvisioningOutcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** The work on a request, from its place in the queue to its end. */
@Component
class RequestWork {

    private static final Logger LOG = LoggerFactory.getLogger(RequestWork.class);

    private final Requests requests;
    private final Provisioning provisioning;
    private final AuditRepository audit;
    private final Completions completions;
    private final ObjectProvider<Scheduler> scheduler;
    private final RequestMeters meters;
    private final InstantSource clock;
    private final Duration settleAfter;

    RequestWork(
            Requests requests,
            Provisioning provisioning,
            AuditRepository audit,
            Completions completions,
            ObjectProvider<Scheduler> scheduler,
            RequestMeters meters,
            InstantSource clock,
            RequestProperties properties) {
        this.requests = requests;
        this.provisioning = provisioning;
        this.audit = audit;
        this.completions = completions;
        this.scheduler = scheduler;
        this.meters = meters;
        this.clock = clock;
        this.settleAfter = properties.requests().settleAfter();
    }

    /** Has the request worked on when the transaction is committed. */
    void schedule(RequestId id) {
        Scheduler tasks = scheduler.getObject();
        // Singly, it would be looked first whether it is there.
        tasks.scheduleBatch(List.of(RequestTask.NAME.instance(id.toString()).build()), clock.instant());
        triggerAfterCommit(tasks);
    }

    /** Lets those begin at once that waited longest for one of the roles, when the transaction is committed. */
    void wake(List<RequestId> waiting) {
        if (waiting.isEmpty()) {
            return;
        }
        Scheduler tasks = scheduler.getObject();
        waiting.forEach(next -> {
            try {
                tasks.reschedule(RequestTask.NAME.instanceId(next.toString()), clock.instant());
            } catch (TaskInstanceException e) {
                // It is being looked at right now: it finds the role free, or comes again by itself.
                LOG.debug("{} is not woken: {}", next, e.getMessage());
            }
        });
        triggerAfterCommit(tasks);
    }

    /** The scheduler's own trigger fires before the commit and may miss it, which would cost a poll's interval. */
    private static void triggerAfterCommit(Scheduler tasks) {
        AfterCommit.run(tasks::triggerCheckForDueExecutions);
    }

    /** Works on the request until it ends, from wherever it was left; its task goes with its end. */
    ProvisioningOutcome resume(RequestId id) {
        AtomicBoolean ended = new AtomicBoolean();
        ProvisioningOutcome outcome = provisioning.resume(id.job(), new JobListener() {
            @Override
            public void began(JobId job) {
                requests.begin(id);
            }

            @Override
            public void ended(JobId job, AuditActor actor, ProvisioningOutcome.Finished finished) {
                end(id, actor, finished);
                ended.set(true);
            }
        });
        if (outcome instanceof ProvisioningOutcome.Finished) {
            if (!ended.get()) {
                requests.forgetTask(id);
            }
            completions.signal(id);
        }
        return outcome;
    }

    private void end(RequestId id, AuditActor actor, ProvisioningOutcome.Finished outcome) {
        RequestStatus status = RequestStatus.of(outcome.status());
        @Nullable Instant lastWriteAt = outcome.lastWriteAt();
        Requests.Ended ended = requests.finish(
                id,
                status,
                outcome.failure(),
                clock.instant(),
                lastWriteAt == null ? null : lastWriteAt.plus(settleAfter));
        wake(ended.next());
        AfterCommit.run(() -> meters.ended(ended.action(), status, ended.submittedAt()));
        outcome.failure()
                .ifPresent(failure -> LOG.info("A request ends {}: {}", RequestMeters.tag(status), failure.code()));
        audit.append(AuditEntry.of(
                        actor,
                        "request." + status.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        status == RequestStatus.APPLIED ? AuditOutcome.SUCCEEDED : AuditOutcome.FAILED)
                .request(id.value())
                .detail(outcome.failure()
                        .map(failure -> failure.code() + ": " + failure.message())
                        .orElse(null)));
    }
}
