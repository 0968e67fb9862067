package io.rolesmith.provisioning;

import io.rolesmith.provisioning.ProvisioningJob.RoleTask;
import io.rolesmith.role.RolePlan;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Roles that trust themselves, be it by way of others. IAM refuses a trust policy that names a role which is not there yet,
 * so that nobody can be the first of a circle, and no role can trust itself from the beginning.
 */
final class TrustCircles {

    private TrustCircles() {}

    /**
     * The plans in their order; those of roles in a circle of roles to be created give their trust last.
     *
     * @param task what a plan is for
     */
    static <K> Map<K, RolePlan> broken(Map<K, RolePlan> plans, Function<K, RoleTask> task) {
        List<RoleTask> created = plans.entrySet().stream()
                .filter(plan -> plan.getValue().isCreation())
                .map(plan -> task.apply(plan.getKey()))
                .toList();
        Map<K, RolePlan> broken = new LinkedHashMap<>();
        plans.forEach((key, plan) -> broken.put(
                key, plan.isCreation() && isInCircle(task.apply(key), created) ? plan.withTrustLast() : plan));
        return broken;
    }

    private static boolean isInCircle(RoleTask role, Collection<RoleTask> created) {
        Set<RoleTask> trusted = new LinkedHashSet<>();
        Deque<RoleTask> next = new ArrayDeque<>(List.of(role));
        while (!next.isEmpty()) {
            RoleTask current = next.pop();
            created.stream().filter(current::trusts).filter(trusted::add).forEach(next::add);
        }
        return trusted.contains(role);
    }
}
