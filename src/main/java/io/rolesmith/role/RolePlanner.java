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
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Computes plans. Pure: the same spec, live state and documents give the same plan. */
public final class RolePlanner {

    private static final Finding SESSIONS_REVOKED = Finding.suggestion(
            "SESSIONS_REVOKED",
            "/trustPolicy",
            "All sessions that began before the trust policy changed, or within 15 seconds after it, are denied everything by the"
                    + " inline policy " + Revocation.POLICY + ", whoever has them",
            "Have those who may still assume the role begin new sessions once the request is settled.");

    private RolePlanner() {}

    /**
     * What a role has from us beside its policies. Of the rest, only that is ours which the spec speaks of.
     *
     * @param tags keys of the tags that we set last
     * @param profile how it stands with the instance profile of the role's name
     */
    public record Given(Set<String> tags, Profile profile) {

        /** Of a role that we know nothing about. */
        public static final Given NOTHING = new Given(Set.of(), Profile.NOT_OURS);

        public Given {
            tags = Set.copyOf(tags);
        }
    }

    /** How it stands with the instance profile of a role's name. */
    public enum Profile {
        /** We made none; if there is one it is somebody else's. */
        NOT_OURS,
        /** We made one, which may be gone if the role is not in it. */
        OURS,
        /** We made one, it is there, and the role is not in it. */
        OURS_EMPTY
    }

    /**
     * What to do so that the live role becomes as {@code spec} says; an empty plan if it is.
     *
     * @param live the role as IAM showed it, instance profiles included if the spec or we speak of one; empty if there is none
     * @param given what the live role has from us
     * @param ownership goes into the tags of a role that is made; never rewritten on one that is there
     * @param documents asked for the policies and boundaries that are in force before or after, and only where the order
     *     of the changes depends on them
     * @param room what may hang on a role in the account; a role that is, or shall be, beyond it shows that there is more
     * @param sessions what becomes of open sessions where the trust policy loses somebody
     * @return with a finding that refuses if the role has no room for what is asked
     */
    public static RolePlan plan(
            RoleSpec spec,
            Optional<RoleState> live,
            Given given,
            Ownership ownership,
            ManagedDocuments documents,
            RoleRoom room,
            LiveSessions sessions) {
        return live.map(state -> update(spec, state, given, ownership, new RoleDocuments(documents), room, sessions))
                .orElseGet(() -> creation(spec, ownership, new RoleDocuments(documents), room));
    }

    /** The same for a role that has nothing from us, in an account that never asked for more room. */
    static RolePlan plan(RoleSpec spec, Optional<RoleState> live, Ownership ownership, ManagedDocuments documents) {
        return plan(spec, live, Given.NOTHING, ownership, documents, RoleRoom.DEFAULT, LiveSessions.KEEP);
    }

    /**
     * What to do so that the live role, with all that hangs on it, is gone. Such a plan only goes forward, in an order in
     * which no grant outlives what denies from it, also to sessions that were revoked.
     *
     * @param live with its instance profiles; the documents of inline policies may be empty text where there is one policy
     *     only, since there is nothing to order then
     */
    public static RolePlan deletion(RoleState live, Given given, ManagedDocuments documents, RoleRoom room) {
        RoleName role = new RoleName(live.name());
        List<Change> changes = new ArrayList<>();
        for (String profile : live.instanceProfiles()) {
            changes.add(new Change.RemoveRoleFromInstanceProfile(role, profile));
        }
        if (ours(given, role, live)) {
            changes.add(new Change.DeleteInstanceProfile(role, role.value()));
        }
        List<Change> removals = new ArrayList<>();
        List<Change> revocations = new ArrayList<>();
        live.managedPolicyArns().forEach(arn -> removals.add(new Change.DetachRolePolicy(role, arn)));
        live.inlinePolicies()
                .forEach((name, document) -> (Revocation.isNamed(name) ? revocations : removals)
                        .add(new Change.DeleteRolePolicy(role, new PolicyName(name), document)));
        Optional<Gap> gap = Optional.empty();
        if (!removals.isEmpty()) {
            ChangeOrder.Ordered ordered =
                    new ChangeOrder(role, Stage.of(live), removals, new RoleDocuments(documents), room).find();
            changes.addAll(ordered.changes());
            gap = ordered.gap();
        }
        changes.addAll(revocations);
        changes.add(new Change.DeleteRole(role));
        return new RolePlan(role, changes, live.fingerprint(), AccessVerdict.NARROWS, gap, List.of());
    }

