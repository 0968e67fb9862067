package io.rolesmith.policy.catalogue;

import java.util.List;
import java.util.Optional;

/**
 * An action of a service.
 *
 * @param service the service's prefix, {@code s3} for one
 * @param name as AWS writes it, {@code GetObject} for one
 * @param resourceTypes what the action can be allowed for one by one; none: only for {@code *}
 * @param conditionKeys what requests for the action carry, beside the global keys
 */
public record Action(
        String service,
        String name,
        AccessLevel accessLevel,
        List<ResourceType> resourceTypes,
        List<ConditionKey> conditionKeys) {

    /** The action as policies name it, {@code s3:GetObject} for one. */
    public String id() {
        return service + ':' + name;
    }

    /** The condition key of this name that the action or one of its resource types has; global keys are not among them. */
    public Optional<ConditionKey> conditionKey(String key) {
        for (ConditionKey candidate : conditionKeys) {
            if (candidate.matches(key)) {
                return Optional.of(candidate);
            }
        }
        for (ResourceType type : resourceTypes) {
            for (ConditionKey candidate : type.conditionKeys()) {
                if (candidate.matches(key)) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }

    /** There is one per name in a catalogue, and the lists are long. */
    @Override
    public int hashCode() {
        return 31 * service.hashCode() + name.hashCode();
    }

    @Override
    public String toString() {
        return id();
    }
}
