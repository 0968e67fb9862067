package io.rolesmith.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.access.RandomPermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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
    private static final Ownership OWNERSHIP = new Ownership("platform-prod", "retail-store", "0198f0c2");
    private static final RoleRoom QUOTAS = new RoleRoom(3, 1_400);

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RandomPermissions permissions = new RandomPermissions(random);

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
            RolePlan plan = RolePlanner.plan(
                    pair.spec, before, RolePlanner.Given.NOTHING, OWNERSHIP, documents, QUOTAS, LiveSessions.KEEP);
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
        SampledAccess sample = new SampledAccess(random, permissions);
        SampledAccess.Journey journey =
                sample.along(states.stream().map(Optional::of).toList(), pair.documents);
        verdict(what, plan.access(), journey);
        assertThat(journey.unsafe())
                .as("%s, %s%s", what, states.getFirst(), pair.documents)
                .isEmpty();
        if (plan.gap().isEmpty()) {
            assertThat(journey.lost())
                    .as("%s, %s%s", what, states.getFirst(), pair.documents)
                    .isEmpty();
        }
        if (!states.getFirst().equals(states.getLast())) {
            walksBack(what, pair, plan, states);
        }
    }

    private static void verdict(String what, AccessVerdict verdict, SampledAccess.Journey journey) {
        boolean contradicted = switch (verdict) {
            case EQUAL -> journey.gains() || journey.loses();
            case WIDENS -> journey.loses();
            case NARROWS -> journey.gains();
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

    private static int inlineSize(RoleState state) {
        return state.inlinePolicies().values().stream()
                .mapToInt(text -> PolicyDocument.parse(text).size())
                .sum();
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
        List<String> trusts = List.of(SampledAccess.trust(random), SampledAccess.trust(random));

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

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private <T> List<T> some(List<T> of, int most) {
        List<T> shuffled = new ArrayList<>(of);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, random.nextInt(most + 1));
    }
}
