package io.rolesmith.role;

import static io.rolesmith.policy.Finding.error;
import static io.rolesmith.policy.JsonPointer.element;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Variables;
import io.rolesmith.policy.access.AccessRequest;
import io.rolesmith.policy.access.AccessRequestReader;
import io.rolesmith.policy.access.Decision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads expectations: each asks one question, about one action and one resource, that has one answer. */
final class ExpectationReader {

    private static final String CODE = "INVALID_EXPECTATION";

    private final AccessRequestReader requests;
    private final List<Finding> findings;

    ExpectationReader(Variables variables, List<Finding> findings) {
        this.requests = new AccessRequestReader(variables, CODE, findings);
        this.findings = findings;
    }

    /** Those of {@code drafts} that nothing is wrong with. */
    List<Expectation> read(List<ExpectationDraft> drafts) {
        if (drafts.size() > RoleLimits.MAX_EXPECTATIONS) {
            findings.add(error(
                    "TOO_MANY_EXPECTATIONS",
                    "/expect",
                    drafts.size() + " expectations of one role; there may be " + RoleLimits.MAX_EXPECTATIONS,
                    "Keep those that matter most."));
            return List.of();
        }
        List<Expectation> result = new ArrayList<>();
        for (int i = 0; i < drafts.size(); i++) {
            ExpectationDraft draft = drafts.get(i);
            String pointer = element("/expect", i);
            int before = findings.size();
            AccessRequest request = requests.read(draft.action(), draft.resource(), draft.context(), pointer);
            Optional<Decision> decision = decision(draft.decision(), pointer + "/decision");
            if (findings.size() == before && decision.isPresent()) {
                result.add(new Expectation(i, request, decision.get()));
            }
        }
        return List.copyOf(result);
    }

    private Optional<Decision> decision(@Nullable String decision, String pointer) {
        Optional<Decision> found = Arrays.stream(Decision.values())
                .filter(known -> known != Decision.UNDETERMINED && known.word().equals(decision))
                .findFirst();
        if (found.isEmpty()) {
            findings.add(error(
                    CODE,
                    pointer,
                    "'" + Characters.shorten(decision == null ? "" : decision) + "' is nothing to expect",
                    "Expect allowed, explicitDeny or implicitDeny."));
        }
        return found;
    }
}
