package io.rolesmith.request;

import static io.rolesmith.policy.Finding.error;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceException;
import io.rolesmith.account.Account;
import io.rolesmith.account.Accounts;
import io.rolesmith.audit.AuditActor;
import io.rolesmith.audit.AuditEntry;
import io.rolesmith.audit.AuditOutcome;
import io.rolesmith.audit.AuditRepository;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.JsonPointer;
import io.rolesmith.provisioning.Failure;
import io.rolesmith.provisioning.JobId;
import io.rolesmith.provisioning.JobListener;
import io.rolesmith.provisioning.Provisioning;
import io.rolesmith.provisioning.ProvisioningJob;
import io.rolesmith.provisioning.ProvisioningJob.RoleTask;
import io.rolesmith.provisioning.ProvisioningOutcome;
import io.rolesmith.provisioning.RoleProgress;
import io.rolesmith.role.RoleDraft;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The life of role requests: submitted, worked on, ended, read. */
@Component
public class RoleRequests {

    private static final Logger LOG = LoggerFactory.getLogger(RoleRequests.class);
    private static final JsonMapper JSON = new JsonMapper();

    /** What is refused quotes the caller, and the trail keeps it for ever. */
    private static final int MAX_DETAIL = 1000;

    private final Requests requests;
    private final Plans plans;
    private final RequestReader reader;
    private final Accounts accounts;
    private final Provisioning provisioning;
    private final AuditRepository audit;
    private final Completions completions;
    private final ObjectProvider<Scheduler> scheduler;
    private final TransactionTemplate transaction;
    private final RequestMeters meters;
    private final InstantSource clock;
    private final Duration settleAfter;

    RoleRequests(
            Requests requests,
            Plans plans,
            RequestReader reader,
            Accounts accounts,
            Provisioning provisioning,
            AuditRepository audit,
            Completions completions,
            ObjectProvider<Scheduler> scheduler,
            TransactionTemplate transaction,
            RequestMeters meters,
            InstantSource clock,
            RequestProperties properties) {
        this.requests = requests;
        this.plans = plans;
        this.reader = reader;
        this.accounts = accounts;
        this.provisioning = provisioning;
        this.audit = audit;
        this.completions = completions;
        this.scheduler = scheduler;
        this.transaction = transaction;
        this.meters = meters;
        this.clock = clock;
        this.settleAfter = properties.requests().settleAfter();
    }

    /**
     * Checks the submission and queues it; the request, its audit row and its task are committed together.
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
        Optional<RequestId> earlier = key.flatMap(used -> submittedEarlier(caller, Optional.of(submission), used));
        if (earlier.isPresent()) {
            return earlier.get();
        }
        RequestReader.Reading reading = read(caller, submission);
        RequestId id = new RequestId(UUID.randomUUID());
        return transaction.execute(status -> {
            Instant now = clock.instant();
            requests.insert(
                    id, caller, submission.action(), submission.team(), submission.reason(), reading.findings(), now);
            if (key.isPresent() && !requests.claim(caller, key.get(), id, now)) {
                status.setRollbackOnly();
                return submittedEarlier(caller, Optional.of(submission), key.get())
                        .orElseThrow();
            }
            provisioning.submit(job(caller, submission, id, reading));
            submitted(
                    caller,
                    id,
                    submission.action(),
                    described(
                            submission,
                            reading.roles().stream()
                                    .map(RoleRequests::described)
                                    .toList()),
                    submission.reason());
            return id;
        });
    }

    /** The submission made into roles, or refused with an audit row. */
    private RequestReader.Reading read(Caller caller, Submission submission) {
        List<Account> where = accounts(caller, submission);
        RequestReader.Reading reading = reader.read(submission, where);
        List<Finding> findings = new ArrayList<>(duplicates(submission, where));
        findings.addAll(reading.findings());
        if (Finding.anyRefuses(findings)) {
            refuse(caller, Optional.of(submission), findings);
            throw new RequestRefusedException(findings);
        }
        return new RequestReader.Reading(reading.roles(), findings);
    }

    private static ProvisioningJob job(
            Caller caller, Submission submission, RequestId id, RequestReader.Reading reading) {
        return new ProvisioningJob(
                id.job(),
                submission.team(),
                AuditActor.of(caller),
                submission.keep(),
                submission.sessions(),
                reading.roles());
    }

    private static Map<String, String> described(RoleTask role) {
        return Map.of(
                "account", role.account().id().value(),
                "name", role.goal().name().value());
    }

