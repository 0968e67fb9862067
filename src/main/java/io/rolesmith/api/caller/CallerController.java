package io.rolesmith.api.caller;

import io.rolesmith.account.Accounts;
import io.rolesmith.api.account.AccountResponse;
import io.rolesmith.api.openapi.Answers;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.caller.Team;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who the caller is here. */
@RestController
@Tag(name = "Caller", description = "Who you are here")
class CallerController {

    private final Accounts accounts;

    CallerController(Accounts accounts) {
        this.accounts = accounts;
    }

    @Schema(name = "Caller")
    record CallerResponse(
            String issuer,
            String subject,
            List<String> teams,

            @Schema(example = "[\"roles:read\", \"roles:request\"]")
            List<String> scopes,

            List<AccountResponse> accounts) {}

    @GetMapping(path = "/caller", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "getCaller",
            summary = "See who you are here",
            description = "Your subject, teams, scopes, and the accounts that your teams may use. Needs no scope.")
    @ApiResponse(responseCode = "200", description = "You")
    @Answers
    CallerResponse get(Caller caller) {
        return new CallerResponse(
                caller.issuer(),
                caller.subject(),
                caller.teams().stream().map(Team::name).sorted().toList(),
                caller.scopes().stream().map(Scope::value).sorted().toList(),
                accounts.all().stream()
                        .filter(account -> AccountResponse.isVisible(account, caller))
                        .map(account -> AccountResponse.of(account, caller))
                        .toList());
    }
}