    /** Whether there is an instance profile of the role's name that we made. */
    private static boolean ours(Given given, RoleName role, RoleState live) {
        return switch (given.profile()) {
            case NOT_OURS -> false;
            case OURS -> holds(live, role);
            case OURS_EMPTY -> true;
        };
    }

    private static boolean holds(RoleState live, RoleName role) {
        return live.instanceProfiles().stream().anyMatch(role.value()::equalsIgnoreCase);
    }

    private static RolePlan creation(RoleSpec spec, Ownership ownership, RoleDocuments documents, RoleRoom room) {
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
        List<Change> grants = new ArrayList<>();
        spec.managedPolicyArns().forEach(arn -> grants.add(new Change.AttachRolePolicy(spec.name(), arn.value())));
        spec.inlinePolicies()
                .forEach((name, document) ->
                        grants.add(new Change.PutRolePolicy(spec.name(), name, null, document.json())));
        Optional<Gap> gap = Optional.empty();
        // Policies that only allow may come in any order, and one policy has none.
        if (grants.size() > 1 && mayDeny(spec, documents)) {
            ChangeOrder.Ordered ordered = new ChangeOrder(
                            spec.name(), Stage.ofNew(spec, boundaryOfNew(spec)), grants, documents, room)
                    .find();
            changes.addAll(ordered.changes());
            gap = ordered.gap();
        } else {
            changes.addAll(grants);
        }
        if (spec.instanceProfile()) {
            changes.addAll(instanceProfile(spec, ownership));
        }
        return new RolePlan(spec.name(), changes, RolePlan.ABSENT, AccessVerdict.WIDENS, gap, List.of());
    }

    private static boolean mayDeny(RoleSpec spec, RoleDocuments documents) {
        return spec.inlinePolicies().values().stream().anyMatch(RolePlanner::denies)
                || spec.managedPolicyArns().stream()
                        .anyMatch(arn -> documents
                                .managed(arn.value())
                                .document()
                                .map(RolePlanner::denies)
                                .orElse(true));
    }

    private static boolean denies(PolicyDocument document) {
        return document.statements().stream().anyMatch(statement -> statement.effect() == Effect.DENY);
    }

    private static List<Change> instanceProfile(RoleSpec spec, Ownership ownership) {
        return List.of(
                new Change.CreateInstanceProfile(spec.name(), spec.path(), ownership.tags()),
                new Change.AddRoleToInstanceProfile(spec.name(), spec.name().value()));
    }

    /**
     * An instance gets a role that is whole or none: out of its profile before all that access hangs on, into it after. What
     * has no way back comes last.
     */
    private static RolePlan update(
            RoleSpec spec,
            RoleState live,
            Given given,
            Ownership ownership,
            RoleDocuments documents,
            RoleRoom room,
            LiveSessions sessions) {
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
        List<Change> irreversible = new ArrayList<>(tags(spec, live, given, changes, documents));
        List<Change> all = new ArrayList<>();
        List<Change> profile = new ArrayList<>();
        if (spec.instanceProfile() && !holds(live, role)) {
            switch (given.profile()) {
                case NOT_OURS, OURS -> profile.addAll(instanceProfile(spec, ownership));
                case OURS_EMPTY -> profile.add(new Change.AddRoleToInstanceProfile(role, role.value()));
            }
        } else if (!spec.instanceProfile() && ours(given, role, live)) {
            if (holds(live, role)) {
                all.add(new Change.RemoveRoleFromInstanceProfile(role, role.value()));
            }
            irreversible.add(new Change.DeleteInstanceProfile(role, role.value()));
        }
        AccessVerdict access = AccessVerdict.EQUAL;
        Optional<Gap> gap = Optional.empty();
        List<Finding> findings = new ArrayList<>();
        if (!changes.isEmpty()) {
            Optional<String> revoked = revocation(live);
            ChangeOrder order = new ChangeOrder(
                    role, Stage.of(live), changes, documents, revoked.isPresent() ? besideRevocation(room) : room);
            boolean revokes = sessions == LiveSessions.REVOKE
                    && order.access().trustDelta().possible().loses();
            if (revokes && revoked.isEmpty()) {
                order = new ChangeOrder(role, Stage.of(live), changes, documents, besideRevocation(room));
            }
            ChangeOrder.Ordered ordered = order.find();
            all.addAll(revokes ? revoking(role, revoked, ordered.changes()) : ordered.changes());
            access = AccessVerdict.of(order.access().delta().verdict());
            gap = ordered.gap();
            if (revokes || revoked.isPresent()) {
                noRoom(all, order.inlineSizeAfter(), room).ifPresent(findings::add);
            }
            findings.addAll(revokes ? List.of(SESSIONS_REVOKED) : liveSessions(order.access()));
        }
        all.addAll(profile);
        all.addAll(irreversible);
        left(spec, live).ifPresent(findings::add);
        return new RolePlan(role, all, live.fingerprint(), access, gap, findings);
    }

