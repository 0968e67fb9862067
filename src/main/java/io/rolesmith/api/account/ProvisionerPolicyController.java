package io.rolesmith.api.account;

import io.rolesmith.account.Account;
import io.rolesmith.account.AccountKind;
import io.rolesmith.account.Accounts;
import io.rolesmith.api.openapi.Answers;
import io.rolesmith.api.problem.MalformedRequestException;
import io.rolesmith.api.problem.NotFoundException;
import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.api.wire.FindingResponse;
import io.rolesmith.api.wire.PolicyObject;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.iam.IamGateways;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.iam.ProvisionerPolicy;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.provisioning.Provisioning;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What Rolesmith itself must be allowed in an account. */
@RestController
@Tag(name = "Accounts", description = "Where roles can be had")
class ProvisionerPolicyController {

    /** Where nobody knows who assumes the role; IAM takes no such principal, so that it cannot be forgotten. */
    private static final String PLACEHOLDER = "REPLACE_WITH_THE_ARN_OF_ROLESMITHS_PRINCIPAL";

    private static final MediaType HCL = new MediaType("text", "plain", StandardCharsets.UTF_8);
    private static final MediaType YAML = new MediaType("application", "yaml");

    /** {@code arn:aws:sts::123456789012:assumed-role/Name/session}. */
    private static final Pattern SESSION = Pattern.compile("arn:([^:]+):sts::([0-9]{12}):assumed-role/([^/]+)/.+");

    private final Accounts accounts;
    private final IamGateways gateways;
    private final Provisioning provisioning;

    ProvisionerPolicyController(Accounts accounts, IamGateways gateways, Provisioning provisioning) {
        this.accounts = accounts;
        this.gateways = gateways;
        this.provisioning = provisioning;
    }

    @Schema(name = "ProvisionerPolicy")
    record ProvisionerPolicyResponse(
            @Schema(example = "123456789012") String account,

            @Schema(
                    description = "The identity in the account that needs the policy",
                    example = "arn:aws:iam::123456789012:role/RolesmithProvisioner")
            String principalArn,

            @Schema(description = "The least that it must be allowed, as one inline policy")
            PolicyObject policy,

            Size size,

            @Schema(description = "The role's trust policy; absent where Rolesmith assumes no role in the account")
            @Nullable
            PolicyObject trustPolicy,

            List<FindingResponse> findings) {

        @Schema(name = "ProvisionerPolicySize")
        record Size(
                int characters,

                @Schema(description = "What all inline policies of a role may have together")
                int limit) {}
    }

    /**
     * Who assumes the role.
     *
     * @param arn absent: not known
     */
    private record Assuming(Optional<String> arn, List<Finding> findings) {

        static final Assuming NOBODY = new Assuming(Optional.empty(), List.of());
    }

