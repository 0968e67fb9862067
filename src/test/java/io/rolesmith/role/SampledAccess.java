package io.rolesmith.role;

import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.access.PlainEvaluator;
import io.rolesmith.policy.access.RandomPermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Requests drawn at random, each of a principal, an action, a resource and a session, and which of them a role lets through
 * on its way from one state to another. An oracle that shares no code with the planner's.
 */
public final class SampledAccess {

    private static final int PERMISSION_REQUESTS = 24;
    private static final int TRUST_REQUESTS = 12;
    private static final int[] SESSIONS = {3600, 43_200};

    private static final String ACCOUNT = "111122223333";
    private static final String CALLER = "arn:aws:iam::111122223333:role/Caller";

    private static final List<String> PRINCIPALS = List.of(
            "{\"AWS\":\"" + ACCOUNT + "\"}",
            "{\"AWS\":\"" + CALLER + "\"}",
            "{\"AWS\":\"*\"}",
            "{\"Service\":\"ec2.amazonaws.com\"}",
            "{\"Service\":[\"ec2.amazonaws.com\",\"ecs.amazonaws.com\"]}");
    private static final List<List<String>> CALLERS = List.of(
            List.of("AWS=" + ACCOUNT),
            List.of("AWS=" + ACCOUNT, "AWS=" + CALLER),
            List.of("AWS=444455556666"),
            List.of("Service=ec2.amazonaws.com"),
            List.of("Service=ecs.amazonaws.com"));
    private static final List<String> TRUST_CONDITIONS = List.of(
            "",
            "",
            ",\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":\"x\"}}",
            ",\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":[\"x\",\"y\"]}}",
            ",\"Condition\":{\"StringEquals\":{\"aws:ResourceTag/team\":\"red\"}}");

    private record Request(
            List<String> caller,
            String trustAction,
            Map<String, List<String>> trustContext,
            String action,
            String resource,
            Map<String, List<String>> context,
            boolean stayWithinSegments) {}

    /** What one state answers. */
    private record Answers(boolean[] mayAssume, boolean[] mayDo, int longestSession) {

        boolean allows(int who, int what, int session) {
            return mayAssume[who] && mayDo[what] && session <= longestSession;
        }
    }

    /**
     * What was seen on the way.
     *
     * @param unsafe what a state between the ends allows although neither end does
     * @param lost what a state between the ends does not allow although both ends do
     * @param gains whether the last state allows something that the first does not
     * @param loses whether the first state allows something that the last does not
     */
    public record Journey(List<String> unsafe, List<String> lost, boolean gains, boolean loses) {}

    private final List<Request> requests = new ArrayList<>();

    /** Draws the requests, in the words of {@code permissions}. */
    public SampledAccess(Random random, RandomPermissions permissions) {
        for (int i = 0; i < PERMISSION_REQUESTS; i++) {
            requests.add(new Request(
                    one(random, CALLERS),
                    one(random, List.of("sts:AssumeRole", "sts:TagSession")),
                    one(
                            random,
                            List.of(
                                    Map.of(),
                                    Map.of("sts:externalid", List.of("x")),
                                    Map.of("sts:externalid", List.of("y")))),
                    one(random, permissions.actions()),
                    one(random, permissions.resources()),
                    permissions.context(),
                    random.nextBoolean()));
        }
    }

    /** A trust policy that lets in some of those who ask. */
    public static String trust(Random random) {
        return trust(random, PRINCIPALS);
    }

    /** One that the front door takes too, since it lets nobody in whom it does not name. */
    public static String acceptableTrust(Random random) {
        return trust(
                random,
                PRINCIPALS.stream()
                        .filter(principal -> !principal.contains("\"*\""))
                        .toList());
    }

    private static String trust(Random random, List<String> principals) {
        List<String> statements = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            statements.add("{\"Effect\":\"" + (i == 0 || random.nextInt(3) > 0 ? "Allow" : "Deny") + "\",\"Principal\":"
                    + one(random, principals) + ",\"Action\":"
                    + one(random, List.of("\"sts:AssumeRole\"", "[\"sts:AssumeRole\",\"sts:TagSession\"]"))
                    + one(random, TRUST_CONDITIONS) + "}");
        }
        return "{\"Version\":\"2012-10-17\",\"Statement\":[" + String.join(",", statements) + "]}";
    }

