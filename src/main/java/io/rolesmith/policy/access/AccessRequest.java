package io.rolesmith.policy.access;

import java.util.List;
import java.util.Map;

/**
 * A question to IAM: may the role do this?
 *
 * @param action such as {@code s3:GetObject}, in any case, without wildcards
 * @param resource an ARN, or {@code *} for an action that knows no resource
 * @param context values by condition key, in any case; a key that is not there is absent from the request, and one
 *     without values is said to have none, which decides variables too
 */
public record AccessRequest(String action, String resource, Map<String, List<String>> context) {

    public AccessRequest {
        context = Map.copyOf(context);
    }
}
