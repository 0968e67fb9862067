package io.rolesmith.provisioning;

import io.rolesmith.iam.IamReadException;
import io.rolesmith.role.Change;
import io.rolesmith.role.ChangeEffect;
import io.rolesmith.role.RoleState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The roles of a job that are changed or undone together. First every role is created, which shows whose the names are and
 * grants nothing; then each is changed, the roles side by side; what has no way back comes when all the rest is done. If
 * anything fails, what was done is taken back. Deletions only go forward.
 */
final class UnitRun {

    private final JobRun run;
    private final List<RoleRun> roles;
    private final boolean taken;
    private final RoleReader reader;
    private final ChangeRunner runner;
    private final Recorder recorder;

    /** Sent, perhaps, by a predecessor. */
    private final Set<RoleRun.Step> inherited = ConcurrentHashMap.newKeySet();

    private volatile boolean failed;

    /**
     * @param unit roles that have ended are left alone; there are such where one was refused, or when what needed attention is
     *     taken up again, and either way the others are not made any more
     * @param taken whether a predecessor may have begun
     */
    UnitRun(JobRun run, List<RoleRun> unit, boolean taken, RoleReader reader, ChangeRunner runner, Recorder recorder) {
        this.run = run;
        this.roles = unit.stream().filter(RoleRun::isOpen).toList();
        this.failed = roles.size() < unit.size();
        this.taken = taken;
        this.reader = reader;
        this.runner = runner;
        this.recorder = recorder;
    }

    /** Makes the changes, or undoes them; afterwards each role has its final status. */
    void finish() {
        if (taken) {
            roles.forEach(this::takeUp);
        }
        if (!failed) {
            create();
            SideBySide.run(run.trace(), roles, role -> make(role, RoleRun.Step::isReversible));
            SideBySide.run(run.trace(), roles, role -> make(role, _ -> true));
        }
        if (!failed) {
            roles.forEach(role -> role.status(role.steps().isEmpty() ? RoleStatus.UNCHANGED : RoleStatus.APPLIED));
            return;
        }
        SideBySide.run(run.trace(), roles, this::drop);
        boolean wrote = roles.stream().flatMap(role -> role.steps().stream()).anyMatch(UnitRun::leftSomething);
        roles.reversed().forEach(this::undo);
        roles.stream()
                .filter(role -> role.status() != RoleStatus.NEEDS_ATTENTION)
                .forEach(role -> role.status(wrote ? RoleStatus.ROLLED_BACK : RoleStatus.FAILED));
    }

    private static boolean leftSomething(RoleRun.Step step) {
        return switch (step.status()) {
            case APPLIED, UNDOING, UNDONE, UNKNOWN -> true;
            case PLANNED, STARTED, MOOT, FAILED -> false;
        };
    }

    /** What a predecessor left without an outcome is found out by reading before anything else is written. */
    private void takeUp(RoleRun role) {
        for (RoleRun.Step step : role.steps()) {
            switch (step.status()) {
                case STARTED, UNKNOWN -> {
                    inherited.add(step);
                    runner.settle(
                                    role,
                                    step.change(),
                                    run.ownership(),
                                    failed && makes(step.change())
                                            ? Optional.of(Failures.notDone(role.task(), step.change()))
                                            : Optional.empty(),
                                    recorded(role, step, Optional.empty()))
                            .filter(failure -> failure.code() != Failure.Code.AWS_FAILED)
                            .ifPresent(failure -> {
                                if (step.status() == ChangeStatus.STARTED) {
                                    recorder.unclear(role, step, failure);
                                }
                                fail(failure);
                            });
                }
                case FAILED, UNDOING, UNDONE -> failed = true;
                case PLANNED, APPLIED, MOOT -> {}
            }
        }
        if (!failed && role.roleId() != null && role.steps().stream().anyMatch(step -> step.is(ChangeStatus.PLANNED))) {
            lookAgain(role);
        }
    }

    /** Time passed between two workers, in which somebody else may have come. */
    private void lookAgain(RoleRun role) {
        long began = System.nanoTime();
        Optional<RoleState> live;
        try {
            live = role.isNew()
                    ? reader.insistOnNew(role, false, role.believable(_ -> true))
                    : reader.insist(role.gateway(), role.name(), role.believable(_ -> true));
        } catch (IamReadException e) {
            role.lease().parkIfOurs(e, true);
            giveUp(role, Failures.of(role.task(), e));
            return;
        }
        live.ifPresent(state -> role.seen(began, state));
        if (live.isEmpty() || !live.get().roleId().equals(role.roleId())) {
            giveUp(role, Failures.foreign(role.task()));
            return;
        }
        RoleState state = live.get();
        if (state.templated()) {
            giveUp(role, Failures.replaced(role.task(), state));
            return;
        }
        for (RoleRun.Step step : role.steps()) {
            if (step.is(ChangeStatus.PLANNED)) {
                if (ChangeEffect.of(step.change(), Optional.of(state)) == ChangeEffect.OTHER) {
                    giveUp(role, Failures.interfered(role.task(), step.change()));
                    return;
                }
                state = state.after(step.change());
            }
        }
    }

