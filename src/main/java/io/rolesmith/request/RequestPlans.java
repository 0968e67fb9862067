package io.rolesmith.request;

import static io.rolesmith.policy.Finding.error;

import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.provisioning.Failure;
import io.rolesmith.provisioning.Provisioning;
import io.rolesmith.provisioning.RoleProgress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** What role requests would do: planned, read, and forgotten when nobody asked for it in time. */
@Component
public class RequestPlans {

    private final SubmissionCheck check;
    private final SubmissionTrail trail;
    private final Plans plans;
    private final Provisioning provisioning;
    private final TransactionTemplate transaction;
    private final InstantSource clock;

    RequestPlans(
            SubmissionCheck check,
            SubmissionTrail trail,
            Plans plans,
            Provisioning provisioning,
            TransactionTemplate transaction,
            InstantSource clock) {
        this.check = check;
        this.trail = trail;
        this.plans = plans;
        this.provisioning = provisioning;
        this.transaction = transaction;
        this.clock = clock;
    }

    /**
     * Plans what the submission asks for, from how the roles are now, without any write to AWS.
     *
     * @throws io.rolesmith.caller.ForbiddenException if the caller may not request roles, or not for the team
     * @throws AccountNotYoursException if an account is not there, or the team may have no roles in it
     * @throws RequestRefusedException if a finding refuses
     * @throws PlanRefusedException if a role is not the team's, or could not be read
     */
    public Plan make(Caller caller, Submission submission) {
        caller.require(Scope.ROLES_REQUEST);
        caller.requireMembership(submission.team());
        SubmissionCheck.Passed passed = check.check(caller, submission);
        RequestId id = new RequestId(UUID.randomUUID());
        List<Failure> failures = provisioning.plan(
                passed.job(id), () -> plans.insert(id, submission, passed.findings(), progress(id), clock.instant()));
        if (!failures.isEmpty()) {
            Failure first = failures.getFirst();
            trail.refused(
                    caller, submission, List.of(error(first.code().name(), "", first.message(), "Read the detail.")));
            throw new PlanRefusedException(first, passed.findings());
        }
        return plans.find(id).map(this::withRoles).orElseThrow();
    }

    /** The plan; empty if there is none, it was forgotten, or the caller may not see it. */
    public Optional<Plan> find(Caller caller, RequestId id) {
        caller.require(Scope.ROLES_READ, Scope.ROLES_REQUEST);
        return plans.find(id).filter(plan -> caller.sees(plan.team())).map(this::withRoles);
    }

    private Plan withRoles(Plan plan) {
        return plan.with(progress(plan.id()));
    }

    private List<RoleProgress> progress(RequestId id) {
        return provisioning.progress(List.of(id.job())).getOrDefault(id.job(), List.of());
    }

    /** Those that expired and that nobody asked for. */
    @Scheduled(fixedDelayString = "PT10M")
    void forget() {
        for (RequestId id : plans.unusedBefore(clock.instant())) {
            transaction.executeWithoutResult(_ -> {
                if (provisioning.forget(id.job())) {
                    plans.delete(id);
                }
            });
        }
    }
}
