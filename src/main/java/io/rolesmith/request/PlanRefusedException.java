package io.rolesmith.request;

import io.rolesmith.policy.Finding;
import io.rolesmith.provisioning.Failure;
import java.util.List;

/** What is asked for cannot be planned, for what AWS or the inventory says of a role. Nothing was written down. */
public final class PlanRefusedException extends RuntimeException {

    private final transient Failure failure;
    private final transient List<Finding> findings;

    PlanRefusedException(Failure failure, List<Finding> findings) {
        super(failure.message());
        this.failure = failure;
        this.findings = List.copyOf(findings);
    }

    /** Why not; of several roles, of the first. */
    public Failure failure() {
        return failure;
    }

    /** What there was to say of the request itself. */
    public List<Finding> findings() {
        return findings;
    }
}
