package io.rolesmith.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * As much of IAM as one role needs. It knows nothing of the code under test but the changes; a change that IAM would
 * refuse, that would do nothing, or whose {@code before} is not what is there, fails the test.
 */
final class ModelIam {

    private @Nullable LiveRole role;
    private final Set<String> profiles = new HashSet<>();

    ModelIam(@Nullable LiveRole role) {
        this.role = role;
        if (role != null) {
            role.state().instanceProfiles().forEach(profile -> profiles.add(profile.toLowerCase(Locale.ROOT)));
        }
    }

    Optional<RoleState> observe() {
        return Optional.ofNullable(role).map(LiveRole::state);
    }

    /** What somebody else does to the role. */
    LiveRole role() {
        return Objects.requireNonNull(role);
    }

    void apply(Change change) {
        if (change instanceof Change.CreateRole create) {
            create(create);
            return;
        }
        RoleState there = role().state();
        assertThat(there.name()).isEqualToIgnoringCase(change.role().value());
        switch (change) {
            case Change.CreateRole _ -> throw new AssertionError("was handled above");
            case Change.DeleteRole _ -> {
                assertThat(there.managedPolicyArns()).isEmpty();
                assertThat(there.inlinePolicies()).isEmpty();
                assertThat(there.instanceProfiles()).isEmpty();
                role = null;
            }
            case Change.UpdateAssumeRolePolicy c -> {
                assertThat(there.trustPolicy()).isEqualTo(c.trustPolicyBefore());
                assertThat(c.trustPolicy()).isNotEqualTo(c.trustPolicyBefore());
                role().trust(c.trustPolicy());
            }
            case Change.UpdateRole c -> {
                assertThat(there.description()).isEqualTo(c.descriptionBefore());
                assertThat(there.maxSessionSeconds()).isEqualTo(c.maxSessionSecondsBefore());
                role().description(c.description()).session(c.maxSessionSeconds());
            }
            case Change.PutRolePermissionsBoundary c -> {
                assertThat(there.permissionsBoundaryArn())
                        .isEqualTo(c.arnBefore())
                        .isNotEqualTo(c.arn());
                role().boundary(c.arn());
            }
            case Change.DeleteRolePermissionsBoundary c -> {
                assertThat(there.permissionsBoundaryArn()).isEqualTo(c.arn());
                role().boundary(null);
            }
            case Change.AttachRolePolicy c -> {
                assertThat(there.managedPolicyArns()).doesNotContain(c.policyArn());
                role().attached(c.policyArn());
            }
            case Change.DetachRolePolicy c -> {
                assertThat(there.managedPolicyArns()).contains(c.policyArn());
                role().detached(c.policyArn());
            }
            case Change.PutRolePolicy c -> {
                assertThat(find(there.inlinePolicies(), c.policy().value())).isEqualTo(c.documentBefore());
                role().inline(c.policy().value(), c.document());
            }
            case Change.DeleteRolePolicy c -> {
                assertThat(find(there.inlinePolicies(), c.policy().value())).isEqualTo(c.document());
                role().noInline(c.policy().value());
            }
            case Change.TagRole c -> {
                c.tags().forEach((key, value) -> {
                    assertThat(find(there.tags(), key))
                            .isEqualTo(c.tagsBefore().get(key))
                            .isNotEqualTo(value);
                    role().tag(key, value);
                });
                assertThat(c.tags()).isNotEmpty();
            }
            case Change.UntagRole c ->
                c.tags().forEach((key, value) -> {
                    assertThat(find(there.tags(), key)).isEqualTo(value);
                    role().untag(key);
                });
            case Change.CreateInstanceProfile c ->
                assertThat(profiles.add(c.role().key())).isTrue();
            case Change.DeleteInstanceProfile c -> {
                assertThat(there.instanceProfiles()).doesNotContain(c.instanceProfile());
                assertThat(profiles.remove(c.instanceProfile().toLowerCase(Locale.ROOT)))
                        .isTrue();
            }
            case Change.AddRoleToInstanceProfile c -> {
                assertThat(profiles).contains(c.instanceProfile().toLowerCase(Locale.ROOT));
                assertThat(there.instanceProfiles()).doesNotContain(c.instanceProfile());
                role().profiles(c.instanceProfile());
            }
            case Change.RemoveRoleFromInstanceProfile c -> {
                assertThat(there.instanceProfiles()).contains(c.instanceProfile());
                role().noProfile(c.instanceProfile());
            }
        }
    }

    private void create(Change.CreateRole create) {
        assertThat(role).isNull();
        LiveRole made = LiveRole.of(create.role().value())
                .path(create.path().value())
                .description(create.description())
                .trust(create.trustPolicy())
                .session(create.maxSessionSeconds());
        if (create.permissionsBoundary() != null) {
            made.boundary(create.permissionsBoundary().value());
        }
        create.tags().forEach(made::tag);
        role = made;
    }

    static @Nullable String find(Map<String, String> values, String key) {
        return values.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(key))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }
}
