package io.rolesmith.provisioning;

import io.rolesmith.audit.AuditActor;

/** Is told how a job fares, each time in the transaction that writes it down. */
public interface JobListener {

    /** What is to be written stands in the journal; nothing is written yet. Told once. */
    void began(JobId id);

    /**
     * The job came to its end. Told once.
     *
     * @param actor on whose behalf it was done
     */
    void ended(JobId id, AuditActor actor, ProvisioningOutcome.Finished outcome);
}
