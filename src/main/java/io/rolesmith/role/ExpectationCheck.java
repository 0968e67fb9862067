package io.rolesmith.role;

import io.rolesmith.policy.Effect;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.JsonPointer;
import io.rolesmith.policy.access.AccessAnswer;
import io.rolesmith.policy.access.AccessEvaluator;
import io.rolesmith.policy.access.AccessRequest;
import io.rolesmith.policy.access.Decision;
import io.rolesmith.policy.access.MatchedStatement;
import io.rolesmith.policy.access.Permissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Holds what was expected of a role against what its policies allow. */
public final class ExpectationCheck {

    /** Statements that a message names; more would not help to find the one that is wrong. */
    private static final int MAX_STATEMENTS = 3;

    private ExpectationCheck() {}

    /**
     * A refusal for each expectation that does not hold, with pointers from the draft's root. What cannot be determined does
     * not hold.
     *
     * <p>Who asks is known, so the condition keys that tell the role's ARN, account and type are there unless the expectation
     * says otherwise. All other keys are absent unless it names them.
     *
     * @param partition of the account, as it stands in ARNs
     * @param account the twelve digits
     * @param permissions all that the role will have
     */
    public static List<Finding> check(
            RoleSpec spec, String partition, String account, List<Expectation> expectations, Permissions permissions) {
        if (expectations.isEmpty()) {
            return List.of();
        }
        AccessEvaluator evaluator = AccessEvaluator.of(permissions);
        Map<String, String> principal = Map.of(
                "aws:PrincipalArn",
                spec.arn(partition, account),
                "aws:PrincipalAccount",
                account,
                "aws:PrincipalType",
                "AssumedRole");
        List<Finding> findings = new ArrayList<>();
        for (Expectation expectation : expectations) {
            AccessAnswer answer = evaluator.decide(asked(expectation.request(), principal));
            if (!expectation.holds(answer.decision())) {
                findings.add(failed(spec.name(), expectation, answer));
            }
        }
        return findings;
    }

    private static AccessRequest asked(AccessRequest request, Map<String, String> principal) {
        Map<String, List<String>> context = new HashMap<>(request.context());
        principal.forEach((key, value) -> {
            if (request.context().keySet().stream().noneMatch(key::equalsIgnoreCase)) {
                context.put(key, List.of(value));
            }
        });
        return new AccessRequest(request.action(), request.resource(), context);
    }

    private static Finding failed(RoleName role, Expectation expectation, AccessAnswer answer) {
        return Finding.error(
                "EXPECTATION_FAILED",
                JsonPointer.element("/expect", expectation.index()),
                expectation.request().action() + " on '"
                        + Characters.shorten(expectation.request().resource()) + "' by the role '" + role
                        + "' is expected to be "
                        + inWords(expectation.decision()) + " and is " + inWords(answer.decision()) + ": "
                        + why(answer),
                answer.decision() == Decision.UNDETERMINED
                        ? "Say in its context what is not known, or leave the expectation out."
                        : "Change the policies, or what is expected of them.");
    }

    private static String why(AccessAnswer answer) {
        if (answer.decision() == Decision.UNDETERMINED
                || answer.matchedStatements().isEmpty()) {
            return answer.reason().orElse("No statement decides.");
        }
        List<MatchedStatement> decisive = answer.matchedStatements();
        String named = decisive.stream()
                .limit(MAX_STATEMENTS)
                .map(ExpectationCheck::named)
                .collect(Collectors.joining(", "));
        int more = decisive.size() - MAX_STATEMENTS;
        return (decisive.getFirst().effect() == Effect.DENY ? "Denied by " : "Allowed by ")
                + named
                + (more > 0 ? " and " + more + " more." : ".");
    }

    private static String named(MatchedStatement statement) {
        return statement.pointer()
                + statement.sid().map(sid -> " (" + sid + ")").orElse("") + " of '"
                + Characters.shorten(statement.policy()) + "'";
    }

    private static String inWords(Decision decision) {
        return switch (decision) {
            case ALLOWED -> "allowed";
            case EXPLICIT_DENY -> "denied explicitly";
            case IMPLICIT_DENY -> "denied implicitly";
            case UNDETERMINED -> "undetermined";
        };
    }
}
