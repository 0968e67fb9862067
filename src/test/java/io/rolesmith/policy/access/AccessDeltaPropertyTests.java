package io.rolesmith.policy.access;

import static io.rolesmith.policy.access.AccessDelta.Verdict.EQUAL;
import static io.rolesmith.policy.access.AccessDelta.Verdict.INCOMPARABLE;
import static io.rolesmith.policy.access.AccessDelta.Verdict.NARROWS;
import static io.rolesmith.policy.access.AccessDelta.Verdict.UNDETERMINED;
import static io.rolesmith.policy.access.AccessDelta.Verdict.WIDENS;
import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.access.AccessDelta.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What must hold of every verdict, over thousands of permissions made at random; the seed is printed. */
class AccessDeltaPropertyTests {

    private static final int PAIRS = 10_000;
    private static final int REQUESTS = 60;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RandomPermissions permissions = new RandomPermissions(random);

    @BeforeEach
    void printSeed(TestInfo test) {
        System.out.println("AccessDeltaPropertyTests, " + test.getDisplayName() + " seed " + seed);
    }

    /** A request that is gained or lost contradicts a verdict that says that none is. */
    @Test
    void noRequestContradictsAVerdict() {
        Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
        int shown = 0;
        int said = 0;
        for (int pair = 0; pair < PAIRS; pair++) {
            Permissions before = permissions.permissions();
            Permissions after = random.nextInt(3) == 0 ? permissions.permissions() : permissions.changed(before);
            Verdict verdict = AccessDelta.between(before, after).verdict();
            verdicts.merge(verdict, 1, Integer::sum);
            boolean gained = false;
            boolean lost = false;
            for (int request = 0; request < REQUESTS; request++) {
                PlainEvaluator evaluator = new PlainEvaluator(permissions.context(), random.nextBoolean());
                String action = one(permissions.actions());
                String resource = one(permissions.resources());
                boolean was = permissions.isAllowed(before, evaluator, action, resource);
                boolean is = permissions.isAllowed(after, evaluator, action, resource);
                gained |= is && !was;
                lost |= was && !is;
                assertThat(is == was || !(is ? List.of(EQUAL, NARROWS) : List.of(EQUAL, WIDENS)).contains(verdict))
                        .as(
                                "seed %s, pair %s: %s although %s on %s, %s, goes from %s to %s for%n%s%n%s",
                                seed, pair, verdict, action, resource, evaluator, was, is, before, after)
                        .isTrue();
            }
            said += switch (verdict) {
                case WIDENS, NARROWS -> 1;
                case INCOMPARABLE -> 2;
                case EQUAL, UNDETERMINED -> 0;
            };
            shown += (gained ? 1 : 0) + (lost ? 1 : 0);
        }
        System.out.printf(
                "%d pairs: %s; of what is said to be gained or lost, %d %% was seen in %d requests%n",
                PAIRS, verdicts, 100 * shown / said, REQUESTS);
        assertThat(verdicts.keySet())
                .contains(WIDENS, NARROWS, EQUAL, INCOMPARABLE)
                .doesNotContain(UNDETERMINED);
        assertThat(shown).as("what is said and seen").isGreaterThan(said / 2);
    }

    @Test
    void permissionsEqualThemselvesInWhateverOrderAndHoweverOften() {
        for (int round = 0; round < PAIRS / 10; round++) {
            Permissions one = permissions.permissions();
            List<NamedPolicy> other = new ArrayList<>(one.identityPolicies().reversed());
            other.add(NamedPolicy.of(
                    "again", one.identityPolicies().getFirst().document().orElseThrow()));

            assertThat(AccessDelta.between(one, new Permissions(other, one.boundary()))
                            .verdict())
                    .as("seed %s, round %s, %s", seed, round, one)
                    .isEqualTo(EQUAL);
        }
    }

    @Test
    void theWayBackIsTheOppositeOfTheWayThere() {
        for (int round = 0; round < PAIRS / 10; round++) {
            Permissions one = permissions.permissions();
            Permissions other = permissions.changed(one);

            assertThat(AccessDelta.between(other, one).verdict())
                    .as("seed %s, round %s, %s, %s", seed, round, one, other)
                    .isEqualTo(opposite(AccessDelta.between(one, other).verdict()));
        }
    }

    @Test
    void anAllowMoreNeverNarrowsAndADenyMoreNeverWidens() {
        for (int round = 0; round < PAIRS / 10; round++) {
            Permissions one = permissions.permissions();

            assertThat(AccessDelta.between(one, with(one, permissions.policyOf("Allow")))
                            .verdict())
                    .as("seed %s, round %s, %s", seed, round, one)
                    .isIn(EQUAL, WIDENS);
            assertThat(AccessDelta.between(one, with(one, permissions.policyOf("Deny")))
                            .verdict())
                    .as("seed %s, round %s, %s", seed, round, one)
                    .isIn(EQUAL, NARROWS);
        }
    }

    @Test
    void aBoundaryNeverWidens() {
        for (int round = 0; round < PAIRS / 10; round++) {
            Permissions bare = new Permissions(permissions.permissions().identityPolicies(), Optional.empty());
            Permissions bounded = new Permissions(
                    bare.identityPolicies(), Optional.of(NamedPolicy.of("boundary", permissions.boundary())));

            assertThat(AccessDelta.between(bare, bounded).verdict())
                    .as("seed %s, round %s, %s", seed, round, bounded)
                    .isIn(EQUAL, NARROWS);
        }
    }

    @Test
    void aPolicyOnBothSidesThatCouldNotBeReadHidesNoGainAndNoLoss() {
        for (int round = 0; round < PAIRS / 10; round++) {
            Permissions one = permissions.permissions();
            Permissions other = permissions.changed(one);
            Verdict verdict = AccessDelta.between(one, other).verdict();
            NamedPolicy unread = NamedPolicy.unread("arn:aws:iam::aws:policy/Unread");

            Verdict besideUnread =
                    AccessDelta.between(with(one, unread), with(other, unread)).verdict();

            assertThat(besideUnread)
                    .as("seed %s, round %s, %s, %s", seed, round, one, other)
                    .isIn(
                            switch (verdict) {
                                case WIDENS -> List.of(WIDENS, INCOMPARABLE);
                                case NARROWS -> List.of(NARROWS, INCOMPARABLE);
                                case EQUAL -> List.of(EQUAL, WIDENS, NARROWS, INCOMPARABLE);
                                case INCOMPARABLE, UNDETERMINED -> List.of(verdict);
                            });
        }
    }

    private static Permissions with(Permissions permissions, PolicyDocument more) {
        return with(permissions, NamedPolicy.of("more", more));
    }

    private static Permissions with(Permissions permissions, NamedPolicy more) {
        List<NamedPolicy> policies = new ArrayList<>(permissions.identityPolicies());
        policies.add(more);
        return new Permissions(policies, permissions.boundary());
    }

    private static Verdict opposite(Verdict verdict) {
        return switch (verdict) {
            case WIDENS -> NARROWS;
            case NARROWS -> WIDENS;
            case EQUAL, INCOMPARABLE, UNDETERMINED -> verdict;
        };
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
