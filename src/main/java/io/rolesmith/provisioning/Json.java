package io.rolesmith.provisioning;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.role.Boundary;
import io.rolesmith.role.Change;
import io.rolesmith.role.Gap;
import io.rolesmith.role.PolicyArn;
import io.rolesmith.role.PolicyName;
import io.rolesmith.role.PolicyOwnership;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RolePath;
import io.rolesmith.role.RoleSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;

/** How specs, changes and failures are written down in our tables. Documents are text, so that nothing in them is lost. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addMixIn(Change.class, ChangeMixIn.class)
            .registerSubtypes(Arrays.stream(Change.class.getPermittedSubclasses())
                    .map(kind -> new NamedType(kind, kind.getSimpleName()))
                    .toArray(NamedType[]::new))
            .build();

    private static final TypeReference<List<Finding>> FINDINGS = new TypeReference<>() {};

    private Json() {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    private interface ChangeMixIn {}

    /** A spec in plain JSON terms, in the words of the API. */
    private record Spec(
            String name,
            String path,
            String description,
            String trustPolicy,
            List<String> managedPolicyArns,
            SequencedMap<String, String> inlinePolicies,
            String boundary,
            @Nullable String permissionsBoundaryArn,
            long maxSessionSeconds,
            SequencedMap<String, String> tags,
            boolean instanceProfile,
            PolicyOwnership policyOwnership) {}

    static String write(RoleSpec spec) {
        SequencedMap<String, String> inline = new LinkedHashMap<>();
        spec.inlinePolicies().forEach((name, document) -> inline.put(name.value(), document.json()));
        return MAPPER.writeValueAsString(new Spec(
                spec.name().value(),
                spec.path().value(),
                spec.description(),
                spec.trustPolicy().json(),
                spec.managedPolicyArns().stream().map(PolicyArn::value).toList(),
                inline,
                switch (spec.boundary()) {
                    case Boundary.Unchanged() -> "unchanged";
                    case Boundary.None() -> "none";
                    case Boundary.Policy _ -> "policy";
                },
                spec.boundary() instanceof Boundary.Policy(PolicyArn arn) ? arn.value() : null,
                spec.maxSession().toSeconds(),
                spec.tags(),
                spec.instanceProfile(),
                spec.policyOwnership()));
    }

    static RoleSpec readSpec(String json) {
        Spec spec = MAPPER.readValue(json, Spec.class);
        SequencedSet<PolicyArn> managed = spec.managedPolicyArns().stream()
                .map(PolicyArn::new)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        SequencedMap<PolicyName, PolicyDocument> inline = new LinkedHashMap<>();
        spec.inlinePolicies().forEach((name, text) -> inline.put(new PolicyName(name), PolicyDocument.parse(text)));
        return new RoleSpec(
                new RoleName(spec.name()),
                new RolePath(spec.path()),
                spec.description(),
                PolicyDocument.parse(spec.trustPolicy()),
                managed,
                inline,
                boundary(spec),
                Duration.ofSeconds(spec.maxSessionSeconds()),
                spec.tags(),
                spec.instanceProfile(),
                spec.policyOwnership());
    }

    private static Boundary boundary(Spec spec) {
        if (spec.permissionsBoundaryArn() != null) {
            return new Boundary.Policy(new PolicyArn(spec.permissionsBoundaryArn()));
        }
        return spec.boundary().equals("none") ? new Boundary.None() : new Boundary.Unchanged();
    }

    static String write(Change change) {
        return MAPPER.writerFor(Change.class).writeValueAsString(change);
    }

    static Change readChange(String json) {
        return MAPPER.readValue(json, Change.class);
    }

    static String write(Gap gap) {
        return MAPPER.writeValueAsString(gap);
    }

    static Gap readGap(String json) {
        return MAPPER.readValue(json, Gap.class);
    }

    static String write(List<Finding> findings) {
        return MAPPER.writeValueAsString(findings);
    }

    static List<Finding> readFindings(String json) {
        return MAPPER.readValue(json, FINDINGS);
    }

    static String write(Failure failure) {
        return MAPPER.writeValueAsString(failure);
    }

    static Failure readFailure(String json) {
        return MAPPER.readValue(json, Failure.class);
    }

    /** {@code members} as an object; absent when there are none. */
    static @Nullable JsonNode tree(SequencedMap<String, Object> members) {
        return members.isEmpty() ? null : MAPPER.valueToTree(members);
    }
}
