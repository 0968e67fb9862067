package io.rolesmith.role;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/** A role in IAM, as far as {@link RoleState} shows it. Names of inline policies and tag keys have no case there. */
final class LiveRole {

    private String roleId = "AROA1";
    private final String name;
    private String path = "/";
    private String description = "";
    private String trust = RoleDraftBuilder.TRUST;
    private int session = 3600;
    private @Nullable String boundary;
    private final SequencedMap<String, String> tags = new LinkedHashMap<>();
    private final SequencedSet<String> attached = new LinkedHashSet<>();
    private final SequencedMap<String, String> inline = new LinkedHashMap<>();
    private final SequencedSet<String> profiles = new LinkedHashSet<>();
    private boolean templated;

    private LiveRole(String name) {
        this.name = name;
    }

    static LiveRole of(String name) {
        return new LiveRole(name);
    }

    /** The role that looks like this. */
    static LiveRole of(RoleState state) {
        LiveRole role = new LiveRole(state.name())
                .path(state.path())
                .description(state.description())
                .trust(state.trustPolicy())
                .session(state.maxSessionSeconds())
                .boundary(state.permissionsBoundaryArn());
        state.tags().forEach(role::tag);
        state.managedPolicyArns().forEach(role::attached);
        state.inlinePolicies().forEach(role::inline);
        state.instanceProfiles().forEach(role::profiles);
        return role;
    }

    /** The role as it would be had {@code spec} just been applied, in the very words of the spec. */
    static LiveRole as(RoleSpec spec) {
        LiveRole role = new LiveRole(spec.name().value())
                .path(spec.path().value())
                .description(spec.description())
                .trust(spec.trustPolicy().json())
                .session((int) spec.maxSession().toSeconds());
        if (spec.boundary() instanceof Boundary.Policy(PolicyArn arn)) {
            role.boundary(arn.value());
        }
        spec.tags().forEach(role::tag);
        spec.managedPolicyArns().forEach(arn -> role.attached(arn.value()));
        spec.inlinePolicies().forEach((policy, document) -> role.inline(policy.value(), document.json()));
        if (spec.instanceProfile()) {
            role.profiles(spec.name().value());
        }
        return role;
    }

    RoleState state() {
        return new RoleState(
                roleId,
                "arn:aws:iam::123456789012:role" + path + name,
                name,
                path,
                description,
                trust,
                session,
                boundary,
                tags,
                attached,
                inline,
                profiles,
                templated);
    }

    LiveRole roleId(String value) {
        roleId = value;
        return this;
    }

    LiveRole path(String value) {
        path = value;
        return this;
    }

    LiveRole description(String value) {
        description = value;
        return this;
    }

    LiveRole trust(String value) {
        trust = value;
        return this;
    }

    LiveRole session(int seconds) {
        session = seconds;
        return this;
    }

    LiveRole boundary(@Nullable String arn) {
        boundary = arn;
        return this;
    }

    LiveRole templated() {
        templated = true;
        return this;
    }

    LiveRole tag(String key, String value) {
        put(tags, key, value);
        return this;
    }

    LiveRole untag(String key) {
        remove(tags, key);
        return this;
    }

    LiveRole attached(String... arns) {
        attached.addAll(List.of(arns));
        return this;
    }

    LiveRole detached(String arn) {
        attached.remove(arn);
        return this;
    }

    LiveRole inline(String policy, String document) {
        put(inline, policy, document);
        return this;
    }

    LiveRole noInline(String policy) {
        remove(inline, policy);
        return this;
    }

    LiveRole profiles(String... names) {
        profiles.addAll(List.of(names));
        return this;
    }

    LiveRole noProfile(String profile) {
        profiles.remove(profile);
        return this;
    }

    /** An entry that is overwritten keeps the spelling in which it was first put there. */
    private static void put(Map<String, String> values, String key, String value) {
        values.put(spelling(values, key), value);
    }

    private static void remove(Map<String, String> values, String key) {
        values.remove(spelling(values, key));
    }

    private static String spelling(Map<String, String> values, String key) {
        return values.keySet().stream()
                .filter(key::equalsIgnoreCase)
                .findFirst()
                .orElse(key);
    }
}
