package io.rolesmith.role;

import static io.rolesmith.role.RoleDraftBuilder.INLINE;
import static io.rolesmith.role.RoleDraftBuilder.TRUST;
import static io.rolesmith.role.RoleDraftBuilder.draft;
import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** In which order an update is made, what that costs, and what it does to access. */
class RolePlannerOrderTests {

    private static final Ownership OWNERSHIP = new Ownership("platform-prod", "retail-store", "0198f0c2");
    private static final String FIRST = "arn:aws:iam::aws:policy/First";
    private static final String SECOND = "arn:aws:iam::aws:policy/Second";
    private static final String BOUNDARY = "arn:aws:iam::123456789012:policy/team-boundary";
    private static final String OTHER_BOUNDARY = "arn:aws:iam::aws:policy/PowerUserAccess";
    private static final String OTHER_TRUST = TRUST.replace("ecs-tasks", "ec2");
    private static final String BOTH_TRUST =
            TRUST.replace("\"ecs-tasks.amazonaws.com\"", "[\"ecs-tasks.amazonaws.com\",\"ec2.amazonaws.com\"]");
    private static final String PUT = INLINE.replace("GetObject", "PutObject");
    private static final String ALL = policy("Allow", "*", "");
    private static final String DENY_PUT = policy("Deny", "s3:PutObject", "");

    private final Map<String, PolicyDocument> documents = new HashMap<>();
    private final List<String> asked = new ArrayList<>();

    @Test
    void putsABoundaryFirstAndAddsBeforeItRemovesAndMakesTheProfileLast() {
        known(ALL, BOUNDARY, OTHER_BOUNDARY, FIRST, SECOND);
        LiveRole live = LiveRole.of("retailStoreEcsTaskRole")
                .boundary(OTHER_BOUNDARY)
                .tag("service", "old")
                .attached(FIRST)
                .inline("first", INLINE)
                .inline("second", INLINE);
        RoleDraftBuilder wanted = draft().managed(SECOND)
                .inline("ecs-exec", INLINE)
                .inline("second", PUT)
                .boundary(BOUNDARY)
                .tag("service", "retail-store")
                .instanceProfile();

        RolePlan plan = plan(wanted, live);

        assertThat(summaries(plan))
                .containsExactly(
                        "Set the permissions boundary " + BOUNDARY,
                        "Set the tags service",
                        "Replace the inline policy second",
                        "Put the inline policy ecs-exec",
                        "Attach " + SECOND,
                        "Detach " + FIRST,
                        "Delete the inline policy first",
                        "Set the description and a longest session of 7200 s",
                        "Create the instance profile retailStoreEcsTaskRole",
                        "Put the role into the instance profile retailStoreEcsTaskRole");
        assertThat(plan.gap()).isEmpty();
        assertThat(plan.access()).isEqualTo(AccessVerdict.WIDENS);
    }

    @Test
    void removesABoundaryOnlyOnceWhatItKeptBackIsGone() {
        known(policy("Allow", "s3:*", ""), BOUNDARY);
        known(ALL, FIRST);

        RolePlan plan = plan(
                draft().boundary(null).inline("read", INLINE),
                LiveRole.as(draft().spec()).boundary(BOUNDARY).attached(FIRST));

        assertThat(summaries(plan))
                .containsExactly(
                        "Put the inline policy read", "Detach " + FIRST, "Remove the permissions boundary " + BOUNDARY);
        assertThat(plan.gap()).isEmpty();
        assertThat(plan.access()).isEqualTo(AccessVerdict.NARROWS);
    }

    @Test
    void widensTrustOnlyOnceWhatTheOthersShallNotHaveIsGone() {
        RolePlan plan = plan(
                draft().trust(BOTH_TRUST).inline("read", INLINE),
                LiveRole.as(draft().inline("read", INLINE).inline("write", PUT).spec()));

        assertThat(summaries(plan)).containsExactly("Delete the inline policy write", "Replace the trust policy");
        assertThat(plan.gap()).isEmpty();
        assertThat(plan.access()).isEqualTo(AccessVerdict.INCOMPARABLE);
        assertThat(plan.findings()).isEmpty();
    }

