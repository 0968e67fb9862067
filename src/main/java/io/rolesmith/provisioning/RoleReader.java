package io.rolesmith.provisioning;

import io.rolesmith.iam.IamGateway;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RoleState;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Reads roles until what is read can be believed. IAM is eventually consistent: a role that was made a moment ago may not be
 * shown, so that absent counts only when it was seen as often as configured.
 */
@Component
class RoleReader {

    /** Passes by itself; everything else the gateway has tried again already. */
    private static final Set<String> PASSING =
            Set.of(IamReadException.ROLE_CHANGED, IamReadException.ROLE_IN_THE_MAKING);

    private final Backoff backoff;
    private final int reads;

    RoleReader(Backoff backoff, ProvisioningProperties properties) {
        this.backoff = backoff;
        this.reads = properties.provisioning().absenceReads();
    }

    /**
     * The role as it is now; to be asked where it should be there.
     *
     * @throws IamReadException if it cannot be read
     */
    Optional<RoleState> read(IamGateway gateway, RoleName name, boolean withInstanceProfiles) {
        return read(gateway, name, withInstanceProfiles, failure -> PASSING.contains(failure.code()));
    }

    /**
     * The same, with instance profiles, where a write hangs on it: then any failure is worth another read.
     *
     * @throws IamReadException if it cannot be read
     */
    Optional<RoleState> insist(IamGateway gateway, RoleName name) {
        return read(gateway, name, true, _ -> true);
    }

    /**
     * The role with what hangs on it but without the text of its inline policies; to be asked where it should be there.
     *
     * @throws IamReadException if it cannot be read
     */
    Optional<RoleState> outline(IamGateway gateway, RoleName name) {
        return read(() -> gateway.outline(name), failure -> PASSING.contains(failure.code()));
    }

    /**
     * The role as IAM shows it at the first look; to be asked where it should not be there.
     *
     * @throws IamReadException if it cannot be read
     */
    Optional<RoleState> peek(IamGateway gateway, RoleName name) {
        return gateway.observe(name, false);
    }

    private Optional<RoleState> read(
            IamGateway gateway, RoleName name, boolean withInstanceProfiles, Predicate<IamReadException> again) {
        return read(() -> gateway.observe(name, withInstanceProfiles), again);
    }

    private Optional<RoleState> read(Supplier<Optional<RoleState>> once, Predicate<IamReadException> again) {
        for (int read = 1; ; read++) {
            try {
                Optional<RoleState> live = once.get();
                if (live.isPresent() || read >= reads) {
                    return live;
                }
            } catch (IamReadException e) {
                if (read >= reads || !again.test(e)) {
                    throw e;
                }
            }
            backoff.pause(read);
        }
    }
}
