package io.rolesmith.support;

import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.access.AccessEvaluator;
import io.rolesmith.policy.access.AccessRequest;
import io.rolesmith.policy.access.Decision;
import io.rolesmith.policy.access.NamedPolicy;
import io.rolesmith.policy.access.Permissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * IAM's judgement of each call by the caller's policy, with the condition keys that IAM would have: of what is asked, and of
 * the role or instance profile as it is. One that is absent has no tags, and is looked for at the root of all paths.
 *
 * <p>IAM holds the tags of a creating call against conditions on the resource's tags; AWS's managed policies
 * AWSQuickSetupSSMDeploymentRolePolicy and AWSQuickSetupManageJITNAResourcesExecutionPolicy allow CreateRole and TagRole by
 * {@code aws:ResourceTag}, and could make nothing otherwise.
 */
public final class PolicyLaw implements FaultProxy.Law {

    private static final Pattern TAG = Pattern.compile("<Key>(.*?)</Key>\\s*<Value>(.*?)</Value>");
    private static final Pattern BOUNDARY = Pattern.compile("<PermissionsBoundaryArn>(.*?)</PermissionsBoundaryArn>");

    private final IamBackend iam;
    private final String account;
    private final AccessEvaluator policy;
    private final ConcurrentLinkedQueue<AccessRequest> asked = new ConcurrentLinkedQueue<>();

    public PolicyLaw(IamBackend iam, String account, PolicyDocument policy) {
        this.iam = iam;
        this.account = account;
        this.policy =
                AccessEvaluator.of(new Permissions(List.of(NamedPolicy.of("provisioner", policy)), Optional.empty()));
    }

    /** All that IAM judged. */
    public List<AccessRequest> asked() {
        return List.copyOf(asked);
    }

    @Override
    public Optional<QueryReply> refusal(QueryForm call) {
        for (AccessRequest request : judged(call)) {
            asked.add(request);
            if (policy.decide(request).decision() != Decision.ALLOWED) {
                return Optional.of(QueryReply.error(
                        403,
                        "AccessDenied",
                        "User is not authorized to perform: " + request.action() + " on resource: "
                                + request.resource()));
            }
        }
        return Optional.empty();
    }

    private List<AccessRequest> judged(QueryForm call) {
        String action = call.action();
        return switch (action) {
            case "GetCallerIdentity" -> List.of();
            case "GetAccountSummary" -> List.of(request(action, "*", Map.of()));
            case "GetPolicy", "GetPolicyVersion" -> List.of(request(action, call.get("PolicyArn"), Map.of()));
            case "CreateRole" -> {
                Map<String, List<String>> context = tagged(tags(call));
                context.putAll(requested(tags(call)));
                if (!call.get("PermissionsBoundary").isEmpty()) {
                    context.put("iam:PermissionsBoundary", List.of(call.get("PermissionsBoundary")));
                }
                yield creation("role", call, call.get("RoleName"), context, "TagRole");
            }
            case "CreateInstanceProfile" -> {
                Map<String, List<String>> context = tagged(tags(call));
                context.putAll(requested(tags(call)));
                yield creation(
                        "instance-profile", call, call.get("InstanceProfileName"), context, "TagInstanceProfile");
            }
            case "GetInstanceProfile", "DeleteInstanceProfile", "RemoveRoleFromInstanceProfile" -> {
                Thing profile = profile(call);
                yield List.of(request(action, profile.arn(), tagged(profile.tags())));
            }
            case "AddRoleToInstanceProfile" -> {
                Thing profile = profile(call);
                Map<String, List<String>> passing = tagged(role(call).tags());
                passing.put("iam:PassedToService", List.of("ec2.amazonaws.com"));
                passing.put("iam:AssociatedResourceArn", List.of("arn:aws:ec2:*:" + account + ":instance/*"));
                yield List.of(
                        request(action, profile.arn(), tagged(profile.tags())),
                        request("PassRole", role(call).arn(), passing));
            }
            case "GetRole",
                    "ListAttachedRolePolicies",
                    "ListRolePolicies",
                    "GetRolePolicy",
                    "ListInstanceProfilesForRole",
                    "DeleteRole",
                    "UpdateRole",
                    "UpdateAssumeRolePolicy",
                    "PutRolePermissionsBoundary",
                    "DeleteRolePermissionsBoundary",
                    "AttachRolePolicy",
                    "DetachRolePolicy",
                    "PutRolePolicy",
                    "DeleteRolePolicy",
                    "TagRole",
                    "UntagRole" -> List.of(request(action, role(call).arn(), onRole(call)));
            default -> throw new IllegalStateException("What IAM judges a call by is not known of " + action);
        };
    }

