package io.rolesmith.role;

import static io.rolesmith.role.RoleDraftBuilder.TRUST;
import static io.rolesmith.role.RoleDraftBuilder.draft;
import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.access.AccessEvaluator;
import io.rolesmith.policy.access.AccessRequest;
import io.rolesmith.policy.access.Decision;
import io.rolesmith.policy.access.NamedPolicy;
import io.rolesmith.policy.access.Permissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RevocationTests {

    private static final Ownership OWNERSHIP = new Ownership("test", "retail-store", "1");
    private static final String BOTH =
            TRUST.replace("\"ecs-tasks.amazonaws.com\"", "[\"ecs-tasks.amazonaws.com\",\"ec2.amazonaws.com\"]");
    private static final String READ =
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}";
    private static final String WRITE = READ.replace("GetObject", "PutObject");
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00.123Z");
    private static final String PUT = "Put the inline policy " + Revocation.POLICY;

    private static RolePlan plan(RoleDraftBuilder wanted, LiveRole live, LiveSessions sessions) {
        return RolePlanner.plan(
                wanted.spec(),
                Optional.of(live.state()),
                RolePlanner.Given.NOTHING,
                OWNERSHIP,
                ManagedDocuments.UNKNOWN,
                RoleRoom.DEFAULT,
                sessions);
    }

    private static List<String> summaries(RolePlan plan) {
        return plan.changes().stream().map(Change::summary).toList();
    }

    private static List<String> codes(RolePlan plan) {
        return plan.findings().stream().map(Finding::code).toList();
    }

    /** A role with both trusted, and a revocation of an earlier day. */
    private static LiveRole revoked(RoleDraftBuilder role) {
        return LiveRole.as(role.spec()).inline(Revocation.POLICY, document(NOW.minusSeconds(86_400)));
    }

    private static String document(Instant at) {
        return ((Change.PutRolePolicy)
                        Revocation.dated(Revocation.planned(new RoleName("retailStoreEcsTaskRole"), null), at))
                .document();
    }

    @Nested
    class InAPlan {

        @Test
        void comesAfterTrustHasLostSomebodyAndBeforeWhatIsGranted() {
            RoleDraftBuilder wanted = draft().inline("read", READ).inline("write", WRITE);
            LiveRole live = LiveRole.as(draft().trust(BOTH).inline("read", READ).spec());

            RolePlan plan = plan(wanted, live, LiveSessions.REVOKE);

            assertThat(summaries(plan)).containsExactly("Replace the trust policy", PUT, "Put the inline policy write");
            assertThat(codes(plan)).containsExactly("SESSIONS_REVOKED");
            RolePlan kept = plan(wanted, live, LiveSessions.KEEP);
            assertThat(codes(kept)).containsExactly("LIVE_SESSIONS");
            assertThat(plan.access()).isEqualTo(kept.access());
            assertThat(plan.gap()).isEqualTo(kept.gap());
        }

        @Test
        void isThereThoughNothingIsGranted() {
            RolePlan plan = plan(draft(), LiveRole.as(draft().trust(BOTH).spec()), LiveSessions.REVOKE);

            assertThat(summaries(plan)).containsExactly("Replace the trust policy", PUT);
        }

        @Test
        void isNotThereWhereTrustLosesNobody() {
            RolePlan wider = plan(draft().trust(BOTH), LiveRole.as(draft().spec()), LiveSessions.REVOKE);
            assertThat(summaries(wider)).containsExactly("Replace the trust policy");
            assertThat(codes(wider)).isEmpty();

            RolePlan granting = plan(draft().inline("read", READ), LiveRole.as(draft().spec()), LiveSessions.REVOKE);
            assertThat(summaries(granting)).containsExactly("Put the inline policy read");
        }

        @Test
        void isThereBeforeAHoldIsTakenOff() {
            RolePlan plan = plan(
                    draft().managed(
                                    "arn:aws:iam::123456789012:policy/unread",
                                    "arn:aws:iam::123456789012:policy/unread-too"),
                    LiveRole.as(draft().trust(BOTH).spec()),
                    LiveSessions.REVOKE);

            assertThat(summaries(plan))
                    .startsWith("Put the inline policy rolesmith-hold")
                    .containsSubsequence("Replace the trust policy", PUT, "Delete the inline policy rolesmith-hold")
                    .endsWith("Delete the inline policy rolesmith-hold");
        }

        @Test
        void takesThePlaceOfAnEarlierOne() {
            LiveRole live = revoked(draft().trust(BOTH));

            RolePlan plan = plan(draft(), live, LiveSessions.REVOKE);

            assertThat(summaries(plan))
                    .containsExactly("Replace the trust policy", "Replace the inline policy " + Revocation.POLICY);
            assertThat(((Change.PutRolePolicy) plan.changes().getLast()).documentBefore())
                    .isEqualTo(document(NOW.minusSeconds(86_400)));
        }

        @Test
        void isRefusedWhereTheRoleHasNoRoomForIt() {
            String large = READ.replace("\"*\"", "\"arn:aws:s3:::" + "b".repeat(10_050) + "\"");
            RolePlan plan = plan(
                    draft().inline("large", large),
                    LiveRole.as(draft().trust(BOTH).inline("large", large).spec()),
                    LiveSessions.REVOKE);

            assertThat(plan.findings())
                    .filteredOn(Finding::refuses)
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.code()).isEqualTo("NO_ROOM_FOR_REVOCATION");
                        assertThat(finding.message()).contains("more than the 10240 that a role may have");
                    });
        }
    }

    @Nested
    class OnARole {

        @Test
        void isNeitherRemovedNorRewrittenNorReported() {
            RoleDraftBuilder role = draft().inline("read", READ);
            for (LiveSessions sessions : LiveSessions.values()) {
                assertThat(plan(role, revoked(role), sessions).isEmpty()).isTrue();
            }
            RoleDraftBuilder additive = draft().inline("read", READ).additive();
            assertThat(plan(additive, revoked(additive), LiveSessions.KEEP).findings())
                    .isEmpty();
        }

        @Test
        void changesNothingInHowOtherChangesAreOrderedAndJudged() {
            RoleDraftBuilder before = draft().inline("read", READ);
            RoleDraftBuilder after = draft().inline("write", WRITE);

            RolePlan with = plan(after, revoked(before), LiveSessions.KEEP);
            RolePlan without = plan(after, LiveRole.as(before.spec()), LiveSessions.KEEP);

            assertThat(with.changes()).isEqualTo(without.changes());
            assertThat(with.access()).isEqualTo(without.access());
            assertThat(with.gap()).isEqualTo(without.gap());
        }

        @Test
        void isOursOnlyAsWeWriteIt() {
            RolePlan plan =
                    plan(draft(), LiveRole.as(draft().spec()).inline(Revocation.POLICY, READ), LiveSessions.KEEP);

            assertThat(summaries(plan)).containsExactly("Delete the inline policy " + Revocation.POLICY);
        }

        @Test
        void goesLastWhenTheRoleGoes() {
            LiveRole live = revoked(draft().inline("read", READ).managed("arn:aws:iam::aws:policy/ReadOnlyAccess"));

            List<String> summaries = summaries(RolePlanner.deletion(
                    live.state(), RolePlanner.Given.NOTHING, ManagedDocuments.UNKNOWN, RoleRoom.DEFAULT));

            assertThat(summaries)
                    .contains("Delete the inline policy read")
                    .endsWith(
                            "Delete the inline policy " + Revocation.POLICY, "Delete the role retailStoreEcsTaskRole");
        }

        @Test
        void hasANameThatNoSpecMayUse() {
            assertThat(draft().inline("Rolesmith-Revoke-Older-Sessions", READ)
                            .read()
                            .findings())
                    .extracting(Finding::code)
                    .containsExactly("RESERVED_POLICY_NAME");
        }
    }

    @Nested
    class Dated {

        private final Change.PutRolePolicy planned = Revocation.planned(new RoleName("retailStoreEcsTaskRole"), null);

        @Test
        void deniesEverythingToSessionsThatBeganBefore() {
            String document = document(NOW);

            assertThat(decision(document, "2026-11-29T11:59:59Z")).isEqualTo(Decision.EXPLICIT_DENY);
            assertThat(decision(document, "2026-11-29T12:00:14Z"))
                    .as("IAM may not have spread the trust policy yet")
                    .isEqualTo(Decision.EXPLICIT_DENY);
            assertThat(decision(document, "2026-11-29T12:00:15Z")).isEqualTo(Decision.ALLOWED);
        }

        private static Decision decision(String document, String issued) {
            return AccessEvaluator.decide(
                            new Permissions(
                                    List.of(
                                            NamedPolicy.of("read", PolicyDocument.parse(READ)),
                                            NamedPolicy.of("revocation", PolicyDocument.parse(document))),
                                    Optional.empty()),
                            new AccessRequest(
                                    "s3:GetObject", "arn:aws:s3:::b/c", Map.of("aws:TokenIssueTime", List.of(issued))))
                    .decision();
        }

        @Test
        void isTakenBackAsItWasWritten() {
            Change dated = Revocation.dated(planned, NOW);

            assertThat(dated.reversal())
                    .isEqualTo(new Change.Reversible(
                            new Change.DeleteRolePolicy(planned.role(), planned.policy(), document(NOW))));
            assertThat(Revocation.dated(dated, NOW.plusSeconds(60)))
                    .as("begun anew, it is of a later date")
                    .isNotEqualTo(dated);
        }

        @Test
        void isNoOtherChange() {
            Change other = new Change.PutRolePolicy(planned.role(), new PolicyName("read"), null, READ);
            Change namesake = new Change.PutRolePolicy(planned.role(), planned.policy(), null, READ);

            assertThat(Revocation.dated(other, NOW)).isSameAs(other);
            assertThat(Revocation.dated(namesake, NOW)).isSameAs(namesake);
        }
    }
}
