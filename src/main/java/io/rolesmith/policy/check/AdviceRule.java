package io.rolesmith.policy.check;

import io.rolesmith.policy.Finding;
import java.util.function.Consumer;

/** One thing that IAM takes in a statement and that is risky, without effect, or probably not meant. */
@FunctionalInterface
interface AdviceRule {

    /** Says everything in {@code statement} that this rule has to say. */
    void advise(StatementView statement, Consumer<Finding> findings);
}
