package io.rolesmith.api.policy;

import io.rolesmith.account.Accounts;
import io.rolesmith.api.openapi.Answers;
import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.api.wire.FindingResponse;
import io.rolesmith.api.wire.PolicyText;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.PolicyReader;
import io.rolesmith.policy.Reading;
import io.rolesmith.policy.access.MatchedStatement;
import io.rolesmith.policy.access.NamedPolicy;
import io.rolesmith.policy.access.Permissions;
import io.rolesmith.policy.check.EscalationCheck;
import io.rolesmith.policy.check.PolicyCheck;
import io.rolesmith.policy.check.PolicyKind;
import io.rolesmith.policy.check.TrustExposure;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Checks of a policy, before anything is asked for. */
@RestController
@RequestMapping(path = "/policy-checks", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Policies", description = "Check, compare and try policies; nothing is written")
class PolicyCheckController {

    private final Accounts accounts;
    private final PolicyCheck policyCheck;

    PolicyCheckController(Accounts accounts, PolicyCheck policyCheck) {
        this.accounts = accounts;
        this.policyCheck = policyCheck;
    }

    @Schema(name = "PolicyCheck")
    record CheckRequest(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @NotNull @Nullable
            KindText kind,

            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @NotNull @Nullable
            PolicyText document,

            @Schema(
                    description = "What ${var.name} stands for in the document",
                    example = "{\"aws_account_id\": \"123456789012\"}")
            @Nullable
            Map<String, @NotNull String> variables,

            @Schema(
                    description =
                            "Id or configured name of the account that the policy is for: its variables and its"
                                    + " partition count. Absent: the partition aws, unless aws_partition is among the variables",
                    example = "123456789012")
            @Nullable
            String account) {}

    @Schema(name = "PolicyCheckResult")
    record CheckResponse(
            @Schema(description = "Whether no finding is an error")
            boolean valid,

            @Schema(description = "Everything there is to say, in the order of the document")
            List<FindingResponse> findings,

            @Schema(description = "Absent if the document cannot be read") @Nullable
            SizeResponse size,

            @Schema(
                    description =
                            "The RFC 8785 text of what the document means: the same for all documents that IAM does"
                                    + " not tell apart, to be compared or hashed and never sent. Absent if it cannot be read")
            @Nullable
            String canonical) {}

    @Schema(name = "PolicySize")
    record SizeResponse(
            @Schema(
                    description = "Characters of the minified document, which is what IAM counts at most",
                    example = "413")
            int characters,

            @Schema(
                    description =
                            "What an account has by default: of a trust policy, or of all inline policies of a role"
                                    + " together",
                    example = "10240")
            int limit) {}

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "checkPolicy",
            summary = "Check a policy",
            description =
                    "Says all that IAM would refuse, and what it would take and nobody should want. A document with"
                            + " errors is an answer like any other. Needs the scope roles:read or roles:request.")
    @ApiResponse(responseCode = "200", description = "What there is to say")
    @Answers({
        ProblemCode.MALFORMED_JSON,
        ProblemCode.INVALID_REQUEST,
        ProblemCode.SCOPE_MISSING,
        ProblemCode.NOT_FOUND,
        ProblemCode.BODY_TOO_LARGE,
        ProblemCode.UNSUPPORTED_MEDIA_TYPE
    })
    CheckResponse check(Caller caller, @Valid @RequestBody CheckRequest body) {
        caller.require(Scope.ROLES_READ, Scope.ROLES_REQUEST);
        PolicySetting setting = PolicySetting.of(accounts, caller, body.account(), body.variables());
        PolicyKind kind = Objects.requireNonNull(body.kind()).toKind();
        Reading reading =
                PolicyReader.read(Objects.requireNonNull(body.document()).toSource(), setting.variables());
        List<Finding> findings = new ArrayList<>(reading.findings());
        reading.document().ifPresent(document -> findings.addAll(checked(document, kind, setting.partition())));
        return new CheckResponse(
                !Finding.anyRefuses(findings),
                findings.stream()
                        .map(finding -> FindingResponse.of(finding.below("/document")))
                        .toList(),
                reading.document().map(document -> size(document, kind)).orElse(null),
                reading.document().map(PolicyDocument::canonical).orElse(null));
    }

    private List<Finding> checked(PolicyDocument document, PolicyKind kind, String partition) {
        List<Finding> findings = new ArrayList<>(policyCheck.check(document, kind, partition));
        switch (kind) {
            case TRUST -> findings.addAll(TrustExposure.anonymousTrust(document));
            case IDENTITY ->
                EscalationCheck.findings(alone(document)).stream()
                        .map(escalation -> escalation.finding(MatchedStatement::pointer))
                        .forEach(findings::add);
        }
        return document.inOrder(findings);
    }

    /** What a role with this policy and no other were permitted. */
    private static Permissions alone(PolicyDocument document) {
        return new Permissions(List.of(NamedPolicy.of("document", document)), Optional.empty());
    }

    private static SizeResponse size(PolicyDocument document, PolicyKind kind) {
        return new SizeResponse(
                document.size(),
                switch (kind) {
                    case TRUST -> PolicyCheck.TRUST_POLICY_DEFAULT_SIZE;
                    case IDENTITY -> PolicyCheck.INLINE_POLICIES_SIZE;
                });
    }
}
