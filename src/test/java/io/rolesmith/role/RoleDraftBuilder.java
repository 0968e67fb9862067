package io.rolesmith.role;

import io.rolesmith.policy.PolicySource;
import io.rolesmith.policy.Severity;
import io.rolesmith.policy.Variables;
import io.rolesmith.policy.catalogue.Catalogue;
import io.rolesmith.policy.check.PolicyCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** A draft that nothing is wrong with, until a test makes it differ. */
final class RoleDraftBuilder {

    static final String ACCOUNT = "123456789012";
    static final String TRUST = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
            + "\"Principal\":{\"Service\":\"ecs-tasks.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}";
    static final String INLINE = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
            + "\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::bucket/*\"}]}";

    static final PolicyCheck POLICY_CHECK = new PolicyCheck(Catalogue.bundled(), Severity.WARNING);

    private @Nullable String name = "retailStoreEcsTaskRole";
    private @Nullable String path = "/retail/store/";
    private @Nullable String description = "ECS task role of the retail store";
    private @Nullable PolicySource trustPolicy = new PolicySource(TRUST, false);
    private final List<String> managedPolicyArns = new ArrayList<>();
    private final SequencedMap<String, PolicySource> inlinePolicies = new LinkedHashMap<>();
    private boolean boundaryMentioned;
    private @Nullable String permissionsBoundaryArn;
    private @Nullable Long maxSessionSeconds = 7200L;
    private final SequencedMap<String, String> tags = new LinkedHashMap<>();
    private boolean instanceProfile;
    private PolicyOwnership policyOwnership = PolicyOwnership.EXCLUSIVE;
    private final List<ExpectationDraft> expect = new ArrayList<>();
    private RoleQuotas quotas = new RoleQuotas.Unknown();
    private Map<String, String> variables = Map.of("aws_account_id", ACCOUNT, "aws_partition", "aws");

    private RoleDraftBuilder() {}

    static RoleDraftBuilder draft() {
        return new RoleDraftBuilder();
    }

    /** Of a role only the name and the trust policy are required. */
    static RoleDraftBuilder leastDraft() {
        return new RoleDraftBuilder().path(null).description(null).maxSessionSeconds(null);
    }

    RoleDraftBuilder name(@Nullable String value) {
        name = value;
        return this;
    }

    RoleDraftBuilder path(@Nullable String value) {
        path = value;
        return this;
    }

    RoleDraftBuilder description(@Nullable String value) {
        description = value;
        return this;
    }

    RoleDraftBuilder trust(@Nullable String json) {
        trustPolicy = json == null ? null : new PolicySource(json, false);
        return this;
    }

    RoleDraftBuilder pastedTrust(String text) {
        trustPolicy = new PolicySource(text, true);
        return this;
    }

    RoleDraftBuilder managed(String... arns) {
        managedPolicyArns.addAll(List.of(arns));
        return this;
    }

    RoleDraftBuilder inline(String policy, String json) {
        inlinePolicies.put(policy, new PolicySource(json, false));
        return this;
    }

    /** Null says that there shall be no boundary. */
    RoleDraftBuilder boundary(@Nullable String arn) {
        boundaryMentioned = true;
        permissionsBoundaryArn = arn;
        return this;
    }

    RoleDraftBuilder maxSessionSeconds(@Nullable Long value) {
        maxSessionSeconds = value;
        return this;
    }

    RoleDraftBuilder tag(String key, String value) {
        tags.put(key, value);
        return this;
    }

    RoleDraftBuilder instanceProfile() {
        instanceProfile = true;
        return this;
    }

    RoleDraftBuilder additive() {
        policyOwnership = PolicyOwnership.ADDITIVE;
        return this;
    }

    RoleDraftBuilder expect(String action, String resource, String decision) {
        return expect(new ExpectationDraft(action, resource, new LinkedHashMap<>(), decision));
    }

    RoleDraftBuilder expect(ExpectationDraft expectation) {
        expect.add(expectation);
        return this;
    }

    RoleDraftBuilder quotas(int managedPolicies, int trustPolicySize) {
        quotas = new RoleQuotas.Known(managedPolicies, trustPolicySize);
        return this;
    }

    RoleDraftBuilder variables(Map<String, String> values) {
        variables = values;
        return this;
    }

    RoleDraft.RoleReading read() {
        return readFor(ACCOUNT, "aws");
    }

    RoleDraft.RoleReading readFor(String account, String partition) {
        return new RoleDraft(
                        name,
                        path,
                        description,
                        trustPolicy,
                        managedPolicyArns,
                        inlinePolicies,
                        boundaryMentioned,
                        permissionsBoundaryArn,
                        maxSessionSeconds,
                        tags,
                        instanceProfile,
                        policyOwnership,
                        expect)
                .read(Variables.of(variables), account, partition, quotas, POLICY_CHECK);
    }

    /** The spec that the draft makes, which nothing may refuse. */
    RoleSpec spec() {
        RoleDraft.RoleReading reading = read();
        return reading.spec()
                .orElseThrow(
                        () -> new AssertionError("Expected a draft that nothing refuses, got " + reading.findings()));
    }
}
