package io.rolesmith.api.account;

import io.rolesmith.account.Account;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.caller.Team;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** An account on the wire. */
@Schema(name = "Account")
public record AccountResponse(
        @Schema(example = "123456789012") String id,
        @Schema(example = "retail-dev") String name,
        @Schema(allowableValues = {"aws", "sandbox"}) String kind,
        @Schema(example = "aws") String partition,
        @Schema(example = "us-east-1") String region,

        @Schema(description = "Those of the caller's teams that may have roles there")
        List<String> teams) {

    /** The account as {@code caller} may see it. */
    public static AccountResponse of(Account account, Caller caller) {
        Set<Team> admitted = account.teams();
        Set<Team> shown = caller.scopes().contains(Scope.ADMIN) && admitted != null ? admitted : caller.teams();
        return new AccountResponse(
                account.id().value(),
                account.name(),
                account.kind().name().toLowerCase(Locale.ROOT),
                account.partition().id(),
                account.region(),
                shown.stream().filter(account::admits).map(Team::name).sorted().toList());
    }

    /** Whether {@code caller} may see the account at all: one of their teams is admitted, or they see everything. */
    public static boolean isVisible(Account account, Caller caller) {
        return caller.scopes().contains(Scope.ADMIN) || caller.teams().stream().anyMatch(account::admits);
    }
}