    /**
     * Plans what the submission asks for, from how the roles are now, without any write to AWS.
     *
     * @throws RequestRefusedException if a finding refuses
     * @throws PlanRefusedException if a role is not the team's, or could not be read
     */
    public Plan plan(Caller caller, Submission submission) {
        caller.require(Scope.ROLES_REQUEST);
        caller.requireMembership(submission.team());
        RequestReader.Reading reading = read(caller, submission);
        RequestId id = new RequestId(UUID.randomUUID());
        List<Failure> failures = provisioning.plan(
                job(caller, submission, id, reading),
                () -> plans.insert(id, submission, reading.findings(), progress(id), clock.instant()));
        if (!failures.isEmpty()) {
            PlanRefusedException refused = new PlanRefusedException(failures.getFirst(), reading.findings());
            refuse(
                    caller,
                    Optional.of(submission),
                    List.of(error(
                            failures.getFirst().code().name(),
                            "",
                            failures.getFirst().message(),
                            "Read the detail.")));
            throw refused;
        }
        return plans.find(id).map(this::withRoles).orElseThrow();
    }

    /** The plan; empty if there is none, it was forgotten, or the caller may not see it. */
    public Optional<Plan> findPlan(Caller caller, RequestId id) {
        caller.require(Scope.ROLES_READ, Scope.ROLES_REQUEST);
        return plans.find(id).filter(plan -> caller.sees(plan.team())).map(this::withRoles);
    }

    private Plan withRoles(Plan plan) {
        return plan.with(progress(plan.id()));
    }

    private List<RoleProgress> progress(RequestId id) {
        return provisioning.progress(List.of(id.job())).getOrDefault(id.job(), List.of());
    }

