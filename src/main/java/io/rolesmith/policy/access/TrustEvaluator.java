package io.rolesmith.policy.access;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Statement;
import io.rolesmith.policy.Values;
import java.util.List;

/**
 * What a trust policy by itself says of somebody who wants to assume the role.
 *
 * <p>It is one half of IAM's decision. A principal of another account needs an identity policy of its own that allows
 * the action as well, and so does one of the same account that is trusted only through its account; policies of the
 * organisation may deny. Nothing of that is asked here.
 *
 * <p>Trust policies name the actions of STS exactly, in their case and without wildcards; IAM refuses others, and where
 * one would match if it were read as in other policies, the answer is undetermined. Conditions and variables are met
 * as {@link AccessEvaluator} says.
 */
public final class TrustEvaluator {

    /** The name by which matched statements speak of the policy. */
    public static final String POLICY = "trustPolicy";

    private static final String NOTHING_ALLOWS = "No statement of the trust policy allows it.";

    private TrustEvaluator() {}

    /**
     * Whether {@code trust} lets the caller do it.
     *
     * <p>A caller is trusted by its own ARN, by its account (its id or its root's ARN), a session also by its role's
     * ARN, and anybody by the wildcard. A user or role that was deleted stands as a unique id, and whether that is the
     * caller is not known.
     */
    public static AccessAnswer decide(PolicyDocument trust, TrustRequest request) {
        RequestContext context = new RequestContext(request.context());
        Tally tally = new Tally(List.of());
        for (StatementTest test : StatementTest.of(POLICY, trust)) {
            Statement statement = test.statement();
            Truth applies = coversAction(statement, request.action());
            if (!applies.isFalse()) {
                applies = applies.and(coversPrincipal(statement, request.principal()));
            }
            if (!applies.isFalse()) {
                applies = applies.and(test.meetsConditions(context));
            }
            tally.add(test.identity(), applies);
        }
        return tally.answer(NOTHING_ALLOWS);
    }

    private static Truth coversPrincipal(Statement statement, CallingPrincipal caller) {
        boolean listed = statement.principals().isPresent();
        boolean excepted = statement.notPrincipals().isPresent();
        Truth covers = Truth.of(listed || excepted);
        if (listed) {
            covers = covers.and(PrincipalTest.names(statement.principals(), caller));
        }
        if (excepted) {
            covers = covers.and(
                    PrincipalTest.exempts(statement.notPrincipals(), caller).not());
        }
        return covers;
    }

    private static Truth coversAction(Statement statement, String action) {
        boolean listed = statement.actions().isPresent();
        boolean excepted = statement.notActions().isPresent();
        Truth covers = Truth.of(listed || excepted);
        if (listed) {
            covers = covers.and(anyCovers(statement.actions(), action));
        }
        if (excepted) {
            covers = covers.and(anyCovers(statement.notActions(), action).not());
        }
        return covers;
    }

    private static Truth anyCovers(Values actions, String action) {
        Truth any = Truth.Known.FALSE;
        for (String listed : actions.texts()) {
            if (listed.equals(action)) {
                return Truth.Known.TRUE;
            }
            if (Glob.of(Ascii.lower(listed)).matches(Ascii.lower(action))) {
                any = Truth.unknown("IAM refuses the action " + Quotes.quote(listed) + " in a trust policy.");
            }
        }
        return any;
    }
}
