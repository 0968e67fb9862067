package io.rolesmith.policy.access;

import java.util.List;
import java.util.Optional;

/**
 * A decision and why.
 *
 * @param matchedStatements those that decide, in the order of the policies: the denying ones, else the allowing ones
 * @param reason one sentence, always there when undetermined
 */
public record AccessAnswer(Decision decision, List<MatchedStatement> matchedStatements, Optional<String> reason) {

    public AccessAnswer {
        matchedStatements = List.copyOf(matchedStatements);
    }
}
