package io.rolesmith.policy.check;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import java.util.function.Consumer;

/** One thing that IAM demands of a document and that no single statement can show. */
@FunctionalInterface
interface DocumentRule {

    /** Says everything in {@code document} that breaks this rule. */
    void check(PolicyDocument document, Consumer<Finding> findings);
}
