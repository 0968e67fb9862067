package io.rolesmith.role;

import io.rolesmith.policy.PolicyDocument;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Whether the effect of a change can be seen on a live role. */
public enum ChangeEffect {
    /** The live role is as the change leaves it. */
    THERE,
    /** The live role is as if the change had not been made. */
    NOT_THERE,
    /** The live role is neither: somebody else wrote there. */
    OTHER,
    /** The live role does not show it. */
    INVISIBLE;

    /** What {@code live}, observed with its instance profiles, shows of {@code change}. */
    public static ChangeEffect of(Change change, Optional<RoleState> live) {
        if (live.isEmpty()) {
            return ofAbsent(change);
        }
        return of(change, live.get());
    }

    /**
     * Whether {@code live} has all that {@code create} gave it. More tags do not count, since some organisations tag what is
     * new.
     */
    public static boolean isMadeBy(Change.CreateRole create, RoleState live) {
        return isLike(create, live)
                && create.tags().entrySet().stream()
                        .allMatch(tag -> tag.getValue().equals(tag(live, tag.getKey())));
    }

    /** Whether {@code live} has all that {@code create} gave it but for its tags, which may have been taken off. */
    public static boolean isLike(Change.CreateRole create, RoleState live) {
        PolicyArn boundary = create.permissionsBoundary();
        return live.name().equals(create.role().value())
                && live.path().equals(create.path().value())
                && live.description().equals(create.description())
                && same(live.trustPolicy(), create.trustPolicy())
                && live.maxSessionSeconds() == create.maxSessionSeconds()
                && Objects.equals(live.permissionsBoundaryArn(), boundary == null ? null : boundary.value());
    }

    /** With the role is gone what it held, so a removal from it has its effect. */
    private static ChangeEffect ofAbsent(Change change) {
        return switch (change) {
            case Change.DeleteRole _,
                    Change.DeleteRolePermissionsBoundary _,
                    Change.DetachRolePolicy _,
                    Change.DeleteRolePolicy _,
                    Change.UntagRole _,
                    Change.RemoveRoleFromInstanceProfile _ -> THERE;
            case Change.CreateRole _,
                    Change.UpdateAssumeRolePolicy _,
                    Change.UpdateRole _,
                    Change.PutRolePermissionsBoundary _,
                    Change.AttachRolePolicy _,
                    Change.PutRolePolicy _,
                    Change.TagRole _,
                    Change.AddRoleToInstanceProfile _ -> NOT_THERE;
            case Change.CreateInstanceProfile _, Change.DeleteInstanceProfile _ -> INVISIBLE;
        };
    }

    private static ChangeEffect of(Change change, RoleState live) {
        return switch (change) {
            case Change.CreateRole _ -> THERE;
            case Change.DeleteRole _ -> NOT_THERE;
            case Change.UpdateAssumeRolePolicy trust ->
                document(live.trustPolicy(), trust.trustPolicyBefore(), trust.trustPolicy());
            case Change.UpdateRole update ->
                value(
                        live.description() + '\n' + live.maxSessionSeconds(),
                        update.descriptionBefore() + '\n' + update.maxSessionSecondsBefore(),
                        update.description() + '\n' + update.maxSessionSeconds());
            case Change.PutRolePermissionsBoundary put ->
                value(live.permissionsBoundaryArn(), put.arnBefore(), put.arn());
            case Change.DeleteRolePermissionsBoundary removal ->
                value(live.permissionsBoundaryArn(), removal.arn(), null);
            case Change.AttachRolePolicy attach ->
                present(live.managedPolicyArns().contains(attach.policyArn()));
            case Change.DetachRolePolicy detach ->
                present(!live.managedPolicyArns().contains(detach.policyArn()));
            case Change.PutRolePolicy put -> document(inline(live, put.policy()), put.documentBefore(), put.document());
            case Change.DeleteRolePolicy removal ->
                // A deletion may be planned without the documents, whose text is empty then.
                removal.document().isEmpty()
                        ? present(inline(live, removal.policy()) == null)
                        : document(inline(live, removal.policy()), removal.document(), null);
            case Change.TagRole tag -> tags(live, tag.tagsBefore(), tag.tags());
            case Change.UntagRole untag -> untagged(live, untag.tags());
            case Change.CreateInstanceProfile _ -> INVISIBLE;
            case Change.DeleteInstanceProfile _ -> INVISIBLE;
            case Change.AddRoleToInstanceProfile add -> present(holds(live, add.instanceProfile()));
            case Change.RemoveRoleFromInstanceProfile removal -> present(!holds(live, removal.instanceProfile()));
        };
    }

    private static ChangeEffect present(boolean there) {
        return there ? THERE : NOT_THERE;
    }

    private static ChangeEffect value(@Nullable Object live, @Nullable Object before, @Nullable Object after) {
        if (Objects.equals(live, after)) {
            return THERE;
        }
        return Objects.equals(live, before) ? NOT_THERE : OTHER;
    }

    private static ChangeEffect document(@Nullable String live, @Nullable String before, @Nullable String after) {
        if (same(live, after)) {
            return THERE;
        }
        return same(live, before) ? NOT_THERE : OTHER;
    }

    /** Same text, or documents that mean the same; what cannot be read is only like itself. */
    private static boolean same(@Nullable String left, @Nullable String right) {
        if (left == null || right == null) {
            return Objects.equals(left, right);
        }
        if (left.equals(right)) {
            return true;
        }
        try {
            // Not read as a draft would be: what looks like a variable of ours is plain text by now.
            return PolicyDocument.parse(left).isEquivalentTo(right);
        } catch (IllegalArgumentException unreadable) {
            return false;
        }
    }

    private static ChangeEffect tags(
            RoleState live, SequencedMap<String, String> before, SequencedMap<String, String> after) {
        if (after.entrySet().stream().allMatch(tag -> tag.getValue().equals(tag(live, tag.getKey())))) {
            return THERE;
        }
        return after.keySet().stream().allMatch(key -> Objects.equals(before.get(key), tag(live, key)))
                ? NOT_THERE
                : OTHER;
    }

    private static ChangeEffect untagged(RoleState live, SequencedMap<String, String> before) {
        if (before.keySet().stream().allMatch(key -> tag(live, key) == null)) {
            return THERE;
        }
        return before.entrySet().stream().allMatch(tag -> tag.getValue().equals(tag(live, tag.getKey())))
                ? NOT_THERE
                : OTHER;
    }

    private static @Nullable String tag(RoleState live, String key) {
        return find(live.tags(), key);
    }

    private static @Nullable String inline(RoleState live, PolicyName policy) {
        return find(live.inlinePolicies(), policy.value());
    }

    private static @Nullable String find(Map<String, String> values, String key) {
        String lower = key.toLowerCase(Locale.ROOT);
        return values.entrySet().stream()
                .filter(entry -> entry.getKey().toLowerCase(Locale.ROOT).equals(lower))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private static boolean holds(RoleState live, String instanceProfile) {
        return live.instanceProfiles().stream().anyMatch(instanceProfile::equalsIgnoreCase);
    }
}
