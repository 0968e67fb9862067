package io.rolesmith.role;

import io.rolesmith.policy.access.AccessRequest;
import io.rolesmith.policy.access.Decision;

/**
 * What a requester expects IAM to answer to a role, once it is as asked. Made by {@link RoleDraft#read}, which checks it.
 *
 * @param index its place in the draft, from 0
 * @param decision never {@link Decision#UNDETERMINED}
 */
public record Expectation(int index, AccessRequest request, Decision decision) {

    /** Whether it holds if IAM answers so. What a statement denies is not allowed either, whoever expects no more than that. */
    public boolean holds(Decision answer) {
        return switch (decision) {
            case ALLOWED, EXPLICIT_DENY, UNDETERMINED -> answer == decision;
            case IMPLICIT_DENY -> answer == Decision.IMPLICIT_DENY || answer == Decision.EXPLICIT_DENY;
        };
    }
}