    /** What was about to be sent when it came to be known that all is to be undone was not sent, or not done. */
    private void drop(RoleRun role) {
        for (RoleRun.Step step : role.steps()) {
            if (step.status() == ChangeStatus.STARTED) {
                if (inherited.contains(step) && makes(step.change())) {
                    makeSure(role, step);
                } else {
                    recorder.dropped(role, step);
                }
            }
        }
    }

    private static boolean makes(Change change) {
        return change instanceof Change.CreateRole || change instanceof Change.CreateInstanceProfile;
    }

    /** It will not be sent again, so that nobody would find what it made any more if it were only not shown yet. */
    private void makeSure(RoleRun role, RoleRun.Step step) {
        runner.settle(
                        role,
                        step.change(),
                        run.ownership(),
                        Optional.of(Failures.notDone(role.task(), step.change())),
                        recorded(role, step, Optional.empty()))
                .filter(failure -> failure.code() == Failure.Code.NEEDS_ATTENTION)
                .ifPresent(failure -> {
                    recorder.unclear(role, step, failure);
                    run.failed(failure);
                });
    }

    private void create() {
        List<RoleRun> waiting =
                new ArrayList<>(roles.stream().filter(RoleRun::isNew).toList());
        while (!waiting.isEmpty() && !failed) {
            List<RoleRun> wave = waiting.stream()
                    .filter(role -> waiting.stream().noneMatch(other -> other != role && role.follows(other)))
                    .toList();
            // Circles were broken when this was planned; if one was not, IAM refuses the first of it.
            List<RoleRun> now = wave.isEmpty() ? List.copyOf(waiting) : wave;
            SideBySide.run(run.trace(), now, role -> role.creation().ifPresent(step -> make(role, step)));
            waiting.removeAll(now);
        }
    }

    private void make(RoleRun role, Predicate<RoleRun.Step> which) {
        role.steps().stream().filter(which).forEach(step -> make(role, step));
    }

    private void make(RoleRun role, RoleRun.Step step) {
        if (failed || step.isDone()) {
            return;
        }
        if (step.status() == ChangeStatus.PLANNED) {
            recorder.started(role, step);
        }
        try {
            runner.make(
                            role,
                            step.change(),
                            run.ownership(),
                            inherited.contains(step),
                            ChangeRunner.Purpose.CHANGE,
                            recorded(role, step, next(role, step)))
                    .ifPresent(this::fail);
        } catch (ParkedException e) {
            if (!e.isDoubted()) {
                // Or who takes it up would have to read whether it was done.
                recorder.dropped(role, step);
            }
            throw e;
        }
    }

    /** The step that follows on this one whatever the other roles do, so that both can be written down at once. */
    private Optional<RoleRun.Step> next(RoleRun role, RoleRun.Step step) {
        return roles.size() > 1 && step.change() instanceof Change.CreateRole
                ? Optional.empty()
                : role.next(step).filter(following -> roles.size() == 1 || following.isReversible());
    }

    /** Before anything was tried that would be written down with it. */
    private void giveUp(RoleRun role, Failure failure) {
        recorder.failed(role, failure);
        fail(failure);
    }

    private void fail(Failure failure) {
        failed = true;
        run.failed(failure);
    }

    private Consumer<ChangeRunner.Attempt> recorded(RoleRun role, RoleRun.Step step, Optional<RoleRun.Step> next) {
        return attempt -> {
            boolean made = attempt.isDone() && !failed;
            if (made && isLast(step)) {
                recorder.madeLast(run, role, step, attempt);
            } else {
                recorder.tried(run, role, step, step.change(), attempt, made ? next : Optional.empty());
            }
        };
    }

    /** Whether the job ends when the step is made. */
    private boolean isLast(RoleRun.Step step) {
        return !taken
                && run.roles().size() == 1
                && roles.getFirst().steps().stream().allMatch(other -> other == step || other.isDone());
    }

