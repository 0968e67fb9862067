package io.rolesmith.policy.check;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Statement;
import java.util.function.Consumer;

/** One thing that IAM demands of a statement. */
@FunctionalInterface
interface StatementRule {

    /**
     * Says everything in {@code statement} that breaks this rule.
     *
     * @param partition the partition of the account that the document is for, such as {@code aws}
     */
    void check(Statement statement, String partition, Consumer<Finding> findings);
}
