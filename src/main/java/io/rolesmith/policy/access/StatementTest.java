package io.rolesmith.policy.access;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Condition;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Statement;
import io.rolesmith.policy.Wildcards;
import java.util.ArrayList;
import java.util.List;

/** One statement of a named policy, ready to be held against requests. */
final class StatementTest {

    /** The version under which <code>${…}</code> is a variable; under the older one it is plain text. */
    private static final String WITH_VARIABLES = "2012-10-17";

    private final MatchedStatement identity;
    private final Statement statement;
    private final List<String> actions;
    private final List<String> notActions;
    private final List<PolicyText> resources;
    private final List<PolicyText> notResources;
    private final List<ConditionTest> conditions;

    private StatementTest(String policy, Statement statement, boolean variables) {
        this.statement = statement;
        identity = new MatchedStatement(policy, statement.pointer(), statement.sid(), statement.effect());
        actions = lower(statement.actions().texts());
        notActions = lower(statement.notActions().texts());
        resources = texts(statement.resources().texts(), variables);
        notResources = texts(statement.notResources().texts(), variables);
        conditions = new ArrayList<>(statement.conditions().size());
        for (Condition condition : statement.conditions()) {
            conditions.add(new ConditionTest(condition, variables));
        }
    }

    /** The statements of a policy, in order. */
    static List<StatementTest> of(String policy, PolicyDocument document) {
        boolean variables = document.version().equals(WITH_VARIABLES);
        List<StatementTest> tests = new ArrayList<>(document.statements().size());
        for (Statement statement : document.statements()) {
            tests.add(new StatementTest(policy, statement, variables));
        }
        return tests;
    }

    /** How answers name the statement. */
    MatchedStatement identity() {
        return identity;
    }

    Statement statement() {
        return statement;
    }

    /**
     * Whether the statement speaks of a request. One without actions or resources, which IAM would refuse, speaks of
     * none.
     */
    Truth appliesTo(String lowerAction, String resource, RequestContext context) {
        if (!coversAction(lowerAction)) {
            return Truth.Known.FALSE;
        }
        Truth applies = coversResource(resource, context);
        return applies.isFalse() ? applies : applies.and(meetsConditions(context));
    }

    /** Whether all lines of the condition block are met. */
    Truth meetsConditions(RequestContext context) {
        Truth met = Truth.Known.TRUE;
        for (ConditionTest condition : conditions) {
            met = met.and(condition.isMet(context));
            if (met.isFalse()) {
                return met;
            }
        }
        return met;
    }

    private boolean coversAction(String lowerAction) {
        boolean listed = statement.actions().isPresent();
        boolean excepted = statement.notActions().isPresent();
        return (listed || excepted)
                && (!listed || anyCovers(actions, lowerAction))
                && (!excepted || !anyCovers(notActions, lowerAction));
    }

    private Truth coversResource(String resource, RequestContext context) {
        boolean listed = statement.resources().isPresent();
        boolean excepted = statement.notResources().isPresent();
        Truth covers = Truth.of(listed || excepted);
        if (listed) {
            covers = covers.and(anyCovers(resources, resource, context));
        }
        if (excepted) {
            covers = covers.and(anyCovers(notResources, resource, context).not());
        }
        return covers;
    }

    private static boolean anyCovers(List<String> patterns, String lowerAction) {
        for (String pattern : patterns) {
            if (pattern.equals(lowerAction)
                    || (Wildcards.isPattern(pattern) && Glob.of(pattern).matches(lowerAction))) {
                return true;
            }
        }
        return false;
    }

    private static Truth anyCovers(List<PolicyText> patterns, String resource, RequestContext context) {
        Truth any = Truth.Known.FALSE;
        for (PolicyText pattern : patterns) {
            any = any.or(pattern.matchesResource(resource, context));
            if (any.isTrue()) {
                return any;
            }
        }
        return any;
    }

    private static List<String> lower(List<String> texts) {
        List<String> lower = new ArrayList<>(texts.size());
        for (String text : texts) {
            lower.add(Ascii.lower(text));
        }
        return lower;
    }

    private static List<PolicyText> texts(List<String> texts, boolean variables) {
        List<PolicyText> compiled = new ArrayList<>(texts.size());
        for (String text : texts) {
            compiled.add(PolicyText.of(text, variables));
        }
        return compiled;
    }
}