    /**
     * Queues what was planned, exactly. A plan that was asked for before is the same request.
     *
     * @throws RequestRefusedException if there is no such plan, or the caller may not see it
     * @throws StalePlanException if it has expired
     * @throws IdempotencyKeyReusedException if the key stands for another body
     */
    public RequestId submitPlan(Caller caller, RequestId id, @Nullable String reason, Optional<IdempotencyKey> key) {
        caller.require(Scope.ROLES_REQUEST);
        Optional<RequestId> earlier = key.flatMap(used -> submittedEarlier(caller, Optional.empty(), used));
        if (earlier.isPresent()) {
            return earlier.get();
        }
        Plan plan =
                plans.find(id).filter(found -> caller.sees(found.team())).orElseThrow(() -> unknownPlan(caller, id));
        caller.requireMembership(plan.team());
        return transaction.execute(status -> {
            Instant now = clock.instant();
            AuditActor actor = AuditActor.of(caller);
            boolean first = provisioning.submitPlanned(id.job(), actor);
            if (first && now.isAfter(plan.expiresAt())) {
                status.setRollbackOnly();
                throw new StalePlanException("The plan expired at " + plan.expiresAt());
            }
            if (first) {
                requests.insert(id, caller, plan.action(), plan.team(), reason, plan.findings(), now);
            }
            if (key.isPresent() && !requests.claim(caller, key.get(), id, now)) {
                status.setRollbackOnly();
                return submittedEarlier(caller, Optional.empty(), key.get()).orElseThrow();
            }
            if (first) {
                Map<String, Object> described = new LinkedHashMap<>();
                described.put("action", plan.action().name());
                described.put("team", plan.team().name());
                described.put("plan", plan.digest());
                submitted(caller, id, plan.action(), JSON.valueToTree(described), reason);
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
        refuse(caller, Optional.empty(), findings);
        return new RequestRefusedException(findings);
    }

    private void submitted(
            Caller caller, RequestId id, RequestAction action, JsonNode described, @Nullable String reason) {
        audit.append(AuditEntry.of(AuditActor.of(caller), "request.submitted", AuditOutcome.SUCCEEDED)
                .request(id.value())
                .after(described)
                .detail(reason));
        schedule(id);
        afterCommit(() -> meters.submitted(action));
    }

    private void schedule(RequestId id) {
        Scheduler tasks = scheduler.getObject();
        // Singly, it would be looked first whether it is there.
        tasks.scheduleBatch(List.of(RequestTask.NAME.instance(id.toString()).build()), clock.instant());
        triggerAfterCommit(tasks);
    }

    /**
     * Takes a request back that has not begun.
     *
     * @return empty if there is none that the caller may see
     * @throws WrongStateException if it has begun, or ended
     */
    public Optional<RoleRequest> cancel(Caller caller, RequestId id) {
        caller.require(Scope.ROLES_REQUEST);
        return leave(
                caller,
                id,
                "request.cancelled",
                null,
                "only what is queued can be cancelled",
                () -> provisioning.cancel(id.job()) && requests.cancel(id, clock.instant()));
    }

    /**
     * Gives up a request that needs attention. What it left in AWS stays as it is, and its roles may be asked for again.
     *
     * @return empty if there is none
     * @throws WrongStateException if it does not need attention
     */
    public Optional<RoleRequest> abandon(Caller caller, RequestId id, String comment) {
        caller.require(Scope.ADMIN);
        return leave(
                caller,
                id,
                "request.abandoned",
                comment,
                "only what needs attention can be abandoned",
                () -> provisioning.abandon(id.job()) && requests.abandon(id));
    }

    /**
     * Lets a request that needs attention be taken up again where it stopped: what was being undone is undone, what was being
     * deleted is deleted, and what is unknown is read again.
     *
     * @return empty if there is none
     * @throws WrongStateException if it does not need attention
     */
    public Optional<RoleRequest> retry(Caller caller, RequestId id, String comment) {
        caller.require(Scope.ADMIN);
        return leave(caller, id, "request.retried", comment, "only what needs attention can be retried", () -> {
            boolean reopened = provisioning.retry(id.job()) && requests.reopen(id);
            if (reopened) {
                schedule(id);
            }
            return reopened;
        });
    }

    private Optional<RoleRequest> leave(
            Caller caller, RequestId id, String action, @Nullable String comment, String rule, BooleanSupplier done) {
        Optional<RoleRequest> request = requests.find(id).filter(found -> caller.sees(found.team()));
        if (request.isEmpty()) {
            return Optional.empty();
        }
        boolean member = caller.scopes().contains(Scope.ADMIN);
        if (!member) {
            caller.requireMembership(request.get().team());
        }
        transaction.executeWithoutResult(_ -> {
            if (!done.getAsBoolean()) {
                throw new WrongStateException(
                        "The request is " + requests.find(id).orElseThrow().status() + "; " + rule);
            }
            audit.append(AuditEntry.of(caller, action, AuditOutcome.SUCCEEDED)
                    .request(id.value())
                    .detail(comment));
            wake(requests.nextWaitingFor(id));
        });
        completions.signal(id);
        Optional<RoleRequest> left = requests.find(id);
        left.filter(found -> found.status() == RequestStatus.CANCELLED)
                .ifPresent(found -> meters.ended(found.action(), found.status(), found.createdAt()));
        return left.map(found -> withRoles(List.of(found)).getFirst());
    }

    /**
     * The request that the caller submitted under the key, with the same body; empty if there is none.
     *
     * @throws io.rolesmith.caller.ForbiddenException if the caller may not request roles
     * @throws IdempotencyKeyReusedException if the key stands for another body
     */
    public Optional<RequestId> findSubmitted(Caller caller, IdempotencyKey key) {
        caller.require(Scope.ROLES_REQUEST);
        return submittedEarlier(caller, Optional.empty(), key);
    }

    private Optional<RequestId> submittedEarlier(Caller caller, Optional<Submission> submission, IdempotencyKey key) {
        return requests.find(caller, key).map(use -> {
            if (!use.bodyHash().equals(key.bodyHash())) {
                IdempotencyKeyReusedException reused = new IdempotencyKeyReusedException(key.value());
                refuse(
                        caller,
                        submission,
                        List.of(error(
                                "IDEMPOTENCY_KEY_REUSED",
                                "",
                                "The Idempotency-Key stands for another body",
                                "Use a new key for a new body.")));
                throw reused;
            }
            return use.request();
        });
    }

    private List<Account> accounts(Caller caller, Submission submission) {
        List<Account> result = new ArrayList<>();
        for (int i = 0; i < submission.accounts().size(); i++) {
            String wanted = submission.accounts().get(i);
            String pointer = JsonPointer.element("/accounts", i);
            result.add(accounts.find(wanted)
                    .filter(account -> account.admits(submission.team()))
                    .orElseThrow(() -> new AccountNotYoursException(caller, submission.team(), wanted, pointer)));
        }
        return result;
    }

    private static List<Finding> duplicates(Submission submission, List<Account> accounts) {
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < accounts.size(); i++) {
            if (accounts.indexOf(accounts.get(i)) < i) {
                findings.add(error(
                        "DUPLICATE_ACCOUNT",
                        JsonPointer.element("/accounts", i),
                        "The account '" + submission.accounts().get(i) + "' stands there twice",
                        "Name each account once, by its id or its name."));
            }
        }
        return findings;
    }

    /**
     * Records that a caller's submission was refused, in a transaction of its own.
     *
     * @param submission empty if the body was not even of the right shape
     */
    public void refuse(Caller caller, Optional<Submission> submission, List<Finding> findings) {
        AuditEntry entry = AuditEntry.of(caller, "request.refused", AuditOutcome.REFUSED)
                .detail(findings.stream()
                        .filter(Finding::refuses)
                        .map(finding -> finding.code() + " " + finding.pointer() + ": " + finding.message())
                        .map(text -> text.substring(0, Math.min(text.length(), MAX_DETAIL)))
                        .findFirst()
                        .orElse("refused"));
        audit.appendAlone(submission
                .map(asked -> {
                    List<String> names = names(asked.wish());
                    return entry.account(
                                    asked.accounts().size() == 1
                                            ? asked.accounts().getFirst()
                                            : null)
                            .role(names.size() == 1 ? names.getFirst() : null)
                            .after(described(
                                    asked,
                                    names.stream()
                                            .map(name -> Map.of("name", name))
                                            .toList(),
                                    findings));
                })
                .orElse(entry));
        meters.refused();
    }

    private static List<String> names(Submission.Wish wish) {
        return switch (wish) {
            case Submission.Wish.Roles(List<RoleDraft> roles) ->
                roles.stream()
                        .map(RoleDraft::name)
                        .<String>mapMulti((name, out) -> {
                            if (name != null) {
                                out.accept(name);
                            }
                        })
                        .toList();
            case Submission.Wish.Names(List<String> names) -> names;
            case Submission.Wish.FromBlueprint _ -> List.of();
        };
    }

    private static JsonNode described(Submission submission, List<Map<String, String>> roles, List<Finding> findings) {
        Map<String, Object> described = describe(submission, roles);
        described.put(
                "findings",
                findings.stream()
                        .map(finding -> Map.of(
                                "code", finding.code(), "pointer", finding.pointer(), "message", finding.message()))
                        .toList());
        return JSON.valueToTree(described);
    }

    private static JsonNode described(Submission submission, List<Map<String, String>> roles) {
        return JSON.valueToTree(describe(submission, roles));
    }

    private static Map<String, Object> describe(Submission submission, List<Map<String, String>> roles) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("action", submission.action().name());
        described.put("team", submission.team().name());
        described.put("accounts", submission.accounts());
        if (submission.wish() instanceof Submission.Wish.FromBlueprint blueprint) {
            described.put("blueprint", blueprint.blueprint());
        }
        described.put("roles", roles);
        return described;
    }

    /**
     * The request as it stands; empty if there is none, or the caller may not see it.
     *
     * @throws io.rolesmith.caller.ForbiddenException if the caller may not read roles
     */
    public Optional<RoleRequest> find(Caller caller, RequestId id) {
        caller.require(Scope.ROLES_READ, Scope.ROLES_REQUEST);
        return requests.find(id)
                .filter(request -> caller.sees(request.team()))
                .map(request -> withRoles(List.of(request)).getFirst());
    }

    /** The request that {@code caller} has just submitted, as it stands. */
    public RoleRequest submitted(Caller caller, RequestId id) {
        caller.require(Scope.ROLES_REQUEST);
        return requests.find(id)
                .map(request -> withRoles(List.of(request)).getFirst())
                .orElseThrow();
    }

    /**
     * Requests that the caller may see, the latest first.
     *
     * @throws io.rolesmith.caller.ForbiddenException if the caller may not read roles
     */
    public List<RoleRequest> list(Caller caller, RequestQuery query) {
        caller.require(Scope.ROLES_READ, Scope.ROLES_REQUEST);
        return withRoles(requests.list(caller, query));
    }

    /** Waits until the request has ended, here or on another replica, but no longer than {@code atMost}. */
    public void await(RequestId id, Duration atMost) {
        completions.await(id, atMost, () -> requests.hasEnded(id));
    }

    private List<RoleRequest> withRoles(List<RoleRequest> found) {
        Map<JobId, List<RoleProgress>> progress = provisioning.progress(
                found.stream().map(request -> request.id().job()).toList());
        Map<JobId, Integer> positions = provisioning.queuePositions(found.stream()
                .filter(request -> request.status() == RequestStatus.QUEUED)
                .map(request -> request.id().job())
                .toList());
        return found.stream()
                .map(request -> new RoleRequest(
                        request.id(),
                        request.sequence(),
                        request.status(),
                        request.action(),
                        request.team(),
                        request.requestedBy(),
                        request.reason(),
                        request.createdAt(),
                        request.finishedAt(),
                        request.settledAt(),
                        progress.getOrDefault(request.id().job(), List.of()),
                        request.findings(),
                        request.failure(),
                        positions.get(request.id().job())))
                .toList();
    }

    /** Lets those begin at once that waited longest for one of the roles, when the transaction is committed. */
    private void wake(List<RequestId> waiting) {
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
        afterCommit(tasks::triggerCheckForDueExecutions);
    }

    private static void afterCommit(Runnable action) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                action.run();
            }
        });
    }

    /** Forgets the plans that expired and that nobody asked for. */
    @Scheduled(fixedDelayString = "PT10M")
    void forgetPlans() {
        for (RequestId id : plans.unusedBefore(clock.instant())) {
            transaction.executeWithoutResult(_ -> {
                if (provisioning.forget(id.job())) {
                    plans.delete(id);
                }
            });
        }
    }

    /** Works on the request until it ends, from wherever it was left; its task goes with its end. */
    ProvisioningOutcome work(RequestId id) {
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
        afterCommit(() -> meters.ended(ended.action(), status, ended.submittedAt()));
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
