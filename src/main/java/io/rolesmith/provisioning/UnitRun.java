package io.rolesmith.provisioning;

import io.rolesmith.iam.IamReadException;
import io.rolesmith.role.Change;
import io.rolesmith.role.ChangeEffect;
import io.rolesmith.role.RoleState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * The roles of a job that are made or undone together. First every role is created, which shows whose the names are and
 * grants nothing; then each gets its policies, the roles side by side. If anything fails, what was made is taken back.
 */
final class UnitRun {

    private final JobRun run;
    private final List<RoleRun> roles;
    private final RoleReader reader;
    private final ChangeRunner runner;
    private final Recorder recorder;

    /** Sent, perhaps, by a predecessor. */
    private final Set<RoleRun.Step> inherited = new HashSet<>();

    private volatile boolean failed;

    UnitRun(JobRun run, List<RoleRun> roles, RoleReader reader, ChangeRunner runner, Recorder recorder) {
        this.run = run;
        this.roles = roles;
        this.reader = reader;
        this.runner = runner;
        this.recorder = recorder;
    }

    /** Makes the roles, or undoes them; afterwards each has its final status. */
    void finish() {
        failed = roles.stream().anyMatch(role -> role.status() == RoleStatus.FAILED);
        if (!failed) {
            roles.forEach(this::takeUp);
            create();
            sideBySide(roles, role -> role.steps().forEach(step -> make(role, step)));
        }
        if (!failed) {
            roles.forEach(role -> role.status(role.steps().isEmpty() ? RoleStatus.UNCHANGED : RoleStatus.APPLIED));
            return;
        }
        boolean wrote = roles.stream().flatMap(role -> role.steps().stream()).anyMatch(UnitRun::leftSomething);
        roles.forEach(this::drop);
        roles.reversed().forEach(this::undo);
        roles.stream()
                .filter(role -> role.status() != RoleStatus.NEEDS_ATTENTION)
                .forEach(role -> role.status(wrote ? RoleStatus.ROLLED_BACK : RoleStatus.FAILED));
    }

    private static boolean leftSomething(RoleRun.Step step) {
        return switch (step.status()) {
            case APPLIED, UNDOING, UNDONE, UNKNOWN -> true;
            case PLANNED, STARTED, FAILED -> false;
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
                                    Optional.empty(),
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
                case PLANNED, APPLIED -> {}
            }
        }
    }

    /** What was about to be sent when it came to be known that all is to be undone was not sent. */
    private void drop(RoleRun role) {
        role.steps().stream()
                .filter(step -> step.status() == ChangeStatus.STARTED)
                .forEach(step -> recorder.dropped(role, step));
    }

    private void create() {
        List<RoleRun> waiting = new ArrayList<>(
                roles.stream().filter(role -> creation(role).isPresent()).toList());
        while (!waiting.isEmpty() && !failed) {
            List<RoleRun> wave = waiting.stream()
                    .filter(role -> waiting.stream().noneMatch(other -> other != role && trusts(role, other)))
                    .toList();
            // Roles that trust each other in a circle cannot all come after one another; IAM refuses the first of them.
            List<RoleRun> now = wave.isEmpty() ? List.copyOf(waiting) : wave;
            sideBySide(now, role -> creation(role).ifPresent(step -> make(role, step)));
            waiting.removeAll(now);
        }
    }

    private static Optional<RoleRun.Step> creation(RoleRun role) {
        return role.steps().stream()
                .filter(step -> step.change() instanceof Change.CreateRole)
                .findFirst();
    }

    private static boolean trusts(RoleRun role, RoleRun other) {
        return role.account().equals(other.account()) && role.spec().names(other.expectedArn());
    }

    private void make(RoleRun role, RoleRun.Step step) {
        if (failed || step.status() == ChangeStatus.APPLIED) {
            return;
        }
        if (step.status() == ChangeStatus.PLANNED) {
            recorder.started(role, step);
        }
        Optional<RoleRun.Step> next = roles.size() > 1 && step.change() instanceof Change.CreateRole
                ? Optional.empty() // whether the others can be created decides whether it is sent at all
                : role.steps().stream()
                        .skip(step.position() + 1L)
                        .filter(following -> following.status() == ChangeStatus.PLANNED)
                        .findFirst();
        runner.make(role, step.change(), run.ownership(), inherited.contains(step), false, recorded(role, step, next))
                .ifPresent(this::fail);
    }

    private void fail(Failure failure) {
        failed = true;
        run.failed(failure);
    }

    private Consumer<ChangeRunner.Attempt> recorded(RoleRun role, RoleRun.Step step, Optional<RoleRun.Step> next) {
        return attempt -> recorder.tried(
                run,
                role,
                step,
                step.change(),
                attempt,
                attempt.standing() == ChangeRunner.Standing.DONE && !failed ? next : Optional.empty());
    }

    private void undo(RoleRun role) {
        List<RoleRun.Step> made = role.steps().reversed().stream()
                .filter(step -> switch (step.status()) {
                    case APPLIED, UNDOING, UNKNOWN -> true;
                    case PLANNED, STARTED, FAILED, UNDONE -> false;
                })
                .toList();
        if (made.isEmpty()) {
            return;
        }
        if (made.stream().anyMatch(step -> step.status() == ChangeStatus.UNKNOWN)) {
            role.status(RoleStatus.NEEDS_ATTENTION);
            return;
        }
        Optional<RoleState> live;
        try {
            live = reader.insist(role.gateway(), role.name());
        } catch (IamReadException e) {
            attention(role, "The role " + role.name() + " could not be read to undo what was made: " + e.code());
            return;
        }
        if (live.isPresent() && !live.get().roleId().equals(role.roleId())) {
            attention(
                    role,
                    "The role " + role.name() + " was made again by somebody else (its RoleId is "
                            + live.get().roleId() + ", ours was " + role.roleId() + "); it is left alone");
            return;
        }
        for (RoleRun.Step step : made) {
            if (!takeBack(role, step, live)) {
                return;
            }
        }
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
            case THERE, INVISIBLE -> {}
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
                Optional<Failure> failure =
                        runner.make(role, inverse, run.ownership(), doubted, true, undone(role, step, inverse));
                failure.ifPresent(reason -> left(role, step, reason));
                yield failure.isEmpty();
            }
        };
    }

    private Consumer<ChangeRunner.Attempt> undone(RoleRun role, RoleRun.Step step, Change inverse) {
        return attempt -> recorder.tried(run, role, step, inverse, attempt, Optional.empty());
    }

    private void left(RoleRun role, RoleRun.Step step, Failure failure) {
        if (step.status() == ChangeStatus.UNDOING) {
            recorder.unclear(role, step, failure);
        }
        attention(
                role,
                "'" + step.change().summary() + "' on the role " + role.name() + " could not be undone: "
                        + failure.message());
    }

    private void attention(RoleRun role, String message) {
        role.status(RoleStatus.NEEDS_ATTENTION);
        run.failed(Failures.attention(role, message));
    }

    /** Runs {@code work} for each role on a thread of its own, and ends when all have; the first exception is thrown on. */
    private static void sideBySide(List<RoleRun> roles, Consumer<RoleRun> work) {
        if (roles.size() == 1) {
            work.accept(roles.getFirst());
            return;
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<? extends Future<?>> running = roles.stream()
                    .map(role -> threads.submit(() -> work.accept(role)))
                    .toList();
            for (Future<?> future : running) {
                future.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Stopped while roles were made; the job is taken up again", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }
}
