package io.rolesmith.support;

import static java.util.Objects.requireNonNull;

import io.rolesmith.policy.catalogue.ManagedPolicies;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * As much of IAM as a gateway speaks to, in memory, with no rule but those that provisioning leans on: a name is taken once
 * whatever its letter case, a role goes last, and an instance profile has one seat. For tests that must run where moto is not.
 */
public final class MemoryIam implements IamBackend {

    /** Of the one partition that this is in. */
    private static final String OF_AWS = "arn:aws:iam::aws:";

    /** How many states of a role are kept for reads that lag. */
    private static final int REMEMBERED = 4;

    private static final ManagedPolicies AWS_POLICIES = ManagedPolicies.bundled();

    private final String account;
    private final AtomicInteger made = new AtomicInteger();
    private final Map<String, Role> roles = new TreeMap<>();
    private final Map<String, Profile> profiles = new TreeMap<>();
    private final Map<String, String> policies = new TreeMap<>();
    private final Map<String, Deque<Past>> past = new HashMap<>();

    private static final class Role {
        private final Map<String, String> given;
        private final String id;
        // Neither keys of tags nor names of inline policies have a case; the first spelling stays.
        private final Map<String, String> tags = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        private final Set<String> attached = new LinkedHashSet<>();
        private final Map<String, String> inline = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

        private Role(QueryForm call, String id) {
            this.given = new LinkedHashMap<>(call.members());
            this.id = id;
            this.tags.putAll(tags(call));
        }

        private Role(Role other) {
            this.given = new LinkedHashMap<>(other.given);
            this.id = other.id;
            this.tags.putAll(other.tags);
            this.attached.addAll(other.attached);
            this.inline.putAll(other.inline);
        }
    }

    /** @param roles keys of the roles in it */
    private record Profile(String name, String path, Map<String, String> tags, Set<String> roles) {

        private Profile copy() {
            return new Profile(name, path, tags, new LinkedHashSet<>(roles));
        }
    }

    /** A role and the instance profile of its name as they were, where they were there. */
    private record Past(Optional<Role> role, Optional<Profile> profile) {}

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

    /** Hands the role to AWS's role manager, which no call of the API does. */
    public synchronized void template(String role) {
        requireNonNull(roles.get(key(role))).given.put("SourceRoleTemplate", "arn:aws:iam::aws:role-template/x");
    }

    @Override
    public synchronized QueryReply answer(QueryForm call) {
        if (call.writes() && !call.role().isEmpty()) {
            remember(key(call.role()));
        }
        try {
            return QueryReply.result(call.action(), result(call));
        } catch (Refusal refusal) {
            return QueryReply.error(refusal.status, refusal.code, String.valueOf(refusal.getMessage()));
        }
    }

    private void remember(String name) {
        Deque<Past> states = past.computeIfAbsent(name, _ -> new ArrayDeque<>());
        states.push(new Past(
                Optional.ofNullable(roles.get(name)).map(Role::new),
                Optional.ofNullable(profiles.get(name)).map(Profile::copy)));
        if (states.size() > REMEMBERED) {
            states.removeLast();
        }
    }

    @Override
    public synchronized QueryReply answerAsOf(QueryForm call, int writes) {
        String name = key(call.role());
        List<Past> states = List.copyOf(past.getOrDefault(name, new ArrayDeque<>()));
        if (states.isEmpty()) {
            return answer(call);
        }
        Past then = states.get(Math.min(writes, states.size()) - 1);
        MemoryIam before = new MemoryIam(account);
        then.role.ifPresent(role -> before.roles.put(name, role));
        then.profile.ifPresent(profile -> before.profiles.put(name, profile));
        return before.answer(call);
    }

