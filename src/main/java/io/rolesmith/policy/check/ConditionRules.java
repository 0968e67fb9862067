package io.rolesmith.policy.check;

import io.rolesmith.policy.Condition;
import io.rolesmith.policy.ConditionOperator;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** What IAM demands of a condition block. */
final class ConditionRules {

    private ConditionRules() {}

    /** Operators are those that IAM knows, in its spelling; Null takes no IfExists. */
    static void operators(Statement statement, String partition, Consumer<Finding> findings) {
        Set<String> seen = new HashSet<>();
        for (Condition condition : statement.conditions()) {
            String name = condition.operator();
            if (!seen.add(name)) {
                continue;
            }
            ConditionOperator operator = ConditionOperator.parse(name).orElse(null);
            if (operator == null) {
                findings.accept(Finding.error(
                        "INVALID_CONDITION_OPERATOR",
                        condition.operatorPointer(),
                        Quotes.quote(name) + " is not a condition operator of IAM.",
                        Quotes.closest(name, ConditionOperator.Comparison.words())
                                .map(meant -> "Did you mean " + Quotes.quote(meant) + "?")
                                .orElse("Use an operator such as StringEquals, ArnLike or Bool.")));
            } else if (operator.comparison() == ConditionOperator.Comparison.NULL && operator.ifExists()) {
                findings.accept(Finding.error(
                        "NULL_WITH_IF_EXISTS",
                        condition.operatorPointer(),
                        Quotes.quote(name) + " is refused by IAM, since Null itself asks whether the key exists.",
                        "Use Null without IfExists."));
            }
        }
    }

    /** A key begins with the one who defines it, followed by a colon. */
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
            }
        }
    }
}
