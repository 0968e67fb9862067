package io.rolesmith.provisioning;

import io.rolesmith.audit.AuditOutcome;
import io.rolesmith.iam.IamAnswer;
import io.rolesmith.iam.IamErrors;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.role.Change;
import io.rolesmith.role.ChangeEffect;
import io.rolesmith.role.Ownership;
import io.rolesmith.role.RoleState;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes one change, however often it takes, and says what came of it. A write is repeated only when IAM refused it in
 * passing, when it never left, or when reading showed that it was not done.
 *
 * <p>IAM knows roles by their names and has no condition on a write. So a role is looked at again before a write is repeated,
 * before one whose last look is older than {@code rolesmith.provisioning.sight}, and after an answer that is odd of a role
 * which nobody else touches. What remains: a role that somebody deletes and makes again, or a part that somebody else writes,
 * after the look and before the write arrives, which is at most that time, the wait for the account's call budget and the
 * call itself. It cannot be closed with IAM's API.
 */
@Component
class ChangeRunner {

    /** IAM's words are no contract; these are the places where nothing else tells the kinds of refusal apart. */
    private static final String INVALID_PRINCIPAL = "Invalid principal in policy";

    /** A policy speaks against it, so that no tag that is still to be seen would allow it. */
    private static final String EXPLICIT_DENY = "explicit deny";

    /** Where a change stands after an attempt. */
    enum Standing {
        DONE,
        /** What was to be removed was gone already, by somebody else's hand. */
        MOOT,
        NOT_DONE,
        /** Not done yet, and it will be tried again. */
        TRYING,
        UNCLEAR
    }

    /** What a change is made for, which decides what counts as done and how long it is tried. */
    enum Purpose {
        /** It is asked for; if it fails, all is taken back. */
        CHANGE,
        /** It is part of a deletion, which only goes forward. */
        DELETION,
        /** It takes back what we made. */
        UNDO;

        /** Whether failing would leave something half made. */
        private boolean isLastResort() {
            return switch (this) {
                case CHANGE -> false;
                case DELETION, UNDO -> true;
            };
        }
    }

    /**
     * One attempt, as the trail records it.
     *
     * @param failure why the change is given up, if this attempt was the last one
     */
    record Attempt(
            Standing standing,
            AuditOutcome outcome,
            @Nullable String awsRequestId,
            @Nullable String error,
            @Nullable Failure failure) {

        /** Whether the change need not be tried again, since its effect is there. */
        boolean isDone() {
            return standing == Standing.DONE || standing == Standing.MOOT;
        }

        static Attempt of(
                Standing standing, AuditOutcome outcome, @Nullable String awsRequestId, @Nullable String error) {
            return new Attempt(standing, outcome, awsRequestId, error, null);
        }

        static Attempt last(AuditOutcome outcome, @Nullable String awsRequestId, String error, Failure failure) {
            return new Attempt(Standing.NOT_DONE, outcome, awsRequestId, error, failure);
        }
    }

    private final RoleReader reader;
    private final Backoff backoff;
    private final RecentRoles recentRoles;
    private final ProvisioningProperties.Provisioning properties;

    ChangeRunner(RoleReader reader, Backoff backoff, RecentRoles recentRoles, ProvisioningProperties properties) {
        this.reader = reader;
        this.backoff = backoff;
        this.recentRoles = recentRoles;
        this.properties = properties.provisioning();
    }

    /** Why a change is not sent. */
    private record Obstacle(String error, Failure failure, boolean passes) {}

