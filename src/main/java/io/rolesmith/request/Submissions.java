package io.rolesmith.request;

import static io.rolesmith.policy.Finding.error;

import io.rolesmith.audit.AuditActor;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.policy.Finding;
import io.rolesmith.provisioning.Provisioning;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes role requests in. A request, its audit row and its task are committed together, or it is not there. */
@Component
public class Submissions {

    private final SubmissionCheck check;
    private final SubmissionTrail trail;
    private final Requests requests;
    private final Plans plans;
    private final Provisioning provisioning;
    private final RequestWork work;
    private final TransactionTemplate transaction;
    private final InstantSource clock;

    Submissions(
            SubmissionCheck check,
            SubmissionTrail trail,
            Requests requests,
            Plans plans,
            Provisioning provisioning,
            RequestWork work,
            TransactionTemplate transaction,
            InstantSource clock) {
        this.check = check;
        this.trail = trail;
        this.requests = requests;
        this.plans = plans;
        this.provisioning = provisioning;
        this.work = work;
        this.transaction = transaction;
        this.clock = clock;
    }

    /**
     * Checks the submission and queues it.
     *
     * @param key if the caller used it before for the same body, that body's request is the result and nothing is submitted
     * @throws io.rolesmith.caller.ForbiddenException if the caller may not request roles, or not for the team
     * @throws AccountNotYoursException if an account is not there, or the team may have no roles in it
     * @throws RequestRefusedException if a finding refuses
     * @throws IdempotencyKeyReusedException if the key stands for another body
     */
    public RequestId submit(Caller caller, Submission submission, Optional<IdempotencyKey> key) {
        caller.require(Scope.ROLES_REQUEST);
        caller.requireMembership(submission.team());
        Optional<RequestId> earlier = key.flatMap(used -> earlier(caller, used, Optional.of(submission)));
        if (earlier.isPresent()) {
            return earlier.get();
        }
        SubmissionCheck.Passed passed = check.check(caller, submission);
        RequestId id = new RequestId(UUID.randomUUID());
        return transaction.execute(status -> {
            Instant now = clock.instant();
            requests.insert(
                    id, caller, submission.action(), submission.team(), submission.reason(), passed.findings(), now);
            if (key.isPresent() && !requests.claim(caller, key.get(), id, now)) {
                status.setRollbackOnly();
                return earlier(caller, key.get(), Optional.of(submission)).orElseThrow();
            }
            provisioning.submit(passed.job(id));
            trail.submitted(caller, id, submission, passed.roles());
            work.schedule(id);
            return id;
        });
    }

    /**
     * Queues what was planned, exactly. A plan that was asked for before is the same request.
     *
     * @throws io.rolesmith.caller.ForbiddenException if the caller may not request roles, or not for the plan's team
     * @throws RequestRefusedException if there is no such plan, or the caller may not see it
     * @throws StalePlanException if it has expired
     * @throws IdempotencyKeyReusedException if the key stands for another body
     */
    public RequestId submitPlan(Caller caller, RequestId id, @Nullable String reason, Optional<IdempotencyKey> key) {
        caller.require(Scope.ROLES_REQUEST);
        Optional<RequestId> earlier = key.flatMap(used -> earlier(caller, used, Optional.empty()));
        if (earlier.isPresent()) {
            return earlier.get();
        }
        Plan plan =
                plans.find(id).filter(found -> caller.sees(found.team())).orElseThrow(() -> unknownPlan(caller, id));
        caller.requireMembership(plan.team());
        return transaction.execute(status -> {
            Instant now = clock.instant();
            boolean first = provisioning.submitPlanned(id.job(), AuditActor.of(caller));
            if (first && now.isAfter(plan.expiresAt())) {
                status.setRollbackOnly();
                throw new StalePlanException("The plan expired at " + plan.expiresAt());
            }
            if (first) {
                requests.insert(id, caller, plan.action(), plan.team(), reason, plan.findings(), now);
            }
            if (key.isPresent() && !requests.claim(caller, key.get(), id, now)) {
                status.setRollbackOnly();
                return earlier(caller, key.get(), Optional.empty()).orElseThrow();
            }
            if (first) {
                trail.submitted(caller, plan, reason);
                work.schedule(id);
            }
            return id;
        });
    }

    private RequestRefusedException unknownPlan(Caller caller, RequestId id) {
        List<Finding> findings = List.of(error(
                "UNKNOWN_PLAN",
                "/planId",
                "There is no plan '" + id + "' that you may see",
                "Make a plan by POST /api/v1/plans; one that nobody asked for is forgotten when it expires."));
        trail.refused(caller, findings);
        return new RequestRefusedException(findings);
    }

    /**
     * The request that the caller submitted under the key, with the same body; empty if there is none.
     *
     * @throws io.rolesmith.caller.ForbiddenException if the caller may not request roles
     * @throws IdempotencyKeyReusedException if the key stands for another body
     */
    public Optional<RequestId> find(Caller caller, IdempotencyKey key) {
        caller.require(Scope.ROLES_REQUEST);
        return earlier(caller, key, Optional.empty());
    }

    /** As {@link #find}; what is submitted now, if it is known, goes into the trail when the key stands for another body. */
    private Optional<RequestId> earlier(Caller caller, IdempotencyKey key, Optional<Submission> submission) {
        return requests.find(caller, key).map(use -> {
            if (!use.bodyHash().equals(key.bodyHash())) {
                trail.refused(
                        caller,
                        submission,
                        List.of(error(
                                "IDEMPOTENCY_KEY_REUSED",
                                "",
                                "The Idempotency-Key stands for another body",
                                "Use a new key for a new body.")));
                throw new IdempotencyKeyReusedException(key.value());
            }
            return use.request();
        });
    }
}
