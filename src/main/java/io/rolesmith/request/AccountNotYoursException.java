package io.rolesmith.request;

import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Team;

/** There is no such account, or the team may have no roles there; which of the two is nobody's business. */
public final class AccountNotYoursException extends RuntimeException {

    private final transient Caller caller;
    private final String pointer;

    AccountNotYoursException(Caller caller, Team team, String account, String pointer) {
        super("The team '" + team + "' may have no roles in an account '" + account + "'");
        this.caller = caller;
        this.pointer = pointer;
    }

    public Caller caller() {
        return caller;
    }

    public String pointer() {
        return pointer;
    }
}
