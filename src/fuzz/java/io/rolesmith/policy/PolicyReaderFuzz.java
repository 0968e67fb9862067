package io.rolesmith.policy;

import io.rolesmith.policy.catalogue.Catalogue;
import io.rolesmith.policy.check.PolicyCheck;
import io.rolesmith.policy.check.PolicyKind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Feeds the reader what a fuzzer makes up. It may refuse anything, but neither crash nor hang; and what it accepts is
 * read again to the same bytes, both those that are sent and the canonical ones.
 */
public final class PolicyReaderFuzz {

    private static final PolicyCheck CHECK = new PolicyCheck(Catalogue.bundled(), Severity.WARNING);

    private static final Variables VARIABLES = Variables.of(Map.of("a", "1", "b", "\u00ff*"));

    private PolicyReaderFuzz() {}

    /** Called by the fuzzer: the first byte says how the rest is to be read. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        String text = new String(input, 1, input.length - 1, StandardCharsets.ISO_8859_1);
        Reading reading = PolicyReader.read(new PolicySource(text, (input[0] & 1) == 0), VARIABLES);
        if (reading.document().isEmpty() != Finding.anyRefuses(reading.findings())) {
            throw new AssertionError("A document is there if and only if nothing refuses: " + reading.findings());
        }
        reading.document().ifPresent(PolicyReaderFuzz::readsAgain);
    }

    private static void readsAgain(PolicyDocument document) {
        PolicyDocument again = PolicyDocument.parse(document.json());
        if (!again.json().equals(document.json())) {
            throw new AssertionError("Not the same when sent again: " + document.json());
        }
        if (!again.canonical().equals(document.canonical())) {
            throw new AssertionError("Not the same meaning when read again: " + document.json());
        }
        if (!PolicyComparison.differences(document, again).isEmpty()) {
            throw new AssertionError("Differs from itself: " + document.json());
        }
        for (PolicyKind kind : PolicyKind.values()) {
            List<Finding> findings = CHECK.check(document, kind, "aws");
            if (!findings.equals(CHECK.check(document, kind, "aws"))) {
                throw new AssertionError("Another answer the second time: " + findings);
            }
        }
    }
}
