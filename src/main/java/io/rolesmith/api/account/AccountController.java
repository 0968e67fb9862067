package io.rolesmith.api.account;

import io.rolesmith.account.Accounts;
import io.rolesmith.api.openapi.Answers;
import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.api.wire.PageResponse;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The accounts that the caller may use. */
@RestController
@RequestMapping(path = "/accounts", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Accounts", description = "Where roles can be had")
class AccountController {

    private final Accounts accounts;

    AccountController(Accounts accounts) {
        this.accounts = accounts;
    }

    @GetMapping
    @Operation(
            operationId = "listAccounts",
            summary = "List the accounts that you may use",
            description = "Needs the scope roles:read or roles:request.")
    @ApiResponse(responseCode = "200", description = "All of them, on one page")
    @Answers(ProblemCode.SCOPE_MISSING)
    PageResponse<AccountResponse> list(Caller caller) {
        caller.require(Scope.ROLES_READ, Scope.ROLES_REQUEST);
        return PageResponse.all(accounts.all().stream()
                .filter(account -> AccountResponse.isVisible(account, caller))
                .map(account -> AccountResponse.of(account, caller))
                .toList());
    }
}
