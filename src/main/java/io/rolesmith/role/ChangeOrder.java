package io.rolesmith.role;

import io.rolesmith.policy.Ascii;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Puts the changes of a role into an order in which it gives, between any two of them, no access that it gives neither
 * before nor after them all.
 *
 * <p>What the role is between two changes depends only on which were made, so the search is over sets of them. Of the
 * safe orders it prefers those that never lose what both sides give, then those that narrow first and widen last.
 */
final class ChangeOrder {

    /** Changes up to which every set of them is looked at; of more, likes are made together. */
    private static final int MAX_APART = 12;

    private static final String HOLD_NAME = "rolesmith-hold";

    /** Denies everything. */
    static final String HOLD = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\","
            + "\"Resource\":\"*\"}]}";

    /** Lets nobody in: without an Allow, the Deny is only there because a policy needs a statement. */
    static final String NOBODY = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\","
            + "\"Principal\":{\"AWS\":\"*\"},\"Action\":\"sts:AssumeRole\"}]}";

    private final RoleName role;
    private final Stage before;
    private final Stage after;
    private final List<Change> changes;
    private final RoleDocuments documents;
    private final RoleRoom room;
    private final AccessOnTheWay access;
    private final List<List<Change>> steps;

    ChangeOrder(RoleName role, Stage before, List<Change> changes, RoleDocuments documents, RoleRoom room) {
        this.role = role;
        this.before = before;
        this.changes = changes;
        this.documents = documents;
        Stage last = before;
        for (Change change : changes) {
            last = last.after(change);
        }
        this.after = last;
        // Where the role is beyond a quota already, or shall be, the account has been granted more than we know.
        this.room = new RoleRoom(
                Math.max(
                        room.managedPolicies(),
                        Math.max(before.managed().size(), after.managed().size())),
                Math.max(room.inlineSize(), Math.max(inlineSize(before), inlineSize(after))));
        this.access = new AccessOnTheWay(before, after, retaggings(changes), documents);
        this.steps = steps();
    }

    private static Set<Set<String>> retaggings(List<Change> changes) {
        Set<Set<String>> retaggings = new LinkedHashSet<>(Set.of(Set.of()));
        for (Change change : changes) {
            Set<String> keys = retagged(change);
            for (Set<String> earlier : keys.isEmpty() ? Set.<Set<String>>of() : Set.copyOf(retaggings)) {
                Set<String> more = new HashSet<>(earlier);
                keys.forEach(key -> more.add(Ascii.lower(key)));
                retaggings.add(more);
            }
        }
        return retaggings;
    }

    private static Set<String> retagged(Change change) {
        return switch (change) {
            case Change.TagRole tag -> tag.tags().keySet();
            case Change.UntagRole untag -> untag.tags().keySet();
            default -> Set.of();
        };
    }

    AccessOnTheWay access() {
        return access;
    }

    /** Changes in order, and what that costs. */
    record Ordered(List<Change> changes, Optional<Gap> gap) {}

    Ordered find() {
        Predicate<Stage> safe = stage -> isWithinQuotas(stage) && access.isSafe(stage);
        Optional<List<Change>> lossless = search(safe.and(access::isLossless));
        if (lossless.isPresent()) {
            return new Ordered(lossless.get(), Optional.empty());
        }
        return search(safe)
                .map(order -> new Ordered(order, Optional.of(loss())))
                .orElseGet(this::held);
    }

    private Optional<List<Change>> search(Predicate<Stage> allowed) {
        List<Change> order = new ArrayList<>();
        return walk(0, before, order, new HashSet<>(), allowed) ? Optional.of(order) : Optional.empty();
    }

    /**
     * Goes on from the stage at which the steps in {@code made}, a bit set, were made.
     *
     * @param order takes the changes; unchanged where there is no way
     * @param dead sets of steps from which there is none
     */
    private boolean walk(int made, Stage stage, List<Change> order, Set<Integer> dead, Predicate<Stage> allowed) {
        if (made == (1 << steps.size()) - 1) {
            return true;
        }
        for (int step = 0; step < steps.size(); step++) {
            int next = made | 1 << step;
            if (next == made || dead.contains(next)) {
                continue;
            }
            Optional<Stage> reached = make(steps.get(step), stage, order.size(), allowed);
            if (reached.isPresent()) {
                order.addAll(steps.get(step));
                if (walk(next, reached.get(), order, dead, allowed)) {
                    return true;
                }
                order.subList(order.size() - steps.get(step).size(), order.size())
                        .clear();
            }
        }
        dead.add(made);
        return false;
    }

    /** The stage once all changes of a step are made; empty when there is one on the way that is not allowed. */
    private Optional<Stage> make(List<Change> step, Stage from, int made, Predicate<Stage> allowed) {
        Stage stage = from;
        for (Change change : step) {
            stage = stage.after(change);
            made++;
            // The last one is what was asked for, whatever we make of it.
            if (made < changes.size() && !allowed.test(stage)) {
                return Optional.empty();
            }
        }
        return Optional.of(stage);
    }

    /** The changes by preference, each by itself or together with its likes. */
    private List<List<Change>> steps() {
        boolean trustNarrows = changes.stream().anyMatch(Change.UpdateAssumeRolePolicy.class::isInstance)
                && switch (access.trustDelta().verdict()) {
                    case NARROWS, EQUAL -> true;
                    case WIDENS, INCOMPARABLE, UNDETERMINED -> false;
                };
        Map<Preference, List<Change>> byPreference = new EnumMap<>(Preference.class);
        for (Change change : changes) {
            byPreference
                    .computeIfAbsent(preference(change, trustNarrows), _ -> new ArrayList<>())
                    .add(change);
        }
        return changes.size() <= MAX_APART
                ? byPreference.values().stream()
                        .flatMap(List::stream)
                        .map(List::of)
                        .toList()
                : byPreference.values().stream().map(this::smallestFirst).toList();
    }

