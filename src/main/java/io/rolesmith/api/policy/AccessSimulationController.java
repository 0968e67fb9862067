package io.rolesmith.api.policy;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rolesmith.account.Account;
import io.rolesmith.account.Accounts;
import io.rolesmith.api.openapi.Answers;
import io.rolesmith.api.problem.MalformedRequestException;
import io.rolesmith.api.problem.NotFoundException;
import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.api.problem.UnanswerableException;
import io.rolesmith.api.wire.PolicyText;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.JsonPointer;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Variables;
import io.rolesmith.policy.access.AccessAnswer;
import io.rolesmith.policy.access.AccessEvaluator;
import io.rolesmith.policy.access.AccessRequest;
import io.rolesmith.policy.access.AccessRequestReader;
import io.rolesmith.policy.access.Decision;
import io.rolesmith.policy.access.MatchedStatement;
import io.rolesmith.policy.access.NamedPolicy;
import io.rolesmith.policy.access.Permissions;
import io.rolesmith.provisioning.Inventory;
import io.rolesmith.provisioning.LivePermissions;
import io.rolesmith.provisioning.ManagedRole;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tries what policies allow, without asking IAM. */
@RestController
@RequestMapping(path = "/access-simulations", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Policies", description = "Check, compare and try policies; nothing is written")
class AccessSimulationController {

    /**
     * Characters of policies times values they are held against: some tenths of a second at the worst, and far beyond a
     * hundred requests of a role with all the policies that IAM lets it have.
     */
    private static final long MAX_WORK = 50_000_000;

    private final Accounts accounts;
    private final Inventory inventory;
    private final LivePermissions live;

    AccessSimulationController(Accounts accounts, Inventory inventory, LivePermissions live) {
        this.accounts = accounts;
        this.inventory = inventory;
        this.live = live;
    }

    @Schema(name = "AccessSimulation")
    record SimulationRequest(
            @Schema(description = "Policies of a role that need not be there; either these or role")
            @Size(max = 50)
            @Nullable
            List<@NotNull PolicyText> identityPolicies,

            @Schema(description = "Caps what the policies grant; absent: nothing does") @Nullable
            PolicyText permissionsBoundary,

            @Schema(description = "A managed role as it lives in AWS now; either this or identityPolicies")
            @Valid
            @Nullable
            LiveRole role,

            @Schema(description = "What ${var.name} stands for in policies, resources and contexts") @Nullable
            Map<String, @NotNull String> variables,

            @Schema(description = "Id or configured name of the account whose variables count") @Nullable
            String account,

            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, description = "What the role would do")
            @NotEmpty
            @Size(max = 100)
            @Nullable
            List<@Valid @NotNull Trial> requests) {}

    @Schema(name = "LiveRole")
    record LiveRole(
            @Schema(
                    requiredMode = Schema.RequiredMode.REQUIRED,
                    description = "Id or configured name",
                    example = "123456789012")
            @NotNull
            @Nullable
            String account,

            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "retailStoreEcsTaskRole") @NotNull @Nullable
            String name) {}

    @Schema(name = "AccessRequest")
    record Trial(
            @Schema(
                    requiredMode = Schema.RequiredMode.REQUIRED,
                    description = "One action, without wildcards",
                    example = "s3:GetObject")
            @NotNull
            @Nullable
            String action,

            @Schema(
                    requiredMode = Schema.RequiredMode.REQUIRED,
                    description = "The ARN that it is done on, or * for an action that knows no resource",
                    example = "arn:aws:s3:::retail-store-pictures/cat.png")
            @NotNull
            @Nullable
            String resource,

            @Schema(
                    description = "Values by condition key; a key that is not there is absent from the request",
                    example = "{\"aws:PrincipalTag/job\": [\"web\"]}")
            @Nullable
            Map<String, @NotNull List<@NotNull String>> context) {}

    enum DecisionText {
        @JsonProperty("allowed")
        ALLOWED,
        @JsonProperty("explicitDeny")
        EXPLICIT_DENY,
        @JsonProperty("implicitDeny")
        IMPLICIT_DENY,
        @JsonProperty("undetermined")
        UNDETERMINED;

        static DecisionText of(Decision decision) {
            return switch (decision) {
                case ALLOWED -> ALLOWED;
                case EXPLICIT_DENY -> EXPLICIT_DENY;
                case IMPLICIT_DENY -> IMPLICIT_DENY;
                case UNDETERMINED -> UNDETERMINED;
            };
        }
    }

    @Schema(name = "AccessSimulationResult")
    record SimulationResponse(
            @Schema(description = "One for each request, in their order")
            List<ResultResponse> results) {}

    @Schema(name = "AccessDecision")
    record ResultResponse(
            DecisionText decision,

            @Schema(description = "The statements that it rests on: the denying ones, else the allowing ones")
            List<StatementResponse> matchedStatements,

            @Schema(description = "Why; always there when it is undetermined") @Nullable
            String reason) {

        static ResultResponse of(AccessAnswer answer) {
            return new ResultResponse(
                    DecisionText.of(answer.decision()),
                    answer.matchedStatements().stream()
                            .map(StatementResponse::of)
                            .toList(),
                    answer.reason().orElse(null));
        }
    }

    @Schema(name = "MatchedStatement")
    record StatementResponse(
            @Schema(
                    description =
                            "Pointer into the body, or of a live role the name of an inline policy or the ARN of a"
                                    + " managed one",
                    example = "/identityPolicies/0")
            String policy,

            @Schema(description = "JSON pointer into the policy", example = "/Statement/1")
            String pointer,

            @Nullable String sid,
            @Schema(allowableValues = {"Allow", "Deny"}) String effect) {

        static StatementResponse of(MatchedStatement statement) {
            return new StatementResponse(
                    statement.policy(),
                    statement.pointer(),
                    statement.sid().orElse(null),
                    statement.effect().word());
        }
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "simulateAccess",
            summary = "Try what policies allow",
            description =
                    "IAM's decision for each request, found without asking IAM: identity policies, boundary, denies"
                            + " and conditions. What hangs on something unknown is undetermined, never allowed. Policies of"
                            + " resources and organisations are not looked at. Needs the scope roles:read or roles:request.")
    @ApiResponse(responseCode = "200", description = "A decision for each request")
    @Answers({
        ProblemCode.MALFORMED_JSON,
        ProblemCode.INVALID_REQUEST,
        ProblemCode.SCOPE_MISSING,
        ProblemCode.NOT_FOUND,
        ProblemCode.BODY_TOO_LARGE,
        ProblemCode.UNSUPPORTED_MEDIA_TYPE,
        ProblemCode.REQUEST_REFUSED,
        ProblemCode.AWS_FAILED,
        ProblemCode.THROTTLED
    })
    SimulationResponse simulate(Caller caller, @Valid @RequestBody SimulationRequest body) {
        caller.require(Scope.ROLES_READ, Scope.ROLES_REQUEST);
        Variables variables = PolicySetting.of(accounts, caller, body.account(), body.variables())
                .variables();
        List<AccessRequest> requests = requests(Objects.requireNonNull(body.requests()), variables);
        Permissions permissions = permissions(caller, body, variables);
        requireBounded(permissions, requests);
        AccessEvaluator evaluator = AccessEvaluator.of(permissions);
        return new SimulationResponse(
                requests.stream().map(evaluator::decide).map(ResultResponse::of).toList());
    }

    /** Each value of a request's context may have to be held against each pattern of the policies. */
    private static void requireBounded(Permissions permissions, List<AccessRequest> requests) {
        long characters = Stream.concat(permissions.identityPolicies().stream(), permissions.boundary().stream())
                .flatMap(policy -> policy.document().stream())
                .mapToLong(PolicyDocument::size)
                .sum();
        long values = requests.stream()
                .mapToLong(request -> 1
                        + request.context().values().stream()
                                .mapToLong(List::size)
                                .sum())
                .sum();
        if (characters * values > MAX_WORK) {
            throw new UnanswerableException(List.of(Finding.error(
                    "TOO_MUCH_AT_ONCE",
                    "/requests",
                    requests.size() + " requests, with " + (values - requests.size())
                            + " values of condition keys, of policies with " + characters
                            + " characters are more than is tried at once",
                    "Ask in several calls, or leave out the condition keys that no policy speaks of.")));
        }
    }

    private static List<AccessRequest> requests(List<Trial> trials, Variables variables) {
        List<Finding> findings = new ArrayList<>();
        AccessRequestReader reader = new AccessRequestReader(variables, "INVALID_ACCESS_REQUEST", findings);
        List<AccessRequest> requests = new ArrayList<>();
        for (int i = 0; i < trials.size(); i++) {
            Trial trial = trials.get(i);
            requests.add(reader.read(
                    trial.action(),
                    trial.resource(),
                    trial.context() == null ? Map.of() : trial.context(),
                    JsonPointer.element("/requests", i)));
        }
        if (!findings.isEmpty()) {
            throw new UnanswerableException(findings);
        }
        return requests;
    }

    private Permissions permissions(Caller caller, SimulationRequest body, Variables variables) {
        if ((body.identityPolicies() == null) == (body.role() == null)) {
            throw MalformedRequestException.body(
                    "",
                    "Exactly one of 'identityPolicies' and 'role' must be given",
                    body.role() == null ? "Give one of them." : "Leave one of them out.");
        }
        return body.role() == null ? given(body, variables) : live(caller, body, body.role());
    }

    private static Permissions given(SimulationRequest body, Variables variables) {
        PolicyBodies policies = new PolicyBodies(variables);
        List<PolicyText> texts = Objects.requireNonNull(body.identityPolicies());
        for (int i = 0; i < texts.size(); i++) {
            policies.read(JsonPointer.element("/identityPolicies", i), texts.get(i));
        }
        Optional<PolicyText> boundary = Optional.ofNullable(body.permissionsBoundary());
        boundary.ifPresent(text -> policies.read("/permissionsBoundary", text));
        List<NamedPolicy> identity = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            String pointer = JsonPointer.element("/identityPolicies", i);
            identity.add(NamedPolicy.of(pointer, policies.at(pointer)));
        }
        return new Permissions(
                identity,
                boundary.map(_ -> NamedPolicy.of("/permissionsBoundary", policies.at("/permissionsBoundary"))));
    }

    private Permissions live(Caller caller, SimulationRequest body, LiveRole role) {
        if (body.permissionsBoundary() != null) {
            throw MalformedRequestException.body(
                    "/permissionsBoundary", "A live role has its own boundary", "Leave it out.");
        }
        String name = Objects.requireNonNull(role.name());
        Account account = accounts.find(Objects.requireNonNull(role.account())).orElse(null);
        return Optional.ofNullable(account)
                .flatMap(found -> inventory.find(found.id(), name))
                .filter(managed -> caller.sees(managed.team()))
                .map(ManagedRole::wanted)
                .flatMap(wanted -> live.of(Objects.requireNonNull(account), wanted.name()))
                .orElseThrow(() -> new NotFoundException("There is no managed role '" + name + "' in an account '"
                        + role.account() + "' that you may see"));
    }
}
