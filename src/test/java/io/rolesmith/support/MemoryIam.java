package io.rolesmith.support;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * As much of IAM as provisioning a role takes, in memory, with no rule but those that provisioning leans on: a name is taken
 * once whatever its letter case, and a role goes last. For tests that must run where moto is not.
 */
public final class MemoryIam implements IamBackend {

    private final String account;
    private final AtomicInteger made = new AtomicInteger();
    private final Map<String, Role> roles = new TreeMap<>();
    private final Map<String, Set<String>> profiles = new TreeMap<>();
    private final Map<String, String> policies = new TreeMap<>();

    private static final class Role {
        private final Map<String, String> given;
        private final String id;
        private final Set<String> attached = new LinkedHashSet<>();
        private final Map<String, String> inline = new LinkedHashMap<>();

        private Role(Map<String, String> given, String id) {
            this.given = given;
            this.id = id;
        }
    }

    /** What IAM refuses, as its answer. */
    private static final class Refusal extends RuntimeException {
        private final int status;
        private final String code;

        private Refusal(int status, String code, String message) {
            super(message, null, false, false);
            this.status = status;
            this.code = code;
        }
    }

    public MemoryIam(String account) {
        this.account = account;
    }

    @Override
    public synchronized QueryReply answer(QueryForm call) {
        try {
            return QueryReply.result(call.action(), result(call));
        } catch (Refusal refusal) {
            return QueryReply.error(refusal.status, refusal.code, String.valueOf(refusal.getMessage()));
        }
    }

    private String result(QueryForm call) {
        return switch (call.action()) {
            case "GetCallerIdentity" ->
                "<Arn>arn:aws:iam::" + account + ":user/rolesmith</Arn><UserId>AIDAEXAMPLE</UserId><Account>" + account
                        + "</Account>";
            case "CreateRole" -> create(call);
            case "GetRole" -> xml(role(call));
            case "DeleteRole" -> delete(call);
            case "AttachRolePolicy" -> done(role(call).attached.add(call.get("PolicyArn")));
            case "DetachRolePolicy" -> found(role(call).attached.remove(call.get("PolicyArn")));
            case "PutRolePolicy" -> {
                role(call).inline.put(call.get("PolicyName"), call.get("PolicyDocument"));
                yield "";
            }
            case "DeleteRolePolicy" -> found(role(call).inline.remove(call.get("PolicyName")) != null);
            case "ListAttachedRolePolicies" ->
                "<IsTruncated>false</IsTruncated><AttachedPolicies>"
                        + members(role(call).attached, arn -> "<PolicyArn>" + arn + "</PolicyArn>")
                        + "</AttachedPolicies>";
            case "ListRolePolicies" ->
                "<IsTruncated>false</IsTruncated><PolicyNames>"
                        + members(role(call).inline.keySet(), name -> name) + "</PolicyNames>";
            case "GetRolePolicy" -> {
                String document = role(call).inline.get(call.get("PolicyName"));
                found(document != null);
                yield "<RoleName>" + call.role() + "</RoleName><PolicyName>" + call.get("PolicyName")
                        + "</PolicyName><PolicyDocument>" + encoded(String.valueOf(document)) + "</PolicyDocument>";
            }
            case "CreateInstanceProfile" -> {
                String name = key(call.get("InstanceProfileName"));
                if (profiles.putIfAbsent(name, new LinkedHashSet<>()) != null) {
                    throw new Refusal(409, "EntityAlreadyExists", "Instance Profile " + name + " already exists.");
                }
                yield "<InstanceProfile/>";
            }
            case "AddRoleToInstanceProfile" -> done(profile(call).add(key(call.role())));
            case "RemoveRoleFromInstanceProfile" -> found(profile(call).remove(key(call.role())));
            case "DeleteInstanceProfile" -> {
                profile(call);
                yield done(profiles.remove(key(call.get("InstanceProfileName"))) != null);
            }
            case "ListInstanceProfilesForRole" ->
                "<IsTruncated>false</IsTruncated><InstanceProfiles>"
                        + members(
                                profilesOf(call.role()),
                                name -> "<InstanceProfileName>" + name + "</InstanceProfileName>")
                        + "</InstanceProfiles>";
            case "CreatePolicy" -> {
                String arn = "arn:aws:iam::" + account + ":policy/" + call.get("PolicyName");
                policies.put(arn, call.get("PolicyDocument"));
                yield "<Policy><Arn>" + arn + "</Arn></Policy>";
            }
            case "GetPolicy" -> {
                policy(call);
                yield "<Policy><DefaultVersionId>v1</DefaultVersionId></Policy>";
            }
            case "GetPolicyVersion" ->
                "<PolicyVersion><Document>" + encoded(policy(call)) + "</Document></PolicyVersion>";
            case "GetAccountSummary" -> summary();
            default -> throw new Refusal(400, "InvalidAction", call.action());
        };
    }