    /**
     * Makes the change.
     *
     * @param doubted whether it may have been sent before, so that it may land, or have landed, without this call
     * @param record told of each attempt before the next one is made
     * @return why it was not done, or cannot be told to be; empty if it was done
     * @throws Lease.LeaseLostException if another worker may be at the job
     * @throws ParkedException if it cannot be made now, for a reason that lies with us
     */
    Optional<Failure> make(
            RoleRun role,
            Change change,
            Ownership ownership,
            boolean doubted,
            Purpose purpose,
            Consumer<Attempt> record) {
        boolean mayHaveLanded = doubted;
        long began = System.nanoTime();
        // IAM's own delay is waited for by the clock, and uses up no attempts.
        int delays = 0;
        for (int attempt = 1; ; attempt++) {
            role.lease().keep(mayHaveLanded);
            Duration tried = Duration.ofNanos(System.nanoTime() - began);
            boolean last = purpose.isLastResort()
                    ? tried.compareTo(properties.patience()) >= 0
                    : attempt - delays >= properties.attempts();
            Optional<Obstacle> obstacle =
                    attempt == 1 && role.wasSeenWithin(properties.sight(), isFree(role, change, purpose))
                            ? Optional.empty()
                            : look(role, change, purpose, mayHaveLanded);
            if (obstacle.isPresent()) {
                if (last || !obstacle.get().passes()) {
                    Attempt given = Attempt.last(
                            AuditOutcome.FAILED,
                            null,
                            obstacle.get().error(),
                            obstacle.get().failure());
                    return giveUp(
                            role,
                            change,
                            ownership,
                            mayHaveLanded && obstacle.get().passes(),
                            given,
                            record);
                }
                backoff.pause(attempt);
                continue;
            }
            // Looking may have taken long.
            role.lease().keep(mayHaveLanded);
            long sent = System.nanoTime();
            switch (role.gateway().apply(change, role.lease()::isHeld)) {
                case IamAnswer.Accepted accepted -> {
                    if (accepted.role() != null) {
                        role.is(accepted.role());
                        role.madeAt(sent);
                    }
                    role.wrote(change);
                    record.accept(Attempt.of(Standing.DONE, AuditOutcome.SUCCEEDED, accepted.awsRequestId(), null));
                    return Optional.empty();
                }
                case IamAnswer.Refused refused -> {
                    String error = refused.code() + ": " + refused.message();
                    if (isGone(change, refused, purpose)) {
                        role.doubt();
                        record.accept(Attempt.of(
                                mayHaveLanded ? Standing.DONE : Standing.MOOT,
                                AuditOutcome.FAILED,
                                refused.awsRequestId(),
                                error));
                        return Optional.empty();
                    }
                    Failure failure = Failures.of(role.task(), change, refused);
                    if (mayHaveLanded && isThereAlready(change, refused)) {
                        record.accept(Attempt.of(Standing.UNCLEAR, AuditOutcome.FAILED, refused.awsRequestId(), error));
                        return settle(role, change, ownership, Optional.of(failure), isThere(refused), record);
                    }
                    if (refused.isPassing()
                            ? last
                            : tried.compareTo(propagation(role, change, refused, purpose)) >= 0) {
                        Attempt given = Attempt.last(AuditOutcome.FAILED, refused.awsRequestId(), error, failure);
                        return giveUp(role, change, ownership, mayHaveLanded, given, record);
                    }
                    if (!refused.isPassing()) {
                        delays++;
                    }
                    record.accept(Attempt.of(Standing.TRYING, AuditOutcome.FAILED, refused.awsRequestId(), error));
                }
                case IamAnswer.Unsent unsent
                when unsent.isTooLate() -> {
                    // Nothing was tried, and whether the lease is still ours is asked next.
                    delays++;
                    continue;
                }
                case IamAnswer.Unsent unsent
                when unsent.isOurs() ->
                    // Nothing was tried, so there is nothing to record, and nothing that would be a reason to give up.
                    throw new ParkedException(unsent.message(), mayHaveLanded);
                case IamAnswer.Unsent unsent -> {
                    String error = unsent.code() + ": " + unsent.message();
                    if (last) {
                        Failure failure = Failures.of(role.task(), change, unsent);
                        Attempt given = Attempt.last(AuditOutcome.FAILED, null, error, failure);
                        return giveUp(role, change, ownership, mayHaveLanded, given, record);
                    }
                    record.accept(Attempt.of(Standing.TRYING, AuditOutcome.FAILED, null, error));
                }
                case IamAnswer.Unknown unknown -> {
                    record.accept(Attempt.of(
                            Standing.UNCLEAR,
                            AuditOutcome.UNKNOWN,
                            unknown.awsRequestId(),
                            unknown.code() + ": " + unknown.message()));
                    mayHaveLanded = true;
                    Failure notDone = Failures.of(role.task(), change, unknown);
                    Optional<Failure> failure =
                            settle(role, change, ownership, last ? Optional.of(notDone) : Optional.empty(), record);
                    if (last || failure.isEmpty() || failure.get().code() != Failure.Code.AWS_FAILED) {
                        return failure;
                    }
                }
            }
            backoff.pause(attempt);
        }
    }

