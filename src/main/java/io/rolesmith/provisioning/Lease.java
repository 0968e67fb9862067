package io.rolesmith.provisioning;

import io.rolesmith.iam.IamReadException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * The right of one worker to write for a job, for a while. A worker that was held up for longer finds its lease lost before
 * its next call; its successor waits until no call that began under the lease can still be under way.
 */
final class Lease {

    private final Journal journal;
    private final JobId job;
    private final UUID worker;
    private final Duration duration;
    private final BooleanSupplier stopping;
    private volatile long renewedAt;

    private Lease(
            Journal journal, JobId job, UUID worker, Duration duration, BooleanSupplier stopping, long renewedAt) {
        this.journal = journal;
        this.job = job;
        this.worker = worker;
        this.duration = duration;
        this.stopping = stopping;
        this.renewedAt = renewedAt;
    }

    /** A job that one worker has. */
    record Leased(Journal.JobRow job, Lease lease) {}

    /**
     * Takes the job, as it stands then, for a new worker; empty as long as another one may still write.
     *
     * @param stopping whether nothing more is to be begun
     */
    static Optional<Leased> take(
            Journal journal, JobId id, Duration duration, Duration longestCall, BooleanSupplier stopping) {
        UUID worker = UUID.randomUUID();
        // Counted from before it is asked for, so that it never lasts longer here than in the database.
        long now = System.nanoTime();
        return journal.lease(id, worker, duration, longestCall)
                .map(job -> new Leased(job, new Lease(journal, id, worker, duration, stopping, now)));
    }

    /**
     * To be called before each call to IAM. Afterwards there are two thirds of the lease left, in which the call may wait for its
     * turn.
     *
     * @param doubted whether a write may have been sent whose outcome is not known
     * @throws LeaseLostException if another worker may be at it
     * @throws ParkedException if nothing more is to be begun
     */
    synchronized void keep(boolean doubted) {
        if (stopping.getAsBoolean()) {
            throw new ParkedException("Rolesmith stops", doubted);
        }
        if (System.nanoTime() - renewedAt > duration.toNanos() / 3) {
            long now = System.nanoTime();
            if (!journal.renew(job, worker, duration)) {
                throw new LeaseLostException(job);
            }
            renewedAt = now;
        }
    }

    /** Whether no other worker can be at it, without asking the database. */
    boolean isHeld() {
        return System.nanoTime() - renewedAt < duration.toNanos();
    }

    /**
     * Looks at why IAM could not be read. Where that lies with us, it says nothing about the role, and nothing may follow from it.
     *
     * @param doubted whether a write was sent of which it is not known what became of it
     * @throws ParkedException if it lies with us
     */
    void parkIfOurs(IamReadException e, boolean doubted) {
        if (stopping.getAsBoolean() || e.isOurs()) {
            throw new ParkedException("IAM could not be read: " + e.code(), doubted);
        }
    }

    UUID worker() {
        return worker;
    }

    /** Lets a successor begin at once: this worker makes no call any more. */
    void end() {
        journal.endLease(job, worker);
    }

    /** Another worker may write for the job. */
    static final class LeaseLostException extends RuntimeException {
        LeaseLostException(JobId job) {
            super("Another worker has the job " + job);
        }
    }
}
