package io.rolesmith.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.access.PlainEvaluator;
import io.rolesmith.policy.access.RandomPermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a plan promises of the time in which it is applied, held against an oracle that evaluates concrete requests at every
 * step; the seed is printed.
 */
class RolePlannerOrderPropertyTests {

    private static final int PAIRS = 10_000;
    private static final int PERMISSION_REQUESTS = 24;
    private static final int TRUST_REQUESTS = 12;
    private static final Ownership OWNERSHIP = new Ownership("platform-prod", "retail-store", "0198f0c2");
    private static final String ACCOUNT = "111122223333";
    private static final String CALLER = "arn:aws:iam::111122223333:role/Caller";
    private static final RoleRoom QUOTAS = new RoleRoom(3, 1_400);

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

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RandomPermissions permissions = new RandomPermissions(random);

    /** One that asks a role for something: a principal, an action, a resource and a session. */
    private record Request(
            List<String> caller,
            String trustAction,
            Map<String, List<String>> trustContext,
            String action,
            String resource,
            Map<String, List<String>> context,
            boolean stayWithinSegments) {}

    /** A pair: the role as it is, and as it shall be. */
    private record Pair(LiveRole live, RoleSpec spec, Map<String, PolicyDocument> documents) {}

    @ParameterizedTest
    @ValueSource(ints = {0, 20})
    void isSafeAtEveryStepAndLosslessOrSaidToBeAGap(int percentUnread) {
        System.out.println("RolePlannerOrderPropertyTests, " + percentUnread + " % unread, seed " + seed);
        Map<String, Integer> outcomes = new TreeMap<>();
        long nanos = 0;
        int changes = 0;
        int pairs = percentUnread == 0 ? PAIRS : PAIRS / 10;
        for (int round = 0; round < pairs; round++) {
            Pair pair = pair();
            ManagedDocuments documents = arn -> Math.floorMod(arn.hashCode(), 100) < percentUnread
                    ? Optional.empty()
                    : Optional.ofNullable(pair.documents.get(arn));
            Optional<RoleState> before = Optional.of(pair.live.state());
            long start = System.nanoTime();
            RolePlan plan =
                    RolePlanner.plan(pair.spec, before, RolePlanner.Given.NOTHING, OWNERSHIP, documents, QUOTAS);
            nanos += System.nanoTime() - start;
            changes += plan.changes().size();
            outcomes.merge(
                    plan.changes().size() < 2
                            ? "at most one change"
                            : plan.gap().map(gap -> gap.kind().name()).orElse("lossless"),
                    1,
                    Integer::sum);
            check(round, pair, plan);
        }
        System.out.printf(
                "%d pairs, %d changes, %d us each to plan: %s%n", pairs, changes, nanos / pairs / 1000, outcomes);
        assertThat(outcomes.keySet()).contains("lossless", "HOLD");
        assertThat(outcomes.get("lossless")).isGreaterThan(pairs / 3);
    }

