package io.rolesmith.provisioning;

/** Is told how a job fares, each time in the transaction that writes it down. */
public interface JobListener {

    /** What is to be written stands in the journal; nothing is written yet. Told once. */
    void began(JobId id);

    /** The job came to its end. Told once. */
    void ended(JobId id, ProvisioningOutcome.Finished outcome);
}
