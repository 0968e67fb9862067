package io.rolesmith.provisioning;

import io.rolesmith.iam.IamReadException;
import io.rolesmith.role.RoleState;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Roles that are deleted, side by side. A deletion only goes forward: what is gone cannot be brought back, so that what fails
 * on the way is left to a person, who may let it be taken up again.
 */
final class DeletionRun {

    private final JobRun run;
    private final List<RoleRun> roles;
    private final boolean refused;
    private final boolean taken;
    private final RoleReader reader;
    private final ChangeRunner runner;
    private final Recorder recorder;

    /**
     * @param unit roles that have ended are left alone
     * @param taken whether a predecessor may have begun
     */
    DeletionRun(
            JobRun run, List<RoleRun> unit, boolean taken, RoleReader reader, ChangeRunner runner, Recorder recorder) {
        this.run = run;
        this.roles = unit.stream().filter(RoleRun::isOpen).toList();
        this.refused = roles.size() < unit.size() && roles.stream().noneMatch(DeletionRun::isBegun);
        this.taken = taken;
        this.reader = reader;
        this.runner = runner;
        this.recorder = recorder;
    }

    /** Deletes the roles, unless one of them cannot be planned; afterwards each has its final status. */
    void finish() {
        if (refused) {
            roles.forEach(role -> role.status(RoleStatus.FAILED));
        } else {
            SideBySide.run(run.trace(), roles, this::delete);
        }
    }

    /** Roles are begun only if none of them was refused, so that one that is shows that the others ended later. */
    private static boolean isBegun(RoleRun role) {
        return role.steps().stream().anyMatch(step -> !step.is(ChangeStatus.PLANNED));
    }

    private void delete(RoleRun role) {
        Optional<Failure> failure = (taken ? foreign(role) : Optional.<Failure>empty()).or(() -> goForward(role));
        boolean wrote = role.steps().stream().anyMatch(step -> step.is(ChangeStatus.APPLIED, ChangeStatus.UNKNOWN));
        if (failure.isEmpty()) {
            role.status(role.steps().isEmpty() ? RoleStatus.UNCHANGED : RoleStatus.APPLIED);
        } else if (wrote) {
            role.status(RoleStatus.NEEDS_ATTENTION);
            run.failed(Failures.attention(
                    role.task(),
                    "The role " + role.name() + " is not deleted, and part of what hung on it is gone: "
                            + failure.get().message()));
        } else {
            role.status(RoleStatus.FAILED);
            run.failed(failure.get());
        }
    }

    /** Time passed between two workers, in which the role may have been made again. */
    private Optional<Failure> foreign(RoleRun role) {
        long began = System.nanoTime();
        try {
            Optional<RoleState> live = reader.outline(
                    role.gateway(), role.name(), state -> state.roleId().equals(role.roleId()));
            live.ifPresent(state -> role.seen(began, state));
            return live.filter(state -> !state.roleId().equals(role.roleId()) || state.templated())
                    .map(state -> Failures.replaced(role.task(), state));
        } catch (IamReadException e) {
            role.lease().parkIfOurs(e, true);
            return Optional.of(Failures.of(role.task(), e));
        }
    }

    /** What a predecessor left without an outcome was done, if reading shows it; else it is done now, whatever it shows. */
    private boolean wasDone(RoleRun role, RoleRun.Step step) {
        return runner.settle(role, step.change(), run.ownership(), Optional.empty(), recorded(role, step))
                .isEmpty();
    }

    private Optional<Failure> goForward(RoleRun role) {
        List<RoleRun.Step> inherited = role.steps().stream()
                .filter(step -> taken && step.is(ChangeStatus.STARTED, ChangeStatus.UNKNOWN))
                .toList();
        for (RoleRun.Step step : role.steps()) {
            if (step.isDone()) {
                continue;
            }
            boolean doubted = inherited.contains(step);
            if (doubted && wasDone(role, step)) {
                continue;
            }
            if (!step.is(ChangeStatus.STARTED, ChangeStatus.UNKNOWN)) {
                recorder.started(role, step);
            }
            Optional<Failure> failure;
            try {
                failure = runner.make(
                        role,
                        step.change(),
                        run.ownership(),
                        doubted,
                        ChangeRunner.Purpose.DELETION,
                        recorded(role, step));
            } catch (ParkedException e) {
                if (!e.isDoubted()) {
                    recorder.dropped(role, step);
                }
                throw e;
            }
            if (failure.isPresent()) {
                if (step.is(ChangeStatus.STARTED)) {
                    recorder.unclear(role, step, failure.get());
                }
                return failure;
            }
        }
        return Optional.empty();
    }

    private Consumer<ChangeRunner.Attempt> recorded(RoleRun role, RoleRun.Step step) {
        return attempt -> recorder.tried(
                run, role, step, step.change(), attempt, attempt.isDone() ? role.next(step) : Optional.empty());
    }
}
