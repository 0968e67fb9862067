package io.rolesmith.api.problem;

import io.rolesmith.policy.Finding;
import java.util.List;

/** A question that cannot be answered, since something in it cannot be read. It changes nothing, so no trail has it. */
public final class UnanswerableException extends RuntimeException {

    private final transient List<Finding> findings;

    /** @param findings with pointers from the body's root; at least one refuses */
    public UnanswerableException(List<Finding> findings) {
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
