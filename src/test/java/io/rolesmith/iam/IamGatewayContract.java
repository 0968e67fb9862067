package io.rolesmith.iam;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.role.Change;
import io.rolesmith.role.PolicyArn;
import io.rolesmith.role.PolicyName;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RolePath;
import io.rolesmith.role.RoleState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What holds of every gateway, whatever stands behind it. Roles are named at random: a backend may be shared. */
abstract class IamGatewayContract {

    private static final JsonMapper JSON = new JsonMapper();

    /** In the shape in which IAM gives trust policies back: statements in an array, lists of one as their element. */
    private static final String TRUST = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},\
            "Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}}]}""";

    private static final String OTHER_TRUST = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},\
            "Action":"sts:AssumeRole"}]}""";

    private static final String INLINE = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ssmmessages:CreateControlChannel"],\
            "Resource":"*"}]}""";

    private static final String OTHER_INLINE = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["s3:*"],"Resource":"*"}]}""";

    private static final String EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
    private static final String SSM = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
    private static final String READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess";

    private final RoleName role = new RoleName("contract-" + UUID.randomUUID());

    abstract IamGateway gateway();

    @Test
    void aNewRoleIsSeenAsItWasAskedFor() {
        IamAnswer answer = gateway()
                .apply(new Change.CreateRole(
                        role,
                        new RolePath("/retail/store/"),
                        "ECS task role of the retail store",
                        TRUST,
                        7200,
                        new PolicyArn(READ_ONLY),
                        tags("service", "retail-store", "rolesmith:team", "retail")));

        assertThat(answer).isInstanceOfSatisfying(IamAnswer.Accepted.class, accepted -> {
            assertThat(accepted.awsRequestId()).isNotBlank();
            assertThat(accepted.role()).isNotNull();
        });
        RoleState state = observed();
        assertThat(state.name()).isEqualTo(role.value());
        assertThat(state.path()).isEqualTo("/retail/store/");
        assertThat(state.arn()).endsWith(":role/retail/store/" + role);
        assertThat(((IamAnswer.Accepted) answer).role())
                .isEqualTo(new IamAnswer.CreatedRole(state.roleId(), state.arn()));
        assertThat(state.roleId()).startsWith("AROA");
        assertThat(state.description()).isEqualTo("ECS task role of the retail store");
        assertJson(state.trustPolicy(), TRUST);
        assertThat(state.maxSessionSeconds()).isEqualTo(7200);
        assertThat(state.permissionsBoundaryArn()).isEqualTo(READ_ONLY);
        assertThat(state.tags()).isEqualTo(Map.of("service", "retail-store", "rolesmith:team", "retail"));
        assertThat(state.managedPolicyArns()).isEmpty();
        assertThat(state.inlinePolicies()).isEmpty();
        assertThat(state.instanceProfiles()).isEmpty();
        assertThat(state.templated()).isFalse();
    }

    @Test
    void aRoleWithoutExtrasHasNone() {
        accept(create());

        RoleState state = observed();
        assertThat(state.description()).isEmpty();
        assertThat(state.maxSessionSeconds()).isEqualTo(3600);
        assertThat(state.permissionsBoundaryArn()).isNull();
        assertThat(state.tags()).isEmpty();
    }

    @Test
    void policiesAndTheInstanceProfileAreSeen() {
        accept(
                create(),
                new Change.AttachRolePolicy(role, EXECUTION),
                new Change.AttachRolePolicy(role, SSM),
                put("ecs-exec", INLINE),
                new Change.CreateInstanceProfile(role, RolePath.ROOT, tags("service", "retail-store")),
                new Change.AddRoleToInstanceProfile(role, role.value()));

        RoleState state = observed();
        assertThat(state.managedPolicyArns()).containsExactlyInAnyOrder(EXECUTION, SSM);
        assertThat(state.inlinePolicies()).containsOnlyKeys("ecs-exec");
        assertJson(state.inlinePolicies().get("ecs-exec"), INLINE);
        assertThat(state.instanceProfiles()).containsExactly(role.value());
        assertThat(gateway().observe(role, false).orElseThrow().instanceProfiles())
                .as("not asked for")
                .isEmpty();
    }

    @Test
    void everyFacetCanBeChanged() {
        accept(
                create(),
                new Change.UpdateRole(role, "", 3600, "Something else", 43_200),
                new Change.UpdateAssumeRolePolicy(role, TRUST, OTHER_TRUST),
                new Change.PutRolePermissionsBoundary(role, null, READ_ONLY),
                new Change.TagRole(role, tags(), tags("service", "a", "stage", "prod")));

        RoleState changed = observed();
        assertThat(changed.description()).isEqualTo("Something else");
        assertThat(changed.maxSessionSeconds()).isEqualTo(43_200);
        assertJson(changed.trustPolicy(), OTHER_TRUST);
        assertThat(changed.permissionsBoundaryArn()).isEqualTo(READ_ONLY);
        assertThat(changed.tags()).isEqualTo(Map.of("service", "a", "stage", "prod"));

        accept(
                new Change.UpdateRole(role, "Something else", 43_200, "", 3600),
                new Change.DeleteRolePermissionsBoundary(role, READ_ONLY),
                new Change.UntagRole(role, tags("service", "a")));

        RoleState back = observed();
        assertThat(back.description()).isEmpty();
        assertThat(back.maxSessionSeconds()).isEqualTo(3600);
        assertThat(back.permissionsBoundaryArn()).isNull();
        assertThat(back.tags()).isEqualTo(Map.of("stage", "prod"));
    }

    @Test
    void takingEverythingBackLeavesNothing() {
        List<Change> changes = List.of(
                create(),
                new Change.PutRolePermissionsBoundary(role, null, READ_ONLY),
                new Change.AttachRolePolicy(role, EXECUTION),
                put("ecs-exec", INLINE),
                new Change.PutRolePolicy(role, new PolicyName("ecs-exec"), INLINE, OTHER_INLINE),
                new Change.TagRole(role, tags(), tags("service", "a")),
                new Change.CreateInstanceProfile(role, RolePath.ROOT, tags()),
                new Change.AddRoleToInstanceProfile(role, role.value()));
        changes.forEach(this::accept);

        List<Change> inverses = Change.inverses(changes);
        assertThat(inverses).hasSameSizeAs(changes);
        inverses.forEach(this::accept);

        assertThat(gateway().observe(role, true)).isEmpty();
        // And the profile is gone too, or its name would be taken.
        accept(new Change.CreateInstanceProfile(role, RolePath.ROOT, tags()));
        accept(new Change.DeleteInstanceProfile(role, role.value()));
    }

    @Test
    void aTakenNameIsRefusedAndTheRoleStaysAsItWas() {
        accept(create());

        refused(
                new Change.CreateRole(role, RolePath.ROOT, "another", OTHER_TRUST, 3600, null, tags()),
                IamErrors.ENTITY_ALREADY_EXISTS,
                409);

        assertThat(observed().description()).isEmpty();
        assertJson(observed().trustPolicy(), TRUST);
    }

    @Test
    void aTakenInstanceProfileNameIsRefused() {
        Change profile = new Change.CreateInstanceProfile(role, RolePath.ROOT, tags());
        accept(profile);

        refused(profile, IamErrors.ENTITY_ALREADY_EXISTS, 409);
    }

    @Test
    void nothingCanBeDoneToARoleThatIsNotThere() {
        assertThat(gateway().observe(role, true)).isEmpty();
        for (Change change : List.of(
                new Change.DeleteRole(role),
                new Change.AttachRolePolicy(role, SSM),
                new Change.DetachRolePolicy(role, SSM),
                put("ecs-exec", INLINE),
                new Change.DeleteRolePolicy(role, new PolicyName("ecs-exec"), INLINE),
                new Change.UpdateAssumeRolePolicy(role, TRUST, OTHER_TRUST),
                new Change.UpdateRole(role, "", 3600, "x", 3600),
                new Change.PutRolePermissionsBoundary(role, null, READ_ONLY),
                new Change.TagRole(role, tags(), tags("a", "b")),
                new Change.UntagRole(role, tags("a", "b")),
                new Change.DeleteInstanceProfile(role, role.value()))) {
            refused(change, IamErrors.NO_SUCH_ENTITY, 404);
        }
    }

    @Test
    void whatIsNotOnTheRoleCannotBeRemoved() {
        accept(create());

        refused(new Change.DetachRolePolicy(role, SSM), IamErrors.NO_SUCH_ENTITY, 404);
        refused(new Change.DeleteRolePolicy(role, new PolicyName("ecs-exec"), INLINE), IamErrors.NO_SUCH_ENTITY, 404);
    }

    @Test
    void aManagedPolicyThatDoesNotExistIsRefused() {
        accept(create());

        refused(
                new Change.AttachRolePolicy(role, "arn:aws:iam::aws:policy/NoSuchPolicyOfAws"),
                IamErrors.NO_SUCH_ENTITY,
                404);
    }

    @Test
    void aRoleIsNotDeletedBeforeWhatHangsOffIt() {
        accept(create(), put("ecs-exec", INLINE));
        refused(new Change.DeleteRole(role), IamErrors.DELETE_CONFLICT, 409);

        accept(
                new Change.DeleteRolePolicy(role, new PolicyName("ecs-exec"), INLINE),
                new Change.AttachRolePolicy(role, SSM));
        refused(new Change.DeleteRole(role), IamErrors.DELETE_CONFLICT, 409);

        accept(
                new Change.DetachRolePolicy(role, SSM),
                new Change.CreateInstanceProfile(role, RolePath.ROOT, tags()),
                new Change.AddRoleToInstanceProfile(role, role.value()));
        refused(new Change.DeleteRole(role), IamErrors.DELETE_CONFLICT, 409);
        refused(new Change.DeleteInstanceProfile(role, role.value()), IamErrors.DELETE_CONFLICT, 409);

        accept(
                new Change.RemoveRoleFromInstanceProfile(role, role.value()),
                new Change.DeleteInstanceProfile(role, role.value()),
                new Change.DeleteRole(role));
    }

    @Test
    void attachingTwiceChangesNothing() {
        accept(create(), new Change.AttachRolePolicy(role, SSM));
        RoleState once = observed();

        accept(new Change.AttachRolePolicy(role, SSM));

        assertThat(observed()).isEqualTo(once);
    }

    @Test
    void puttingAnInlinePolicyAgainReplacesIt() {
        accept(create(), put("ecs-exec", INLINE));

        accept(new Change.PutRolePolicy(role, new PolicyName("ecs-exec"), INLINE, OTHER_INLINE));

        assertThat(observed().inlinePolicies()).hasSize(1);
        assertJson(observed().inlinePolicies().get("ecs-exec"), OTHER_INLINE);
    }

    @Test
    void aRoleTakesOneSeatInAnInstanceProfile() {
        accept(
                create(),
                new Change.CreateInstanceProfile(role, RolePath.ROOT, tags()),
                new Change.AddRoleToInstanceProfile(role, role.value()));

        refused(new Change.AddRoleToInstanceProfile(role, role.value()), IamErrors.LIMIT_EXCEEDED, 409);
    }

    /** More than the hundred that IAM shows on a page. */
    @Test
    void allOfManyInlinePoliciesAreSeen() {
        accept(create());
        String small = """
                {"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}""";
        List<String> names = IntStream.range(0, 110)
                .mapToObj(i -> "policy-%03d".formatted(i))
                .toList();
        names.forEach(name -> accept(put(name, small)));

        assertThat(observed().inlinePolicies().keySet()).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void charactersThatEncodingsLoseComeBack() {
        String strange = "100% a+b c%20d é/ü?&=#\\\"\\\\ ";
        String trust = TRUST.replace("aws:SourceAccount\":\"123456789012", "sts:ExternalId\":\"" + strange);
        String inline = INLINE.replace(
                "\"Resource\":\"*\"",
                "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:PrincipalTag/a\":\"" + strange + "\"}}");
        accept(
                new Change.CreateRole(role, RolePath.ROOT, "a+b 100% é", trust, 3600, null, tags("k+ é", "a+b é")),
                put("a+b=c,d.e@f", inline));

        RoleState state = observed();
        assertThat(state.description()).isEqualTo("a+b 100% é");
        assertThat(state.tags()).isEqualTo(Map.of("k+ é", "a+b é"));
        assertJson(state.trustPolicy(), trust);
        assertThat(state.inlinePolicies()).containsOnlyKeys("a+b=c,d.e@f");
        assertJson(state.inlinePolicies().get("a+b=c,d.e@f"), inline);
    }

    @Test
    void theOutlineOfARoleNamesItsInlinePoliciesOnly() {
        assertThat(gateway().outline(role)).isEmpty();
        accept(
                create(),
                new Change.AttachRolePolicy(role, SSM),
                put("ecs-exec", INLINE),
                put("other", OTHER_INLINE),
                new Change.CreateInstanceProfile(role, RolePath.ROOT, tags()),
                new Change.AddRoleToInstanceProfile(role, role.value()));
        RoleState whole = observed();

        RoleState outline = gateway().outline(role).orElseThrow();

        assertThat(outline.inlinePolicies()).isEqualTo(Map.of("ecs-exec", "", "other", ""));
        assertThat(outline)
                .usingRecursiveComparison()
                .ignoringFields("inlinePolicies")
                .isEqualTo(whole);
        assertThat(outline.instanceProfiles()).containsExactly(role.value());
    }

    @Test
    void anInstanceProfileIsSeenAsItWasAskedFor() {
        assertThat(gateway().instanceProfile(role.value())).isEmpty();
        accept(
                create(),
                new Change.CreateInstanceProfile(
                        role, new RolePath("/retail/store/"), tags("service", "retail-store", "Stage", "a+b é")));

        InstanceProfile empty = gateway().instanceProfile(role.value()).orElseThrow();
        assertThat(empty.name()).isEqualTo(role.value());
        assertThat(empty.path()).isEqualTo("/retail/store/");
        assertThat(empty.arn()).startsWith("arn:aws:iam::").endsWith(":instance-profile/retail/store/" + role);
        assertThat(empty.tags()).isEqualTo(Map.of("service", "retail-store", "Stage", "a+b é"));
        assertThat(empty.roleNames()).isEmpty();

        accept(new Change.AddRoleToInstanceProfile(role, role.value()));
        assertThat(gateway().instanceProfile(role.value()).orElseThrow().roleNames())
                .containsExactly(role.value());

        accept(
                new Change.RemoveRoleFromInstanceProfile(role, role.value()),
                new Change.DeleteInstanceProfile(role, role.value()));
        assertThat(gateway().instanceProfile(role.value())).isEmpty();
    }

    @Test
    void theDocumentOfAManagedPolicyIsRead() {
        String document = gateway().policyDocument(SSM).orElseThrow();

        assertThat(JSON.readTree(document).get("Statement").toString()).contains("ssmmessages:OpenDataChannel");
        assertThat(gateway().policyDocument("arn:aws:iam::aws:policy/NoSuchPolicyOfAws"))
                .isEmpty();
    }

    @Test
    void theAccountSaysItsQuotas() {
        AccountQuotas quotas = gateway().quotas();

        assertThat(quotas.rolesPerAccount()).isPositive();
        assertThat(quotas.managedPoliciesPerRole()).isBetween(10, 25);
        assertThat(quotas.trustPolicySize()).isBetween(2048, 8192);
        assertThat(quotas.inlinePoliciesSize()).isEqualTo(10_240);
        assertThat(quotas.roles()).isNotNegative();
    }

    @Test
    void weKnowAsWhomWeAct() {
        // Moto's invented user has an ARN of STS.
        assertThat(gateway().principalArn()).matches("arn:aws:(iam|sts)::[0-9]{12}:(role|user)/.+");
    }

    private Change.CreateRole create() {
        return new Change.CreateRole(role, RolePath.ROOT, "", TRUST, 3600, null, tags());
    }

    private Change.PutRolePolicy put(String name, String document) {
        return new Change.PutRolePolicy(role, new PolicyName(name), null, document);
    }

    private RoleState observed() {
        return gateway().observe(role, true).orElseThrow();
    }

    private void accept(Change... changes) {
        for (Change change : changes) {
            assertThat(gateway().apply(change)).as(change.summary()).isInstanceOf(IamAnswer.Accepted.class);
        }
    }

    private void refused(Change change, String code, int httpStatus) {
        assertThat(gateway().apply(change))
                .as(change.summary())
                .isInstanceOfSatisfying(IamAnswer.Refused.class, refused -> {
                    assertThat(refused.code()).isEqualTo(code);
                    assertThat(refused.httpStatus()).isEqualTo(httpStatus);
                    assertThat(refused.message()).isNotBlank().doesNotContain("Service:");
                    assertThat(refused.awsRequestId()).isNotBlank();
                });
    }

    private static void assertJson(@Nullable String actual, String expected) {
        assertThat(JSON.readTree(requireNonNull(actual))).isEqualTo(JSON.readTree(expected));
    }

    private static SequencedMap<String, String> tags(String... keysAndValues) {
        SequencedMap<String, String> tags = new LinkedHashMap<>();
        List<String> rest = new ArrayList<>(List.of(keysAndValues));
        while (!rest.isEmpty()) {
            tags.put(rest.removeFirst(), rest.removeFirst());
        }
        return tags;
    }
}
