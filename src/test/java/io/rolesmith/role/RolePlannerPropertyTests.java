package io.rolesmith.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What must hold of every plan, over thousands of roles made at random; the seed is printed. */
class RolePlannerPropertyTests {

    private static final int ROUNDS = 3_000;
    private static final Ownership OWNERSHIP = new Ownership("platform-prod", "retail-store", "0198f0c2");

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RandomRole roles = new RandomRole(random);

    @BeforeEach
    void printSeed(TestInfo test) {
        System.out.println("RolePlannerPropertyTests, " + test.getDisplayName() + " seed " + seed);
    }

    @Test
    void anAppliedPlanLeavesNothingToPlan() {
        int changed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            RoleSpec spec = roles.spec();
            ModelIam iam = iam();
            RolePlan plan = RolePlanner.plan(spec, iam.observe(), OWNERSHIP, ManagedDocuments.UNKNOWN);
            changed += plan.isEmpty() ? 0 : 1;

            plan.changes().forEach(iam::apply);

            RolePlan again = RolePlanner.plan(spec, iam.observe(), OWNERSHIP, ManagedDocuments.UNKNOWN);
            assertThat(again.changes())
                    .as("seed %s, round %s, after %s", seed, round, plan.changes())
                    .isEmpty();
            assertThat(again.access()).isEqualTo(AccessVerdict.EQUAL);
            assertThat(again.fingerprint())
                    .isEqualTo(iam.observe().orElseThrow().fingerprint());
        }
        assertThat(changed).as("plans with changes").isGreaterThan(ROUNDS * 9 / 10);
    }

    @Test
    void aPlanTakenBackLeavesTheFormerRole() {
        int takenBack = 0;
        for (int round = 0; round < ROUNDS; round++) {
            RoleSpec spec = roles.spec();
            ModelIam iam = iam();
            Optional<RoleState> before = iam.observe();
            List<Change> changes = RolePlanner.plan(spec, before, OWNERSHIP, ManagedDocuments.UNKNOWN)
                    .changes();
            changes.forEach(iam::apply);
            List<Change> inverses = Change.inverses(changes);
            if (inverses.size() < changes.size()) {
                assertThat(changes)
                        .as("only tags that are new and changed at once have no way back")
                        .filteredOn(change -> change.reversal() instanceof Change.Irreversible)
                        .singleElement()
                        .isInstanceOf(Change.TagRole.class);
                continue;
            }

            inverses.forEach(iam::apply);

            assertThat(iam.observe())
                    .as("seed %s, round %s, %s", seed, round, changes)
                    .isEqualTo(before);
            assertThat(iam.observe().map(RoleState::fingerprint)).isEqualTo(before.map(RoleState::fingerprint));
            takenBack++;
        }
        assertThat(takenBack).isGreaterThan(ROUNDS / 2);
    }

    @Test
    void anotherSpellingOfTheSameNeedsNoChange() {
        for (int round = 0; round < ROUNDS; round++) {
            RoleSpec spec = roles.spec();
            RoleState live = roles.same(spec).state();

            RolePlan plan = RolePlanner.plan(spec, Optional.of(live), OWNERSHIP, ManagedDocuments.UNKNOWN);

            assertThat(plan.changes())
                    .as("seed %s, round %s, %s of %s", seed, round, live, spec)
                    .isEmpty();
        }
    }

    @Test
    void aPlanIsPure() {
        for (int round = 0; round < ROUNDS; round++) {
            RoleSpec spec = roles.spec();
            Optional<RoleState> live = iam().observe();
            String before = spec + " " + live;

            RolePlan plan = RolePlanner.plan(spec, live, OWNERSHIP, ManagedDocuments.UNKNOWN);

            assertThat(RolePlanner.plan(spec, live, OWNERSHIP, ManagedDocuments.UNKNOWN))
                    .as("seed %s, round %s", seed, round)
                    .isEqualTo(plan);
            assertThat(spec + " " + live).isEqualTo(before);
        }
    }

    @Test
    void theEffectOfEveryChangeIsSeen() {
        for (int round = 0; round < ROUNDS; round++) {
            ModelIam iam = iam();
            List<Change> changes = RolePlanner.plan(roles.spec(), iam.observe(), OWNERSHIP, ManagedDocuments.UNKNOWN)
                    .changes();
            List<Change> inverses = Change.inverses(changes);
            for (Change change : changes) {
                seen(change, iam, round);
            }
            if (inverses.size() == changes.size()) {
                for (Change inverse : inverses) {
                    seen(inverse, iam, round);
                }
            }
        }
    }

    private void seen(Change change, ModelIam iam, int round) {
        boolean visible =
                !(change instanceof Change.CreateInstanceProfile || change instanceof Change.DeleteInstanceProfile);
        assertThat(ChangeEffect.of(change, iam.observe()))
                .as("seed %s, round %s, before %s on %s", seed, round, change, iam.observe())
                .isEqualTo(visible ? ChangeEffect.NOT_THERE : ChangeEffect.INVISIBLE);
        iam.apply(change);
        assertThat(ChangeEffect.of(change, iam.observe()))
                .as("seed %s, round %s, after %s on %s", seed, round, change, iam.observe())
                .isEqualTo(visible ? ChangeEffect.THERE : ChangeEffect.INVISIBLE);
        if (written(change, iam, true)) {
            assertThat(ChangeEffect.of(change, iam.observe()))
                    .as("seed %s, round %s, somebody wrote after %s on %s", seed, round, change, iam.observe())
                    .isEqualTo(ChangeEffect.OTHER);
            written(change, iam, false);
        }
    }

    /**
     * Lets somebody else write where {@code change} wrote, or takes that back.
     *
     * @return false where there is nothing but there and not there
     */
    private static boolean written(Change change, ModelIam iam, boolean third) {
        switch (change) {
            case Change.UpdateAssumeRolePolicy c -> iam.role().trust(third ? "{\"third\":1}" : c.trustPolicy());
            case Change.UpdateRole c -> iam.role().description(third ? "third" : c.description());
            case Change.PutRolePermissionsBoundary c -> iam.role().boundary(third ? "third" : c.arn());
            case Change.DeleteRolePermissionsBoundary _ -> iam.role().boundary(third ? "third" : null);
            case Change.PutRolePolicy c -> iam.role().inline(c.policy().value(), third ? "third" : c.document());
            case Change.DeleteRolePolicy c -> {
                if (c.document().isEmpty()) {
                    // Planned without the documents, as an empty text says too, it is only there or not.
                    return false;
                }
                if (third) {
                    iam.role().inline(c.policy().value(), "third");
                } else {
                    iam.role().noInline(c.policy().value());
                }
            }
            case Change.TagRole c -> {
                String key = c.tags().firstEntry().getKey();
                iam.role().tag(key, third ? "third" : c.tags().firstEntry().getValue());
            }
            case Change.UntagRole c -> {
                if (third) {
                    iam.role().tag(c.tags().firstEntry().getKey(), "third");
                } else {
                    iam.role().untag(c.tags().firstEntry().getKey());
                }
            }
            case Change.CreateRole _,
                    Change.DeleteRole _,
                    Change.AttachRolePolicy _,
                    Change.DetachRolePolicy _,
                    Change.CreateInstanceProfile _,
                    Change.DeleteInstanceProfile _,
                    Change.AddRoleToInstanceProfile _,
                    Change.RemoveRoleFromInstanceProfile _ -> {
                return false;
            }
        }
        return true;
    }

    private ModelIam iam() {
        return new ModelIam(random.nextInt(4) == 0 ? null : roles.live());
    }
}