    @Test
    void narrowsTrustBeforeItGrants() {
        RolePlan plan = plan(
                draft().inline("read", INLINE).inline("write", PUT),
                LiveRole.as(draft().trust(BOTH_TRUST).inline("read", INLINE).spec()));

        assertThat(summaries(plan)).containsExactly("Replace the trust policy", "Put the inline policy write");
        assertThat(plan.gap()).isEmpty();
        assertThat(plan.findings())
                .containsExactly(Finding.warning(
                        "LIVE_SESSIONS",
                        "/trustPolicy",
                        "Sessions of principals that may no longer assume the role live on, and gain what it may newly do.",
                        "Ask with liveSessions: revoke, or grant what is new once these sessions have ended."));
    }

    @Test
    void takesEverythingAwayBeforeTrustGoesFromOneToAnother() {
        RolePlan plan = plan(
                draft().trust(OTHER_TRUST).inline("new", PUT),
                LiveRole.as(draft().inline("old", INLINE).spec()));

        assertThat(summaries(plan))
                .containsExactly(
                        "Delete the inline policy old", "Replace the trust policy", "Put the inline policy new");
        assertThat(plan.gap()).as("nothing is in common that could be missing").isEmpty();
    }

    @Test
    void putsADenialBeforeWhatItDeniesFrom() {
        RolePlan plan = plan(
                draft().inline("all", ALL).inline("denial", DENY_PUT),
                LiveRole.as(draft().inline("read", INLINE).spec()));

        assertThat(summaries(plan))
                .containsExactly(
                        "Put the inline policy denial", "Put the inline policy all", "Delete the inline policy read");
        assertThat(plan.gap()).isEmpty();
    }

    @Test
    void shortensSessionsBeforeItGrantsAndLengthensThemAfterItTook() {
        RolePlan grants = plan(
                draft().inline("a", INLINE),
                LiveRole.as(draft().maxSessionSeconds(43_200L).spec()));
        RolePlan takes = plan(
                draft().maxSessionSeconds(43_200L),
                LiveRole.as(draft().inline("a", INLINE).spec()));

        assertThat(summaries(grants))
                .containsExactly("Set the description and a longest session of 7200 s", "Put the inline policy a");
        assertThat(summaries(takes))
                .containsExactly("Delete the inline policy a", "Set the description and a longest session of 43200 s");
    }

