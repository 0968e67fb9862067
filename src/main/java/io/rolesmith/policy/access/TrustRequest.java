package io.rolesmith.policy.access;

import java.util.List;
import java.util.Map;

/**
 * A question to a trust policy: may this principal assume the role?
 *
 * @param action such as {@code sts:AssumeRole}, spelled exactly
 * @param context values by condition key, as in {@link AccessRequest}; nothing is added to it, not even the principal
 */
public record TrustRequest(CallingPrincipal principal, String action, Map<String, List<String>> context) {

    public TrustRequest {
        context = Map.copyOf(context);
    }
}
