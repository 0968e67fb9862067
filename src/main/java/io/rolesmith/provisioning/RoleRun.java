package io.rolesmith.provisioning;

import io.rolesmith.account.Account;
import io.rolesmith.iam.IamAnswer;
import io.rolesmith.iam.IamGateway;
import io.rolesmith.provisioning.ProvisioningJob.RoleTask;
import io.rolesmith.role.Change;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RoleSpec;
import io.rolesmith.role.RoleState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One role of a job while it is worked on. Used by one thread at a time. */
final class RoleRun {

    /** One change of the journal and how far it came. */
    static final class Step {
        private final int position;
        private Change change;
        private ChangeStatus status;

        Step(int position, Change change, ChangeStatus status) {
            this.position = position;
            this.change = change;
            this.status = status;
        }

        int position() {
            return position;
        }

        Change change() {
            return change;
        }

        /** It is to be made in another way than was planned, so far nothing of it was. */
        void change(Change change) {
            this.change = change;
        }

        ChangeStatus status() {
            return status;
        }

        void status(ChangeStatus status) {
            this.status = status;
        }

        boolean isReversible() {
            return switch (change.reversal()) {
                case Change.Reversible _ -> true;
                case Change.Irreversible _ -> false;
            };
        }

        /** Whether its effect is there. */
        boolean isDone() {
            return is(ChangeStatus.APPLIED, ChangeStatus.MOOT);
        }

        boolean is(ChangeStatus... any) {
            return List.of(any).contains(status);
        }
    }

    private final JobId job;
    private final int ordinal;
    private final RoleTask task;
    private final IamGateway gateway;
    private final Lease lease;
    private final List<Step> steps = new ArrayList<>();
    private volatile RoleStatus status;
    private volatile @Nullable String roleId;
    private volatile @Nullable String arn;

    /** How it was when it was last seen, with what we wrote since. */
    private volatile @Nullable Sight sight;

    /**
     * A look at the role.
     *
     * @param at when it began, in nanoseconds of this JVM's clock
     * @param state absent of a role that was made a moment ago, which nobody else can have written to
     * @param doubted whether IAM contradicted it since, so that another one comes before the next write
     */
    private record Sight(long at, @Nullable RoleState state, boolean doubted) {}

    RoleRun(JobId job, Journal.RoleRow row, Account account, IamGateway gateway, Lease lease) {
        this.job = job;
        this.ordinal = row.ordinal();
        this.task = new RoleTask(account, row.goal(), row.pointer(), row.expected());
        this.gateway = gateway;
        this.lease = lease;
        this.status = row.status();
        this.roleId = row.roleId();
        this.arn = row.arn();
        row.changes().forEach(change -> steps.add(new Step(change.position(), change.change(), change.status())));
    }

    void plan(List<Change> changes) {
        for (Change change : changes) {
            steps.add(new Step(steps.size(), change, ChangeStatus.PLANNED));
        }
    }

    void is(IamAnswer.CreatedRole role) {
        roleId = role.roleId();
        arn = role.arn();
    }

    /** As which IAM knows the role, if it is known. */
    Optional<IamAnswer.CreatedRole> made() {
        String knownId = roleId;
        String knownArn = arn;
        return knownId == null || knownArn == null
                ? Optional.empty()
                : Optional.of(new IamAnswer.CreatedRole(knownId, knownArn));
    }

    /** It was seen so by a look that began at {@code nanoTime}. */
    void seen(long nanoTime, RoleState state) {
        sight = new Sight(nanoTime, state, false);
    }

    /** IAM made it for us upon a call that began at {@code nanoTime}. */
    void madeAt(long nanoTime) {
        sight = new Sight(nanoTime, null, false);
    }

    /** IAM did what we asked. */
    void wrote(Change change) {
        Sight before = sight;
        if (before != null && before.state() != null) {
            sight = new Sight(before.at(), before.state().after(change), before.doubted());
        }
    }