    @GetMapping(
            path = "/accounts/{account}/provisioner-policy",
            produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_PLAIN_VALUE, "application/yaml"})
    @Operation(
            operationId = "getProvisionerPolicy",
            summary = "Read what Rolesmith must be allowed in an account",
            description =
                    "The least IAM policy with which Rolesmith works under the account's configuration, and the trust"
                            + " policy of the role that it assumes there. For a sandbox, what an account of AWS would"
                            + " need. Needs the scope admin.")
    @ApiResponse(
            responseCode = "200",
            description =
                    "Policies as JSON; a Terraform configuration; or a CloudFormation template, fit for a StackSet",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_VALUE,
                        schema = @Schema(implementation = ProvisionerPolicyResponse.class)),
                @Content(mediaType = MediaType.TEXT_PLAIN_VALUE, schema = @Schema(type = "string")),
                @Content(mediaType = "application/yaml", schema = @Schema(type = "string"))
            })
    @Answers({
        ProblemCode.INVALID_PARAMETER,
        ProblemCode.SCOPE_MISSING,
        ProblemCode.NOT_FOUND,
        ProblemCode.NO_PROVISIONER_ROLE,
        ProblemCode.AWS_FAILED,
        ProblemCode.THROTTLED
    })
    ResponseEntity<Object> get(
            Caller caller,
            @Parameter(description = "Id or configured name") @PathVariable String account,
            @Parameter(
                            description = "What the answer is to be read by",
                            schema =
                                    @Schema(
                                            allowableValues = {"json", "terraform", "cloudformation"},
                                            defaultValue = "json"))
                    @RequestParam(defaultValue = "json")
                    String format,
            @Parameter(
                            description =
                                    "The ARN of the role or user that assumes the role: whoever Rolesmith runs as."
                                            + " Absent: STS is asked",
                            example = "arn:aws:iam::210987654321:role/platform/Rolesmith")
                    @RequestParam(required = false)
                    @Nullable
                    String principal) {
        caller.require(Scope.ADMIN);
        Account found = accounts.find(account)
                .orElseThrow(() -> new NotFoundException("There is no account '" + account + "' that you may use"));
        return switch (format) {
            case "json" ->
                ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(json(found, principal));
            case "terraform" ->
                ResponseEntity.ok()
                        .contentType(HCL)
                        .body(template(found, principal).terraform());
            case "cloudformation" ->
                ResponseEntity.ok()
                        .contentType(YAML)
                        .body(template(found, principal).cloudFormation().getBytes(StandardCharsets.UTF_8));
            default ->
                throw MalformedRequestException.parameter(
                        "format", "'" + format + "' is not known", "Ask for json, terraform or cloudformation.");
        };
    }

    private ProvisionerPolicyResponse json(Account account, @Nullable String principal) {
        ProvisionerPolicy policy = provisioning.provisionerPolicy(account);
        String self = gateways.of(account).principalArn();
        List<Finding> findings = new ArrayList<>(about(account));
        PolicyDocument trust = null;
        if (isAssumed(account)) {
            Assuming assuming = assuming(account, principal);
            findings.addAll(assuming.findings());
            trust = ProvisionerPolicy.trust(assuming.arn().orElse(PLACEHOLDER), account.externalId());
        }
        return new ProvisionerPolicyResponse(
                account.id().value(),
                self,
                PolicyObject.of(policy.document()),
                new ProvisionerPolicyResponse.Size(policy.document().size(), ProvisionerPolicy.LARGEST),
                trust == null ? null : PolicyObject.of(trust),
                findings.stream().map(FindingResponse::of).toList());
    }

    private ProvisionerTemplate template(Account account, @Nullable String principal) {
        String self = gateways.of(account).principalArn();
        String prefix = "arn:" + account.partition().id() + ":iam::" + account.id() + ":role/";
        if (!isAssumed(account) || !self.startsWith(prefix)) {
            throw MalformedRequestException.of(
                    ProblemCode.NO_PROVISIONER_ROLE,
                    "",
                    isAssumed(account)
                            ? "The role that Rolesmith assumes is none of the account " + account.id() + ": " + self
                            : "Rolesmith works in the account " + account.id()
                                    + " as who it is, without assuming a role",
                    ProblemCode.NO_PROVISIONER_ROLE.remedy());
        }
        return new ProvisionerTemplate(
                account,
                self.substring(prefix.length() - 1),
                provisioning.provisionerPolicy(account),
                assuming(account, principal).arn());
    }

    private static boolean isAssumed(Account account) {
        return account.kind() == AccountKind.SANDBOX || account.roleArn() != null;
    }

    private static List<Finding> about(Account account) {
        List<Finding> findings = new ArrayList<>();
        if (account.kind() == AccountKind.SANDBOX) {
            findings.add(Finding.suggestion(
                    "SANDBOX_ACCOUNT",
                    "",
                    "A sandbox needs no permission: this is what an account of AWS would need under the same"
                            + " configuration",
                    "Read it as an example."));
        }
        if (account.limits().permittedBoundaries().isEmpty()) {
            findings.add(Finding.warning(
                    "ROLES_UNBOUNDED",
                    "/policy",
                    "Whoever gets hold of Rolesmith's credentials can make a role with every permission in the account",
                    "Set permitted-boundaries, and with role-path-prefix a path of its own."));
        }
        return findings;
    }

    private Assuming assuming(Account account, @Nullable String given) {
        if (given != null) {
            Pattern shape = Pattern.compile(
                    "arn:" + account.partition().id() + ":iam::[0-9]{12}:(role|user)/[A-Za-z0-9_+=,.@/-]+");
            if (!shape.matcher(given).matches()) {
                throw MalformedRequestException.parameter(
                        "principal",
                        "it is not the ARN of a role or user in the partition "
                                + account.partition().id(),
                        "Write it like arn:" + account.partition().id() + ":iam::210987654321:role/Rolesmith.");
            }
            return new Assuming(Optional.of(given), List.of());
        }
        Optional<String> asked = ask(account);
        if (asked.isEmpty()) {
            return new Assuming(
                    Optional.empty(),
                    List.of(Finding.warning(
                            "PRINCIPAL_UNKNOWN",
                            "/trustPolicy/Statement/0/Principal/AWS",
                            "It is not known as whom Rolesmith runs, so the trust policy has a placeholder",
                            "Ask again with the parameter principal, or replace " + PLACEHOLDER + ".")));
        }
        Matcher session = SESSION.matcher(asked.get());
        return session.matches()
                ? new Assuming(
                        Optional.of(
                                "arn:" + session.group(1) + ":iam::" + session.group(2) + ":role/" + session.group(3)),
                        List.of(Finding.suggestion(
                                "PRINCIPAL_PATH_UNKNOWN",
                                "/trustPolicy/Statement/0/Principal/AWS",
                                "STS does not tell the path of the role as which Rolesmith runs",
                                "If it has one, ask again with the parameter principal: IAM refuses a trust policy that"
                                        + " names no role that is there.")))
                : new Assuming(asked, List.of());
    }

    private Optional<String> ask(Account account) {
        try {
            return gateways.of(account).assumingPrincipalArn();
        } catch (IamReadException e) {
            // The first time, there may be no credentials yet, and the answer is of use without.
            return Optional.empty();
        }
    }
}
