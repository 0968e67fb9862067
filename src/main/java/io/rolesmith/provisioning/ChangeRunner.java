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
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes one change, however often it takes, and says what came of it. A write is repeated only when IAM refused it in
 * passing, when it never left, or when reading showed that it was not done.
 */
@Component
class ChangeRunner {

    /** Where a change stands after an attempt. */
    enum Standing {
        DONE,
        NOT_DONE,
        /** Not done yet, and it will be tried again. */
        TRYING,
        UNCLEAR
    }

    /** One attempt, as the trail records it. */
    record Attempt(
            Standing standing,
            AuditOutcome outcome,
            @Nullable String awsRequestId,
            @Nullable String error) {}

    private final ProvisioningProperties.Provisioning properties;

    ChangeRunner(ProvisioningProperties properties) {
        this.properties = properties.provisioning();
    }

    /**
     * Makes the change.
     *
     * @param undo whether it takes back what we made: then what is gone already is done, and subordinates that IAM still
     *     sees are waited for
     * @param record told of each attempt before the next one is made
     * @return why it was not done, or cannot be told to be; empty if it was done
     */
    Optional<Failure> make(RoleRun role, Change change, Ownership ownership, boolean undo, Consumer<Attempt> record) {
        boolean doubted = false;
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt >= properties.attempts();
            Standing next = last ? Standing.NOT_DONE : Standing.TRYING;
            switch (role.gateway().apply(change)) {
                case IamAnswer.Accepted accepted -> {
                    if (accepted.role() != null) {
                        role.is(accepted.role());
                    }
                    record.accept(new Attempt(Standing.DONE, AuditOutcome.SUCCEEDED, accepted.awsRequestId(), null));
                    return Optional.empty();
                }
                case IamAnswer.Refused refused -> {
                    String error = refused.code() + ": " + refused.message();
                    if (undo && refused.code().equals(IamErrors.NO_SUCH_ENTITY)) {
                        record.accept(new Attempt(Standing.DONE, AuditOutcome.FAILED, refused.awsRequestId(), error));
                        return Optional.empty();
                    }
                    if (doubted && refused.code().equals(IamErrors.ENTITY_ALREADY_EXISTS)) {
                        // The attempt before this one may have landed late.
                        record.accept(
                                new Attempt(Standing.UNCLEAR, AuditOutcome.FAILED, refused.awsRequestId(), error));
                        return settle(role, change, ownership, true, record);
                    }
                    boolean passing =
                            refused.isPassing() || (undo && refused.code().equals(IamErrors.DELETE_CONFLICT));
                    record.accept(new Attempt(
                            passing ? next : Standing.NOT_DONE, AuditOutcome.FAILED, refused.awsRequestId(), error));
                    if (!passing || last) {
                        return Optional.of(Failures.of(role, change, refused));
                    }
                }
                case IamAnswer.Unsent unsent -> {
                    record.accept(
                            new Attempt(next, AuditOutcome.FAILED, null, unsent.code() + ": " + unsent.message()));
                    if (last) {
                        return Optional.of(Failures.of(role, change, unsent));
                    }
                }
                case IamAnswer.Unknown unknown -> {
                    record.accept(new Attempt(
                            Standing.UNCLEAR,
                            AuditOutcome.UNKNOWN,
                            unknown.awsRequestId(),
                            unknown.code() + ": " + unknown.message()));
                    doubted = true;
                    Optional<Failure> failure = settle(role, change, ownership, last, record);
                    if (failure.isEmpty() || failure.get().code() != Failure.Code.AWS_FAILED) {
                        return failure;
                    }
                    if (last) {
                        return Optional.of(Failures.of(role, change, unknown));
                    }
                }
            }
            pause(attempt);
        }
    }

    /**
     * Finds out by reading whether a change was done whose answer is missing, and records it.
     *
     * @param last whether it will not be tried again if it was not done
     * @return empty if it was done; {@link Failure.Code#AWS_FAILED} if it was not, {@link Failure.Code#ROLE_NOT_OURS} if
     *     somebody else's role has the name, {@link Failure.Code#NEEDS_ATTENTION} if that cannot be told
     */
    Optional<Failure> settle(RoleRun role, Change change, Ownership ownership, boolean last, Consumer<Attempt> record) {
        String what = change.operation() + " for " + role.name();
        return switch (look(role, change, ownership)) {
            case THERE -> {
                record.accept(new Attempt(
                        Standing.DONE, AuditOutcome.SUCCEEDED, null, "the answer was lost; the live role shows it"));
                yield Optional.empty();
            }
            case NOT_THERE -> {
                record.accept(new Attempt(
                        last ? Standing.NOT_DONE : Standing.TRYING,
                        AuditOutcome.FAILED,
                        null,
                        "the answer was lost; the live role shows that it was not done"));
                yield Optional.of(new Failure(
                        Failure.Code.AWS_FAILED,
                        what + " got no answer and was not done",
                        role.account().id().value(),
                        role.name().value(),
                        null));
            }
            case OTHER -> {
                if (change instanceof Change.CreateRole) {
                    record.accept(new Attempt(
                            Standing.NOT_DONE, AuditOutcome.FAILED, null, "the live role was made by somebody else"));
                    yield Optional.of(new Failure(
                            Failure.Code.ROLE_NOT_OURS,
                            "IAM has a role of the name " + role.name() + " that this request did not make",
                            role.account().id().value(),
                            role.name().value(),
                            null));
                }
                yield Optional.of(Failures.attention(
                        role, what + " got no answer, and somebody else changed the role meanwhile"));
            }
            case INVISIBLE ->
                Optional.of(
                        Failures.attention(role, what + " got no answer, and IAM does not show whether it was done"));
        };
    }

    private ChangeEffect look(RoleRun role, Change change, Ownership ownership) {
        for (int read = 1; ; read++) {
            boolean last = read >= properties.absenceReads();
            try {
                Optional<RoleState> live = role.gateway().observe(role.name(), true);
                if (live.isPresent() || last) {
                    return effect(role, change, ownership, live);
                }
            } catch (IamReadException e) {
                if (last) {
                    return ChangeEffect.INVISIBLE;
                }
            }
            pause(read);
        }
    }

    private static ChangeEffect effect(RoleRun role, Change change, Ownership ownership, Optional<RoleState> live) {
        if (change instanceof Change.CreateRole && live.isPresent()) {
            RoleState state = live.get();
            if (!ownership.isOn(state.tags())) {
                return ChangeEffect.OTHER;
            }
            role.is(new IamAnswer.CreatedRole(state.roleId(), state.arn()));
            return ChangeEffect.THERE;
        }
        if (live.isPresent() && !live.get().roleId().equals(role.roleId())) {
            return ChangeEffect.OTHER;
        }
        return ChangeEffect.of(change, live);
    }

    /** Doubles with each attempt, half of it chance, so that writers that met do not meet again. */
    private void pause(int attempt) {
        long full = properties.backoff().toMillis() << Math.min(attempt - 1, 6);
        try {
            Thread.sleep(
                    Duration.ofMillis(full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "Stopped while waiting to repeat a call to IAM; the job is taken up again", e);
        }
    }
}
