package io.rolesmith.policy.access;

import io.rolesmith.policy.PolicyDocument;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A change of policies, and what is allowed at any time on the way from those before it to those after.
 *
 * <p>It reasons over all requests at once, not over samples. Where it does not see through something, it holds more for
 * possible than is: that something is allowed by neither side may then be wrong, that nothing is never.
 *
 * <p>Not for use by several threads at once.
 */
public final class AccessPath {

    /** Some 30 ms: what is not understood by then was made to hurt. */
    private static final long EFFORT = 4_000_000;

    private static final String TOO_MUCH = "The policies are too intricate to be compared.";

    private final PoliciesInForce before;
    private final PoliciesInForce after;
    private final Extremes extremes;

    // Absent once the effort is used up.
    private @Nullable Regions regions;

    /** The space of all policies, and what is allowed in each of its regions before and after. */
    private record Regions(AccessSpace space, int[] before, int[] after) {}

    /** Policies that stand in for one that could not be read. */
    private enum Extremes {
        PERMISSIONS("\"Resource\":\"*\",\"Action\":\"*\""),
        TRUST("\"Principal\":\"*\",\"Action\":\"*\"");

        private final PolicyInForce everything;
        private final PolicyInForce nothing;

        Extremes(String elements) {
            everything = policy("Allow", elements);
            nothing = policy("Deny", elements);
        }