    private void check(int round, Pair pair, RolePlan plan) {
        List<RoleState> states = new ArrayList<>();
        ModelIam iam = new ModelIam(LiveRole.of(pair.live.state()));
        states.add(iam.observe().orElseThrow());
        for (Change change : plan.changes()) {
            iam.apply(change);
            states.add(iam.observe().orElseThrow());
        }
        String what = "seed %s, round %s, %s".formatted(seed, round, plan);
        for (RoleState state : states.subList(1, Math.max(1, states.size() - 1))) {
            withinQuotas(what, state, states.getFirst(), states.getLast());
        }
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < PERMISSION_REQUESTS; i++) {
            requests.add(request());
        }
        boolean[][] mayAssume = new boolean[states.size()][];
        boolean[][] mayDo = new boolean[states.size()][];
        for (int i = 0; i < states.size(); i++) {
            mayAssume[i] = mayAssume(states.get(i), requests);
            mayDo[i] = mayDo(states.get(i), requests, pair.documents);
        }
        int last = states.size() - 1;
        for (int t = 0; t < TRUST_REQUESTS; t++) {
            for (int p = 0; p < requests.size(); p++) {
                for (int session : new int[] {3600, 43_200}) {
                    boolean old = mayAssume[0][t]
                            && mayDo[0][p]
                            && session <= states.getFirst().maxSessionSeconds();
                    boolean asked = mayAssume[last][t]
                            && mayDo[last][p]
                            && session <= states.getLast().maxSessionSeconds();
                    verdict(what, plan.access(), old, asked);
                    for (int i = 1; i < last; i++) {
                        boolean now = mayAssume[i][t]
                                && mayDo[i][p]
                                && session <= states.get(i).maxSessionSeconds();
                        boolean unsafe = now && !old && !asked;
                        boolean lost = !now && old && asked && plan.gap().isEmpty();
                        if (unsafe || lost) {
                            throw new AssertionError((unsafe ? "Unsafe" : "Lost") + " after " + i + " changes, "
                                    + requests.get(t) + requests.get(p) + ", " + what + ", " + states.getFirst()
                                    + pair.documents);
                        }
                    }
                }
            }
        }
        if (!states.getFirst().equals(states.getLast())) {
            walksBack(what, pair, plan, states);
        }
    }

    private static void verdict(String what, AccessVerdict verdict, boolean old, boolean asked) {
        boolean contradicted = switch (verdict) {
            case EQUAL -> old != asked;
            case WIDENS -> old && !asked;
            case NARROWS -> !old && asked;
            case INCOMPARABLE, UNDETERMINED -> false;
        };
        assertThat(contradicted).as("%s is contradicted, %s", verdict, what).isFalse();
    }

    private static void withinQuotas(String what, RoleState state, RoleState first, RoleState last) {
        assertThat(state.managedPolicyArns().size())
                .as(what)
                .isLessThanOrEqualTo(Math.max(
                        QUOTAS.managedPolicies(),
                        Math.max(
                                first.managedPolicyArns().size(),
                                last.managedPolicyArns().size())));
        assertThat(inlineSize(state))
                .as(what)
                .isLessThanOrEqualTo(Math.max(QUOTAS.inlineSize(), Math.max(inlineSize(first), inlineSize(last))));
    }

    /** Taking back any part of the plan leads through states that were there before. */
    private void walksBack(String what, Pair pair, RolePlan plan, List<RoleState> states) {
        int made = random.nextInt(plan.changes().size());
        List<Change> applied = plan.changes().subList(0, made);
        ModelIam iam = new ModelIam(LiveRole.of(states.getFirst()));
        applied.forEach(iam::apply);
        List<Change> inverses = Change.inverses(applied);
        assertThat(inverses).as(what).hasSameSizeAs(applied);
        for (Change inverse : inverses) {
            iam.apply(inverse);
            made--;
            assertThat(iam.observe()).as(what).contains(states.get(made));
        }
    }

    private boolean[] mayAssume(RoleState state, List<Request> requests) {
        boolean[] may = new boolean[TRUST_REQUESTS];
        PolicyDocument trust = PolicyDocument.parse(state.trustPolicy());
        for (int i = 0; i < may.length; i++) {
            Request request = requests.get(i);
            may[i] = new PlainEvaluator(with(request.trustContext, "aws:resourcetag/team", state), true)
                    .trusts(trust, request.caller, request.trustAction);
        }
        return may;
    }

    private static boolean[] mayDo(RoleState state, List<Request> requests, Map<String, PolicyDocument> documents) {
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
        String team = ModelIam.find(state.tags(), "team");
        if (team != null) {
            all.put(key, List.of(team));
        }
        return all;
    }

    private static int inlineSize(RoleState state) {
        return state.inlinePolicies().values().stream()
                .mapToInt(text -> PolicyDocument.parse(text).size())
                .sum();
    }

    private Request request() {
        return new Request(
                one(CALLERS),
                one(List.of("sts:AssumeRole", "sts:TagSession")),
                one(List.of(Map.of(), Map.of("sts:externalid", List.of("x")), Map.of("sts:externalid", List.of("y")))),
                one(permissions.actions()),
                one(permissions.resources()),
                permissions.context(),
                random.nextBoolean());
    }

    /** A role and another one that has much in common with it; documents move between policies. */
    private Pair pair() {
        Map<String, PolicyDocument> documents = new LinkedHashMap<>();
        List<PolicyDocument> pool = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            pool.add(permissions.policy());
        }
        List<String> managed = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String arn = "arn:aws:iam::123456789012:policy/M" + random.nextInt(1000) + i;
            managed.add(arn);
            documents.put(arn, one(pool));
        }
        List<String> boundaries = List.of(
                "arn:aws:iam::123456789012:policy/B" + random.nextInt(1000),
                "arn:aws:iam::123456789012:policy/C" + random.nextInt(1000));
        boundaries.forEach(arn -> documents.put(arn, permissions.boundary()));
        List<String> trusts = List.of(trust(), trust());

        LiveRole live = LiveRole.of("App").trust(one(trusts)).session(one(List.of(3600, 43_200)));
        live.boundary(random.nextInt(3) == 0 ? one(boundaries) : null);
        some(managed, 2).forEach(live::attached);
        some(List.of("a", "b", "c"), 2)
                .forEach(name -> live.inline(name, one(pool).json()));
        some(List.of("team", "stage"), 2).forEach(key -> live.tag(key, one(List.of("red", "blue"))));
        RoleState now = live.state();

        boolean keepsManaged = random.nextInt(3) == 0;
        SequencedSet<PolicyArn> arns = new LinkedHashSet<>();
        (keepsManaged ? now.managedPolicyArns() : some(managed, 3)).forEach(arn -> arns.add(new PolicyArn(arn)));
        SequencedMap<PolicyName, PolicyDocument> inline = new LinkedHashMap<>();
        some(List.of("a", "b", "c"), 3).forEach(name -> inline.put(new PolicyName(name), one(pool)));
        SequencedMap<String, String> tags = new LinkedHashMap<>();
        some(List.of("Team", "stage"), 2).forEach(key -> tags.put(key, one(List.of("red", "blue"))));
        RoleSpec spec = new RoleSpec(
                new RoleName("App"),
                RolePath.ROOT,
                one(List.of("", "other")),
                PolicyDocument.parse(random.nextInt(3) == 0 ? one(trusts) : now.trustPolicy()),
                arns,
                inline,
                switch (random.nextInt(4)) {
                    case 0 -> new Boundary.None();
                    case 1 -> new Boundary.Policy(new PolicyArn(one(boundaries)));
                    default -> new Boundary.Unchanged();
                },
                Duration.ofSeconds(random.nextInt(3) == 0 ? 43_200 : now.maxSessionSeconds()),
                tags,
                random.nextInt(8) == 0,
                one(List.of(PolicyOwnership.values())));
        return new Pair(live, spec, documents);
    }

    private String trust() {
        List<String> statements = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            statements.add("{\"Effect\":\"" + (i == 0 || random.nextInt(3) > 0 ? "Allow" : "Deny") + "\",\"Principal\":"
                    + one(PRINCIPALS) + ",\"Action\":"
                    + one(List.of("\"sts:AssumeRole\"", "[\"sts:AssumeRole\",\"sts:TagSession\"]"))
                    + one(TRUST_CONDITIONS) + "}");
        }
        return "{\"Version\":\"2012-10-17\",\"Statement\":[" + String.join(",", statements) + "]}";
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private <T> List<T> some(List<T> of, int most) {
        List<T> shuffled = new ArrayList<>(of);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, random.nextInt(most + 1));
    }
}