    /** The last attempt failed; what an earlier one may have done all the same is looked for once more. */
    private Optional<Failure> giveUp(
            RoleRun role,
            Change change,
            Ownership ownership,
            boolean mayHaveLanded,
            Attempt last,
            Consumer<Attempt> record) {
        Optional<Failure> failure = Optional.ofNullable(last.failure());
        if (!mayHaveLanded) {
            record.accept(last);
            return failure;
        }
        record.accept(Attempt.of(Standing.UNCLEAR, last.outcome(), last.awsRequestId(), last.error()));
        return settle(role, change, ownership, failure, record);
    }

    /**
     * Looks whether the role is still the one that it was, and whether nobody else wrote where the change writes. A role that
     * is not shown is in nobody's way: IAM refuses the write if it is really gone.
     */
    private Optional<Obstacle> look(RoleRun role, Change change, Purpose purpose, boolean doubted) {
        if (role.roleId() == null) {
            return Optional.empty();
        }
        long began = System.nanoTime();
        Predicate<RoleState> free = isFree(role, change, purpose);
        Optional<RoleState> live;
        try {
            live = purpose == Purpose.DELETION
                    ? reader.outline(role.gateway(), role.name(), free)
                    : reader.read(role.gateway(), role.name(), true, role.believable(free));
        } catch (IamReadException e) {
            role.lease().parkIfOurs(e, doubted);
            return Optional.of(new Obstacle(
                    "not sent: the role could not be read (" + e.code() + ")", Failures.of(role.task(), e), true));
        }
        if (live.isEmpty()) {
            return Optional.empty();
        }
        role.seen(began, live.get());
        if (!live.get().roleId().equals(role.roleId()) || live.get().templated()) {
            return Optional.of(new Obstacle(
                    "not sent: the role is another one by now", Failures.replaced(role.task(), live.get()), false));
        }
        if (!free.test(live.get())) {
            return Optional.of(new Obstacle(
                    "not sent: somebody else wrote there", Failures.interfered(role.task(), change), false));
        }
        return Optional.empty();
    }

    /** Whether nobody else wrote where the change writes; a deletion takes away whatever is there. */
    private static Predicate<RoleState> isFree(RoleRun role, Change change, Purpose purpose) {
        return state -> state.roleId().equals(role.roleId())
                && !state.templated()
                && (purpose == Purpose.DELETION || ChangeEffect.of(change, Optional.of(state)) != ChangeEffect.OTHER);
    }

    /** Whether the refusal says that what the change removes is not there, which is what was wanted. */
    private static boolean isGone(Change change, IamAnswer.Refused refused, Purpose purpose) {
        return refused.code().equals(IamErrors.NO_SUCH_ENTITY) && (purpose.isLastResort() || removes(change));
    }

