package io.rolesmith.policy.access;

import io.rolesmith.policy.Effect;
import java.util.Optional;

/**
 * A statement that a decision rests on.
 *
 * @param policy the name of its policy
 * @param pointer where it stands in the policy's document
 */
public record MatchedStatement(String policy, String pointer, Optional<String> sid, Effect effect) {}
