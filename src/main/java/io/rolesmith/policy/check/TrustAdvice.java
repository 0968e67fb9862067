package io.rolesmith.policy.check;

import io.rolesmith.policy.ConditionOperator.Comparison;
import io.rolesmith.policy.ConditionOperator.Quantifier;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PrincipalType;
import io.rolesmith.policy.Principals;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Values;
import io.rolesmith.policy.Wildcards;
import io.rolesmith.policy.catalogue.ConditionKey;
import io.rolesmith.policy.catalogue.ServiceCatalogue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Trust that IAM takes and that lets in more than was probably meant. */
final class TrustAdvice {

    /**
     * Services that say for whom they assume a role, by what AWS's pages about their roles recommend to ask. The others
     * are left out: a condition on a key that a service does not send makes a role that nobody can assume. So is
     * {@code ecs-tasks.amazonaws.com}, which AWS asks to restrict for the role of a task and not for its execution role,
     * and nobody can tell the two by their trust.
     *
     * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html">The confused deputy problem</a>
     */
    private static final Map<String, String> SOURCES = Map.ofEntries(
            Map.entry("account-access.amazonaws.com", "aws:SourceAccount and aws:SourceArn"),
            Map.entry("batch.amazonaws.com", "aws:SourceAccount and aws:SourceArn"),
            Map.entry("codebuild.amazonaws.com", "aws:SourceAccount or aws:SourceArn"),
            Map.entry("config.amazonaws.com", "aws:SourceAccount"),
            Map.entry("eks-fargate-pods.amazonaws.com", "aws:SourceArn"),
            Map.entry("elasticmapreduce.amazonaws.com", "aws:SourceAccount and aws:SourceArn"),
            Map.entry("events.amazonaws.com", "aws:SourceAccount and aws:SourceArn"),
            Map.entry("monitoring.rds.amazonaws.com", "aws:SourceAccount and aws:SourceArn"),
            Map.entry("pipes.amazonaws.com", "aws:SourceAccount and aws:SourceArn"),
            Map.entry("resources.cloudformation.amazonaws.com", "aws:SourceAccount and aws:SourceArn"),
            Map.entry("rolesanywhere.amazonaws.com", "aws:SourceArn"),
            Map.entry("sagemaker.amazonaws.com", "aws:SourceArn"),
            Map.entry("scheduler.amazonaws.com", "aws:SourceAccount and aws:SourceArn"),
            Map.entry("states.amazonaws.com", "aws:SourceAccount and aws:SourceArn"),
            Map.entry("vpc-flow-logs.amazonaws.com", "aws:SourceAccount and aws:SourceArn"));

    private static final Set<String> SOURCE_KEYS =
            Set.of("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths");

    private static final String GITHUB = "token.actions.githubusercontent.com";

    private TrustAdvice() {}

    /** {@code RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL}: a service may act for anybody who can make it use the role. */
    static void source(StatementView statement, Consumer<Finding> findings) {
        if (!statement.allows()
                || !(statement.statement().principals() instanceof Principals.Listed listed)
                || statement.conditions().stream()
                        .anyMatch(condition -> SOURCE_KEYS.contains(condition.key()) && condition.demands())) {
            return;
        }
        for (Principals.Group group : listed.groups()) {
            List<String> values = group.values().texts();
            for (int i = 0; i < values.size(); i++) {
                String keys = group.type() == PrincipalType.SERVICE ? SOURCES.get(values.get(i)) : null;
                if (keys != null) {
                    findings.accept(Finding.securityWarning(
                            "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL",
                            group.values().pointerOf(i),
                            "The service " + Quotes.quote(values.get(i))
                                    + " may assume the role on behalf of any account.",
                            "Add a condition on " + keys + "."));
                }
            }
        }
    }

    /** {@code SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED}: a pattern of subjects of GitHub Actions. */
    static void githubSubject(StatementView statement, Consumer<Finding> findings) {
        if (!statement.allows()) {
            return;
        }
        for (TestedKey condition : statement.conditions()) {
            if (!condition.key().startsWith(GITHUB)
                    || !condition.key().endsWith(":sub")
                    || condition.isNegated()
                    || !condition.takesWildcards()) {
                continue;
            }
            for (int i = 0; i < condition.values().size(); i++) {
                if (Wildcards.isPattern(condition.values().get(i))) {
                    findings.accept(Finding.warning(
                            "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED",
                            condition.condition().values().pointerOf(i),
                            "The pattern " + Quotes.quote(condition.values().get(i))
                                    + " may let in more workflows of GitHub than were meant.",
                            "Write repository and branch out, as in"
                                    + " repo:octo-org/octo-repo:ref:refs/heads/main, and use StringEquals."));
                }
            }
        }
    }

