package io.rolesmith.api.policy;

import io.rolesmith.api.problem.UnanswerableException;
import io.rolesmith.api.wire.PolicyText;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.PolicyReader;
import io.rolesmith.policy.Reading;
import io.rolesmith.policy.Variables;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;

/** Reads the policies of a body, all of them before anything is said. */
final class PolicyBodies {

    private final Variables variables;
    private final SequencedMap<String, PolicyDocument> documents = new LinkedHashMap<>();
    private final List<Finding> findings = new ArrayList<>();

    PolicyBodies(Variables variables) {
        this.variables = variables;
    }

    /** Reads the policy that stands at {@code pointer} of the body. */
    void read(String pointer, PolicyText text) {
        Reading reading = PolicyReader.read(text.toSource(), variables);
        reading.findings().forEach(finding -> findings.add(finding.below(pointer)));
        reading.document().ifPresent(document -> documents.put(pointer, document));
    }

    /**
     * The policy that stood at {@code pointer}.
     *
     * @throws UnanswerableException if any of those read could not be, with the findings of all
     */
    PolicyDocument at(String pointer) {
        if (Finding.anyRefuses(findings)) {
            throw new UnanswerableException(findings);
        }
        return Objects.requireNonNull(documents.get(pointer), pointer);
    }
}