        private static PolicyInForce policy(String effect, String elements) {
            return PolicyInForce.of(NamedPolicy.of(
                    effect,
                    PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"" + effect + "\","
                            + elements + "}}")));
        }
    }

    private AccessPath(
            PoliciesInForce before, PoliciesInForce after, Collection<PolicyInForce> others, Extremes extremes) {
        this.before = before;
        this.after = after;
        this.extremes = extremes;
        Set<PolicyInForce> constant = new LinkedHashSet<>(before.identity());
        constant.retainAll(after.identity());
        before.boundary()
                .filter(policy -> after.boundary().filter(policy::equals).isPresent())
                .ifPresent(constant::add);
        Set<PolicyInForce> changing = new LinkedHashSet<>(before.all());
        changing.addAll(after.all());
        changing.addAll(others);
        if (changing.stream().anyMatch(policy -> policy.policy().document().isEmpty())) {
            changing.add(extremes.everything);
            changing.add(extremes.nothing);
        }
        changing.removeAll(constant);
        try {
            AccessSpace space = new AccessSpace(
                    constant,
                    changing,
                    !before.boundary().equals(after.boundary()),
                    extremes == Extremes.TRUST,
                    new Effort(EFFORT));
            regions = new Regions(space, space.allowed(before), space.allowed(after));
        } catch (Effort.Exhausted tooMuch) {
            regions = null;
        }
    }

    /**
     * The way between two sets of a role's policies.
     *
     * @param others policies that are in force on neither side, but may be on the way
     */
    public static AccessPath ofPermissions(
            PoliciesInForce before, PoliciesInForce after, Collection<PolicyInForce> others) {
        return new AccessPath(before, after, others, Extremes.PERMISSIONS);
    }

    /**
     * The way between two trust policies.
     *
     * @param others trust policies that are in force on neither side, but may be on the way
     */
    public static AccessPath ofTrust(PolicyInForce before, PolicyInForce after, Collection<PolicyInForce> others) {
        return new AccessPath(PoliciesInForce.ofTrust(before), PoliciesInForce.ofTrust(after), others, Extremes.TRUST);
    }

    /**
     * What is allowed on the way, while these policies are in force.
     *
     * @param now with all policies that are in force before as well as after, and under a boundary only where one is on some side
     * @throws NullPointerException when one of them was not named beforehand
     */
    public Reach reach(PoliciesInForce now) {
        Regions known = regions;
        if (known == null) {
            return Reach.UNKNOWN;
        }
        try {
            return reach(known, known.before, known.after, known.space.allowed(now));
        } catch (Effort.Exhausted tooMuch) {
            regions = null;
            return Reach.UNKNOWN;
        }
    }

    private static Reach reach(Regions regions, int[] before, int[] after, int[] now) {
        Formulas formulas = regions.space.formulas();
        boolean both = regions.space.allowsElsewhere();
        boolean onlyBefore = false;
        boolean onlyAfter = false;
        boolean neither = false;
        boolean lacksCommon = false;
        for (int region = 0; region < now.length; region++) {
            int common = formulas.and(before[region], after[region]);
            both |= formulas.and(now[region], common) != Formulas.FALSE;
            lacksCommon |= formulas.exceeds(common, now[region]);
            int kept = formulas.and(now[region], before[region]);
            int gained = formulas.and(now[region], formulas.not(before[region]));
            onlyBefore |= formulas.exceeds(kept, after[region]);
            onlyAfter |= formulas.and(gained, after[region]) != Formulas.FALSE;
            neither |= formulas.exceeds(gained, after[region]);
        }
        return new Reach(true, both, onlyBefore, onlyAfter, neither, lacksCommon);
    }

    /** What is gained and lost from one end of the way to the other. */
    public AccessDelta delta() {
        Regions known = regions;
        if (known == null) {
            return AccessDelta.unknown(TOO_MUCH);
        }
        try {
            AccessDelta.Sides possible = new AccessDelta.Sides(
                    exceeds(known, known.after, known.before),
                    exceeds(known, known.before, known.after),
                    isAnything(known, known.before),
                    isAnything(known, known.after));
            Set<PolicyInForce> unread = unreadOnOneSide();
            return unread.isEmpty()
                    ? new AccessDelta(possible, possible, Optional.empty())
                    : new AccessDelta(possible, certain(known, unread), Optional.of(doubt(unread)));
        } catch (Effort.Exhausted tooMuch) {
            regions = null;
            return AccessDelta.unknown(TOO_MUCH);
        }
    }

    /** What changes even if the policies that we could not read were the least favourable to it. */
    private AccessDelta.Sides certain(Regions known, Set<PolicyInForce> unread) {
        UnaryOperator<PolicyInForce> most = policy -> unread.contains(policy) ? extremes.everything : policy;
        UnaryOperator<PolicyInForce> least = policy -> unread.contains(policy) ? extremes.nothing : policy;
        int[] mostBefore = known.space.allowed(replaced(before, most));
        int[] leastBefore = known.space.allowed(replaced(before, least));
        int[] mostAfter = known.space.allowed(replaced(after, most));
        int[] leastAfter = known.space.allowed(replaced(after, least));
        return new AccessDelta.Sides(
                exceeds(known, leastAfter, mostBefore),
                exceeds(known, leastBefore, mostAfter),
                isAnything(known, leastBefore),
                isAnything(known, leastAfter));
    }

    private static PoliciesInForce replaced(PoliciesInForce policies, UnaryOperator<PolicyInForce> replacement) {
        return new PoliciesInForce(
                policies.identity().stream().map(replacement).collect(Collectors.toSet()),
                policies.boundary().map(replacement));
    }

    private Set<PolicyInForce> unreadOnOneSide() {
        Set<PolicyInForce> unread = new LinkedHashSet<>(before.all());
        unread.addAll(after.all());
        boolean sameBoundary = before.boundary().equals(after.boundary());
        unread.removeIf(policy -> policy.policy().document().isPresent()
                || (before.identity().contains(policy) == after.identity().contains(policy)
                        && (sameBoundary || isBoundary(before, policy) == isBoundary(after, policy))));
        return unread;
    }

    private static boolean isBoundary(PoliciesInForce policies, PolicyInForce policy) {
        return policies.boundary().filter(policy::equals).isPresent();
    }

    private static String doubt(Set<PolicyInForce> unread) {
        return "The document of "
                + unread.stream()
                        .map(policy -> policy.policy().name())
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(" and of "))
                + " could not be read.";
    }

    private static boolean exceeds(Regions regions, int[] left, int[] right) {
        for (int region = 0; region < left.length; region++) {
            if (regions.space.formulas().exceeds(left[region], right[region])) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAnything(Regions regions, int[] allowed) {
        if (regions.space.allowsElsewhere()) {
            return true;
        }
        for (int formula : allowed) {
            if (formula != Formulas.FALSE) {
                return true;
            }
        }
        return false;
    }
}
