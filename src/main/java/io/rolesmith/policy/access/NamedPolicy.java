package io.rolesmith.policy.access;

import io.rolesmith.policy.PolicyDocument;
import java.util.Optional;

/**
 * A policy and the name by which answers speak of it.
 *
 * @param name an inline policy's name, or a managed policy's ARN
 * @param document empty when it could not be read: whatever hangs on it is then undetermined
 */
public record NamedPolicy(String name, Optional<PolicyDocument> document) {

    /** A policy whose document is known. */
    public static NamedPolicy of(String name, PolicyDocument document) {
        return new NamedPolicy(name, Optional.of(document));
    }

    /** A policy of which only the name is known. */
    public static NamedPolicy unread(String name) {
        return new NamedPolicy(name, Optional.empty());
    }
}
