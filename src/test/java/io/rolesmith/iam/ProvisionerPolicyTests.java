package io.rolesmith.iam;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.account.Account;
import io.rolesmith.account.AccountId;
import io.rolesmith.account.AccountKind;
import io.rolesmith.account.Partition;
import io.rolesmith.iam.aws.SdkGateways;
import io.rolesmith.policy.Effect;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Severity;
import io.rolesmith.policy.access.AccessEvaluator;
import io.rolesmith.policy.access.AccessRequest;
import io.rolesmith.policy.access.CallingPrincipal;
import io.rolesmith.policy.access.Decision;
import io.rolesmith.policy.access.NamedPolicy;
import io.rolesmith.policy.access.Permissions;
import io.rolesmith.policy.access.TrustEvaluator;
import io.rolesmith.policy.access.TrustRequest;
import io.rolesmith.policy.catalogue.Catalogue;
import io.rolesmith.policy.check.EscalationCheck;
import io.rolesmith.policy.check.PolicyCheck;
import io.rolesmith.policy.check.PolicyKind;
import io.rolesmith.role.Change;
import io.rolesmith.role.Ownership;
import io.rolesmith.role.PolicyArn;
import io.rolesmith.role.PolicyName;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RolePath;
import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.PolicyLaw;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What Rolesmith's own policy lets through, judged by our evaluator from what goes over the wire, and what it stops. */
class ProvisionerPolicyTests {

