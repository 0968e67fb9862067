package io.rolesmith.role;

import io.rolesmith.policy.access.AccessDelta;
import io.rolesmith.policy.access.AccessPath;
import io.rolesmith.policy.access.PoliciesInForce;
import io.rolesmith.policy.access.PolicyInForce;
import io.rolesmith.policy.access.Reach;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The access that a role gives at any stage between two, held against both of them.
 *
 * <p>It takes three things at once: that one may assume the role, that the role may do something, and that the session
 * lasts. Each is looked at by itself; what all three allow together is access.
 */
final class AccessOnTheWay {

    private static final Reach THE_SAME = new Reach(true, true, false, false, false, false);
    private static final AccessDelta NO_CHANGE = AccessDelta.known(false, false);

    private final Stage before;
    private final Stage after;
    private final Set<Set<String>> retaggings;
    private final RoleDocuments documents;

    // Absent where nothing of it changes: then no document needs to be known.
    private final @Nullable AccessPath trust;
    private final @Nullable AccessPath permissions;
    private final Set<String> unread = new TreeSet<>();
    private final Map<PoliciesInForce, Reach> reached = new HashMap<>();
    private final List<Boolean> commons;

    /**
     * @param retaggings the sets of tags that may have another value at some stage, by their keys in lower case
     */
    AccessOnTheWay(Stage before, Stage after, Set<Set<String>> retaggings, RoleDocuments documents) {
        this.before = before;
        this.after = after;
        this.retaggings = retaggings;
        this.documents = documents;
        this.trust = trustPath();
        this.permissions = permissionsPath();
        this.commons = factors(before).stream().map(Reach::both).toList();
    }

    private @Nullable AccessPath trustPath() {
        PolicyInForce from = documents.trust(before);
        PolicyInForce to = documents.trust(after);
        if (from.equals(to)) {
            return null;
        }
        note(Set.of(from, to));
        return AccessPath.ofTrust(from, to, atAnyTime(Set.of(from, to)));
    }

    private @Nullable AccessPath permissionsPath() {
        boolean unchanged = before.managed().equals(after.managed())
                && before.inline().equals(after.inline())
                && Objects.equals(before.boundary(), after.boundary())
                && after.retagged().isEmpty();
        if (unchanged) {
            return null;
        }
        PoliciesInForce from = documents.permissions(before);
        PoliciesInForce to = documents.permissions(after);
        if (from.equals(to)) {
            return null;
        }
        Set<PolicyInForce> all = new LinkedHashSet<>(from.identity());
        all.addAll(to.identity());
        from.boundary().ifPresent(all::add);
        to.boundary().ifPresent(all::add);
        note(all);
        return AccessPath.ofPermissions(from, to, atAnyTime(all));
    }

    /** The policies, whatever tags have changed by then. */
    private Set<PolicyInForce> atAnyTime(Set<PolicyInForce> policies) {
        Set<PolicyInForce> all = new LinkedHashSet<>();
        for (PolicyInForce policy : policies) {
            for (Set<String> retagged : retaggings) {
                all.add(documents.inForce(policy.policy(), retagged));
            }
        }
        return all;
    }

    private void note(Set<PolicyInForce> policies) {
        for (PolicyInForce policy : policies) {
            if (policy.policy().document().isEmpty()) {
                unread.add(policy.policy().name());
            }
        }
    }

    /** The names of the policies that could not be read, in order. */
    Set<String> unread() {
        return unread;
    }

    /** What changes in who may assume the role. */
    AccessDelta trustDelta() {
        return trust == null ? NO_CHANGE : trust.delta();
    }

    /** What changes in what the role may do. */
    AccessDelta permissionsDelta() {
        return permissions == null ? NO_CHANGE : permissions.delta();
    }

    /** What changes in the role's access as a whole. */
    AccessDelta delta() {
        return trustDelta()
                .and(permissionsDelta())
                .and(AccessDelta.known(
                        after.sessionSeconds() > before.sessionSeconds(),
                        after.sessionSeconds() < before.sessionSeconds()));
    }

    /** Whether no access is given that neither side gives; false where that cannot be told. */
    boolean isSafe(Stage stage) {
        List<Reach> factors = factors(stage);
        if (factors.stream().anyMatch(Reach::isNothing)) {
            return true;
        }
        // What is allowed together is foreign to a side as soon as one of its parts is.
        boolean foreign = factors.stream().anyMatch(Reach::neither);
        for (Reach one : factors) {
            for (Reach other : factors) {
                foreign |= one != other && one.onlyBefore() && other.onlyAfter();
            }
        }
        return !foreign;
    }

    /** Whether all access is given that both sides give. */
    boolean isLossless(Stage stage) {
        return commons.contains(false) || factors(stage).stream().noneMatch(Reach::lacksCommon);
    }

    /** Whether it could be told what access a stage gives. */
    boolean isKnown(Stage stage) {
        return factors(stage).stream().allMatch(Reach::known);
    }

    private List<Reach> factors(Stage stage) {
        return List.of(
                trust == null
                        ? THE_SAME
                        : reached.computeIfAbsent(PoliciesInForce.ofTrust(documents.trust(stage)), trust::reach),
                permissions == null
                        ? THE_SAME
                        : reached.computeIfAbsent(documents.permissions(stage), permissions::reach),
                session(stage.sessionSeconds()));
    }

    private Reach session(int seconds) {
        return new Reach(true, true, seconds > after.sessionSeconds(), seconds > before.sessionSeconds(), false, false);
    }
}
