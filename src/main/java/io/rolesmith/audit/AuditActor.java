package io.rolesmith.audit;

import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Team;
import java.util.List;

/**
 * Who asked, as their token said at the time.
 *
 * @param issuer the token issuer's URI
 * @param subject the token's subject, unique within the issuer
 * @param teams the names of their teams, sorted
 */
public record AuditActor(String issuer, String subject, List<String> teams) {

    public AuditActor {
        teams = teams.stream().sorted().toList();
    }

    /** The actor that {@code caller} is. */
    public static AuditActor of(Caller caller) {
        return new AuditActor(
                caller.issuer(),
                caller.subject(),
                caller.teams().stream().map(Team::name).toList());
    }
}