    private String result(QueryForm call) {
        return switch (call.action()) {
            case "GetCallerIdentity" ->
                "<Arn>arn:aws:iam::" + account + ":user/rolesmith</Arn><UserId>AIDAEXAMPLE</UserId><Account>" + account
                        + "</Account>";
            case "CreateRole" -> create(call);
            case "GetRole" -> xml(role(call));
            case "DeleteRole" -> delete(call);
            case "UpdateRole" -> change(call, "Description", "Description", "MaxSessionDuration", "MaxSessionDuration");
            case "UpdateAssumeRolePolicy" -> change(call, "PolicyDocument", "AssumeRolePolicyDocument");
            case "PutRolePermissionsBoundary" -> change(call, "PermissionsBoundary", "PermissionsBoundary");
            case "DeleteRolePermissionsBoundary" -> found(role(call).given.remove("PermissionsBoundary") != null);
            case "TagRole" -> {
                role(call).tags.putAll(tags(call));
                yield "";
            }
            case "UntagRole" -> done(role(call).tags.keySet().removeAll(values(call, "TagKeys.member.", "")));
            case "AttachRolePolicy" -> {
                Role role = role(call);
                String arn = call.get("PolicyArn");
                found(!arn.startsWith(OF_AWS) || AWS_POLICIES.contains(arn));
                yield done(role.attached.add(arn));
            }
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
                String name = call.get("InstanceProfileName");
                String path = call.get("Path").isEmpty() ? "/" : call.get("Path");
                Profile profile = new Profile(name, path, tags(call), new LinkedHashSet<>());
                if (profiles.putIfAbsent(key(name), profile) != null) {
                    throw new Refusal(409, "EntityAlreadyExists", "Instance Profile " + name + " already exists.");
                }
                yield xml(profile);
            }
            case "GetInstanceProfile" -> xml(profile(call));
            case "AddRoleToInstanceProfile" -> {
                role(call);
                if (!profile(call).roles.isEmpty()) {
                    throw new Refusal(
                            409, "LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
                }
                yield done(profile(call).roles.add(key(call.role())));
            }
            case "RemoveRoleFromInstanceProfile" -> found(profile(call).roles.remove(key(call.role())));
            case "DeleteInstanceProfile" -> {
                if (!profile(call).roles.isEmpty()) {
                    throw new Refusal(
                            409,
                            "DeleteConflict",
                            "Cannot delete entity, must remove roles from instance profile first.");
                }
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

    /** Sets members of the role, from pairs of what the call calls them and what a role does. */
    private String change(QueryForm call, String... pairs) {
        Role role = role(call);
        for (int i = 0; i < pairs.length; i += 2) {
            role.given.put(pairs[i + 1], call.get(pairs[i]));
        }
        return "";
    }

    private String policy(QueryForm call) {
        String arn = call.get("PolicyArn");
        String document = arn.startsWith(OF_AWS) ? AWS_POLICIES.document(arn).orElse(null) : policies.get(arn);
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
        Role role = new Role(call, id);
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

    private Profile profile(QueryForm call) {
        Profile profile = profiles.get(key(call.get("InstanceProfileName")));
        if (profile == null) {
            throw new Refusal(404, "NoSuchEntity", "The instance profile cannot be found.");
        }
        return profile;
    }

    private List<String> profilesOf(String role) {
        return profiles.values().stream()
                .filter(profile -> profile.roles.contains(key(role)))
                .map(Profile::name)
                .toList();
    }

    private static Map<String, String> tags(QueryForm call) {
        Map<String, String> tags = new LinkedHashMap<>();
        List<String> keys = values(call, "Tags.member.", ".Key");
        List<String> values = values(call, "Tags.member.", ".Value");
        for (int i = 0; i < keys.size(); i++) {
            tags.put(keys.get(i), values.get(i));
        }
        return tags;
    }

    /** The values of the members so named, in their order. */
    private static List<String> values(QueryForm call, String prefix, String suffix) {
        return call.members().entrySet().stream()
                .filter(member ->
                        member.getKey().startsWith(prefix) && member.getKey().endsWith(suffix))
                .map(Map.Entry::getValue)
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
        String boundary = given.get("PermissionsBoundary");
        return "<Role><RoleId>" + role.id + "</RoleId><RoleName>" + given.get("RoleName") + "</RoleName><Path>" + path
                + "</Path><Arn>arn:aws:iam::" + account + ":role" + path + given.get("RoleName") + "</Arn><Description>"
                + QueryReply.escaped(given.getOrDefault("Description", "")) + "</Description><AssumeRolePolicyDocument>"
                + encoded(given.getOrDefault("AssumeRolePolicyDocument", "")) + "</AssumeRolePolicyDocument>"
                + "<MaxSessionDuration>" + given.getOrDefault("MaxSessionDuration", "3600")
                + "</MaxSessionDuration>"
                + (boundary == null
                        ? ""
                        : "<PermissionsBoundary><PermissionsBoundaryArn>" + boundary
                                + "</PermissionsBoundaryArn></PermissionsBoundary>")
                + (given.containsKey("SourceRoleTemplate")
                        ? "<SourceRoleTemplate><TemplateArn>" + given.get("SourceRoleTemplate")
                                + "</TemplateArn></SourceRoleTemplate>"
                        : "")
                + "<CreateDate>2026-01-01T00:00:00Z</CreateDate>" + xml(role.tags) + "</Role>";
    }

    private String xml(Profile profile) {
        return "<InstanceProfile><InstanceProfileName>" + profile.name + "</InstanceProfileName><Path>" + profile.path
                + "</Path><Arn>arn:aws:iam::" + account + ":instance-profile" + profile.path + profile.name
                + "</Arn><Roles>"
                + members(
                        profile.roles,
                        role -> "<RoleName>"
                                + requireNonNull(roles.get(role)).given.get("RoleName") + "</RoleName>")
                + "</Roles>" + xml(profile.tags) + "</InstanceProfile>";
    }

    private static String xml(Map<String, String> tags) {
        return "<Tags>"
                + members(
                        tags.keySet(),
                        key -> "<Key>" + QueryReply.escaped(key) + "</Key><Value>"
                                + QueryReply.escaped(tags.getOrDefault(key, "")) + "</Value>")
                + "</Tags>";
    }

    private static String encoded(String document) {
        return URLEncoder.encode(document, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
