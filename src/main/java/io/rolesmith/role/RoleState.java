package io.rolesmith.role;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A role as IAM showed it. Documents are IAM's text, percent-decoded: what others wrote need not be what we can read.
 *
 * @param roleId IAM's stable id of the role; a recreated role has another one
 * @param inlinePolicies name to text
 * @param instanceProfiles names of the instance profiles that hold the role; empty when they were not asked for
 * @param templated whether a role template manages it, so that any change of ours would break that
 */
public record RoleState(
        String roleId,
        String arn,
        String name,
        String path,
        String description,
        String trustPolicy,
        int maxSessionSeconds,
        @Nullable String permissionsBoundaryArn,
        Map<String, String> tags,
        SequencedSet<String> managedPolicyArns,
        SequencedMap<String, String> inlinePolicies,
        SequencedSet<String> instanceProfiles,
        boolean templated) {

    public RoleState {
        tags = Map.copyOf(tags);
        managedPolicyArns = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(managedPolicyArns));
        inlinePolicies = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(inlinePolicies));
        instanceProfiles = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(instanceProfiles));
    }

    /** The same without its instance profiles, as if they had not been asked for. */
    public RoleState withoutInstanceProfiles() {
        return with(
                trustPolicy, permissionsBoundaryArn, tags, managedPolicyArns, inlinePolicies, new LinkedHashSet<>());
    }

    /** The role as IAM will show it once {@code change}, which is of a role that is there, is made. */
    public RoleState after(Change change) {
        return switch (change) {
            case Change.UpdateAssumeRolePolicy c -> withTrustPolicy(c.trustPolicy());
            case Change.UpdateRole c ->
                new RoleState(
                        roleId,
                        arn,
                        name,
                        path,
                        c.description(),
                        trustPolicy,
                        c.maxSessionSeconds(),
                        permissionsBoundaryArn,
                        tags,
                        managedPolicyArns,
                        inlinePolicies,
                        instanceProfiles,
                        templated);
            case Change.PutRolePermissionsBoundary c -> withBoundary(c.arn());
            case Change.DeleteRolePermissionsBoundary _ -> withBoundary(null);
            case Change.AttachRolePolicy c -> withManagedPolicies(with(managedPolicyArns, c.policyArn()));
            case Change.DetachRolePolicy c -> withManagedPolicies(without(managedPolicyArns, c.policyArn()));
            case Change.PutRolePolicy c ->
                withInlinePolicies(with(inlinePolicies, Map.of(c.policy().value(), c.document())));
            case Change.DeleteRolePolicy c ->
                withInlinePolicies(without(inlinePolicies, Set.of(c.policy().value())));
            case Change.TagRole c -> withTags(with(tags, c.tags()));
            case Change.UntagRole c -> withTags(without(tags, c.tags().keySet()));
            case Change.AddRoleToInstanceProfile c -> withInstanceProfiles(with(instanceProfiles, c.instanceProfile()));
            case Change.RemoveRoleFromInstanceProfile c ->
                withInstanceProfiles(without(instanceProfiles, c.instanceProfile()));
            case Change.CreateRole _,
                    Change.DeleteRole _,
                    Change.CreateInstanceProfile _,
                    Change.DeleteInstanceProfile _ -> this;
        };
    }

    private RoleState withTrustPolicy(String document) {
        return with(document, permissionsBoundaryArn, tags, managedPolicyArns, inlinePolicies, instanceProfiles);
    }

    private RoleState withBoundary(@Nullable String boundary) {
        return with(trustPolicy, boundary, tags, managedPolicyArns, inlinePolicies, instanceProfiles);
    }

    private RoleState withTags(Map<String, String> values) {
        return with(trustPolicy, permissionsBoundaryArn, values, managedPolicyArns, inlinePolicies, instanceProfiles);
    }

    private RoleState withManagedPolicies(SequencedSet<String> arns) {
        return with(trustPolicy, permissionsBoundaryArn, tags, arns, inlinePolicies, instanceProfiles);
    }

    private RoleState withInlinePolicies(SequencedMap<String, String> policies) {
        return with(trustPolicy, permissionsBoundaryArn, tags, managedPolicyArns, policies, instanceProfiles);
    }

    private RoleState withInstanceProfiles(SequencedSet<String> profiles) {
        return with(trustPolicy, permissionsBoundaryArn, tags, managedPolicyArns, inlinePolicies, profiles);
    }

    private RoleState with(
            String trust,
            @Nullable String boundary,
            Map<String, String> tagsThen,
            SequencedSet<String> managed,
            SequencedMap<String, String> inline,
            SequencedSet<String> profiles) {
        return new RoleState(
                roleId,
                arn,
                name,
                path,
                description,
                trust,
                maxSessionSeconds,
                boundary,
                tagsThen,
                managed,
                inline,
                profiles,
                templated);
    }

    private static SequencedSet<String> with(SequencedSet<String> values, String value) {
        SequencedSet<String> more = new LinkedHashSet<>(values);
        more.add(value);
        return more;
    }

    private static SequencedSet<String> without(SequencedSet<String> values, String value) {
        SequencedSet<String> less = new LinkedHashSet<>(values);
        less.remove(value);
        return less;
    }

    /** A key that is there in another letter case is that key, in the spelling that is there. */
    private static SequencedMap<String, String> with(Map<String, String> values, Map<String, String> put) {
        SequencedMap<String, String> more = new LinkedHashMap<>(values);
        put.forEach((key, value) -> more.put(
                values.keySet().stream()
                        .filter(key::equalsIgnoreCase)
                        .findFirst()
                        .orElse(key),
                value));
        return more;
    }

    private static SequencedMap<String, String> without(Map<String, String> values, Set<String> keys) {
        SequencedMap<String, String> less = new LinkedHashMap<>(values);
        less.keySet().removeIf(there -> keys.stream().anyMatch(there::equalsIgnoreCase));
        return less;
    }

    /** SHA-256, in hex, over everything above in a fixed order: equal if and only if IAM showed the same. */
    public String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            add(digest, roleId, arn, name, path, description, trustPolicy, Integer.toString(maxSessionSeconds));
            add(
                    digest,
                    permissionsBoundaryArn == null ? "-" : "+" + permissionsBoundaryArn,
                    Boolean.toString(templated));
            new TreeMap<>(tags).forEach((key, value) -> add(digest, "tag", key, value));
            new TreeSet<>(managedPolicyArns).forEach(arn -> add(digest, "managed", arn));
            new TreeMap<>(inlinePolicies).forEach((policy, text) -> add(digest, "inline", policy, text));
            new TreeSet<>(instanceProfiles).forEach(profile -> add(digest, "profile", profile));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static void add(MessageDigest digest, String... texts) {
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            digest.update(Integer.toString(bytes.length).getBytes(StandardCharsets.US_ASCII));
            digest.update((byte) ':');
            digest.update(bytes);
        }
    }
}
