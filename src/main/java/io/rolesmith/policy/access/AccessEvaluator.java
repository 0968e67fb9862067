package io.rolesmith.policy.access;

import io.rolesmith.policy.Ascii;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * IAM's decision on what a role may do within its account, by its identity policies and its boundary.
 *
 * <p>An explicit deny in either wins; else the boundary, if there is one, must allow, and an identity policy must allow.
 * Policies of other kinds (of resources, sessions, organisations and endpoints) are not asked.
 *
 * <p>A condition key that the request's context does not hold is absent, as IAM has it. A variable is another matter:
 * its key would be there in a real request, so where nothing is said of it and it has no default, and some value of it
 * would change the answer, the answer is {@link Decision#UNDETERMINED}. An empty list says that the key has no value;
 * then the variable matches nothing, as IAM documents it. The same answer is given wherever AWS does not document what
 * it does: an unread policy, several values under an operator without a set operator, a value that IAM would refuse.
 *
 * <p>The resource {@code *} stands for all of them, so only a pattern that covers everything covers it.
 *
 * <p>An evaluator is made of permissions once and then asked any number of times, by any number of threads.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html">How
 *     AWS decides whether to allow or deny a request</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value">Policy
 *     variables with no value</a>
 */
public final class AccessEvaluator {

    private static final String NOTHING_ALLOWS = "No statement of the identity policies allows it.";
    private static final String NOT_WITHIN_BOUNDARY = "No statement of the permissions boundary allows it.";

    private final Group identity;
    private final Optional<Group> boundary;

    /** Policies that count as one: what any of them allows is allowed. */
    private record Group(List<StatementTest> statements, List<String> unread) {

        static Group of(List<NamedPolicy> policies) {
            List<StatementTest> statements = new ArrayList<>();
            List<String> unread = new ArrayList<>(0);
            for (NamedPolicy policy : policies) {
                policy.document()
                        .ifPresentOrElse(
                                document -> statements.addAll(StatementTest.of(policy.name(), document)),
                                () -> unread.add(policy.name()));
            }
            return new Group(statements, unread);
        }

        Tally tally(String lowerAction, String resource, RequestContext context) {
            Tally tally = new Tally(unread);
            for (StatementTest statement : statements) {
                tally.add(statement.identity(), statement.appliesTo(lowerAction, resource, context));
            }
            return tally;
        }
    }

    private AccessEvaluator(Permissions permissions) {
        identity = Group.of(permissions.identityPolicies());
        boundary = permissions.boundary().map(policy -> Group.of(List.of(policy)));
    }

    /** An evaluator of these permissions, for when there is more than one question. */
    public static AccessEvaluator of(Permissions permissions) {
        return new AccessEvaluator(permissions);
    }

    /** What IAM would answer to {@code request}. */
    public static AccessAnswer decide(Permissions permissions, AccessRequest request) {
        return of(permissions).decide(request);
    }

    /**
     * What IAM would answer to {@code request}.
     *
     * <p>The matched statements are the denying ones of an explicit deny, the allowing ones of the identity policies and
     * of the boundary when it is allowed, and when it is undetermined those that it hangs on.
     */
    public AccessAnswer decide(AccessRequest request) {
        String action = Ascii.lower(request.action());
        RequestContext context = new RequestContext(request.context());
        Tally granted = identity.tally(action, request.resource(), context);
        if (boundary.isEmpty()) {
            return granted.answer(NOTHING_ALLOWS);
        }
        Tally bounded = boundary.get().tally(action, request.resource(), context);
        return Tally.answer(List.of(granted, bounded), List.of(NOTHING_ALLOWS, NOT_WITHIN_BOUNDARY));
    }
}
