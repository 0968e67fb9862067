package io.rolesmith.role;

import io.rolesmith.policy.PolicyDocument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Computes plans. Pure: the same spec and live state give the same plan. */
public final class RolePlanner {

    private RolePlanner() {}

    /**
     * What to do so that the live role becomes as {@code spec} says; an empty plan if it is.
     *
     * @param live the role as IAM showed it, instance profiles included if the spec speaks of one; empty if there is none
     * @param ownership goes into the tags of a role that is made; never rewritten on one that is there
     */
    public static RolePlan plan(RoleSpec spec, Optional<RoleState> live, Ownership ownership) {
        return live.map(state -> update(spec, state, ownership)).orElseGet(() -> creation(spec, ownership));
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
        for (PolicyArn arn : spec.managedPolicyArns()) {
            changes.add(new Change.AttachRolePolicy(spec.name(), arn.value()));
        }
        spec.inlinePolicies()
                .forEach((name, document) ->
                        changes.add(new Change.PutRolePolicy(spec.name(), name, null, document.json())));
        if (spec.instanceProfile()) {
            changes.add(new Change.CreateInstanceProfile(spec.name(), spec.path(), ownership.tags()));
            changes.add(
                    new Change.AddRoleToInstanceProfile(spec.name(), spec.name().value()));
        }
        return new RolePlan(spec.name(), changes, RolePlan.ABSENT, AccessVerdict.WIDENS);
    }

    /**
     * Boundary in, trust, put and attach, detach and delete, boundary out: meanwhile the role never lacks what it has both
     * before and after. The instance profile comes last, so that no instance gets a role that is half changed.
     */
    private static RolePlan update(RoleSpec spec, RoleState live, Ownership ownership) {
        RoleName role = spec.name();
        List<Change> changes = new ArrayList<>();
        List<Change> last = new ArrayList<>();
        boundary(spec, live, changes, last);
        if (!spec.trustPolicy().isEquivalentTo(live.trustPolicy())) {
            changes.add(new Change.UpdateAssumeRolePolicy(
                    role, live.trustPolicy(), spec.trustPolicy().json()));
        }
        tags(spec, live).ifPresent(changes::add);
        inlinePolicies(spec, live, changes, last);
        managedPolicies(spec, live, changes, last);
        int session = (int) spec.maxSession().toSeconds();
        if (session != live.maxSessionSeconds() || !spec.description().equals(live.description())) {
            changes.add(new Change.UpdateRole(
                    role, live.description(), live.maxSessionSeconds(), spec.description(), session));
        }
        changes.addAll(last.reversed());
        if (spec.instanceProfile() && live.instanceProfiles().stream().noneMatch(role.value()::equalsIgnoreCase)) {
            changes.add(new Change.CreateInstanceProfile(role, spec.path(), ownership.tags()));
            changes.add(new Change.AddRoleToInstanceProfile(role, role.value()));
        }
        return new RolePlan(
                role,
                changes,
                live.fingerprint(),
                changes.isEmpty() ? AccessVerdict.EQUAL : AccessVerdict.UNDETERMINED);
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

    /** Of the live tags only those that the spec sets are ours; role tag keys have no case. */
    private static Optional<Change> tags(RoleSpec spec, RoleState live) {
        Map<String, String> liveByKey = live.tags().entrySet().stream()
                .collect(Collectors.toMap(tag -> tag.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue));
        SequencedMap<String, String> before = new LinkedHashMap<>();
        SequencedMap<String, String> wanted = new LinkedHashMap<>();
        spec.tags().forEach((key, value) -> {
            String there = liveByKey.get(key.toLowerCase(Locale.ROOT));
            if (!value.equals(there)) {
                wanted.put(key, value);
                if (there != null) {
                    before.put(key, there);
                }
            }
        });
        return wanted.isEmpty() ? Optional.empty() : Optional.of(new Change.TagRole(spec.name(), before, wanted));
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
        if (spec.policyOwnership() == PolicyOwnership.EXCLUSIVE) {
            live.inlinePolicies().forEach((name, document) -> {
                if (!wantedByKey.containsKey(name.toLowerCase(Locale.ROOT))) {
                    last.add(new Change.DeleteRolePolicy(spec.name(), new PolicyName(name), document));
                }
            });
        }
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
