package io.rolesmith.role;

import static io.rolesmith.role.RoleDraftBuilder.INLINE;
import static io.rolesmith.role.RoleDraftBuilder.TRUST;
import static io.rolesmith.role.RoleDraftBuilder.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rolesmith.policy.PolicyDocument;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RolePlannerTests {

    private static final RoleName ROLE = new RoleName("retailStoreEcsTaskRole");
    private static final Ownership OWNERSHIP = new Ownership("platform-prod", "retail-store", "0198f0c2");
    private static final String EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
    private static final String SSM = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
    private static final String BOUNDARY = "arn:aws:iam::123456789012:policy/team-boundary";
    private static final String OTHER_BOUNDARY = "arn:aws:iam::aws:policy/PowerUserAccess";
    private static final String OTHER_TRUST = TRUST.replace("ecs-tasks", "ec2");
    private static final String OTHER_INLINE = INLINE.replace("GetObject", "PutObject");

    @Nested
    class ForARoleThatIsNotThere {

        @Test
        void createsFirstThenAttachesThenPutsThenMakesTheProfile() {
            RoleSpec spec = everything().instanceProfile().spec();

            RolePlan plan =
                    RolePlanner.plan(spec, Optional.empty(), OWNERSHIP, _ -> Optional.of(PolicyDocument.parse(INLINE)));

            assertThat(plan.role()).isEqualTo(ROLE);
            assertThat(plan.fingerprint()).isEqualTo("absent");
            assertThat(plan.access()).isEqualTo(AccessVerdict.WIDENS);
            assertThat(plan.iamCalls()).isEqualTo(7);
            assertThat(plan.isEmpty()).isFalse();
            assertThat(plan.changes())
                    .containsExactly(
                            new Change.CreateRole(
                                    ROLE,
                                    new RolePath("/retail/store/"),
                                    "ECS task role of the retail store",
                                    TRUST,
                                    7200,
                                    new PolicyArn(BOUNDARY),
                                    tags(
                                            "service",
                                            "retail-store",
                                            "rolesmith:installation",
                                            "platform-prod",
                                            "rolesmith:team",
                                            "retail-store",
                                            "rolesmith:request",
                                            "0198f0c2")),
                            new Change.AttachRolePolicy(ROLE, SSM),
                            new Change.AttachRolePolicy(ROLE, EXECUTION),
                            new Change.PutRolePolicy(ROLE, new PolicyName("ecs-exec"), null, INLINE),
                            new Change.PutRolePolicy(ROLE, new PolicyName("Buckets"), null, OTHER_INLINE),
                            new Change.CreateInstanceProfile(
                                    ROLE,
                                    new RolePath("/retail/store/"),
                                    tags(
                                            "rolesmith:installation",
                                            "platform-prod",
                                            "rolesmith:team",
                                            "retail-store",
                                            "rolesmith:request",
                                            "0198f0c2")),
                            new Change.AddRoleToInstanceProfile(ROLE, "retailStoreEcsTaskRole"));
        }

        @Test
        void writesTagsInTheOrderOfTheSpecWithThoseOfOwnershipLast() {
            RoleSpec spec = draft().tag("z", "1").tag("a", "2").spec();

            Change.CreateRole create =
                    (Change.CreateRole) RolePlanner.plan(spec, Optional.empty(), OWNERSHIP, ManagedDocuments.UNKNOWN)
                            .changes()
                            .getFirst();

            assertThat(create.tags().keySet())
                    .containsExactly("z", "a", "rolesmith:installation", "rolesmith:team", "rolesmith:request");
        }

        @Test
        void givesTheTrustLastButForTheProfileWhereItNamesWhatIsNotThereYet() {
            RoleSpec spec = draft().inline("a", INLINE).instanceProfile().spec();
            RolePlan plan = RolePlanner.plan(spec, Optional.empty(), OWNERSHIP, ManagedDocuments.UNKNOWN);

            List<Change> changes = plan.withTrustLast().changes();

            assertThat(changes)
                    .extracting(change -> change.getClass().getSimpleName())
                    .containsExactly(
                            "CreateRole",
                            "PutRolePolicy",
                            "UpdateAssumeRolePolicy",
                            "CreateInstanceProfile",
                            "AddRoleToInstanceProfile");
            assertThat(changes.getFirst())
                    .isInstanceOfSatisfying(
                            Change.CreateRole.class,
                            create -> assertThat(create.trustPolicy()).isEqualTo(ChangeOrder.NOBODY));
            assertThat(changes.get(2)).isEqualTo(new Change.UpdateAssumeRolePolicy(ROLE, ChangeOrder.NOBODY, TRUST));
        }

        @Test
        void givesNoTrustLastWhereNoRoleIsCreated() {
            RolePlan plan = RolePlan.nothing(ROLE);

            assertThat(plan.isCreation()).isFalse();
            assertThatThrownBy(plan::withTrustLast).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void needsOneCallForARoleWithoutExtras() {
            RolePlan plan = RolePlanner.plan(draft().spec(), Optional.empty(), OWNERSHIP, ManagedDocuments.UNKNOWN);

            assertThat(plan.changes()).singleElement().isInstanceOfSatisfying(Change.CreateRole.class, create -> {
                assertThat(create.permissionsBoundary()).isNull();
                assertThat(create.tags()).isEqualTo(OWNERSHIP.tags());
            });
        }

        @Test
        void setsNoBoundaryWhereThereShallBeNone() {
            RolePlan plan = RolePlanner.plan(
                    draft().boundary(null).spec(), Optional.empty(), OWNERSHIP, ManagedDocuments.UNKNOWN);

            assertThat(plan.changes())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Change.CreateRole.class,
                            create -> assertThat(create.permissionsBoundary()).isNull());
        }

        @Test
        void sendsDocumentsMinified() {
            RoleSpec spec = draft().trust(TRUST.replace("\":", "\" :\n"))
                    .inline("a", INLINE.replace("\":", "\" :\n"))
                    .spec();

            List<Change> changes = RolePlanner.plan(spec, Optional.empty(), OWNERSHIP, ManagedDocuments.UNKNOWN)
                    .changes();

            assertThat(changes.getFirst())
                    .isInstanceOfSatisfying(
                            Change.CreateRole.class,
                            create -> assertThat(create.trustPolicy()).isEqualTo(TRUST));
            assertThat(changes.getLast()).isEqualTo(new Change.PutRolePolicy(ROLE, new PolicyName("a"), null, INLINE));
        }
    }

    @Nested
    class ForARoleThatIsAsAsked {

        @Test
        void doesNothing() {
            RoleSpec spec = everything().instanceProfile().spec();
            RoleState live = LiveRole.as(spec).state();

            RolePlan plan = RolePlanner.plan(spec, Optional.of(live), OWNERSHIP, ManagedDocuments.UNKNOWN);

            assertThat(plan.changes()).isEmpty();
            assertThat(plan.isEmpty()).isTrue();
            assertThat(plan.iamCalls()).isZero();
            assertThat(plan.access()).isEqualTo(AccessVerdict.EQUAL);
            assertThat(plan.fingerprint()).isEqualTo(live.fingerprint());
        }

        @Test
        void doesNothingForTheTrustPolicyAsIamWritesIt() {
            RoleSpec spec = draft().trust(TRUST.replace(
                            "{\"Service\":\"ecs-tasks.amazonaws.com\"}",
                            "{\"AWS\":[\"210987654321\",\"123456789012\"]}"))
                    .spec();

            unchanged(
                    spec,
                    LiveRole.as(spec)
                            .trust(
                                    TRUST.replace(
                                            "{\"Service\":\"ecs-tasks.amazonaws.com\"}",
                                            "{\"AWS\":[\"arn:aws:iam::123456789012:root\",\"arn:aws:iam::210987654321:root\"]}")));
        }

        @Test
        void doesNothingForAnInlinePolicyInOtherFormatting() {
            RoleSpec spec = draft().inline("ecs-exec", INLINE).spec();

            unchanged(
                    spec,
                    LiveRole.as(spec)
                            .inline(
                                    "ecs-exec",
                                    "{\n  \"Statement\" : { \"Resource\" : [ \"arn:aws:s3:::bucket/*\" ],"
                                            + " \"Action\" : [\"S3:GetObject\"], \"Effect\" : \"Allow\" },"
                                            + "\n  \"Version\" : \"2012-10-17\" }\n"));
        }

        @Test
        void doesNothingForTagKeysAndInlineNamesInAnotherCase() {
            RoleSpec spec = draft().inline("ecs-exec", INLINE)
                    .tag("Service", "retail-store")
                    .spec();

            unchanged(
                    spec, LiveRole.as(draft().spec()).inline("ECS-Exec", INLINE).tag("SERVICE", "retail-store"));
        }

        @Test
        void doesNothingForTagsThatOthersSet() {
            RoleSpec spec = draft().tag("service", "retail-store").spec();

            unchanged(spec, LiveRole.as(spec).tag("CostCentre", "4711").tag("rolesmith:request", "of another day"));
        }

        @Test
        void doesNothingForABoundaryThatNobodySpeaksOf() {
            unchanged(draft().spec(), LiveRole.as(draft().spec()).boundary(BOUNDARY));
            unchanged(draft().spec(), LiveRole.as(draft().spec()).boundary("what others wrote"));
        }

        @Test
        void doesNothingForForeignPoliciesWhereTheSpecIsAdditive() {
            RoleSpec spec = everything().additive().spec();

            unchanged(
                    spec,
                    LiveRole.as(spec)
                            .attached("arn:aws:iam::aws:policy/Foreign")
                            .inline("foreign", "{unreadable"));
        }

        @Test
        void doesNothingForPoliciesInAnotherOrder() {
            unchanged(
                    draft().managed(EXECUTION, SSM)
                            .inline("a", INLINE)
                            .inline("b", OTHER_INLINE)
                            .spec(),
                    LiveRole.as(draft().managed(SSM, EXECUTION)
                            .inline("b", OTHER_INLINE)
                            .inline("a", INLINE)
                            .spec()));
        }

        @Test
        void doesNothingForAnInstanceProfileInAnotherCaseBesideOthers() {
            RoleSpec spec = draft().instanceProfile().spec();

            unchanged(spec, LiveRole.as(draft().spec()).profiles("another", "RETAILStoreEcsTaskRole"));
        }

        /** The state need not have been observed with profiles. */
        @Test
        void leavesInstanceProfilesThatTheSpecDoesNotAskFor() {
            unchanged(draft().spec(), LiveRole.as(draft().spec()).profiles("retailStoreEcsTaskRole"));
        }

        private void unchanged(RoleSpec spec, LiveRole live) {
            assertThat(RolePlanner.plan(spec, Optional.of(live.state()), OWNERSHIP, ManagedDocuments.UNKNOWN)
                            .changes())
                    .isEmpty();
        }
    }

    @Nested
    class ForARoleThatDiffersInOneThing {

        @Test
        void replacesTheTrustPolicy() {
            assertThat(planned(draft(), live -> live.trust(OTHER_TRUST)))
                    .containsExactly(new Change.UpdateAssumeRolePolicy(ROLE, OTHER_TRUST, TRUST));
        }

        @Test
        void replacesATrustPolicyThatCannotBeRead() {
            assertThat(planned(draft(), live -> live.trust("{unreadable")))
                    .containsExactly(new Change.UpdateAssumeRolePolicy(ROLE, "{unreadable", TRUST));
        }

        @Test
        void updatesTheDescription() {
            assertThat(planned(draft(), live -> live.description("old")))
                    .containsExactly(
                            new Change.UpdateRole(ROLE, "old", 7200, "ECS task role of the retail store", 7200));
        }

        @Test
        void clearsTheDescription() {
            assertThat(planned(draft().description(null), live -> live.description("old")))
                    .containsExactly(new Change.UpdateRole(ROLE, "old", 7200, "", 7200));
        }

        @Test
        void updatesTheLongestSession() {
            String same = "ECS task role of the retail store";

            assertThat(planned(draft(), live -> live.session(3600)))
                    .containsExactly(new Change.UpdateRole(ROLE, same, 3600, same, 7200));
        }

        @Test
        void updatesDescriptionAndSessionInOneCall() {
            assertThat(planned(draft(), live -> live.session(3600).description("old")))
                    .containsExactly(
                            new Change.UpdateRole(ROLE, "old", 3600, "ECS task role of the retail store", 7200));
        }

        @Test
        void setsABoundary() {
            assertThat(planned(draft().boundary(BOUNDARY), live -> live.boundary(null)))
                    .containsExactly(new Change.PutRolePermissionsBoundary(ROLE, null, BOUNDARY));
        }

        @Test
        void replacesABoundary() {
            assertThat(planned(draft().boundary(BOUNDARY), live -> live.boundary(OTHER_BOUNDARY)))
                    .containsExactly(new Change.PutRolePermissionsBoundary(ROLE, OTHER_BOUNDARY, BOUNDARY));
        }

        @Test
        void removesABoundaryOnlyWhenAskedTo() {
            assertThat(planned(draft().boundary(null), live -> live.boundary(BOUNDARY)))
                    .containsExactly(new Change.DeleteRolePermissionsBoundary(ROLE, BOUNDARY));
            assertThat(planned(draft(), live -> live.boundary(BOUNDARY))).isEmpty();
        }

        @Test
        void attachesAManagedPolicy() {
            assertThat(planned(draft().managed(SSM, EXECUTION), live -> live.detached(EXECUTION)))
                    .containsExactly(new Change.AttachRolePolicy(ROLE, EXECUTION));
        }

        @Test
        void detachesAManagedPolicyThatIsExclusive() {
            assertThat(planned(draft().managed(SSM), live -> live.attached(EXECUTION)))
                    .containsExactly(new Change.DetachRolePolicy(ROLE, EXECUTION));
            assertThat(planned(draft().managed(SSM).additive(), live -> live.attached(EXECUTION)))
                    .isEmpty();
        }

        @Test
        void putsAnInlinePolicy() {
            assertThat(planned(draft().inline("ecs-exec", INLINE), live -> live.noInline("ecs-exec")))
                    .containsExactly(new Change.PutRolePolicy(ROLE, new PolicyName("ecs-exec"), null, INLINE));
        }

        @Test
        void replacesAnInlinePolicyWhateverTheCaseOfItsName() {
            assertThat(planned(
                            draft().inline("ecs-exec", INLINE),
                            live -> live.noInline("ecs-exec").inline("ECS-Exec", OTHER_INLINE)))
                    .containsExactly(new Change.PutRolePolicy(ROLE, new PolicyName("ecs-exec"), OTHER_INLINE, INLINE));
        }

        @Test
        void replacesAnInlinePolicyThatCannotBeRead() {
            assertThat(planned(draft().inline("ecs-exec", INLINE), live -> live.inline("ecs-exec", "")))
                    .containsExactly(new Change.PutRolePolicy(ROLE, new PolicyName("ecs-exec"), "", INLINE));
        }

        @Test
        void deletesAnInlinePolicyThatIsExclusive() {
            assertThat(planned(draft(), live -> live.inline("Foreign", "{unreadable")))
                    .containsExactly(new Change.DeleteRolePolicy(ROLE, new PolicyName("Foreign"), "{unreadable"));
            assertThat(planned(draft().additive(), live -> live.inline("Foreign", "{unreadable")))
                    .isEmpty();
        }

        @Test
        void setsATag() {
            assertThat(planned(draft().tag("service", "a").tag("stage", "b"), live -> live.untag("stage")))
                    .containsExactly(new Change.TagRole(ROLE, tags(), tags("stage", "b")));
        }

        @Test
        void changesATagWhateverTheCaseOfItsKey() {
            assertThat(planned(
                            draft().tag("service", "a"),
                            live -> live.untag("service").tag("Service", "b")))
                    .containsExactly(new Change.TagRole(ROLE, tags("service", "b"), tags("service", "a")));
        }

        @Test
        void tellsValuesOfTagsApartByCase() {
            assertThat(planned(draft().tag("service", "a"), live -> live.tag("service", "A")))
                    .containsExactly(new Change.TagRole(ROLE, tags("service", "A"), tags("service", "a")));
        }

        @Test
        void setsAllTagsInOneCall() {
            assertThat(planned(
                            draft().tag("a", "1").tag("b", "2").tag("c", "3"),
                            live -> live.untag("a").tag("b", "old")))
                    .containsExactly(new Change.TagRole(ROLE, tags("b", "old"), tags("a", "1", "b", "2")));
        }

        @Test
        void makesTheInstanceProfile() {
            assertThat(planned(
                            draft().instanceProfile(),
                            live -> live.noProfile("retailStoreEcsTaskRole").profiles("another")))
                    .containsExactly(
                            new Change.CreateInstanceProfile(ROLE, new RolePath("/retail/store/"), OWNERSHIP.tags()),
                            new Change.AddRoleToInstanceProfile(ROLE, "retailStoreEcsTaskRole"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"installation", "team", "request"})
        void neverRewritesTheTagsOfOwnership(String tag) {
            assertThat(planned(draft(), live -> live.tag("rolesmith:" + tag, "somebody else")))
                    .isEmpty();
        }

        private List<Change> planned(RoleDraftBuilder draft, UnaryOperator<LiveRole> difference) {
            RoleSpec spec = draft.spec();
            RoleState live = difference.apply(LiveRole.as(spec)).state();
            RolePlan plan = RolePlanner.plan(spec, Optional.of(live), OWNERSHIP, ManagedDocuments.UNKNOWN);
            assertThat(plan.fingerprint()).isEqualTo(live.fingerprint());
            assertThat(plan.gap()).isEmpty();
            return plan.changes();
        }
    }

    private static RoleDraftBuilder everything() {
        return draft().managed(SSM, EXECUTION)
                .inline("ecs-exec", INLINE)
                .inline("Buckets", OTHER_INLINE)
                .boundary(BOUNDARY)
                .tag("service", "retail-store");
    }

    private static SequencedMap<String, String> tags(String... keysAndValues) {
        SequencedMap<String, String> tags = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            tags.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return tags;
    }
}