    /** Each policy allows what the other denied, and the role is never to have both. */
    @Test
    void holdsEverythingWhereNoOrderIsSafe() {
        RolePlan plan = plan(
                draft().trust(OTHER_TRUST).inline("p", PUT),
                LiveRole.as(draft().inline("p", INLINE).spec()));

        assertThat(plan.changes().getFirst())
                .isEqualTo(
                        new Change.PutRolePolicy(
                                new RoleName("retailStoreEcsTaskRole"),
                                new PolicyName("rolesmith-hold"),
                                null,
                                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}"));
        assertThat(summaries(plan))
                .containsExactly(
                        "Put the inline policy rolesmith-hold",
                        "Replace the trust policy",
                        "Replace the inline policy p",
                        "Delete the inline policy rolesmith-hold");
        assertThat(plan.gap())
                .contains(new Gap(
                        Gap.Kind.HOLD,
                        "No order of the changes is safe at every step, so the inline policy rolesmith-hold denies"
                                + " everything from the first change to the last."));
    }

    @Test
    void holdsEverythingUnderANameThatIsFree() {
        RolePlan plan = plan(
                draft().trust(OTHER_TRUST).inline("Rolesmith-Hold", PUT),
                LiveRole.as(draft().inline("rolesmith-hold", INLINE).spec()));

        assertThat(summaries(plan))
                .startsWith("Put the inline policy rolesmith-hold-2")
                .endsWith("Delete the inline policy rolesmith-hold-2");
    }

    @Test
    void letsNobodyInWhereThereIsNoRoomForAHold() {
        String large = INLINE.replace("bucket", "b".repeat(9_000));
        RolePlan plan = plan(
                draft().trust(OTHER_TRUST)
                        .inline("large", large.replace("Get", "Put"))
                        .inline("p", PUT.replace("bucket", "b".repeat(950))),
                LiveRole.as(draft().inline("large", large)
                        .inline("p", PUT.replace("bucket", "b".repeat(950)))
                        .spec()));

        assertThat(summaries(plan))
                .containsExactly(
                        "Replace the trust policy", "Replace the inline policy large", "Replace the trust policy");
        assertThat(((Change.UpdateAssumeRolePolicy) plan.changes().getFirst()).trustPolicy())
                .isEqualTo(
                        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":{\"AWS\":\"*\"},"
                                + "\"Action\":\"sts:AssumeRole\"}]}");
        assertThat(((Change.UpdateAssumeRolePolicy) plan.changes().getLast()).trustPolicy())
                .isEqualTo(OTHER_TRUST);
        assertThat(plan.gap().map(Gap::reason))
                .contains("No order of the changes is safe at every step, so nobody can assume the role from the first"
                        + " change to the last.");
    }

    @Test
    void holdsEverythingWhereItCannotBeToldWhetherAnOrderIsSafe() {
        RolePlan plan = plan(draft().managed(FIRST, SECOND), LiveRole.as(draft().spec()));

        assertThat(summaries(plan))
                .containsExactly(
                        "Put the inline policy rolesmith-hold",
                        "Attach " + FIRST,
                        "Attach " + SECOND,
                        "Delete the inline policy rolesmith-hold");
        assertThat(plan.gap().map(Gap::reason))
                .contains("Without knowing " + FIRST + " and " + SECOND + " no order of the changes is known to be safe"
                        + " at every step, so the inline policy rolesmith-hold denies everything from the first change to"
                        + " the last.");
        assertThat(plan.access()).isEqualTo(AccessVerdict.UNDETERMINED);
    }

    @Test
    void needsNotKnowAPolicyWhoseContentMakesNoDifference() {
        RolePlan plan = plan(
                draft().managed(FIRST).trust(BOTH_TRUST),
                LiveRole.as(draft().managed(FIRST).inline("a", INLINE).spec()));

        assertThat(summaries(plan)).containsExactly("Delete the inline policy a", "Replace the trust policy");
        assertThat(plan.gap()).isEmpty();
        assertThat(plan.access()).isEqualTo(AccessVerdict.INCOMPARABLE);
    }

    @Test
    void asksForNoDocumentWhereOnlyTrustOrTheSessionChanges() {
        RoleDraftBuilder wanted = draft().managed(FIRST).trust(OTHER_TRUST).description("new");

        RolePlan plan = plan(wanted, LiveRole.as(draft().managed(FIRST).spec()).boundary(BOUNDARY));

        assertThat(plan.changes()).hasSize(2);
        assertThat(plan.access()).isEqualTo(AccessVerdict.INCOMPARABLE);
        assertThat(asked).isEmpty();
    }

    @Test
    void asksOnceForWhatIsInForceBeforeOrAfter() {
        plan(
                draft().managed(SECOND).boundary(BOUNDARY),
                LiveRole.as(draft().managed(FIRST).spec()).boundary(OTHER_BOUNDARY));

        assertThat(asked).containsExactlyInAnyOrder(FIRST, SECOND, BOUNDARY, OTHER_BOUNDARY);
    }

    @Test
    void saysThatADescriptionChangesNoAccess() {
        assertThat(plan(draft().description("new"), LiveRole.as(draft().spec())).access())
                .isEqualTo(AccessVerdict.EQUAL);
        assertThat(plan(
                                draft().maxSessionSeconds(43_200L),
                                LiveRole.as(draft().inline("a", INLINE).spec()))
                        .access())
                .isEqualTo(AccessVerdict.NARROWS);
        assertThat(plan(
                                draft().inline("a", INLINE).maxSessionSeconds(43_200L),
                                LiveRole.as(draft().inline("a", INLINE).spec()))
                        .access())
                .isEqualTo(AccessVerdict.WIDENS);
    }

    @Test
    void seesThatTagsMatterToWhatSpeaksOfThem() {
        String byTeam =
                policy("Allow", "s3:*", ",\"Condition\":{\"StringEquals\":{\"aws:PrincipalTag/Team\":\"red\"}}");
        LiveRole live =
                LiveRole.as(draft().inline("a", byTeam).tag("team", "blue").spec());

        assertThat(plan(draft().inline("a", byTeam).tag("team", "red"), live).access())
                .isEqualTo(AccessVerdict.INCOMPARABLE);
        assertThat(plan(draft().inline("a", byTeam).tag("team", "blue").tag("stage", "x"), live)
                        .access())
                .isEqualTo(AccessVerdict.EQUAL);
    }

    @Test
    void setsNewAndChangedTagsApartWhereAPolicySpeaksOfThem() {
        String byTeam =
                policy("Allow", "s3:*", ",\"Condition\":{\"StringEquals\":{\"aws:PrincipalTag/Team\":\"red\"}}");
        RoleDraftBuilder wanted = draft().inline("a", byTeam).tag("team", "red").tag("stage", "x");

        RolePlan plan = plan(
                wanted,
                LiveRole.as(draft().inline("a", byTeam).tag("team", "blue").spec()));

        assertThat(summaries(plan)).containsExactly("Set the tags team", "Set the tags stage");
        assertThat(plan.changes())
                .allSatisfy(change -> assertThat(change.reversal()).isInstanceOf(Change.Reversible.class));
    }

    @Test
    void setsTagsThatHaveNoWayBackLast() {
        RolePlan plan = plan(
                draft().tag("team", "red").tag("stage", "x").inline("a", INLINE).instanceProfile(),
                LiveRole.as(draft().tag("team", "blue").spec()));

        assertThat(summaries(plan)).startsWith("Put the inline policy a").endsWith("Set the tags team, stage");
    }

    @Test
    void takesAwayAHoldThatWasLeftBehind() {
        LiveRole live = LiveRole.as(draft().inline("a", INLINE).spec()).inline("rolesmith-hold", ChangeOrder.HOLD);

        RolePlan plan = plan(draft().additive().inline("a", INLINE).inline("b", PUT), live);

        assertThat(summaries(plan))
                .containsExactly("Put the inline policy b", "Delete the inline policy rolesmith-hold");
        assertThat(plan.access()).isEqualTo(AccessVerdict.WIDENS);
    }

    @Test
    void detachesFirstWhereNoMoreMayBeAttached() {
        documents.clear();
        LiveRole live = LiveRole.as(draft().spec());
        RoleDraftBuilder wanted = draft();
        for (int i = 0; i < 20; i++) {
            known(
                    policy("Allow", "s3:Get" + i, ""),
                    "arn:aws:iam::aws:policy/Old" + i,
                    "arn:aws:iam::aws:policy/New" + i);
            live.attached("arn:aws:iam::aws:policy/Old" + i);
            wanted.managed("arn:aws:iam::aws:policy/" + (i < 19 ? "Old" : "New") + i);
        }

        RolePlan plan = plan(wanted, live);

        assertThat(summaries(plan))
                .containsExactly("Detach arn:aws:iam::aws:policy/Old19", "Attach arn:aws:iam::aws:policy/New19");
        assertThat(plan.gap())
                .contains(new Gap(
                        Gap.Kind.LOSS,
                        "Every order of the changes that is safe at every step takes away, for a moment, access that the"
                                + " role has before and after."));
        assertThat(plan.access()).isEqualTo(AccessVerdict.EQUAL);
    }

    @Test
    void makesLikesTogetherWhereThereAreTooManyChanges() {
        LiveRole live = LiveRole.as(draft().spec());
        RoleDraftBuilder wanted = draft();
        for (int i = 0; i < 10; i++) {
            live.inline("old" + i, INLINE.replace("bucket", "b" + i));
            wanted.inline("new" + i, INLINE.replace("bucket", "b" + i));
        }

        RolePlan plan = plan(wanted, live);

        assertThat(plan.changes()).hasSize(20);
        assertThat(plan.changes().subList(0, 10)).allMatch(Change.PutRolePolicy.class::isInstance);
        assertThat(plan.gap()).isEmpty();
        assertThat(plan.access()).isEqualTo(AccessVerdict.EQUAL);
    }

    @Test
    void putsDenialsOfANewRoleBeforeWhatItIsGranted() {
        RoleSpec spec = draft().managed(FIRST)
                .inline("read", INLINE)
                .inline("denial", DENY_PUT)
                .spec();

        known(policy("Allow", "s3:*", ""), FIRST);

        RolePlan plan = RolePlanner.plan(spec, Optional.empty(), OWNERSHIP, this::document);

        assertThat(summaries(plan).subList(1, 4))
                .containsSubsequence("Put the inline policy denial", "Attach " + FIRST)
                .contains("Put the inline policy read");
        assertThat(plan.gap()).isEmpty();
    }

    @Test
    void attachesAManagedDenialToANewRoleBeforeWhatItDeniesFrom() {
        known(policy("Allow", "s3:*", ""), FIRST);
        known(DENY_PUT, SECOND);
        RoleSpec spec = draft().managed(FIRST, SECOND).spec();

        RolePlan plan = RolePlanner.plan(spec, Optional.empty(), OWNERSHIP, this::document);

        assertThat(summaries(plan).subList(1, 3)).containsExactly("Attach " + SECOND, "Attach " + FIRST);
        assertThat(plan.gap()).isEmpty();
    }

    /** Each of the two allows what the other one denies. */
    @Test
    void holdsANewRoleWhosePoliciesDenyEachOthers() {
        RoleSpec spec = draft().inline("a", allowsOneAndDeniesAnother("Get", "Put"))
                .inline("b", allowsOneAndDeniesAnother("Put", "Get"))
                .spec();

        RolePlan plan = RolePlanner.plan(spec, Optional.empty(), OWNERSHIP, this::document);

        assertThat(summaries(plan))
                .hasSize(5)
                .contains("Put the inline policy rolesmith-hold", "Delete the inline policy rolesmith-hold")
                .last()
                .isEqualTo("Delete the inline policy rolesmith-hold");
        assertThat(plan.gap().orElseThrow().kind()).isEqualTo(Gap.Kind.HOLD);
    }

    private static String allowsOneAndDeniesAnother(String allowed, String denied) {
        return "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:" + allowed
                + "Object\",\"Resource\":\"*\"},{\"Effect\":\"Deny\",\"Action\":\"s3:" + denied
                + "Object\",\"Resource\":\"*\"}]}";
    }

    @Test
    void asksForNoDocumentOfANewRoleThatHasOnePolicy() {
        RoleSpec spec = draft().managed(FIRST).spec();

        RolePlan plan = RolePlanner.plan(spec, Optional.empty(), OWNERSHIP, this::document);

        assertThat(summaries(plan)).hasSize(2);
        assertThat(asked).isEmpty();
    }

    private RolePlan plan(RoleDraftBuilder wanted, LiveRole live) {
        return RolePlanner.plan(wanted.spec(), Optional.of(live.state()), OWNERSHIP, this::document);
    }

    private Optional<PolicyDocument> document(String arn) {
        asked.add(arn);
        return Optional.ofNullable(documents.get(arn));
    }

    private void known(String document, String... arns) {
        for (String arn : arns) {
            documents.put(arn, PolicyDocument.parse(document));
        }
    }

    private static List<String> summaries(RolePlan plan) {
        return plan.changes().stream().map(Change::summary).toList();
    }

    private static String policy(String effect, String action, String rest) {
        return "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"" + effect + "\",\"Action\":\"" + action
                + "\",\"Resource\":\"*\"" + rest + "}]}";
    }
}
