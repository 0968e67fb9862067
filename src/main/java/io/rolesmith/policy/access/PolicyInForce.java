package io.rolesmith.policy.access;

import io.rolesmith.policy.PolicyDocument;
import java.util.Collection;
import java.util.Set;

/**
 * A policy at a time: what it allows may hang on the values that the role's tags have then.
 *
 * @param retagged keys, in lower case, of the role's tags that have another value by then than they had before
 */
public record PolicyInForce(NamedPolicy policy, Set<String> retagged) {

    public PolicyInForce {
        retagged = RoleTags.of(retagged).keys();
    }

    /** A policy while no tag changes. */
    public static PolicyInForce of(NamedPolicy policy) {
        return new PolicyInForce(policy, Set.of());
    }

    /** Whether {@code document} may allow something else once the role's tags with these keys have other values. */
    public static boolean mentions(PolicyDocument document, Collection<String> tagKeys) {
        return RoleTags.of(tagKeys).matterTo(document);
    }
}
