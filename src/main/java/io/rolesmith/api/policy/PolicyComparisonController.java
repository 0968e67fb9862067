package io.rolesmith.api.policy;

import io.rolesmith.account.Accounts;
import io.rolesmith.api.openapi.Answers;
import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.api.wire.DifferenceResponse;
import io.rolesmith.api.wire.PolicyText;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.policy.PolicyComparison;
import io.rolesmith.policy.PolicyDocument;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Comparisons of two policies by what they mean. */
@RestController
@RequestMapping(path = "/policy-comparisons", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Policies", description = "Check, compare and try policies; nothing is written")
class PolicyComparisonController {

    private final Accounts accounts;

    PolicyComparisonController(Accounts accounts) {
        this.accounts = accounts;
    }

    @Schema(name = "PolicyComparison")
    record ComparisonRequest(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @NotNull @Nullable
            KindText kind,

            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @NotNull @Nullable
            PolicyText left,

            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @NotNull @Nullable
            PolicyText right,

            @Schema(description = "What ${var.name} stands for in both documents") @Nullable
            Map<String, @NotNull String> variables,

            @Schema(description = "Id or configured name of the account whose variables count") @Nullable
            String account) {}

    @Schema(name = "PolicyComparisonResult")
    record ComparisonResponse(
            @Schema(description = "Whether both mean the same to IAM")
            boolean equivalent,

            @Schema(description = "How they differ on the way from left to right; empty if they are equivalent")
            List<DifferenceResponse> differences) {}

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "comparePolicies",
            summary = "Compare two policies",
            description =
                    "By what they mean: order, repeats, a value or a list of one, and letter case where IAM has none"
                            + " are no differences. Needs the scope roles:read or roles:request.")
    @ApiResponse(responseCode = "200", description = "What differs")
    @Answers({
        ProblemCode.MALFORMED_JSON,
        ProblemCode.INVALID_REQUEST,
        ProblemCode.SCOPE_MISSING,
        ProblemCode.NOT_FOUND,
        ProblemCode.BODY_TOO_LARGE,
        ProblemCode.UNSUPPORTED_MEDIA_TYPE,
        ProblemCode.REQUEST_REFUSED
    })
    ComparisonResponse compare(Caller caller, @Valid @RequestBody ComparisonRequest body) {
        caller.require(Scope.ROLES_READ, Scope.ROLES_REQUEST);
        PolicySetting setting = PolicySetting.of(accounts, caller, body.account(), body.variables());
        PolicyBodies policies = new PolicyBodies(setting.variables());
        policies.read("/left", Objects.requireNonNull(body.left()));
        policies.read("/right", Objects.requireNonNull(body.right()));
        PolicyDocument left = policies.at("/left");
        PolicyDocument right = policies.at("/right");
        return new ComparisonResponse(
                left.isEquivalentTo(right),
                PolicyComparison.differences(left, right).stream()
                        .map(DifferenceResponse::of)
                        .toList());
    }
}
