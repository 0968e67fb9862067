package io.rolesmith.policy.check;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Quotes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Condition keys that do not protect as they seem to.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html">AWS global
 *     condition context keys</a>
 */
final class KeyAdvice {

    /** What {@code aws:PrincipalArn} was called before. */
    static final String DEPRECATED = "aws:ARN";

    /** Keys that the caller itself fills in. */
    private static final Set<String> SPOOFED = Set.of("aws:referer", "aws:useragent");

    /** Private addresses are the same in every VPC, so they say nothing without the VPC. */
    private static final Map<String, List<String>> PAIRS = Map.of(
            "aws:vpcsourceip", List.of("aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn"),
            "aws:ec2instancesourceprivateipv4", List.of("aws:Ec2InstanceSourceVpc"));

    /** The reads of DynamoDB that return all of an item unless told otherwise. */
    private static final List<String> READS =
            List.of("dynamodb:getitem", "dynamodb:batchgetitem", "dynamodb:query", "dynamodb:scan");

    private KeyAdvice() {}

    /** {@code DEPRECATED_GLOBAL_CONDITION_KEY}. */
    static void deprecated(StatementView statement, Consumer<Finding> findings) {
        for (TestedKey condition : statement.conditions()) {
            if (condition.condition().key().equalsIgnoreCase(DEPRECATED)) {
                findings.accept(Finding.warning(
                        "DEPRECATED_GLOBAL_CONDITION_KEY",
                        condition.pointer(),
                        "The condition key \"aws:ARN\" is deprecated.",
                        "Use aws:PrincipalArn."));
            }
        }
    }

    /** {@code UNTRUSTWORTHY_CONDITION_KEY}. */
    static void untrustworthy(StatementView statement, Consumer<Finding> findings) {
        for (TestedKey condition : statement.conditions()) {
            if (SPOOFED.contains(condition.key())) {
                findings.accept(Finding.securityWarning(
                        "UNTRUSTWORTHY_CONDITION_KEY",
                        condition.pointer(),
                        "The caller itself chooses what "
                                + Quotes.quote(condition.condition().key()) + " holds.",
                        "Do not let access depend on it."));
            }
        }
    }

    /** {@code MISSING_PAIRED_CONDITION_KEYS}. */
    static void paired(StatementView statement, Consumer<Finding> findings) {
        for (TestedKey condition : statement.conditions()) {
            List<String> partners = PAIRS.getOrDefault(condition.key(), List.of());
            if (!partners.isEmpty()
                    && statement.conditions().stream()
                            .noneMatch(other -> partners.stream().anyMatch(other.key()::equalsIgnoreCase))) {
                findings.accept(Finding.securityWarning(
                        "MISSING_PAIRED_CONDITION_KEYS",
                        condition.pointer(),
                        "The address in " + Quotes.quote(condition.condition().key())
                                + " may be that of anybody's VPC.",
                        "Add a condition on " + String.join(" or ", partners) + "."));
            }
        }
    }

    /** {@code DYNAMODB_ATTRIBUTES_WITHOUT_SELECT}. */
    static void attributes(StatementView statement, Consumer<Finding> findings) {
        if (!statement.allows() || statement.tests("dynamodb:select") || !statement.tests("dynamodb:attributes")) {
            return;
        }
        for (TestedKey condition : statement.conditions()) {
            if (condition.key().equals("dynamodb:attributes") && READS.stream().anyMatch(statement::isAbout)) {
                findings.accept(Finding.securityWarning(
                        "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT",
                        condition.pointer(),
                        "A read that names no attributes returns all of them, whatever \"dynamodb:Attributes\" says.",
                        "Add StringEquals of dynamodb:Select with SPECIFIC_ATTRIBUTES."));
                return;
            }
        }
    }
}
