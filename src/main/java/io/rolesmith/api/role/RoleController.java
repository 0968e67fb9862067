package io.rolesmith.api.role;

import io.rolesmith.account.Account;
import io.rolesmith.account.AccountId;
import io.rolesmith.account.Accounts;
import io.rolesmith.api.openapi.Answers;
import io.rolesmith.api.problem.NotFoundException;
import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.api.wire.PageResponse;
import io.rolesmith.api.wire.PageToken;
import io.rolesmith.api.wire.RoleTag;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.caller.Team;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.provisioning.Inventory;
import io.rolesmith.provisioning.ManagedRole;
import io.rolesmith.provisioning.Provisioning;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The inventory of managed roles. */
@RestController
@RequestMapping(produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Roles", description = "The roles that Rolesmith manages")
class RoleController {

    private static final Logger LOG = LoggerFactory.getLogger(RoleController.class);

    private final Inventory inventory;
    private final Accounts accounts;
    private final Provisioning provisioning;

    RoleController(Inventory inventory, Accounts accounts, Provisioning provisioning) {
        this.inventory = inventory;
        this.accounts = accounts;
        this.provisioning = provisioning;
    }

    @GetMapping("/roles")
    @Operation(
            operationId = "listRoles",
            summary = "List managed roles",
            description = "Those of the caller's teams, in all accounts. Needs the scope roles:read or roles:request.")
    @ApiResponse(responseCode = "200", description = "A page of managed roles, in the order of account and name")
    @Answers({ProblemCode.INVALID_PARAMETER, ProblemCode.SCOPE_MISSING})
    PageResponse<ManagedRoleResponse> list(
            Caller caller,
            @Parameter(description = "One of the caller's teams") @RequestParam(required = false) @Nullable String team,
            @Parameter(description = "Id or configured name") @RequestParam(required = false) @Nullable String account,
            @Parameter(description = "Whatever its letter case") @RequestParam(required = false) @Nullable String name,
            @Parameter(description = PageToken.PAGE_SIZE) @RequestParam(defaultValue = PageToken.DEFAULT_PAGE_SIZE)
                    int pageSize,
            @Parameter(description = PageToken.PAGE_TOKEN) @RequestParam(required = false) @Nullable String pageToken) {
        caller.require(Scope.ROLES_READ, Scope.ROLES_REQUEST);
        int size = PageToken.size(pageSize);
        Inventory.Position after = PageToken.parts(pageToken, 2)
                .map(parts -> new Inventory.Position(parts.get(0), parts.get(1)))
                .orElse(null);
        if (account != null && accounts.find(account).isEmpty()) {
            return PageResponse.all(List.of());
        }
        AccountId accountId =
                account == null ? null : accounts.find(account).map(Account::id).orElseThrow();
        List<ManagedRole> found = inventory.list(teams(caller, team), accountId, name, after, size + 1);
        boolean more = found.size() > size;
        List<ManagedRole> page = more ? found.subList(0, size) : found;
        return new PageResponse<>(
                page.stream().map(ManagedRoleResponse::of).toList(), more ? token(page.getLast()) : null);
    }

    /** The teams whose roles are listed; null for all, which only who sees all may have. */
    private static @Nullable Set<Team> teams(Caller caller, @Nullable String wanted) {
        if (wanted == null) {
            return caller.scopes().contains(Scope.ADMIN) ? null : caller.teams();
        }
        if (wanted.isBlank() || wanted.length() > Team.MAX_LENGTH) {
            return Set.of();
        }
        Team team = new Team(wanted);
        return caller.sees(team) ? Set.of(team) : Set.of();
    }

    private static String token(ManagedRole last) {
        Inventory.Position position = Inventory.Position.of(last);
        return PageToken.of(position.account(), position.key());
    }

    @GetMapping("/accounts/{account}/roles/{name}")
    @Operation(
            operationId = "getRole",
            summary = "Read a managed role",
            description =
                    "As it was last applied. The ETag stands for that and for how IAM shows the role now; it is left"
                            + " out where IAM cannot be read. Needs the scope roles:read or roles:request.")
    @ApiResponse(
            responseCode = "200",
            description = "The managed role",
            headers =
                    @Header(
                            name = "ETag",
                            description = "For If-Match of PUT and DELETE",
                            schema = @Schema(type = "string")))
    @Answers({ProblemCode.SCOPE_MISSING, ProblemCode.NOT_FOUND})
    ResponseEntity<ManagedRoleResponse> get(
            Caller caller,
            @Parameter(description = "Id or configured name") @PathVariable String account,
            @Parameter(description = "Whatever its letter case") @PathVariable String name) {
        caller.require(Scope.ROLES_READ, Scope.ROLES_REQUEST);
        return accounts.find(account)
                .flatMap(found -> inventory
                        .find(found.id(), name)
                        .filter(role -> caller.sees(role.team()))
                        .map(role -> answer(found, role)))
                .orElseThrow(() -> new NotFoundException(
                        "There is no managed role '" + name + "' in an account '" + account + "' that you may see"));
    }

    private ResponseEntity<ManagedRoleResponse> answer(Account account, ManagedRole role) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
        try {
            answer.eTag(RoleTag.of(provisioning.version(account, role)));
        } catch (IamReadException e) {
            // What we know of the role is an answer, without IAM too; to change it, it must be read again.
            LOG.info("The role {} is answered without an ETag: {}", role.arn(), e.code());
        }
        return answer.body(ManagedRoleResponse.of(role));
    }
}
