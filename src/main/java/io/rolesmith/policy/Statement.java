package io.rolesmith.policy;

import java.util.List;
import java.util.Optional;

/**
 * One statement of a policy, as written: whether its elements may stand together is {@link PolicyCheck}'s question.
 *
 * @param index its place among the statements, from 0
 * @param pointer where it stands in its document
 * @param sid its id, which may be the empty string
 * @param conditions all lines of the condition block, which must all hold
 */
public record Statement(
        int index,
        String pointer,
        Optional<String> sid,
        Effect effect,
        Principals principals,
        Principals notPrincipals,
        Values actions,
        Values notActions,
        Values resources,
        Values notResources,
        List<Condition> conditions) {

    public Statement {
        conditions = List.copyOf(conditions);
    }
}
