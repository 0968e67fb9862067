package io.rolesmith.policy;

/** The kinds of principal that the policy language knows. */
public enum PrincipalType {
    AWS("AWS"),
    SERVICE("Service"),
    FEDERATED("Federated"),
    CANONICAL_USER("CanonicalUser");

    private final String key;

    PrincipalType(String key) {
        this.key = key;
    }

    /** The member name in a principal element. */
    public String key() {
        return key;
    }
}
