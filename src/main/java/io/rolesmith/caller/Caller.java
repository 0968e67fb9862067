package io.rolesmith.caller;

import java.util.Set;

/**
 * A verified caller.
 *
 * @param issuer the token issuer's URI
 * @param subject the token's subject, unique within the issuer
 */
public record Caller(String issuer, String subject, Set<Team> teams, Set<Scope> scopes) {

    public Caller {
        teams = Set.copyOf(teams);
        scopes = Set.copyOf(scopes);
    }

    /** Passes if the token has any of {@code oneOf}, or {@link Scope#ADMIN}. @throws ForbiddenException otherwise */
    public void require(Scope... oneOf) {
        for (Scope scope : oneOf) {
            if (scopes.contains(scope)) {
                return;
            }
        }
        if (!scopes.contains(Scope.ADMIN)) {
            throw ForbiddenException.scopeMissing(this, oneOf);
        }
    }

    /** Passes if the caller is of {@code team}. Being {@link Scope#ADMIN} is no membership. @throws ForbiddenException otherwise */
    public void requireMembership(Team team) {
        if (!teams.contains(team)) {
            throw ForbiddenException.teamNotYours(this, team);
        }
    }

    /** Whether the caller may see what belongs to {@code team}: a member may, an {@link Scope#ADMIN} sees all. */
    public boolean sees(Team team) {
        return scopes.contains(Scope.ADMIN) || teams.contains(team);
    }
}
