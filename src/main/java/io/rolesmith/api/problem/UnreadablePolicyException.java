package io.rolesmith.api.problem;

import io.rolesmith.policy.Finding;
import java.util.List;

/** A question about policies that cannot be answered, since one of them cannot be read. */
public final class UnreadablePolicyException extends RuntimeException {

    private final transient List<Finding> findings;

    /** @param findings with pointers from the body's root; at least one refuses */
    public UnreadablePolicyException(List<Finding> findings) {
        super(findings.stream()
                .filter(Finding::refuses)
                .map(Finding::message)
                .findFirst()
                .orElseThrow());
        this.findings = List.copyOf(findings);
    }

    List<Finding> findings() {
        return findings;
    }
}