    /**
     * What is seen when the role goes through these states, of which the first and the last are the ends.
     *
     * @param states a state is empty while there is no role
     * @param documents of managed policies and boundaries, by ARN
     */
    public Journey along(List<Optional<RoleState>> states, Map<String, PolicyDocument> documents) {
        List<Answers> answers =
                states.stream().map(state -> answers(state, documents)).toList();
        Answers old = answers.getFirst();
        Answers asked = answers.getLast();
        List<String> unsafe = new ArrayList<>();
        List<String> lost = new ArrayList<>();
        boolean gains = false;
        boolean loses = false;
        for (int who = 0; who < TRUST_REQUESTS; who++) {
            for (int what = 0; what < requests.size(); what++) {
                for (int session : SESSIONS) {
                    boolean before = old.allows(who, what, session);
                    boolean after = asked.allows(who, what, session);
                    gains |= after && !before;
                    loses |= before && !after;
                    for (int i = 1; i < answers.size() - 1; i++) {
                        boolean now = answers.get(i).allows(who, what, session);
                        if (now != before && before == after) {
                            (now ? unsafe : lost)
                                    .add("after " + i + " changes: " + requests.get(who) + requests.get(what));
                        }
                    }
                }
            }
        }
        return new Journey(unsafe, lost, gains, loses);
    }

    private Answers answers(Optional<RoleState> state, Map<String, PolicyDocument> documents) {
        return state.map(there -> new Answers(mayAssume(there), mayDo(there, documents), there.maxSessionSeconds()))
                .orElseGet(() -> new Answers(new boolean[TRUST_REQUESTS], new boolean[requests.size()], 0));
    }

    private boolean[] mayAssume(RoleState state) {
        boolean[] may = new boolean[TRUST_REQUESTS];
        PolicyDocument trust = PolicyDocument.parse(state.trustPolicy());
        for (int i = 0; i < may.length; i++) {
            Request request = requests.get(i);
            may[i] = new PlainEvaluator(with(request.trustContext, "aws:resourcetag/team", state), true)
                    .trusts(trust, request.caller, request.trustAction);
        }
        return may;
    }

    private boolean[] mayDo(RoleState state, Map<String, PolicyDocument> documents) {
        List<PolicyDocument> identity = new ArrayList<>();
        state.managedPolicyArns().forEach(arn -> identity.add(documents.get(arn)));
        state.inlinePolicies().values().forEach(text -> identity.add(PolicyDocument.parse(text)));
        Optional<PolicyDocument> boundary =
                Optional.ofNullable(state.permissionsBoundaryArn()).map(documents::get);
        boolean[] may = new boolean[requests.size()];
        for (int i = 0; i < may.length; i++) {
            Request request = requests.get(i);
            may[i] = new PlainEvaluator(
                            with(request.context, "aws:principaltag/team", state), request.stayWithinSegments)
                    .allows(identity, boundary, request.action, request.resource);
        }
        return may;
    }

    private static Map<String, List<String>> with(Map<String, List<String>> context, String key, RoleState state) {
        Map<String, List<String>> all = new HashMap<>(context);
        all.remove(key);
        String tag = "team";
        state.tags().entrySet().stream()
                .filter(there -> there.getKey().toLowerCase(Locale.ROOT).equals(tag))
                .findFirst()
                .ifPresent(there -> all.put(key, List.of(there.getValue())));
        return all;
    }

    private static <T> T one(Random random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
