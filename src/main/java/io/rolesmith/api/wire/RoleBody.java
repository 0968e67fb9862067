package io.rolesmith.api.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rolesmith.policy.PolicySource;
import io.rolesmith.role.PolicyOwnership;
import io.rolesmith.role.RoleDraft;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * A role as a caller spells it out. Its name and trust policy are required; of a role that is to be deleted the name is all
 * there may be.
 */
@Schema(name = "RoleRequestRole")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RoleBody(
        @Schema(
                requiredMode = Schema.RequiredMode.REQUIRED,
                description = "1 to 64 of ASCII letters, digits and _+=,.@-; unique in the account whatever its case",
                example = "retailStoreEcsTaskRole")
        @NotNull
        @Nullable
        String name,

        // No defaults here, which generated clients would send with a deletion too.
        @Schema(description = "Begins and ends with a slash, which it is if absent") @Nullable
        String path,

        @Schema(description = "At most 1000 Latin-1 characters") @Nullable
        String description,

        @Schema(description = "Required, unless the role is to be deleted") @Nullable
        PolicyText trustPolicy,

        @Schema(
                description = "ARNs of managed policies, attached in this order",
                example = "[\"arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy\"]")
        @Nullable
        List<@NotNull String> managedPolicyArns,

        @Schema(description = "Inline policies by name") @Nullable
        SequencedMap<String, @NotNull PolicyText> inlinePolicies,

        @Nullable BoundaryText permissionsBoundaryArn,

        @Schema(description = "Longest session in seconds, 3600 to 43200; 3600 if absent") @Nullable
        Long maxSessionSeconds,

        @Schema(
                description = "At most 47; keys beginning with aws: or rolesmith: are reserved",
                example = "{\"service\": \"retail-store\"}")
        @Nullable
        SequencedMap<String, @NotNull String> tags,

        @Schema(description = "Whether an instance profile of the role's name holds the role; not if absent") @Nullable
        Boolean instanceProfile,

        @Schema(description = OwnershipText.DESCRIPTION + "; exclusive if absent") @Nullable
        OwnershipText policyOwnership,

        @Schema(
                description = "At most 100 answers of IAM that the role is expected to get, with its inline and managed"
                        + " policies and its boundary; where one does not hold, the request is refused")
        @Nullable
        List<@Valid @NotNull ExpectationBody> expect) {

    /** What is given beside the name. A list or an object without anything in it gives nothing: generated clients send them. */
    public List<String> membersBesideName() {
        SequencedMap<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("path", path);
        members.put("description", description);
        members.put("trustPolicy", trustPolicy);
        members.put("managedPolicyArns", managedPolicyArns);
        members.put("inlinePolicies", inlinePolicies);
        members.put("permissionsBoundaryArn", permissionsBoundaryArn);
        members.put("maxSessionSeconds", maxSessionSeconds);
        members.put("tags", tags);
        members.put("instanceProfile", instanceProfile);
        members.put("policyOwnership", policyOwnership);
        members.put("expect", expect);
        return members.entrySet().stream()
                .filter(member -> isGiven(member.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean isGiven(@Nullable Object member) {
        return switch (member) {
            case null -> false;
            case Collection<?> list -> !list.isEmpty();
            case Map<?, ?> object -> !object.isEmpty();
            default -> true;
        };
    }

    /** The draft that the body means; absent parts get their defaults. */
    public RoleDraft toDraft() {
        SequencedMap<String, PolicySource> inline = new LinkedHashMap<>();
        Objects.requireNonNullElse(inlinePolicies, new LinkedHashMap<String, PolicyText>())
                .forEach((policy, text) -> inline.put(policy, text.toSource()));
        return new RoleDraft(
                name,
                path,
                description,
                trustPolicy == null ? null : trustPolicy.toSource(),
                Objects.requireNonNullElse(managedPolicyArns, List.of()),
                inline,
                permissionsBoundaryArn != null,
                permissionsBoundaryArn == null ? null : permissionsBoundaryArn.arn(),
                maxSessionSeconds,
                Objects.requireNonNullElse(tags, new LinkedHashMap<>()),
                Boolean.TRUE.equals(instanceProfile),
                policyOwnership == null ? PolicyOwnership.EXCLUSIVE : policyOwnership.toOwnership(),
                Objects.requireNonNullElse(expect, List.<ExpectationBody>of()).stream()
                        .map(ExpectationBody::toDraft)
                        .toList());
    }
}
