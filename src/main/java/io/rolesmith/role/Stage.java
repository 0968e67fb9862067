package io.rolesmith.role;

import io.rolesmith.policy.Ascii;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A role between two changes, as far as its access and its quotas go. Which changes were made decides it, not their order.
 *
 * @param inline document by name in lower case
 * @param retagged keys, in lower case, of tags that have another value than at first
 */
record Stage(
        String trust,
        @Nullable String boundary,
        Set<String> managed,
        Map<String, String> inline,
        int sessionSeconds,
        Set<String> retagged) {

    /** Access is that of new sessions, of which a revocation says nothing. */
    static Stage of(RoleState live) {
        SequencedMap<String, String> inline = new LinkedHashMap<>();
        live.inlinePolicies().forEach((name, document) -> {
            if (!Revocation.is(name, document)) {
                inline.put(name.toLowerCase(Locale.ROOT), document);
            }
        });
        return new Stage(
                live.trustPolicy(),
                live.permissionsBoundaryArn(),
                live.managedPolicyArns(),
                inline,
                live.maxSessionSeconds(),
                Set.of());
    }

    /** A role that was made a moment ago, before anything hangs on it. */
    static Stage ofNew(RoleSpec spec, @Nullable PolicyArn boundary) {
        return new Stage(
                spec.trustPolicy().json(),
                boundary == null ? null : boundary.value(),
                Set.of(),
                Map.of(),
                (int) spec.maxSession().toSeconds(),
                Set.of());
    }

    /** The role once {@code change} is made, too. */
    Stage after(Change change) {
        return switch (change) {
            case Change.UpdateAssumeRolePolicy c ->
                new Stage(c.trustPolicy(), boundary, managed, inline, sessionSeconds, retagged);
            case Change.UpdateRole c -> new Stage(trust, boundary, managed, inline, c.maxSessionSeconds(), retagged);
            case Change.PutRolePermissionsBoundary c ->
                new Stage(trust, c.arn(), managed, inline, sessionSeconds, retagged);
            case Change.DeleteRolePermissionsBoundary _ ->
                new Stage(trust, null, managed, inline, sessionSeconds, retagged);
            case Change.AttachRolePolicy c -> withManaged(c.policyArn(), true);
            case Change.DetachRolePolicy c -> withManaged(c.policyArn(), false);
            case Change.PutRolePolicy c -> withInline(c.policy(), c.document());
            case Change.DeleteRolePolicy c -> withInline(c.policy(), null);
            case Change.TagRole c -> withTags(c.tags());
            case Change.UntagRole c -> withTags(c.tags());
            case Change.CreateRole _,
                    Change.DeleteRole _,
                    Change.CreateInstanceProfile _,
                    Change.DeleteInstanceProfile _,
                    Change.AddRoleToInstanceProfile _,
                    Change.RemoveRoleFromInstanceProfile _ -> this;
        };
    }

    private Stage withManaged(String arn, boolean attached) {
        SequencedSet<String> arns = new LinkedHashSet<>(managed);
        if (attached) {
            arns.add(arn);
        } else {
            arns.remove(arn);
        }
        return new Stage(trust, boundary, arns, inline, sessionSeconds, retagged);
    }

    private Stage withInline(PolicyName name, @Nullable String document) {
        SequencedMap<String, String> policies = new LinkedHashMap<>(inline);
        if (document == null) {
            policies.remove(name.key());
        } else {
            policies.put(name.key(), document);
        }
        return new Stage(trust, boundary, managed, policies, sessionSeconds, retagged);
    }

    private Stage withTags(Map<String, String> tags) {
        Set<String> keys = new LinkedHashSet<>(retagged);
        tags.keySet().forEach(key -> keys.add(Ascii.lower(key)));
        return new Stage(trust, boundary, managed, inline, sessionSeconds, keys);
    }
}