    /** What the spec does not speak of and leaves on the role. */
    private static Optional<Finding> left(RoleSpec spec, RoleState live) {
        if (spec.policyOwnership() == PolicyOwnership.EXCLUSIVE) {
            return Optional.empty();
        }
        List<String> left = new ArrayList<>(live.managedPolicyArns());
        spec.managedPolicyArns().forEach(arn -> left.remove(arn.value()));
        Set<String> named =
                spec.inlinePolicies().keySet().stream().map(PolicyName::key).collect(Collectors.toSet());
        live.inlinePolicies().forEach((name, document) -> {
            if (!named.contains(name.toLowerCase(Locale.ROOT))
                    && !ChangeOrder.isHold(name, document)
                    && !Revocation.is(name, document)) {
                left.add(name);
            }
        });
        return left.isEmpty()
                ? Optional.empty()
                : Optional.of(Finding.suggestion(
                        "POLICIES_LEFT",
                        "/policyOwnership",
                        "Left on the role, since its policies are owned additively: " + String.join(", ", left),
                        "Name them in the role to own them, or own its policies exclusively to have them removed."));
    }

    /** The document of the revocation that is on the role, if one is. */
    private static Optional<String> revocation(RoleState live) {
        return live.inlinePolicies().entrySet().stream()
                .filter(policy -> Revocation.is(policy.getKey(), policy.getValue()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static RoleRoom besideRevocation(RoleRoom room) {
        return new RoleRoom(room.managedPolicies(), room.inlineSize() - Revocation.size());
    }

    /**
     * The changes with the one that revokes: after the first change of trust, so that nobody who loses it begins a session that
     * is too young. What is granted anew comes after that in any order that is safe, or behind a hold.
     */
    private static List<Change> revoking(RoleName role, Optional<String> before, List<Change> changes) {
        List<Change> all = new ArrayList<>(changes);
        int trust = (int) changes.stream()
                .takeWhile(change -> !(change instanceof Change.UpdateAssumeRolePolicy))
                .count();
        all.add(trust + 1, Revocation.planned(role, before.orElse(null)));
        return all;
    }

    private static Optional<Finding> noRoom(List<Change> changes, int inlineSize, RoleRoom room) {
        boolean fits = inlineSize + Revocation.size() <= room.inlineSize()
                || changes.stream().noneMatch(Change.PutRolePolicy.class::isInstance);
        return fits
                ? Optional.empty()
                : Optional.of(Finding.error(
                        "NO_ROOM_FOR_REVOCATION",
                        "/inlinePolicies",
                        "The inline policies would have " + inlineSize + " characters, and with the policy "
                                + Revocation.POLICY + " more than the " + room.inlineSize() + " that a role may have",
                        "Move statements to a managed policy; or keep sessions, and delete that policy by hand if it is"
                                + " there and all that began before its date have ended."));
    }

    private static List<Finding> liveSessions(AccessOnTheWay access) {
        boolean found = access.trustDelta().possible().loses()
                && access.permissionsDelta().possible().gains();
        return found
                ? List.of(Finding.warning(
                        "LIVE_SESSIONS",
                        "/trustPolicy",
                        "Sessions of principals that may no longer assume the role live on, and gain what it may newly do.",
                        "Ask with liveSessions: revoke, or grant what is new once these sessions have ended."))
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
    private static List<Change> tags(
            RoleSpec spec, RoleState live, Given given, List<Change> changes, RoleDocuments documents) {
        untag(spec, live, given).ifPresent(changes::addFirst);
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

    /** Takes away the tags that we set and that the spec does not speak of any more. */
    private static Optional<Change> untag(RoleSpec spec, RoleState live, Given given) {
        SequencedMap<String, String> gone = new LinkedHashMap<>();
        live.tags().entrySet().stream()
                .filter(tag -> contains(given.tags(), tag.getKey())
                        && !contains(spec.tags().keySet(), tag.getKey()))
                .sorted(Map.Entry.comparingByKey())
                .forEach(tag -> gone.put(tag.getKey(), tag.getValue()));
        return gone.isEmpty() ? Optional.empty() : Optional.of(new Change.UntagRole(spec.name(), gone));
    }

    private static boolean contains(Set<String> keys, String key) {
        return keys.stream().anyMatch(key::equalsIgnoreCase);
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
                    && !Revocation.is(name, document)
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