    private void undo(RoleRun role) {
        List<RoleRun.Step> made = role.steps().reversed().stream()
                .filter(step -> switch (step.status()) {
                    case APPLIED, UNDOING, UNKNOWN -> true;
                    case PLANNED, STARTED, MOOT, FAILED, UNDONE -> false;
                })
                .toList();
        if (made.isEmpty()) {
            return;
        }
        if (made.stream().anyMatch(step -> step.status() == ChangeStatus.UNKNOWN)) {
            role.status(RoleStatus.NEEDS_ATTENTION);
            return;
        }
        long began = System.nanoTime();
        Optional<RoleState> live;
        try {
            Predicate<RoleState> written = role.believable(state -> isAsWritten(role, made, state));
            live = role.creation().filter(step -> step.is(ChangeStatus.APPLIED)).isPresent()
                    ? reader.insistOnNew(role, false, written)
                    : reader.insist(role.gateway(), role.name(), written);
        } catch (IamReadException e) {
            role.lease().parkIfOurs(e, true);
            attention(role, "The role " + role.name() + " could not be read to undo what was made: " + e.code());
            return;
        }
        live.ifPresent(state -> role.seen(began, state));
        if (live.isPresent() && !live.get().roleId().equals(role.roleId())) {
            attention(
                    role,
                    "The role " + role.name() + " was made again by somebody else (its RoleId is "
                            + live.get().roleId() + ", ours was " + role.roleId() + "); it is left alone");
            return;
        }
        if (live.filter(RoleState::templated).isPresent()) {
            attention(
                    role,
                    "The role " + role.name() + " is managed by a role template of AWS by now; it is left as it is");
            return;
        }
        for (RoleRun.Step step : made) {
            if (!takeBack(role, step, live)) {
                return;
            }
            // Later changes of the same part of a role hide earlier ones, and are taken back first.
            live = live.map(state -> step.change().reversal() instanceof Change.Reversible(Change inverse)
                    ? state.after(inverse)
                    : state);
        }
    }

    /** Whether all that was made can be seen; what was made a moment ago and cannot may only not be shown yet. */
    private static boolean isAsWritten(RoleRun role, List<RoleRun.Step> made, RoleState live) {
        if (!live.roleId().equals(role.roleId())) {
            return false;
        }
        RoleState state = live;
        for (RoleRun.Step step : made) {
            switch (ChangeEffect.of(step.change(), Optional.of(state))) {
                case NOT_THERE, OTHER -> {
                    return false;
                }
                case THERE, INVISIBLE -> {}
            }
            if (step.change().reversal() instanceof Change.Reversible(Change inverse)) {
                state = state.after(inverse);
            }
        }
        return true;
    }

    private boolean takeBack(RoleRun role, RoleRun.Step step, Optional<RoleState> live) {
        if (step.status() == ChangeStatus.UNDOING
                && step.change().reversal() instanceof Change.Reversible(Change inverse)) {
            Optional<Failure> failure =
                    runner.settle(role, inverse, run.ownership(), Optional.empty(), undone(role, step, inverse));
            if (failure.isEmpty()) {
                return true;
            }
            if (failure.get().code() != Failure.Code.AWS_FAILED) {
                left(role, step, failure.get());
                return false;
            }
        }
        switch (ChangeEffect.of(step.change(), live)) {
            case NOT_THERE -> {
                recorder.gone(role, step);
                return true;
            }
            case OTHER -> {
                attention(
                        role,
                        "Somebody else changed what '" + step.change().summary() + "' wrote on the role " + role.name()
                                + "; it is left as it is");
                return false;
            }
            case THERE -> {
                if (live.isEmpty()) {
                    // With the role, somebody removed what this removed from it; there is nothing to give it back to.
                    recorder.gone(role, step);
                    return true;
                }
            }
            case INVISIBLE -> {}
        }
        return switch (step.change().reversal()) {
            case Change.Irreversible(String reason) -> {
                attention(role, "'" + step.change().summary() + "' cannot be undone: " + reason);
                yield false;
            }
            case Change.Reversible(Change inverse) -> {
                boolean doubted = step.status() == ChangeStatus.UNDOING;
                if (!doubted) {
                    recorder.undoing(role, step);
                }
                Optional<Failure> failure;
                try {
                    failure = runner.make(
                            role,
                            inverse,
                            run.ownership(),
                            doubted,
                            ChangeRunner.Purpose.UNDO,
                            undone(role, step, inverse));
                } catch (ParkedException e) {
                    if (!e.isDoubted()) {
                        recorder.notUndone(role, step);
                    }
                    throw e;
                }
                failure.ifPresent(reason -> left(role, step, reason));
                yield failure.isEmpty();
            }
        };
    }

    private Consumer<ChangeRunner.Attempt> undone(RoleRun role, RoleRun.Step step, Change inverse) {
        return attempt -> recorder.tried(run, role, step, inverse, attempt, Optional.empty());
    }

    /** If whether it was undone is beyond finding out, it still is to be undone when it is taken up again. */
    private void left(RoleRun role, RoleRun.Step step, Failure failure) {
        attention(
                role,
                "'" + step.change().summary() + "' on the role " + role.name() + " could not be undone: "
                        + failure.message());
    }

    private void attention(RoleRun role, String message) {
        role.status(RoleStatus.NEEDS_ATTENTION);
        run.failed(Failures.attention(role.task(), message));
    }
}
