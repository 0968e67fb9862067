package io.rolesmith.policy;

import java.util.List;
import java.util.Optional;

/**
 * What came of reading a document.
 *
 * @param document the document, absent exactly when one of the findings refuses it
 * @param findings everything there is to say, in the order of the text
 */
public record Reading(Optional<PolicyDocument> document, List<Finding> findings) {

    public Reading {
        findings = List.copyOf(findings);
    }
}
