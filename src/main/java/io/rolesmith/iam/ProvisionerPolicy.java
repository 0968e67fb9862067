package io.rolesmith.iam;

import io.rolesmith.account.Account;
import io.rolesmith.account.Partition;
import io.rolesmith.policy.Effect;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.role.Change;
import io.rolesmith.role.Ownership;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The least that Rolesmith's own identity must be allowed in an account: each {@link Change} within the account's limits, what
 * {@link IamGateway} reads, and nothing else.
 *
 * <p>What we made is told by the tag {@link Ownership#INSTALLATION_TAG}, which goes out with the creating call; IAM holds that
 * call's tags against conditions on the resource's tags too, so that tagging needs no exception for what is new (AWS's own
 * {@code AWSQuickSetupSSMDeploymentRolePolicy} relies on it). It is asked of every call that can be asked for it. A role may
 * not be tagged to become ours, and the tags of ours may not be taken off.
 *
 * <p>Reading is allowed of every role: IAM looks for one that is absent, or somebody else's, below no path of ours, and would
 * deny the question instead of answering it.
 *
 * @param statements all of them, with ids
 * @see <a href="https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html">Actions,
 *     resources, and condition keys for IAM</a>
 */
public record ProvisionerPolicy(List<Statement> statements) {

    /** All inline policies of a role together. */
    public static final int LARGEST = 10_240;

    /**
     * One statement.
     *
     * @param conditions operator to key to values, all of which must be met by one of their values
     */
    public record Statement(
            String sid,
            Effect effect,
            List<String> actions,
            List<String> resources,
            SequencedMap<String, SequencedMap<String, List<String>>> conditions) {

        static Statement allow(String sid, List<String> actions, String... resources) {
            return new Statement(sid, Effect.ALLOW, actions, List.of(resources), new LinkedHashMap<>());
        }

        /** The same statement under one more condition. */
        Statement when(String operator, String key, List<String> values) {
            SequencedMap<String, SequencedMap<String, List<String>>> more = new LinkedHashMap<>();
            conditions.forEach((known, keys) -> more.put(known, new LinkedHashMap<>(keys)));
            more.computeIfAbsent(operator, _ -> new LinkedHashMap<>()).put(key, values);
            return new Statement(sid, effect, actions, resources, more);
        }

        Statement when(String key, String value) {
            return when(STRING_EQUALS, key, List.of(value));
        }
    }

    private static final String STRING_EQUALS = "StringEquals";

    private static final String REQUESTED = "aws:RequestTag/" + Ownership.INSTALLATION_TAG;
    private static final String TAGGED = "aws:ResourceTag/" + Ownership.INSTALLATION_TAG;

    /** What can be held against the boundary that the role has, or is to have, and would be of use without one. */
    private static final List<String> BOUNDED = List.of(
            "iam:UpdateAssumeRolePolicy",
            "iam:AttachRolePolicy",
            "iam:DetachRolePolicy",
            "iam:PutRolePolicy",
            "iam:DeleteRolePolicy",
            "iam:PutRolePermissionsBoundary");

    private static final JsonMapper JSON = new JsonMapper();

    public ProvisionerPolicy {
        statements = List.copyOf(statements);
    }

    /**
     * The policy for an account.
     *
     * @param installation the value of the ownership tag
     * @param self the ARN of the identity that gets the policy; where it is a role, it may not change itself
     */
    public static ProvisionerPolicy of(Account account, String installation, String self) {
        String prefix = "arn:" + account.partition().id() + ":iam::" + account.id() + ":";
        String roles = prefix + "role" + account.limits().pathPrefix() + "*";
        String profiles = prefix + "instance-profile" + account.limits().pathPrefix() + "*";
        List<String> boundaries = account.limits().permittedBoundaries();
        List<Statement> all = new ArrayList<>();

        Statement create =
                Statement.allow("CreateRoles", List.of("iam:CreateRole"), roles).when(REQUESTED, installation);
        List<String> changes = new ArrayList<>(List.of("iam:TagRole", "iam:UpdateRole", "iam:DeleteRole"));
        if (boundaries.isEmpty()) {
            all.add(create);
            changes.addAll(BOUNDED);
            changes.add("iam:DeleteRolePermissionsBoundary");
        } else {
            all.add(bounded(create, boundaries));
            all.add(bounded(
                    Statement.allow("ChangeBoundedRoles", BOUNDED, roles).when(TAGGED, installation), boundaries));
        }
        all.add(Statement.allow("ChangeRoles", changes, roles).when(TAGGED, installation));
        all.add(Statement.allow("UntagRoles", List.of("iam:UntagRole"), roles)
                .when(TAGGED, installation)
                .when("ForAllValues:StringNotLike", "aws:TagKeys", List.of(Ownership.TAG_PREFIX + "*")));

        all.add(Statement.allow("CreateInstanceProfiles", List.of("iam:CreateInstanceProfile"), profiles)
                .when(REQUESTED, installation));
        all.add(Statement.allow(
                        "ChangeInstanceProfiles",
                        List.of(
                                "iam:TagInstanceProfile",
                                "iam:AddRoleToInstanceProfile",
                                "iam:RemoveRoleFromInstanceProfile",
                                "iam:DeleteInstanceProfile"),
                        profiles)
                .when(TAGGED, installation));
        // AWS: tags of the role that is passed are no reliable condition.
        all.add(Statement.allow("PassRolesToInstances", List.of("iam:PassRole"), roles)
                .when(STRING_EQUALS, "iam:PassedToService", instances(account.partition())));

        itself(self, prefix, roles, all).ifPresent(all::add);
        all.addAll(reads(account, prefix));
        return new ProvisionerPolicy(all);
    }

    private static Statement bounded(Statement statement, List<String> boundaries) {
        return statement.when(STRING_EQUALS, "iam:PermissionsBoundary", boundaries);
    }

    /** EC2's service principal; partitions with a domain of their own have used both. */
    private static List<String> instances(Partition partition) {
        return switch (partition) {
            case AWS, AWS_US_GOV -> List.of("ec2.amazonaws.com");
            case AWS_CN -> List.of("ec2.amazonaws.com", "ec2.amazonaws.com.cn");
            case AWS_EUSC -> List.of("ec2.amazonaws.com", "ec2.amazonaws.eu");
        };
    }

    /** Whoever has the policy has no power over the role that has it, even if that role bears the tag. */
    private static Optional<Statement> itself(String self, String prefix, String roles, List<Statement> allowed) {
        if (!self.startsWith(prefix + "role/")) {
            return Optional.empty();
        }
        List<String> powers = allowed.stream()
                .filter(statement -> statement.resources().contains(roles))
                .flatMap(statement -> statement.actions().stream())
                .toList();
        return Optional.of(new Statement("NeverItself", Effect.DENY, powers, List.of(self), new LinkedHashMap<>()));
    }

    private static List<Statement> reads(Account account, String prefix) {
        return List.of(
                Statement.allow(
                        "ReadRoles",
                        List.of(
                                "iam:GetRole",
                                "iam:ListAttachedRolePolicies",
                                "iam:ListRolePolicies",
                                "iam:GetRolePolicy",
                                "iam:ListInstanceProfilesForRole"),
                        prefix + "role/*"),
                Statement.allow(
                        "ReadInstanceProfiles", List.of("iam:GetInstanceProfile"), prefix + "instance-profile/*"),
                Statement.allow(
                        "ReadManagedPolicies",
                        List.of("iam:GetPolicy", "iam:GetPolicyVersion"),
                        prefix + "policy/*",
                        "arn:" + account.partition().id() + ":iam::aws:policy/*"),
                // It knows no resource.
                Statement.allow("ReadQuotas", List.of("iam:GetAccountSummary"), "*"));
    }

    /** The policy as it is given to IAM. */
    public PolicyDocument document() {
        return document(statements.stream().map(ProvisionerPolicy::json).toList());
    }

    /**
     * The trust policy of a role that {@code principal} assumes.
     *
     * @param principal as it stands in the policy, an ARN mostly
     * @param externalId what must be shown, if anything
     */
    public static PolicyDocument trust(String principal, @Nullable String externalId) {
        SequencedMap<String, Object> statement = new LinkedHashMap<>();
        statement.put("Sid", "Rolesmith");
        statement.put("Effect", Effect.ALLOW.word());
        statement.put("Principal", Map.of("AWS", principal));
        statement.put("Action", "sts:AssumeRole");
        if (externalId != null) {
            statement.put("Condition", Map.of(STRING_EQUALS, Map.of("sts:ExternalId", externalId)));
        }
        return document(List.of(statement));
    }

    private static PolicyDocument document(List<SequencedMap<String, Object>> statements) {
        SequencedMap<String, Object> document = new LinkedHashMap<>();
        document.put("Version", "2012-10-17");
        document.put("Statement", statements);
        return PolicyDocument.parse(JSON.writeValueAsString(document));
    }

    private static SequencedMap<String, Object> json(Statement statement) {
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("Sid", statement.sid());
        json.put("Effect", statement.effect().word());
        json.put("Action", plain(statement.actions()));
        json.put("Resource", plain(statement.resources()));
        if (!statement.conditions().isEmpty()) {
            SequencedMap<String, Object> conditions = new LinkedHashMap<>();
            statement.conditions().forEach((operator, keys) -> {
                SequencedMap<String, Object> lines = new LinkedHashMap<>();
                keys.forEach((key, values) -> lines.put(key, plain(values)));
                conditions.put(operator, lines);
            });
            json.put("Condition", conditions);
        }
        return json;
    }

    private static Object plain(List<String> values) {
        return values.size() == 1 ? values.getFirst() : values;
    }
}