    private Map<String, List<String>> onRole(QueryForm call) {
        Thing role = role(call);
        Map<String, List<String>> context = tagged(role.tags());
        role.boundary().ifPresent(arn -> context.put("iam:PermissionsBoundary", List.of(arn)));
        if (call.action().equals("PutRolePermissionsBoundary")) {
            context.put("iam:PermissionsBoundary", List.of(call.get("PermissionsBoundary")));
        }
        if (!call.get("PolicyArn").isEmpty()) {
            context.put("iam:PolicyARN", List.of(call.get("PolicyArn")));
        }
        if (call.action().equals("TagRole")) {
            context.putAll(requested(tags(call)));
        }
        if (call.action().equals("UntagRole")) {
            context.put(
                    "aws:TagKeys",
                    call.members().entrySet().stream()
                            .filter(member -> member.getKey().startsWith("TagKeys.member."))
                            .map(Map.Entry::getValue)
                            .toList());
        }
        return context;
    }

    private List<AccessRequest> creation(
            String kind, QueryForm call, String name, Map<String, List<String>> context, String tagging) {
        String path = call.get("Path").isEmpty() ? "/" : call.get("Path");
        String arn = "arn:aws:iam::" + account + ":" + kind + path + name;
        return tags(call).isEmpty()
                ? List.of(request(call.action(), arn, context))
                : List.of(request(call.action(), arn, context), request(tagging, arn, context));
    }

    /** A role or instance profile as IAM shows it. */
    private record Thing(String arn, Map<String, String> tags, Optional<String> boundary) {}

    private Thing role(QueryForm call) {
        String name = call.get("RoleName");
        return thing("role", name, FaultProxy.ask(iam, "GetRole", Map.of("RoleName", name)));
    }

    private Thing profile(QueryForm call) {
        String name = call.get("InstanceProfileName");
        return thing(
                "instance-profile",
                name,
                FaultProxy.ask(iam, "GetInstanceProfile", Map.of("InstanceProfileName", name)));
    }

    private Thing thing(String kind, String name, QueryReply reply) {
        String prefix = "arn:aws:iam::" + account + ":" + kind + "/";
        if (!reply.succeeded()) {
            return new Thing(prefix + name, Map.of(), Optional.empty());
        }
        Matcher arn = Pattern.compile("<Arn>(" + prefix + ".*?)</Arn>").matcher(reply.xml());
        if (!arn.find()) {
            throw new IllegalStateException("There is no ARN in " + reply.xml());
        }
        Map<String, String> tags = new HashMap<>();
        TAG.matcher(reply.xml()).results().forEach(tag -> tags.put(tag.group(1), tag.group(2)));
        return new Thing(
                arn.group(1),
                tags,
                BOUNDARY.matcher(reply.xml())
                        .results()
                        .map(found -> found.group(1))
                        .findFirst());
    }

    private static Map<String, String> tags(QueryForm call) {
        Map<String, String> tags = new HashMap<>();
        for (int i = 1; !call.get("Tags.member." + i + ".Key").isEmpty(); i++) {
            tags.put(call.get("Tags.member." + i + ".Key"), call.get("Tags.member." + i + ".Value"));
        }
        return tags;
    }

    private static Map<String, List<String>> tagged(Map<String, String> tags) {
        Map<String, List<String>> context = new HashMap<>();
        tags.forEach((key, value) -> {
            context.put("aws:ResourceTag/" + key, List.of(value));
            context.put("iam:ResourceTag/" + key, List.of(value));
        });
        return context;
    }

    private static Map<String, List<String>> requested(Map<String, String> tags) {
        Map<String, List<String>> context = new HashMap<>();
        tags.forEach((key, value) -> context.put("aws:RequestTag/" + key, List.of(value)));
        context.put("aws:TagKeys", new ArrayList<>(tags.keySet()));
        return context;
    }

    private static AccessRequest request(String action, String resource, Map<String, List<String>> context) {
        return new AccessRequest("iam:" + action, resource, context);
    }
}