    private static boolean removes(Change change) {
        return switch (change) {
            case Change.DetachRolePolicy _,
                    Change.DeleteRolePolicy _,
                    Change.DeleteRolePermissionsBoundary _,
                    Change.RemoveRoleFromInstanceProfile _,
                    Change.DeleteInstanceProfile _,
                    Change.UntagRole _,
                    Change.DeleteRole _ -> true;
            case Change.CreateRole _,
                    Change.UpdateAssumeRolePolicy _,
                    Change.UpdateRole _,
                    Change.PutRolePermissionsBoundary _,
                    Change.AttachRolePolicy _,
                    Change.PutRolePolicy _,
                    Change.TagRole _,
                    Change.CreateInstanceProfile _,
                    Change.AddRoleToInstanceProfile _ -> false;
        };
    }

    /** For how long the refusal may only mean that IAM does not see yet what it did a moment ago; zero if it means what it says. */
    private Duration propagation(RoleRun role, Change change, IamAnswer.Refused refused, Purpose purpose) {
        return switch (refused.code()) {
            case IamErrors.DELETE_CONFLICT ->
                purpose.isLastResort() || role.takesAwayWhatBlocks(change) ? properties.propagation() : Duration.ZERO;
            case IamErrors.NO_SUCH_ENTITY ->
                role.makesWhatIsNeededBy(change) && !isPolicyMissing(role, change)
                        ? properties.propagation()
                        : Duration.ZERO;
            case IamErrors.MALFORMED_POLICY_DOCUMENT ->
                refused.message().contains(INVALID_PRINCIPAL) && namesRecentRole(role, change)
                        ? properties.propagation()
                        : Duration.ZERO;
            case IamErrors.ACCESS_DENIED ->
                role.makesWhatIsNeededBy(change) && !refused.message().contains(EXPLICIT_DENY)
                        ? properties.tagPropagation()
                        : Duration.ZERO;
            default -> Duration.ZERO;
        };
    }

    private static boolean isPolicyMissing(RoleRun role, Change change) {
        try {
            return change instanceof Change.AttachRolePolicy attach
                    && role.gateway().policyDocument(attach.policyArn()).isEmpty();
        } catch (IamReadException e) {
            return false;
        }
    }

    private boolean namesRecentRole(RoleRun role, Change change) {
        return switch (change) {
            case Change.CreateRole create -> recentRoles.isNamedIn(create.trustPolicy());
            case Change.UpdateAssumeRolePolicy update -> recentRoles.isNamedIn(update.trustPolicy());
            default -> false;
        };
    }

    /** Whether IAM's refusal is what a call gets that repeats one which landed; the other writes may be repeated. */
    private static boolean isThereAlready(Change change, IamAnswer.Refused refused) {
        return isThere(refused)
                || (change instanceof Change.AddRoleToInstanceProfile
                        && refused.code().equals(IamErrors.LIMIT_EXCEEDED));
    }

    /** Whether IAM knows what was to be made, though it may not show it yet. */
    private static boolean isThere(IamAnswer.Refused refused) {
        return refused.code().equals(IamErrors.ENTITY_ALREADY_EXISTS);
    }

    /**
     * Finds out by reading whether a change was done whose answer is missing, and records it.
     *
     * @param givenUp why it failed if it was not done; empty if it will be tried again then
     * @return empty if it was done; {@code givenUp}, or {@link Failure.Code#AWS_FAILED}, if it was not,
     *     {@link Failure.Code#ROLE_NOT_OURS} if somebody else's role has the name, {@link Failure.Code#NEEDS_ATTENTION} if that
     *     cannot be told; of the last, nothing is recorded
     */
    Optional<Failure> settle(
            RoleRun role, Change change, Ownership ownership, Optional<Failure> givenUp, Consumer<Attempt> record) {
        return settle(role, change, ownership, givenUp, false, record);
    }

