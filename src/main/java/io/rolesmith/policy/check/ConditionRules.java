package io.rolesmith.policy.check;

import io.rolesmith.policy.Condition;
import io.rolesmith.policy.ConditionOperator;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** What IAM demands of the operators and keys of a condition block. */
final class ConditionRules {

    private ConditionRules() {}

    /** Operators are those that IAM knows, in its spelling; Null takes no IfExists. */
    static void operators(Statement statement, String partition, Consumer<Finding> findings) {
        if (statement.conditions().isEmpty()) {
            return;
        }
        Set<String> seen = new HashSet<>();
        for (Condition condition : statement.conditions()) {
            if (seen.add(condition.operator())) {
                ConditionOperator.refusal(condition.operator(), condition.operatorPointer())
                        .ifPresent(findings);
            }
        }
    }

    /** A key begins with the one who defines it, followed by a colon: "must be prefaced by a vendor". */
    static void keys(Statement statement, String partition, Consumer<Finding> findings) {
        for (Condition condition : statement.conditions()) {
            String key = condition.key();
            int colon = key.indexOf(':');
            if (colon <= 0 || colon == key.length() - 1) {
                findings.accept(Finding.error(
                        "INVALID_CONDITION_KEY_FORMAT",
                        condition.values().pointer(),
                        "The condition key " + Quotes.quote(key) + " does not have the form prefix:name.",
                        "Write it with its prefix, as in aws:SourceAccount."));
            } else if (!isPrefix(key, colon)) {
                findings.accept(Finding.error(
                        "INVALID_CONDITION_KEY_FORMAT",
                        condition.values().pointer(),
                        "The prefix of the condition key " + Quotes.quote(key)
                                + " holds a wildcard, a variable or white space.",
                        "Write the prefix out, as in aws:SourceAccount."));
            }
        }
    }

    /** Prefixes are services' names and issuers' addresses; only the name behind may hold blanks, being a tag's key. */
    private static boolean isPrefix(String key, int length) {
        for (int i = 0; i < length; i++) {
            char character = key.charAt(i);
            if (character <= ' ' || character == '$' || character == 0xA0 || character == '*' || character == '?') {
                return false;
            }
        }
        return true;
    }
}