    /**
     * {@code FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE} where the audience is known to be a single value, else
     * {@code CONFIRM_AUDIENCE_CLAIM_TYPE}. Of ForAllValues with such a one {@link NameAdvice} speaks.
     */
    static void audiences(StatementView statement, ServiceCatalogue services, Consumer<Finding> findings) {
        for (TestedKey condition : statement.conditions()) {
            String key = condition.key();
            Quantifier quantifier = condition.operator().quantifier();
            if (!statement.allows()
                    || quantifier == Quantifier.NONE
                    || condition.operator().comparison() == Comparison.NULL
                    || !(key.endsWith(":aud") || key.endsWith(":oaud"))) {
                continue;
            }
            Optional<ConditionKey> known = services.conditionKey(key);
            String name = Quotes.quote(condition.condition().key());
            if (known.isEmpty()) {
                findings.accept(Finding.suggestion(
                        "CONFIRM_AUDIENCE_CLAIM_TYPE",
                        condition.pointer(),
                        condition.operator().name() + " is for several audiences, and " + name
                                + " is a single one in most tokens.",
                        "Leave the qualifier away unless your provider's tokens have several audiences."));
            } else if (quantifier == Quantifier.FOR_ANY_VALUE && !known.get().multivalued()) {
                findings.accept(Finding.securityWarning(
                        "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE",
                        condition.pointer(),
                        "The audience " + name + " is a single value, for which ForAnyValue is too permissive.",
                        "Leave ForAnyValue: away."));
            }
        }
    }

    /** {@code REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY}: a session of a role that is trusted anyway. */
    static void sessions(StatementView statement, Consumer<Finding> findings) {
        if (!(statement.statement().principals() instanceof Principals.Listed listed)) {
            return;
        }
        for (Principals.Group group : listed.groups()) {
            if (group.type() != PrincipalType.AWS) {
                continue;
            }
            Map<String, String> roles = roles(group.values());
            List<String> values = group.values().texts();
            for (int i = 0; i < values.size() && !roles.isEmpty(); i++) {
                String role = roles.get(roleOfSession(values.get(i)));
                if (role != null) {
                    findings.accept(Finding.suggestion(
                            "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY",
                            group.values().pointerOf(i),
                            "The session " + Quotes.quote(values.get(i)) + " is trusted already as one of "
                                    + Quotes.quote(role) + ".",
                            "Remove the session, or the role if only the session is meant."));
                }
            }
        }
    }

    /** The roles among the values by account and name, which is what a session says of its role. */
    private static Map<String, String> roles(Values values) {
        Map<String, String> roles = new HashMap<>();
        for (String value : values.texts()) {
            String[] segments = value.split(":", 6);
            if (segments.length == 6 && segments[2].equals("iam") && segments[5].startsWith("role/")) {
                roles.put(segments[4] + ':' + segments[5].substring(segments[5].lastIndexOf('/') + 1), value);
            }
        }
        return roles;
    }

    private static String roleOfSession(String value) {
        String[] segments = value.split(":", 6);
        if (segments.length == 6 && segments[2].equals("sts") && segments[5].startsWith("assumed-role/")) {
            String[] parts = segments[5].split("/", 3);
            return segments[4] + ':' + parts[1];
        }
        return "";
    }

    /** {@code EMPTY_ARRAY_PRINCIPAL}: a kind of principal without a single one, beside others. */
    static void emptyGroups(StatementView statement, Consumer<Finding> findings) {
        if (!(statement.statement().principals() instanceof Principals.Listed listed)
                || statement.statement().principals().isEmpty()) {
            return;
        }
        for (Principals.Group group : listed.groups()) {
            if (group.values().isEmpty()) {
                findings.accept(Finding.suggestion(
                        "EMPTY_ARRAY_PRINCIPAL",
                        group.values().pointer(),
                        "No principal of kind " + group.type().key() + " is named.",
                        "Remove " + group.type().key() + ", or name who is meant."));
            }
        }
    }
}
