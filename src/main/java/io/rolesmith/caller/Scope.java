package io.rolesmith.caller;

import java.util.Arrays;
import java.util.Optional;

/** What a token allows its bearer to do, whatever the team. */
public enum Scope {
    ROLES_READ("roles:read"),
    ROLES_REQUEST("roles:request"),
    ROLES_APPROVE("roles:approve"),
    AUDIT_READ("audit:read"),
    ADMIN("admin");

    private final String value;

    Scope(String value) {
        this.value = value;
    }

    /** The scope as it stands in a token. */
    public String value() {
        return value;
    }

    /** The scope of that spelling; tokens carry scopes of other services too, which are nobody here. */
    public static Optional<Scope> find(String value) {
        return Arrays.stream(values())
                .filter(scope -> scope.value.equals(value))
                .findFirst();
    }
}