    /** IAM said something that would be odd of a role that nobody else touches, so that it must be looked at before a write. */
    void doubt() {
        Sight before = sight;
        if (before != null) {
            sight = new Sight(before.at(), before.state(), true);
        }
    }

    /** Whether it was seen to be {@code free} not longer ago than that. */
    boolean wasSeenWithin(Duration duration, Predicate<RoleState> free) {
        Sight last = sight;
        return last != null
                && !last.doubted()
                && System.nanoTime() - last.at() <= duration.toNanos()
                && (last.state() == null || free.test(last.state()));
    }

    /**
     * What of {@code expected} may be believed at the first look: what fits the last one, with what we wrote since. Where they
     * differ, somebody else wrote, or this one shows how it was before that one.
     */
    Predicate<RoleState> believable(Predicate<RoleState> expected) {
        Sight last = sight;
        if (last == null || last.state() == null) {
            return expected;
        }
        RoleState known = last.state().withoutInstanceProfiles();
        return state -> !last.doubted()
                && expected.test(state)
                && state.withoutInstanceProfiles().equals(known);
    }

    JobId job() {
        return job;
    }

    int ordinal() {
        return ordinal;
    }

    RoleTask task() {
        return task;
    }

    Account account() {
        return task.account();
    }

    RoleName name() {
        return task.goal().name();
    }

    IamGateway gateway() {
        return gateway;
    }

    /** To be kept before each call that writes. */
    Lease lease() {
        return lease;
    }

    /** In the order in which they are to be made. */
    List<Step> steps() {
        return steps;
    }

    /** The first of the steps behind {@code step} that is still to be made. */
    Optional<Step> next(Step step) {
        return steps.stream()
                .skip(step.position() + 1L)
                .filter(following -> following.is(ChangeStatus.PLANNED))
                .findFirst();
    }

    /** Whether the job makes the role. */
    boolean isNew() {
        return creation().isPresent();
    }

    /** Whether the change, or what takes it back, is about a role or an instance profile that another change of the job makes. */
    boolean makesWhatIsNeededBy(Change change) {
        if (change instanceof Change.CreateRole || change instanceof Change.CreateInstanceProfile) {
            return false;
        }
        boolean onProfile = change instanceof Change.AddRoleToInstanceProfile
                || change instanceof Change.RemoveRoleFromInstanceProfile
                || change instanceof Change.DeleteInstanceProfile;
        return isNew()
                || onProfile && steps.stream().anyMatch(step -> step.change() instanceof Change.CreateInstanceProfile);
    }

    /** Whether another change of the job empties the instance profile that the change deletes. */
    boolean takesAwayWhatBlocks(Change change) {
        return change instanceof Change.DeleteInstanceProfile removal
                && steps.stream()
                        .anyMatch(step -> step.change() instanceof Change.RemoveRoleFromInstanceProfile emptying
                                && emptying.instanceProfile().equals(removal.instanceProfile()));
    }

    /** The change that makes the role, if one does. */
    Optional<Step> creation() {
        return steps.stream()
                .filter(step -> step.change() instanceof Change.CreateRole)
                .findFirst();
    }

    RoleStatus status() {
        return status;
    }

    /** Whether it has not come to its end. */
    boolean isOpen() {
        return status == RoleStatus.QUEUED || status == RoleStatus.APPLYING;
    }

    void status(RoleStatus status) {
        this.status = status;
    }

    /** Whether the role cannot be created before {@code other}, since its trust policy names it from the beginning. */
    boolean follows(RoleRun other) {
        return task.trusts(other.task)
                && task.goal() instanceof RoleGoal.Present(RoleSpec spec)
                && creation()
                        .filter(step -> step.change() instanceof Change.CreateRole create
                                && create.trustPolicy()
                                        .equals(spec.trustPolicy().json()))
                        .isPresent();
    }

    @Nullable
    String roleId() {
        return roleId;
    }

    @Nullable
    String arn() {
        return arn;
    }
}