    private static final String ACCOUNT = "123456789012";
    private static final String SELF = "arn:aws:iam::" + ACCOUNT + ":role/RolesmithProvisioner";
    private static final String SELF_BELOW = "arn:aws:iam::" + ACCOUNT + ":role/workloads/RolesmithProvisioner";
    private static final String BOUNDARY = "arn:aws:iam::" + ACCOUNT + ":policy/team-boundary";
    private static final String OTHER_BOUNDARY = "arn:aws:iam::aws:policy/PowerUserAccess";
    private static final String TRUST =
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}";
    private static final String INLINE =
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::b/*\"}]}";
    private static final String MANAGED = "arn:aws:iam::aws:policy/ReadOnlyAccess";

    /** How an account may be limited. */
    enum Limits {
        NONE(Account.Limits.NONE),
        PATH(new Account.Limits("/workloads/", List.of())),
        BOUNDARIES(new Account.Limits("/", List.of(BOUNDARY, OTHER_BOUNDARY))),
        BOTH(new Account.Limits("/workloads/", List.of(BOUNDARY)));

        private final Account.Limits limits;

        Limits(Account.Limits limits) {
            this.limits = limits;
        }

        boolean bounds() {
            return !limits.permittedBoundaries().isEmpty();
        }

        RolePath path() {
            return new RolePath(limits.pathPrefix());
        }

        PolicyDocument policy() {
            return ProvisionerPolicy.of(account(limits, Partition.AWS), "test", SELF)
                    .document();
        }
    }

    private static Account account(Account.Limits limits, Partition partition) {
        return new Account(
                new AccountId(ACCOUNT),
                "retail-prod",
                AccountKind.AWS,
                partition,
                "us-east-1",
                null,
                SELF,
                null,
                null,
                Map.of(),
                limits);
    }

    private static Decision decide(PolicyDocument policy, AccessRequest request) {
        return AccessEvaluator.decide(
                        new Permissions(List.of(NamedPolicy.of("provisioner", policy)), Optional.empty()), request)
                .decision();
    }

    // --- what it lets through

    /** All changes in an order in which IAM takes them, on a role and its instance profile. */
    private static List<Change> life(Limits limits) {
        RoleName role = new RoleName("worker");
        String before = limits.bounds() ? BOUNDARY : null;
        String after = limits.limits.permittedBoundaries().size() > 1 ? OTHER_BOUNDARY : BOUNDARY;
        PolicyName inline = new PolicyName("assets");
        SequencedMap<String, String> tags = new LinkedHashMap<>(Map.of("service", "store"));
        SequencedMap<String, String> all = new LinkedHashMap<>(tags);
        SequencedMap<String, String> ownership = new Ownership("test", "retail-store", "1").tags();
        all.putAll(ownership);
        List<Change> changes = new ArrayList<>(List.of(
                new Change.CreateRole(
                        role, limits.path(), "", TRUST, 3600, before == null ? null : new PolicyArn(before), all),
                new Change.PutRolePermissionsBoundary(role, before, after),
                new Change.AttachRolePolicy(role, MANAGED),
                new Change.PutRolePolicy(role, inline, null, INLINE),
                new Change.UpdateAssumeRolePolicy(role, TRUST, TRUST),
                new Change.UpdateRole(role, "", 3600, "works", 7200),
                new Change.TagRole(role, new LinkedHashMap<>(), new LinkedHashMap<>(Map.of("stage", "prod"))),
                new Change.UntagRole(role, tags),
                new Change.CreateInstanceProfile(role, limits.path(), ownership),
                new Change.AddRoleToInstanceProfile(role, role.value()),
                new Change.RemoveRoleFromInstanceProfile(role, role.value()),
                new Change.DeleteInstanceProfile(role, role.value()),
                new Change.DetachRolePolicy(role, MANAGED),
                new Change.DeleteRolePolicy(role, inline, INLINE)));
        if (!limits.bounds()) {
            changes.add(new Change.DeleteRolePermissionsBoundary(role, after));
        }
        changes.add(new Change.DeleteRole(role));
        return changes;
    }

    /** All that the gateway reads, of what is there and of what is not; each method by its name. */
    private static Map<String, Runnable> reads(IamGateway gateway, String own) {
        RoleName role = new RoleName("worker");
        return Map.of(
                "observe",
                        () -> {
                            gateway.observe(role, true);
                            gateway.observe(new RoleName("absent"), true);
                            gateway.observe(new RoleName("foreign"), true);
                        },
                "outline", () -> gateway.outline(role),
                "instanceProfile",
                        () -> {
                            gateway.instanceProfile(role.value());
                            gateway.instanceProfile("absent");
                        },
                "policyDocument",
                        () -> {
                            gateway.policyDocument(MANAGED);
                            gateway.policyDocument(own);
                        },
                "quotas", gateway::quotas,
                "principalArn", gateway::principalArn,
                "assumingPrincipalArn", gateway::assumingPrincipalArn);
    }

    /** All that IAM judged in the life of a role. */
    private static List<AccessRequest> lived(Limits limits) {
        MemoryIam iam = new MemoryIam(ACCOUNT);
        PolicyLaw law = new PolicyLaw(iam, ACCOUNT, limits.policy());
        try (FaultProxy proxy = FaultProxy.before(iam);
                SdkGateways gateways = SdkGateways.open()) {
            proxy.stranger(
                    "CreateRole", Map.of("RoleName", "foreign", "Path", "/theirs/", "AssumeRolePolicyDocument", TRUST));
            proxy.stranger("CreatePolicy", Map.of("PolicyName", "team-boundary", "PolicyDocument", INLINE));
            proxy.police(law);
            URI endpoint = proxy.endpoint();
            IamGateway gateway = gateways.factory().open(SdkGateways.account(ACCOUNT, endpoint, null));
            Set<Class<?>> made = new LinkedHashSet<>();
            Set<String> read = new LinkedHashSet<>();
            for (Change change : life(limits)) {
                assertThat(gateway.apply(change)).as("%s", change).isInstanceOf(IamAnswer.Accepted.class);
                made.add(change.getClass());
                if (change instanceof Change.AddRoleToInstanceProfile) {
                    reads(gateway, BOUNDARY).forEach((name, reading) -> {
                        reading.run();
                        read.add(name);
                    });
                }
            }
            if (limits.bounds()) {
                made.add(Change.DeleteRolePermissionsBoundary.class);
            }
            assertThat(made)
                    .as("a new case of Change needs its place in the policy, and here")
                    .containsExactlyInAnyOrder(Change.class.getPermittedSubclasses());
            read.add("apply");
            assertThat(read)
                    .as("a new method of the gateway needs its place in the policy, and here")
                    .containsExactlyInAnyOrderElementsOf(Arrays.stream(IamGateway.class.getDeclaredMethods())
                            .filter(method -> Modifier.isAbstract(method.getModifiers()))
                            .map(method -> method.getName())
                            .toList());
        }
        return law.asked();
    }

    @ParameterizedTest
    @EnumSource
    void letsEveryCallThroughThatTheServiceMakes(Limits limits) {
        assertThat(lived(limits))
                .hasSizeGreaterThan(30)
                .allSatisfy(request -> assertThat(decide(limits.policy(), request))
                        .as("%s", request)
                        .isEqualTo(Decision.ALLOWED));
    }

    @ParameterizedTest
    @EnumSource
    void allowsNoActionThatNoCallNeeds(Limits limits) {
        List<AccessRequest> asked = lived(limits);
        ProvisionerPolicy policy = ProvisionerPolicy.of(account(limits.limits, Partition.AWS), "test", SELF);
        for (ProvisionerPolicy.Statement statement : policy.statements()) {
            if (statement.effect() == Effect.DENY) {
                continue;
            }
            for (String action : statement.actions()) {
                List<ProvisionerPolicy.Statement> less = new ArrayList<>(policy.statements());
                less.remove(statement);
                List<String> actions = new ArrayList<>(statement.actions());
                actions.remove(action);
                if (!actions.isEmpty()) {
                    less.add(new ProvisionerPolicy.Statement(
                            statement.sid(),
                            statement.effect(),
                            actions,
                            statement.resources(),
                            statement.conditions()));
                }
                PolicyDocument lesser = new ProvisionerPolicy(less).document();
                assertThat(asked)
                        .as("without %s of %s", action, statement.sid())
                        .anyMatch(request -> decide(lesser, request) != Decision.ALLOWED);
            }
        }
    }

    // --- what it stops

    private static AccessRequest call(String action, String resource, String... context) {
        Map<String, List<String>> keys = new LinkedHashMap<>();
        for (int i = 0; i < context.length; i += 2) {
            keys.put(context[i], List.of(context[i + 1]));
        }
        return new AccessRequest(action, resource, keys);
    }

    private static String role(String pathAndName) {
        return "arn:aws:iam::" + ACCOUNT + ":role/" + pathAndName;
    }

    private static final String OURS = "aws:ResourceTag/rolesmith:installation";
    private static final String REQUESTED = "aws:RequestTag/rolesmith:installation";
    private static final String BOUND = "iam:PermissionsBoundary";

    /** Stopped whatever the limits. */
    static Stream<AccessRequest> neverAllowed() {
        String profile = "arn:aws:iam::" + ACCOUNT + ":instance-profile/workloads/";
        String user = "arn:aws:iam::" + ACCOUNT + ":user/alice";
        String group = "arn:aws:iam::" + ACCOUNT + ":group/admins";
        String policy = "arn:aws:iam::" + ACCOUNT + ":policy/team-boundary";
        return Stream.of(
                // users, groups and their keys
                call("iam:CreateUser", user),
                call("iam:CreateAccessKey", user),
                call("iam:CreateLoginProfile", user),
                call("iam:UpdateLoginProfile", user),
                call("iam:PutUserPolicy", user),
                call("iam:AttachUserPolicy", user, "iam:PolicyARN", MANAGED),
                call("iam:AddUserToGroup", group),
                call("iam:PutGroupPolicy", group),
                call("iam:DeactivateMFADevice", user),
                // managed policies, the boundary's own among them
                call("iam:CreatePolicy", policy),
                call("iam:CreatePolicyVersion", policy),
                call("iam:SetDefaultPolicyVersion", policy),
                call("iam:DeletePolicy", policy),
                // the account
                call("iam:CreateOpenIDConnectProvider", "arn:aws:iam::" + ACCOUNT + ":oidc-provider/idp.example"),
                call("iam:CreateSAMLProvider", "arn:aws:iam::" + ACCOUNT + ":saml-provider/idp"),
                call("iam:PutAccountProperties", "*"),
                call("iam:CreateAccountAlias", "*"),
                call("iam:GetAccountAuthorizationDetails", "*"),
                call("iam:CreateServiceLinkedRole", role("aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS")),
                // roles that bear no tag of ours, or another's
                call("iam:PutRolePolicy", role("workloads/theirs"), BOUND, BOUNDARY),
                call("iam:AttachRolePolicy", role("workloads/theirs"), BOUND, BOUNDARY, OURS, "other"),
                call("iam:UpdateAssumeRolePolicy", role("workloads/theirs"), BOUND, BOUNDARY),
                call("iam:DetachRolePolicy", role("workloads/theirs"), BOUND, BOUNDARY),
                call("iam:DeleteRole", role("workloads/theirs"), OURS, "other"),
                call("iam:UpdateRole", role("workloads/theirs")),
                call("iam:DeleteRolePermissionsBoundary", role("workloads/theirs"), BOUND, BOUNDARY),
                // tags that would make them ours, or ours anybody's
                call(
                        "iam:TagRole",
                        role("workloads/theirs"),
                        REQUESTED,
                        "test",
                        "aws:TagKeys",
                        "rolesmith:installation"),
                call("iam:UntagRole", role("workloads/worker"), OURS, "test", "aws:TagKeys", "rolesmith:installation"),
                call("iam:TagInstanceProfile", profile + "theirs", REQUESTED, "test"),
                // roles without the tag
                call("iam:CreateRole", role("workloads/worker"), BOUND, BOUNDARY),
                call("iam:CreateRole", role("workloads/worker"), BOUND, BOUNDARY, REQUESTED, "other"),
                call("iam:CreateInstanceProfile", profile + "worker"),
                // instance profiles of others
                call("iam:AddRoleToInstanceProfile", profile + "theirs"),
                call("iam:RemoveRoleFromInstanceProfile", profile + "theirs"),
                call("iam:DeleteInstanceProfile", profile + "theirs", OURS, "other"),
                // passing roles on
                call("iam:PassRole", role("workloads/worker"), OURS, "test"),
                call(
                        "iam:PassRole",
                        role("workloads/worker"),
                        "iam:PassedToService",
                        "lambda.amazonaws.com",
                        OURS,
                        "test"),
                call("iam:PassRole", role("workloads/worker"), "iam:PassedToService", "ecs-tasks.amazonaws.com"),
                call("iam:PassRole", SELF, "iam:PassedToService", "ec2.amazonaws.com"),
                // itself, be it tagged as ours
                call("iam:PutRolePolicy", SELF, OURS, "test", BOUND, BOUNDARY),
                call("iam:AttachRolePolicy", SELF, OURS, "test", BOUND, BOUNDARY),
                call("iam:UpdateAssumeRolePolicy", SELF, OURS, "test", BOUND, BOUNDARY),
                call("iam:PutRolePermissionsBoundary", SELF, OURS, "test", BOUND, BOUNDARY),
                call("iam:DeleteRolePermissionsBoundary", SELF, OURS, "test", BOUND, BOUNDARY),
                call("iam:DeleteRolePolicy", SELF, OURS, "test", BOUND, BOUNDARY),
                call("iam:TagRole", SELF, OURS, "test", REQUESTED, "test"),
                call("iam:DeleteRole", SELF, OURS, "test", BOUND, BOUNDARY),
                // other accounts
                call(
                        "iam:CreateRole",
                        "arn:aws:iam::210987654321:role/workloads/a",
                        REQUESTED,
                        "test",
                        BOUND,
                        BOUNDARY),
                call("iam:PutRolePolicy", "arn:aws:iam::210987654321:role/workloads/a", OURS, "test", BOUND, BOUNDARY),
                call("iam:GetRole", "arn:aws:iam::210987654321:role/workloads/a"),
                // other services
                call("sts:AssumeRole", role("workloads/worker"), OURS, "test"),
                call("sts:AssumeRole", "arn:aws:iam::210987654321:role/RolesmithProvisioner"),
                call("organizations:DetachPolicy", "*"),
                call("s3:GetObject", "arn:aws:s3:::retail-store/secret"),
                call("ec2:RunInstances", "*"),
                call("lambda:CreateFunction", "*"),
                call("secretsmanager:GetSecretValue", "*"),
                call("cloudtrail:StopLogging", "*"),
                call("kms:Decrypt", "*"));
    }

    @ParameterizedTest
    @MethodSource("neverAllowed")
    void stops(AccessRequest request) {
        for (Limits limits : Limits.values()) {
            assertThat(decide(limits.policy(), request)).as("%s", limits).isNotEqualTo(Decision.ALLOWED);
        }
    }

    static Stream<AccessRequest> notAllowedWhereBoundariesAre() {
        String worker = role("workloads/worker");
        return Stream.of(
                call("iam:CreateRole", worker, REQUESTED, "test"),
                call("iam:CreateRole", worker, REQUESTED, "test", BOUND, "arn:aws:iam::aws:policy/AdministratorAccess"),
                call("iam:PutRolePolicy", worker, OURS, "test"),
                call("iam:AttachRolePolicy", worker, OURS, "test", "iam:PolicyARN", MANAGED),
                call("iam:DeleteRolePolicy", worker, OURS, "test"),
                call("iam:DetachRolePolicy", worker, OURS, "test"),
                call("iam:UpdateAssumeRolePolicy", worker, OURS, "test"),
                call(
                        "iam:PutRolePermissionsBoundary",
                        worker,
                        OURS,
                        "test",
                        BOUND,
                        "arn:aws:iam::aws:policy/AdministratorAccess"),
                call("iam:DeleteRolePermissionsBoundary", worker, OURS, "test", BOUND, BOUNDARY));
    }

    @ParameterizedTest
    @MethodSource("notAllowedWhereBoundariesAre")
    void stopsRolesWithoutAPermittedBoundary(AccessRequest request) {
        assertThat(decide(Limits.BOUNDARIES.policy(), request)).isNotEqualTo(Decision.ALLOWED);
        assertThat(decide(Limits.BOTH.policy(), request)).isNotEqualTo(Decision.ALLOWED);
        assertThat(decide(Limits.NONE.policy(), request))
                .as("it is the boundary that stops it")
                .isEqualTo(Decision.ALLOWED);
    }

    @Test
    void stopsRolesBelowOtherPaths() {
        List<AccessRequest> elsewhere = List.of(
                call("iam:CreateRole", role("worker"), REQUESTED, "test"),
                call("iam:CreateRole", role("workloads2/worker"), REQUESTED, "test"),
                call("iam:TagRole", role("worker"), REQUESTED, "test", OURS, "test"),
                call("iam:PutRolePolicy", role("worker"), OURS, "test"),
                call("iam:PassRole", role("worker"), "iam:PassedToService", "ec2.amazonaws.com"),
                call(
                        "iam:CreateInstanceProfile",
                        "arn:aws:iam::" + ACCOUNT + ":instance-profile/worker",
                        REQUESTED,
                        "test"));
        assertThat(elsewhere).allSatisfy(request -> {
            assertThat(decide(Limits.PATH.policy(), request)).as("%s", request).isNotEqualTo(Decision.ALLOWED);
            assertThat(decide(Limits.NONE.policy(), request)).as("%s", request).isEqualTo(Decision.ALLOWED);
        });
    }

    @Test
    void keepsItselfOutBelowThePathOfItsRolesToo() {
        PolicyDocument policy = ProvisionerPolicy.of(account(Limits.PATH.limits, Partition.AWS), "test", SELF_BELOW)
                .document();

        assertThat(decide(policy, call("iam:PutRolePolicy", SELF_BELOW, OURS, "test")))
                .isEqualTo(Decision.EXPLICIT_DENY);
        assertThat(decide(policy, call("iam:GetRole", SELF_BELOW))).isEqualTo(Decision.ALLOWED);
    }

    @ParameterizedTest
    @EnumSource
    void leadsToNoMorePermissionsOfItsOwn(Limits limits) {
        Permissions permissions =
                new Permissions(List.of(NamedPolicy.of("provisioner", limits.policy())), Optional.empty());

        assertThat(EscalationCheck.findings(permissions, SELF)).isEmpty();
    }

    // --- as a document

    @ParameterizedTest
    @EnumSource
    void isAPolicyWithNothingToObjectToInEveryPartition(Limits limits) {
        PolicyCheck check = new PolicyCheck(Catalogue.bundled(), Severity.ERROR);
        for (Partition partition : Partition.values()) {
            PolicyDocument policy = ProvisionerPolicy.of(account(limits.limits, partition), "test", SELF)
                    .document();
            assertThat(check.check(policy, PolicyKind.IDENTITY, partition.id())).isEmpty();
        }
    }

    @Test
    void fitsIntoOneInlinePolicyWithAsManyBoundariesAsMayBe() {
        List<String> boundaries = new ArrayList<>();
        for (int i = 0; boundaries.stream().mapToInt(String::length).sum() < 1950; i++) {
            boundaries.add("arn:aws:iam::" + ACCOUNT + ":policy/b" + i);
        }
        Account account = account(new Account.Limits("/" + "p".repeat(126) + "/", boundaries), Partition.AWS);

        assertThat(ProvisionerPolicy.of(account, "i".repeat(256), SELF)
                        .document()
                        .size())
                .isLessThanOrEqualTo(ProvisionerPolicy.LARGEST);
    }

    // --- the trust policy

    @Test
    void isTrustedToWhoShowsTheExternalIdAndIsMeant() {
        String hub = "arn:aws:iam::210987654321:role/platform/Rolesmith";
        PolicyDocument trust = ProvisionerPolicy.trust(hub, "rolesmith-1");
        Map<String, List<String>> shown = Map.of("sts:ExternalId", List.of("rolesmith-1"));

        assertThat(assumes(trust, hub, shown)).isEqualTo(Decision.ALLOWED);
        assertThat(assumes(trust, hub, Map.of())).isEqualTo(Decision.IMPLICIT_DENY);
        assertThat(assumes(trust, hub, Map.of("sts:ExternalId", List.of("another"))))
                .isEqualTo(Decision.IMPLICIT_DENY);
        assertThat(assumes(trust, "arn:aws:iam::210987654321:role/other", shown))
                .isEqualTo(Decision.IMPLICIT_DENY);
        assertThat(assumes(trust, "arn:aws:iam::210987654321:root", shown)).isEqualTo(Decision.IMPLICIT_DENY);
        assertThat(assumes(ProvisionerPolicy.trust(hub, null), hub, Map.of())).isEqualTo(Decision.ALLOWED);
        assertThat(new PolicyCheck(Catalogue.bundled(), Severity.ERROR).check(trust, PolicyKind.TRUST, "aws"))
                .filteredOn(Finding::refuses)
                .isEmpty();
    }

    private static Decision assumes(PolicyDocument trust, String caller, Map<String, List<String>> context) {
        return TrustEvaluator.decide(
                        trust,
                        new TrustRequest(new CallingPrincipal.AwsPrincipalArn(caller), "sts:AssumeRole", context))
                .decision();
    }
}