    private String policy(QueryForm call) {
        String document = policies.get(call.get("PolicyArn"));
        found(document != null);
        return String.valueOf(document);
    }

    /** With the defaults of AWS. */
    private String summary() {
        Map<String, Integer> quotas = Map.of(
                "Roles",
                roles.size(),
                "RolesQuota",
                1000,
                "AttachedPoliciesPerRoleQuota",
                20,
                "AssumeRolePolicySizeQuota",
                2048,
                "RolePolicySizeQuota",
                10_240);
        return quotas.entrySet().stream()
                .map(quota -> "<entry><key>" + quota.getKey() + "</key><value>" + quota.getValue() + "</value></entry>")
                .collect(Collectors.joining("", "<SummaryMap>", "</SummaryMap>"));
    }

    private String create(QueryForm call) {
        String id = "AROAMEMORY%011d".formatted(made.incrementAndGet());
        Role role = new Role(call.members(), id);
        if (roles.putIfAbsent(key(call.role()), role) != null) {
            throw new Refusal(409, "EntityAlreadyExists", "Role with name " + call.role() + " already exists.");
        }
        return xml(role);
    }

    private String delete(QueryForm call) {
        Role role = role(call);
        if (!role.attached.isEmpty()
                || !role.inline.isEmpty()
                || !profilesOf(call.role()).isEmpty()) {
            throw new Refusal(409, "DeleteConflict", "Cannot delete entity, must detach all policies first.");
        }
        roles.remove(key(call.role()));
        return "";
    }

    private Role role(QueryForm call) {
        Role role = roles.get(key(call.role()));
        if (role == null) {
            throw new Refusal(404, "NoSuchEntity", "The role with name " + call.role() + " cannot be found.");
        }
        return role;
    }

    private Set<String> profile(QueryForm call) {
        Set<String> profile = profiles.get(key(call.get("InstanceProfileName")));
        if (profile == null) {
            throw new Refusal(404, "NoSuchEntity", "The instance profile cannot be found.");
        }
        return profile;
    }

    private List<String> profilesOf(String role) {
        return profiles.entrySet().stream()
                .filter(profile -> profile.getValue().contains(key(role)))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String done(boolean ignored) {
        return "";
    }

    private static String found(boolean there) {
        if (!there) {
            throw new Refusal(404, "NoSuchEntity", "It cannot be found.");
        }
        return "";
    }

    private static String members(Iterable<String> values, UnaryOperator<String> xml) {
        List<String> members = new ArrayList<>();
        values.forEach(value -> members.add("<member>" + xml.apply(value) + "</member>"));
        return String.join("", members);
    }

    private String xml(Role role) {
        Map<String, String> given = role.given;
        String path = given.getOrDefault("Path", "/");
        String tags = given.keySet().stream()
                .filter(member -> member.startsWith("Tags.member.") && member.endsWith(".Key"))
                .map(member -> "<member><Key>" + QueryReply.escaped(given.getOrDefault(member, "")) + "</Key><Value>"
                        + QueryReply.escaped(given.getOrDefault(member.substring(0, member.length() - 3) + "Value", ""))
                        + "</Value></member>")
                .collect(Collectors.joining());
        return "<Role><RoleId>" + role.id + "</RoleId><RoleName>" + given.get("RoleName") + "</RoleName><Path>" + path
                + "</Path><Arn>arn:aws:iam::" + account + ":role" + path + given.get("RoleName") + "</Arn><Description>"
                + QueryReply.escaped(given.getOrDefault("Description", "")) + "</Description><AssumeRolePolicyDocument>"
                + encoded(given.getOrDefault("AssumeRolePolicyDocument", "")) + "</AssumeRolePolicyDocument>"
                + "<MaxSessionDuration>" + given.getOrDefault("MaxSessionDuration", "3600")
                + "</MaxSessionDuration><CreateDate>2026-01-01T00:00:00Z</CreateDate><Tags>" + tags + "</Tags></Role>";
    }

    private static String encoded(String document) {
        return URLEncoder.encode(document, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
