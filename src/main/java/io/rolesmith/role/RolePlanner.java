package io.rolesmith.role;

import io.rolesmith.policy.Effect;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Computes plans. Pure: the same spec, live state and documents give the same plan. */
public final class RolePlanner {

    private RolePlanner() {}

    /**
     * What to do so that the live role becomes as {@code spec} says; an empty plan if it is.
     *
     * @param live the role as IAM showed it, instance profiles included if the spec speaks of one; empty if there is none
     * @param ownership goes into the tags of a role that is made; never rewritten on one that is there
     * @param documents asked for the policies and boundaries that are in force before or after, and only where the order
     *     of an update depends on them
     */
    public static RolePlan plan(
            RoleSpec spec, Optional<RoleState> live, Ownership ownership, ManagedDocuments documents) {
        return plan(spec, live, ownership, documents, RoleRoom.DEFAULT);
    }

    /** The same in an account with these room; a role that is, or shall be, beyond one shows that there is more room. */
    public static RolePlan plan(
            RoleSpec spec, Optional<RoleState> live, Ownership ownership, ManagedDocuments documents, RoleRoom room) {
        return live.map(state -> update(spec, state, ownership, new RoleDocuments(documents), room))
                .orElseGet(() -> creation(spec, ownership));
    }

    private static RolePlan creation(RoleSpec spec, Ownership ownership) {
        SequencedMap<String, String> tags = new LinkedHashMap<>(spec.tags());
        tags.putAll(ownership.tags());
        List<Change> changes = new ArrayList<>();
        changes.add(new Change.CreateRole(
                spec.name(),
                spec.path(),
                spec.description(),
                spec.trustPolicy().json(),
                (int) spec.maxSession().toSeconds(),
                boundaryOfNew(spec),
                tags));
        // What denies comes before what it denies from. Managed policies are not read for this: it would take calls.
        spec.inlinePolicies().forEach((name, document) -> {
            if (denies(document)) {
                changes.add(new Change.PutRolePolicy(spec.name(), name, null, document.json()));
            }
        });
        for (PolicyArn arn : spec.managedPolicyArns()) {
            changes.add(new Change.AttachRolePolicy(spec.name(), arn.value()));
        }
        spec.inlinePolicies().forEach((name, document) -> {
            if (!denies(document)) {
                changes.add(new Change.PutRolePolicy(spec.name(), name, null, document.json()));
            }
        });
        if (spec.instanceProfile()) {
            changes.addAll(instanceProfile(spec, ownership));
        }
        return new RolePlan(spec.name(), changes, RolePlan.ABSENT, AccessVerdict.WIDENS, Optional.empty(), List.of());
    }

    private static boolean denies(PolicyDocument document) {
        return document.statements().stream().anyMatch(statement -> statement.effect() == Effect.DENY);
    }

    private static List<Change> instanceProfile(RoleSpec spec, Ownership ownership) {
        return List.of(
                new Change.CreateInstanceProfile(spec.name(), spec.path(), ownership.tags()),
                new Change.AddRoleToInstanceProfile(spec.name(), spec.name().value()));
    }

    /** The instance profile comes after all that access hangs on, so that no instance gets a role that is half changed. */
    private static RolePlan update(
            RoleSpec spec, RoleState live, Ownership ownership, RoleDocuments documents, RoleRoom room) {
        RoleName role = spec.name();
        List<Change> changes = new ArrayList<>();
        List<Change> last = new ArrayList<>();
        boundary(spec, live, changes, last);
        if (!spec.trustPolicy().isEquivalentTo(live.trustPolicy())) {
            changes.add(new Change.UpdateAssumeRolePolicy(
                    role, live.trustPolicy(), spec.trustPolicy().json()));
        }
        inlinePolicies(spec, live, changes, last);
        managedPolicies(spec, live, changes, last);
        int session = (int) spec.maxSession().toSeconds();
        if (session != live.maxSessionSeconds() || !spec.description().equals(live.description())) {
            changes.add(new Change.UpdateRole(
                    role, live.description(), live.maxSessionSeconds(), spec.description(), session));
        }
        changes.addAll(last.reversed());
        List<Change> irreversible = tags(spec, live, changes, documents);
        List<Change> profile =
                spec.instanceProfile() && live.instanceProfiles().stream().noneMatch(role.value()::equalsIgnoreCase)
                        ? instanceProfile(spec, ownership)
                        : List.of();
        if (changes.isEmpty()) {
            return new RolePlan(
                    role,
                    Stream.concat(profile.stream(), irreversible.stream()).toList(),
                    live.fingerprint(),
                    AccessVerdict.EQUAL,
                    Optional.empty(),
                    List.of());
        }
        ChangeOrder order = new ChangeOrder(role, Stage.of(live), changes, documents, room);
        ChangeOrder.Ordered ordered = order.find();
        List<Change> all = new ArrayList<>(ordered.changes());
        all.addAll(profile);
        all.addAll(irreversible);
        return new RolePlan(
                role,
                all,
                live.fingerprint(),
                AccessVerdict.of(order.access().delta().verdict()),
                ordered.gap(),
                liveSessions(order.access()));
    }

