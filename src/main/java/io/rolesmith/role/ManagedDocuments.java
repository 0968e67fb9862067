package io.rolesmith.role;

import io.rolesmith.policy.PolicyDocument;
import java.util.Optional;

/** What managed policies and permissions boundaries say. */
@FunctionalInterface
public interface ManagedDocuments {

    /** Of no policy is it known what it says. */
    ManagedDocuments UNKNOWN = _ -> Optional.empty();

    /**
     * The document of the default version of the policy with this ARN; empty when it cannot be read, which makes
     * undetermined what hangs on it.
     */
    Optional<PolicyDocument> document(String arn);
}