    /** What is made sooner where several orders are as good. */
    private enum Preference {
        BOUNDARY_IN,
        TRUST_NARROWER,
        SESSION_SHORTER,
        TAGS,
        REPLACE,
        ADD,
        DESCRIBE,
        REMOVE,
        TRUST_WIDER,
        SESSION_LONGER,
        BOUNDARY_OUT
    }

    private static Preference preference(Change change, boolean trustNarrows) {
        return switch (change) {
            case Change.PutRolePermissionsBoundary _ -> Preference.BOUNDARY_IN;
            case Change.DeleteRolePermissionsBoundary _ -> Preference.BOUNDARY_OUT;
            case Change.UpdateAssumeRolePolicy _ -> trustNarrows ? Preference.TRUST_NARROWER : Preference.TRUST_WIDER;
            case Change.UpdateRole update ->
                update.maxSessionSeconds() < update.maxSessionSecondsBefore()
                        ? Preference.SESSION_SHORTER
                        : update.maxSessionSeconds() > update.maxSessionSecondsBefore()
                                ? Preference.SESSION_LONGER
                                : Preference.DESCRIBE;
            case Change.TagRole _, Change.UntagRole _ -> Preference.TAGS;
            case Change.PutRolePolicy put -> put.documentBefore() == null ? Preference.ADD : Preference.REPLACE;
            case Change.AttachRolePolicy _ -> Preference.ADD;
            case Change.DetachRolePolicy _, Change.DeleteRolePolicy _ -> Preference.REMOVE;
            case Change.CreateRole _,
                    Change.DeleteRole _,
                    Change.CreateInstanceProfile _,
                    Change.DeleteInstanceProfile _,
                    Change.AddRoleToInstanceProfile _,
                    Change.RemoveRoleFromInstanceProfile _ ->
                throw new IllegalArgumentException("Not a change of a role's access: " + change.summary());
        };
    }

    /** The changes such that no quota is passed on the way that is kept at both ends: what makes room comes first. */
    private List<Change> smallestFirst(List<Change> of) {
        return of.stream().sorted(Comparator.comparingInt(this::growth)).toList();
    }

    private int growth(Change change) {
        Stage changed = before.after(change);
        int characters = inlineSize(changed) - inlineSize(before);
        return characters != 0
                ? characters
                : changed.managed().size() - before.managed().size();
    }

    private boolean isWithinQuotas(Stage stage) {
        return stage.managed().size() <= room.managedPolicies() && inlineSize(stage) <= room.inlineSize();
    }

    /** Characters of all inline policies once every change is made. */
    int inlineSizeAfter() {
        return inlineSize(after);
    }

    private int inlineSize(Stage stage) {
        return stage.inline().values().stream().mapToInt(documents::size).sum();
    }

    /** Denies everything for the time of the changes, by an inline policy or, where there is no room, in the trust policy. */
    private Ordered held() {
        List<Change> held = new ArrayList<>();
        if (Math.max(inlineSize(before), inlineSize(after)) + HOLD.length() <= room.inlineSize()) {
            PolicyName name = holdName();
            held.add(new Change.PutRolePolicy(role, name, null, HOLD));
            held.addAll(smallestFirst(changes));
            held.add(new Change.DeleteRolePolicy(role, name, HOLD));
            return new Ordered(held, Optional.of(hold("the inline policy " + name + " denies everything")));
        }
        held.add(new Change.UpdateAssumeRolePolicy(role, before.trust(), NOBODY));
        held.addAll(smallestFirst(changes.stream()
                .filter(change -> !(change instanceof Change.UpdateAssumeRolePolicy))
                .toList()));
        held.add(new Change.UpdateAssumeRolePolicy(role, NOBODY, after.trust()));
        return new Ordered(held, Optional.of(hold("nobody can assume the role")));
    }

    /** A name that no policy of the role has, before or after. */
    private PolicyName holdName() {
        String name = HOLD_NAME;
        for (int i = 2; before.inline().containsKey(name) || after.inline().containsKey(name); i++) {
            name = HOLD_NAME + "-" + i;
        }
        return new PolicyName(name);
    }

    private Gap hold(String how) {
        String why;
        if (!access.unread().isEmpty()) {
            why = "Without knowing " + unread() + " no order of the changes is known to be safe at every step";
        } else if (!access.isKnown(after)) {
            why = "The policies are too intricate to find an order of the changes that is safe at every step";
        } else {
            why = "No order of the changes is safe at every step";
        }
        return new Gap(Gap.Kind.HOLD, why + ", so " + how + " from the first change to the last.");
    }

    private Gap loss() {
        return new Gap(
                Gap.Kind.LOSS,
                "Every order of the changes that is safe at every step takes away, for a moment, access that the role has"
                        + " before and after"
                        + (access.unread().isEmpty() ? "" : ", as far as is known without knowing " + unread())
                        + ".");
    }

    private String unread() {
        return String.join(" and ", access.unread());
    }

    /** Whether {@code policy} is a hold that was left behind. */
    static boolean isHold(String policy, String document) {
        return policy.toLowerCase(Locale.ROOT).startsWith(HOLD_NAME) && document.equals(HOLD);
    }
}
