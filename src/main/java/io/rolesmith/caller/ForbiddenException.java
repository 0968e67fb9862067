package io.rolesmith.caller;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A verified caller asked for what their token does not allow. */
public final class ForbiddenException extends RuntimeException {

    /** What was missing. */
    public enum Reason {
        SCOPE_MISSING,
        TEAM_NOT_YOURS
    }

    private final transient Caller caller;
    private final Reason reason;

    private ForbiddenException(Caller caller, Reason reason, String message) {
        super(message);
        this.caller = caller;
        this.reason = reason;
    }

    static ForbiddenException scopeMissing(Caller caller, Scope... oneOf) {
        String scopes = Arrays.stream(oneOf).map(Scope::value).collect(Collectors.joining(" or "));
        return new ForbiddenException(
                caller, Reason.SCOPE_MISSING, "The token of '" + caller.subject() + "' lacks the scope " + scopes);
    }

    static ForbiddenException teamNotYours(Caller caller, Team team) {
        return new ForbiddenException(
                caller,
                Reason.TEAM_NOT_YOURS,
                "The caller '" + caller.subject() + "' is not of the team '" + team + "'");
    }

    public Caller caller() {
        return caller;
    }

    public Reason reason() {
        return reason;
    }
}
