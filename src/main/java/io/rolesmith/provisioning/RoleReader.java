package io.rolesmith.provisioning;

import io.rolesmith.iam.IamGateway;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.iam.InstanceProfile;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RoleState;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Reads roles until what is read can be believed. IAM is eventually consistent: a role that was made a moment ago may not be
 * shown, and one that was changed may be shown as it was before, even after it was shown as it is. So what is not as it should
 * be, absent or other, counts only when it was seen as often in a row as configured; and so does what is as it should be, once
 * a look has shown a role that is otherwise, since that may be the later one.
 */
@Component
class RoleReader {

    /** Passes by itself; everything else the gateway has tried again already. */
    private static final Set<String> PASSING =
            Set.of(IamReadException.ROLE_CHANGED, IamReadException.ROLE_IN_THE_MAKING);

    /** An IAM that shows now this and now that is read for so many times as long, and the last is taken. */
    private static final int LONGEST = 3;

    private final Backoff backoff;
    private final int reads;
    private final Duration propagation;

    RoleReader(Backoff backoff, ProvisioningProperties properties) {
        this.backoff = backoff;
        this.reads = properties.provisioning().absenceReads();
        this.propagation = properties.provisioning().propagation();
    }

    /**
     * The role as it is now; to be asked where it should be there.
     *
     * @throws IamReadException if it cannot be read
     */
    Optional<RoleState> read(IamGateway gateway, RoleName name, boolean withInstanceProfiles) {
        return read(gateway, name, withInstanceProfiles, _ -> true);
    }

    /**
     * The same, where it is known how the role should be.
     *
     * @param expected whether the role is as it should be, so that it need not be read again
     * @throws IamReadException if it cannot be read
     */
    Optional<RoleState> read(
            IamGateway gateway, RoleName name, boolean withInstanceProfiles, Predicate<RoleState> expected) {
        return read(
                () -> gateway.observe(name, withInstanceProfiles),
                expected,
                failure -> PASSING.contains(failure.code()));
    }

    /**
     * The role with instance profiles, where a write hangs on it: then any failure is worth another read.
     *
     * @param expected whether the role is as it should be, so that it need not be read again
     * @throws IamReadException if it cannot be read
     */
    Optional<RoleState> insist(IamGateway gateway, RoleName name, Predicate<RoleState> expected) {
        return read(() -> gateway.observe(name, true), expected, _ -> true);
    }

    /**
     * The same of a role that is made by the job, for as long as IAM may take to show what it did.
     *
     * @param mayBeAbsent whether the role may be absent when that was seen often enough; else it is only not shown yet
     * @param expected whether the role is as it should be, so that it need not be read again
     * @throws IamReadException if it cannot be read
     */
    Optional<RoleState> insistOnNew(RoleRun role, boolean mayBeAbsent, Predicate<RoleState> expected) {
        return untilShown(role, mayBeAbsent, () -> insist(role.gateway(), role.name(), expected));
    }

    /**
     * The instance profile that the job makes; to be asked where a write hangs on it, and often, since what is shown may be what
     * was before.
     *
     * @param mayBeAbsent whether it may be absent when that was seen often enough; else it is only not shown yet
     * @param expected whether it is as it should be, so that it need not be read again
     * @throws IamReadException if it cannot be read
     */
    Optional<InstanceProfile> insistOnProfile(
            RoleRun role, String name, boolean mayBeAbsent, Predicate<InstanceProfile> expected) {
        return untilShown(
                role, mayBeAbsent, () -> read(() -> role.gateway().instanceProfile(name), expected, _ -> true));
    }

    private <T> Optional<T> untilShown(RoleRun role, boolean mayBeAbsent, Supplier<Optional<T>> insist) {
        long began = System.nanoTime();
        for (int round = 1; ; round++) {
            boolean late = System.nanoTime() - began >= propagation.toNanos();
            try {
                Optional<T> live = insist.get();
                if (late || mayBeAbsent || live.isPresent()) {
                    return live;
                }
            } catch (IamReadException e) {
                if (late || !e.code().equals(IamReadException.ROLE_IN_THE_MAKING)) {
                    throw e;
                }
            }
            backoff.pause(Math.max(reads, round));
            role.lease().keep(true);
        }
    }

    /**
     * The role with what hangs on it but without the text of its inline policies; to be asked where it should be there.
     *
     * @param expected whether the role is as it should be, so that it need not be read again
     * @throws IamReadException if it cannot be read
     */
    Optional<RoleState> outline(IamGateway gateway, RoleName name, Predicate<RoleState> expected) {
        return read(() -> gateway.outline(name), expected, failure -> PASSING.contains(failure.code()));
    }

    /**
     * The role as IAM shows it at the first look; to be asked where it should not be there.
     *
     * @throws IamReadException if it cannot be read
     */
    Optional<RoleState> peek(IamGateway gateway, RoleName name) {
        return gateway.observe(name, false);
    }

    private <T> Optional<T> read(Supplier<Optional<T>> once, Predicate<T> expected, Predicate<IamReadException> again) {
        Optional<Optional<T>> before = Optional.empty();
        boolean contradicted = false;
        int inARow = 0;
        int failures = 0;
        for (int read = 1; ; read++) {
            try {
                Optional<T> live = once.get();
                boolean asExpected = live.filter(expected).isPresent();
                inARow = before.equals(Optional.of(live)) ? inARow + 1 : 1;
                before = Optional.of(live);
                if (asExpected && !contradicted || inARow >= reads || read >= reads * LONGEST) {
                    return live;
                }
                contradicted |= live.isPresent() && !asExpected;
            } catch (IamReadException e) {
                failures++;
                if (failures >= reads || !again.test(e)) {
                    throw e;
                }
            }
            backoff.pause(read);
        }
    }
}
