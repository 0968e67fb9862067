package io.rolesmith.policy.catalogue;

import io.rolesmith.policy.Wildcards;
import java.util.List;

/**
 * A kind of resource that a service has.
 *
 * @param name the name in AWS's tables, {@code bucket} for one
 * @param arns how its ARNs look, {@code arn:${Partition}:s3:::${BucketName}} for one; a few types have several
 * @param arnPatterns the same with the variables opened to {@code *}. A star goes over colons and slashes, so they
 *     cover too much rather than too little
 * @param conditionKeys what requests for such a resource carry, beside the global keys
 */
public record ResourceType(String name, List<String> arns, List<String> arnPatterns, List<ConditionKey> conditionKeys) {

    static ResourceType of(String name, List<String> arns, List<ConditionKey> conditionKeys) {
        List<String> patterns = arns.stream().map(Wildcards::openVariables).toList();
        return new ResourceType(name, arns, patterns, conditionKeys);
    }

    /** Few share a name, and the lists are long. */
    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
