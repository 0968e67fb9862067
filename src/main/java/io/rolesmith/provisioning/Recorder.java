package io.rolesmith.provisioning;

import io.rolesmith.audit.AuditEntry;
import io.rolesmith.audit.AuditOutcome;
import io.rolesmith.audit.AuditRepository;
import io.rolesmith.role.Change;
import io.rolesmith.role.Revocation;
import io.rolesmith.role.RolePlan;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Writes down what happened: the journal's row and the audit trail's, in one transaction. */
@Component
class Recorder {

    private final Journal journal;
    private final AuditRepository audit;
    private final TransactionTemplate transaction;
    private final InstantSource clock;

    Recorder(Journal journal, AuditRepository audit, TransactionTemplate transaction, InstantSource clock) {
        this.journal = journal;
        this.audit = audit;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** Everything that is going to be written to IAM, before any of it is; joins the caller's transaction. */
    void planned(JobRun run) {
        // What was shown before it was asked for is written down already.
        boolean written = run.job().planned();
        Map<RoleRun, RoleRun.Step> opening = run.opening();
        journal.planned(
                run.job().id(),
                JobStatus.QUEUED,
                JobStatus.APPLYING,
                run.refusals().values().stream().findFirst(),
                RoleStatus.APPLYING,
                run.plans().entrySet().stream()
                        .map(entry -> new Journal.PlannedRole(
                                entry.getKey().ordinal(),
                                entry.getValue(),
                                entry.getKey().roleId(),
                                entry.getKey().arn(),
                                written ? List.of() : entry.getValue().changes(),
                                opening.containsKey(entry.getKey()) ? 1 : 0))
                        .toList());
        opening.forEach((role, step) -> {
            if (written) {
                start(role, step);
            }
            step.status(ChangeStatus.STARTED);
        });
        run.refusals().forEach((role, failure) -> {
            role.status(RoleStatus.FAILED);
            journal.refused(run.job().id(), role.ordinal());
        });
        List<Map<String, Object>> intended = new ArrayList<>();
        run.plans().forEach((role, plan) -> intended.add(intended(role, plan)));
        SequencedMap<String, Object> after = new LinkedHashMap<>();
        after.put("roles", intended);
        audit.append(AuditEntry.of(run.job().actor(), "request.planned", AuditOutcome.SUCCEEDED)
                .request(run.job().id().value())
                .after(Json.tree(after)));
    }

    private static Map<String, Object> intended(RoleRun role, RolePlan plan) {
        Map<String, Object> intended = new LinkedHashMap<>();
        intended.put("account", role.account().id().value());
        intended.put("name", role.name().value());
        intended.put("access", plan.access().name());
        plan.gap().ifPresent(gap -> intended.put("gap", gap.reason()));
        intended.put(
                "changes",
                role.steps().stream()
                        .map(RoleRun.Step::change)
                        .map(change -> Map.of("kind", change.operation(), "summary", change.summary()))
                        .toList());
        return intended;
    }

    /** The change may be sent from now on. */
    void started(RoleRun role, RoleRun.Step step) {
        transaction.executeWithoutResult(_ -> start(role, step));
    }

    private void start(RoleRun role, RoleRun.Step step) {
        date(role, step);
        journal.change(
                role.job(),
                role.lease().worker(),
                role.ordinal(),
                step.position(),
                ChangeStatus.STARTED,
                null,
                null,
                null);
        step.status(ChangeStatus.STARTED);
    }

    /** A successor must know what was sent, and what takes it back. */
    private void date(RoleRun role, RoleRun.Step step) {
        Change dated = Revocation.dated(step.change(), clock.instant());
        if (!dated.equals(step.change())) {
            journal.rewrite(role.job(), role.ordinal(), step.position(), dated);
            step.change(dated);
        }
    }

    /**
     * A step was tried: its own change, or its inverse to take it back.
     *
     * @param tried what was sent; differs from the step's change when it is taken back
     * @param next is started in the same transaction, which saves one
     */
    void tried(
            JobRun run,
            RoleRun role,
            RoleRun.Step step,
            Change tried,
            ChangeRunner.Attempt attempt,
            Optional<RoleRun.Step> next) {
        Instant now = clock.instant();
        ChangeStatus status = status(step, tried, attempt);
        transaction.executeWithoutResult(_ -> write(run, role, step, tried, attempt, status, now, next));
        step.status(status);
        next.ifPresent(following -> following.status(ChangeStatus.STARTED));
        wrote(run, attempt, now);
    }

    /** The last step of the job was made, which ends it: to be written down with the end. */
    void madeLast(JobRun run, RoleRun role, RoleRun.Step step, ChangeRunner.Attempt attempt) {
        Instant now = clock.instant();
        ChangeStatus status = done(attempt.standing());
        run.last(() -> write(run, role, step, step.change(), attempt, status, now, Optional.empty()));
        step.status(status);
        wrote(run, attempt, now);
    }

    private static void wrote(JobRun run, ChangeRunner.Attempt attempt, Instant now) {
        if (attempt.outcome() != AuditOutcome.FAILED) {
            run.wrote(now);
        }
    }

    private void write(
            JobRun run,
            RoleRun role,
            RoleRun.Step step,
            Change tried,
            ChangeRunner.Attempt attempt,
            ChangeStatus status,
            Instant now,
            Optional<RoleRun.Step> next) {
        boolean undo = !tried.equals(step.change());
        next.ifPresent(following -> date(role, following));
        journal.change(
                role.job(),
                role.lease().worker(),
                role.ordinal(),
                step.position(),
                status,
                undo ? null : attempt.awsRequestId(),
                attempt.error(),
                status == ChangeStatus.STARTED ? null : now,
                tried instanceof Change.CreateRole && status == ChangeStatus.APPLIED ? role.made() : Optional.empty(),
                next.map(RoleRun.Step::position));
        append(run, role, tried, attempt, undo);
        if (!undo && attempt.failure() != null) {
            journal.failed(role.job(), role.lease().worker(), attempt.failure());
        }
    }

    private static ChangeStatus status(RoleRun.Step step, Change tried, ChangeRunner.Attempt attempt) {
        return tried.equals(step.change()) ? done(attempt.standing()) : undone(attempt.standing());
    }

    private static ChangeStatus done(ChangeRunner.Standing standing) {
        return switch (standing) {
            case DONE -> ChangeStatus.APPLIED;
            case MOOT -> ChangeStatus.MOOT;
            case NOT_DONE -> ChangeStatus.FAILED;
            case TRYING -> ChangeStatus.STARTED;
            case UNCLEAR -> ChangeStatus.UNKNOWN;
        };
    }

    private static ChangeStatus undone(ChangeRunner.Standing standing) {
        return switch (standing) {
            case DONE, MOOT -> ChangeStatus.UNDONE;
            case NOT_DONE -> ChangeStatus.APPLIED;
            case TRYING, UNCLEAR -> ChangeStatus.UNDOING;
        };
    }

    /** The inverse of {@code step} may be sent from now on. */
    void undoing(RoleRun role, RoleRun.Step step) {
        stands(role, step, ChangeStatus.UNDOING, null);
    }

    /** The inverse of {@code step} was to be sent next, and was not. */
    void notUndone(RoleRun role, RoleRun.Step step) {
        stands(role, step, ChangeStatus.APPLIED, null);
    }

    /** {@code step} needed no write to be taken back: its effect was gone already. */
    void gone(RoleRun role, RoleRun.Step step) {
        stands(role, step, ChangeStatus.UNDONE, null);
    }

    /** {@code step} was to be made next, and never will be. */
    void dropped(RoleRun role, RoleRun.Step step) {
        transaction.executeWithoutResult(_ -> journal.change(
                role.job(),
                role.lease().worker(),
                role.ordinal(),
                step.position(),
                ChangeStatus.PLANNED,
                null,
                null,
                null));
        step.status(ChangeStatus.PLANNED);
    }

    /** Why the job will not end applied. */
    void failed(RoleRun role, Failure failure) {
        transaction.executeWithoutResult(
                _ -> journal.failed(role.job(), role.lease().worker(), failure));
    }

    /** Whether IAM did what {@code step} asks is beyond finding out. */
    void unclear(RoleRun role, RoleRun.Step step, Failure failure) {
        stands(role, step, ChangeStatus.UNKNOWN, failure.message());
    }

    private void stands(RoleRun role, RoleRun.Step step, ChangeStatus status, @Nullable String error) {
        transaction.executeWithoutResult(_ -> journal.change(
                role.job(),
                role.lease().worker(),
                role.ordinal(),
                step.position(),
                status,
                null,
                error,
                clock.instant()));
        step.status(status);
    }

    private void append(JobRun run, RoleRun role, Change change, ChangeRunner.Attempt attempt, boolean undo) {
        String error = attempt.error();
        audit.append(AuditEntry.of(run.job().actor(), "iam." + change.operation(), attempt.outcome())
                .account(role.account().id().value())
                .role(role.name().value())
                .request(run.job().id().value())
                .awsRequest(attempt.awsRequestId())
                .before(Json.tree(change.before()))
                .after(Json.tree(change.after()))
                .detail(undo ? (error == null ? "undo" : "undo: " + error) : error));
    }
}