    /** @param there whether it must be there, by whomever it was made */
    private Optional<Failure> settle(
            RoleRun role,
            Change change,
            Ownership ownership,
            Optional<Failure> givenUp,
            boolean there,
            Consumer<Attempt> record) {
        ChangeEffect effect = effect(role, change, ownership, there || givenUp.isPresent());
        return switch (there && effect == ChangeEffect.NOT_THERE ? ChangeEffect.INVISIBLE : effect) {
            case THERE -> {
                record.accept(Attempt.of(
                        Standing.DONE, AuditOutcome.SUCCEEDED, null, "the answer was lost; the live role shows it"));
                yield Optional.empty();
            }
            case NOT_THERE -> {
                String error = "the answer was lost; the live role shows that it was not done";
                record.accept(givenUp.map(failure -> Attempt.last(AuditOutcome.FAILED, null, error, failure))
                        .orElseGet(() -> Attempt.of(Standing.TRYING, AuditOutcome.FAILED, null, error)));
                yield Optional.of(givenUp.orElseGet(() -> Failures.notDone(role.task(), change)));
            }
            case OTHER -> {
                if (change instanceof Change.CreateRole) {
                    Failure failure = Failures.foreign(role.task());
                    record.accept(Attempt.last(
                            AuditOutcome.FAILED, null, "the live role was made by somebody else", failure));
                    yield Optional.of(failure);
                }
                yield Optional.of(Failures.attention(
                        role.task(),
                        change.operation() + " for " + role.name()
                                + " got no answer, and somebody else changed the role meanwhile"));
            }
            case INVISIBLE ->
                Optional.of(Failures.attention(
                        role.task(),
                        change.operation() + " for " + role.name()
                                + " got no answer, and IAM does not show whether it was done"));
        };
    }

    /**
     * What the last look shows. Only a role that carries the request's tag proves itself at the first: everything else may be
     * how it was before the last writes, and a write to be undone has just left what it is to be undone to.
     *
     * @param last whether it will not be sent again, so that what is only not shown yet would be left behind
     */
    private ChangeEffect effect(RoleRun role, Change change, Ownership ownership, boolean last) {
        role.lease().keep(true);
        long began = System.nanoTime();
        try {
            return switch (change) {
                case Change.CreateInstanceProfile create ->
                    reader.insistOnProfile(
                                    role, create.role().value(), !last, profile -> ownership.isOn(profile.tags()))
                            .map(profile -> ownership.isOn(profile.tags()) ? ChangeEffect.THERE : ChangeEffect.OTHER)
                            .orElse(ChangeEffect.NOT_THERE);
                case Change.DeleteInstanceProfile removal ->
                    reader.insistOnProfile(role, removal.instanceProfile(), true, _ -> false)
                                    .isEmpty()
                            ? ChangeEffect.THERE
                            : ChangeEffect.NOT_THERE;
                case Change.CreateRole _ ->
                    effect(
                            role,
                            change,
                            ownership,
                            began,
                            reader.insistOnNew(role, !last, live -> ownership.isOn(live.tags())));
                default ->
                    effect(role, change, ownership, began, reader.insist(role.gateway(), role.name(), _ -> false));
            };
        } catch (IamReadException e) {
            role.lease().parkIfOurs(e, true);
            return ChangeEffect.INVISIBLE;
        }
    }

    private static ChangeEffect effect(
            RoleRun role, Change change, Ownership ownership, long began, Optional<RoleState> live) {
        if (live.isEmpty()) {
            return ChangeEffect.of(change, live);
        }
        RoleState state = live.get();
        if (change instanceof Change.CreateRole create) {
            if (!ownership.isOn(state.tags())) {
                // Just as asked, it may be ours, and somebody took its tags off before we saw them.
                return ChangeEffect.isLike(create, state) ? ChangeEffect.INVISIBLE : ChangeEffect.OTHER;
            }
            if (!ChangeEffect.isMadeBy(create, state)) {
                // Made by us and edited since, or made by somebody who read the request and copied its tags.
                return ChangeEffect.INVISIBLE;
            }
            role.is(new IamAnswer.CreatedRole(state.roleId(), state.arn()));
        } else if (!state.roleId().equals(role.roleId())) {
            return ChangeEffect.OTHER;
        }
        role.seen(began, state);
        return ChangeEffect.of(change, live);
    }
}
