package io.rolesmith.request;

import io.rolesmith.policy.Finding;
import java.util.List;

/** What was submitted cannot be done as it is. Nothing was submitted; the refusal is in the audit trail. */
public final class RequestRefusedException extends RuntimeException {

    private final transient List<Finding> findings;

    RequestRefusedException(List<Finding> findings) {
        super(findings.stream()
                .filter(Finding::refuses)
                .map(Finding::message)
                .findFirst()
                .orElse("Refused"));
        this.findings = List.copyOf(findings);
    }

    /** All of them, those that do not refuse included. */
    public List<Finding> findings() {
        return findings;
    }
}