    private static List<Finding> liveSessions(AccessOnTheWay access) {
        boolean found = access.trustDelta().possible().loses()
                && access.permissionsDelta().possible().gains();
        return found
                ? List.of(Finding.warning(
                        "LIVE_SESSIONS",
                        "/trustPolicy",
                        "Sessions of principals that may no longer assume the role live on, and gain what it may newly do.",
                        "Grant what is new once these sessions have ended, or revoke them."))
                : List.of();
    }

    private static void boundary(RoleSpec spec, RoleState live, List<Change> changes, List<Change> last) {
        String before = live.permissionsBoundaryArn();
        switch (spec.boundary()) {
            case Boundary.Unchanged() -> {}
            case Boundary.None() -> {
                if (before != null) {
                    last.add(new Change.DeleteRolePermissionsBoundary(spec.name(), before));
                }
            }
            case Boundary.Policy(PolicyArn arn) -> {
                if (!arn.value().equals(before)) {
                    changes.add(new Change.PutRolePermissionsBoundary(spec.name(), before, arn.value()));
                }
            }
        }
    }

    private static @Nullable PolicyArn boundaryOfNew(RoleSpec spec) {
        return switch (spec.boundary()) {
            case Boundary.Unchanged(), Boundary.None() -> null;
            case Boundary.Policy(PolicyArn arn) -> arn;
        };
    }

    /**
     * Adds what sets the tags. Of the live ones only those that the spec sets are ours; role tag keys have no case.
     *
     * <p>New and changed tags set in one call have no way back. Where a policy may speak of one of them, so that taking
     * the plan back would pass through states that were never looked at, they are set in two.
     *
     * @return the change that has to come last, since it has no way back
     */
    private static List<Change> tags(RoleSpec spec, RoleState live, List<Change> changes, RoleDocuments documents) {
        Map<String, String> liveByKey = live.tags().entrySet().stream()
                .collect(Collectors.toMap(tag -> tag.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue));
        SequencedMap<String, String> before = new LinkedHashMap<>();
        SequencedMap<String, String> added = new LinkedHashMap<>();
        SequencedMap<String, String> changed = new LinkedHashMap<>();
        SequencedMap<String, String> wanted = new LinkedHashMap<>();
        spec.tags().forEach((key, value) -> {
            String there = liveByKey.get(key.toLowerCase(Locale.ROOT));
            if (!value.equals(there)) {
                wanted.put(key, value);
                (there == null ? added : changed).put(key, value);
                if (there != null) {
                    before.put(key, there);
                }
            }
        });
        if (wanted.isEmpty()) {
            return List.of();
        }
        Change atOnce = new Change.TagRole(spec.name(), before, wanted);
        if (atOnce.reversal() instanceof Change.Reversible) {
            changes.addFirst(atOnce);
            return List.of();
        }
        Stage now = Stage.of(live);
        Stage after = now;
        for (Change change : changes) {
            after = after.after(change);
        }
        if (!documents.mayMention(now, wanted.keySet()) && !documents.mayMention(after, wanted.keySet())) {
            return List.of(atOnce);
        }
        changes.addFirst(new Change.TagRole(spec.name(), new LinkedHashMap<>(), added));
        changes.addFirst(new Change.TagRole(spec.name(), before, changed));
        return List.of();
    }

    private static void inlinePolicies(RoleSpec spec, RoleState live, List<Change> changes, List<Change> last) {
        Map<String, String> liveByKey = live.inlinePolicies().entrySet().stream()
                .collect(Collectors.toMap(policy -> policy.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue));
        Map<String, PolicyDocument> wantedByKey = spec.inlinePolicies().entrySet().stream()
                .collect(Collectors.toMap(policy -> policy.getKey().key(), Map.Entry::getValue));
        spec.inlinePolicies().forEach((name, document) -> {
            String there = liveByKey.get(name.key());
            if (there == null || !document.isEquivalentTo(there)) {
                changes.add(new Change.PutRolePolicy(spec.name(), name, there, document.json()));
            }
        });
        boolean exclusive = spec.policyOwnership() == PolicyOwnership.EXCLUSIVE;
        live.inlinePolicies().forEach((name, document) -> {
            // A hold that a broken-off update left behind is ours, whoever owns the other policies.
            if (!wantedByKey.containsKey(name.toLowerCase(Locale.ROOT))
                    && (exclusive || ChangeOrder.isHold(name, document))) {
                last.add(new Change.DeleteRolePolicy(spec.name(), new PolicyName(name), document));
            }
        });
    }

    private static void managedPolicies(RoleSpec spec, RoleState live, List<Change> changes, List<Change> last) {
        List<String> wanted =
                spec.managedPolicyArns().stream().map(PolicyArn::value).toList();
        for (String arn : wanted) {
            if (!live.managedPolicyArns().contains(arn)) {
                changes.add(new Change.AttachRolePolicy(spec.name(), arn));
            }
        }
        if (spec.policyOwnership() == PolicyOwnership.EXCLUSIVE) {
            for (String arn : live.managedPolicyArns()) {
                if (!wanted.contains(arn)) {
                    last.add(new Change.DetachRolePolicy(spec.name(), arn));
                }
            }
        }
    }
}
