package io.rolesmith.provisioning;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What came of working on a job. */
public sealed interface ProvisioningOutcome {

    /**
     * The job came to its end, now or earlier.
     *
     * @param failure absent if and only if the status is {@link JobStatus#APPLIED}
     * @param lastWriteAt when IAM answered the last write, absent when none was made
     */
    record Finished(
            JobStatus status,
            Optional<Failure> failure,
            @Nullable Instant lastWriteAt) implements ProvisioningOutcome {}

    /** Another job holds one of the roles; nothing was done. */
    record Busy() implements ProvisioningOutcome {}

    /**
     * The job is not at its end and cannot go on now: the account's call budget is spent for too long, or we are about to stop.
     * It is to be taken up again, by whomever, from what the journal says.
     *
     * @param rest how long it is to be left alone
     */
    record Parked(String reason, Duration rest) implements ProvisioningOutcome {}
}
