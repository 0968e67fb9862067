package io.rolesmith.iam.sandbox;

import io.rolesmith.account.Account;
import io.rolesmith.iam.AccountQuotas;
import io.rolesmith.iam.IamAnswer;
import io.rolesmith.iam.InstanceProfile;
import io.rolesmith.policy.catalogue.ManagedPolicies;
import io.rolesmith.role.Change;
import io.rolesmith.role.RoleState;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * IAM's operations on the roles of one sandbox account. Each is called within a transaction; a {@link Refusal} takes back
 * what it did. Operations on the same role wait for each other at the role's row.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM quotas</a>
 */
final class SandboxIam {

    private static final int ROLES_PER_ACCOUNT = 1000;
    private static final int INSTANCE_PROFILES_PER_ACCOUNT = 1000;
    private static final int POLICIES_PER_ROLE = 20;
    private static final int TAGS_PER_ROLE = 50;
    private static final int TRUST_POLICY_SIZE = 2048;
    private static final int INLINE_POLICIES_SIZE = 10_240;

    /** IAM's ids: four letters that tell the kind, then these. */
    private static final String ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private static final int ID_LENGTH = 17;
    private static final RandomGenerator RANDOM = new SecureRandom();

    private final Account account;
    private final JdbcClient jdbc;
    private final PolicyArns policies;
    private final TrustPrincipals principals;

    SandboxIam(Account account, ManagedPolicies managedPolicies, JdbcClient jdbc) {
        this.account = account;
        this.jdbc = jdbc;
        this.policies = new PolicyArns(account, managedPolicies);
        this.principals = new TrustPrincipals(account, provisionerArn(account), this::roleId, this::roleArn);
    }

    /** The role as which we are supposed to act in the account. */
    static String provisionerArn(Account account) {
        return arnPrefix(account) + "/RolesmithProvisioner";
    }

    /** @return the new role, for {@code CreateRole} only */
    IamAnswer.@Nullable CreatedRole make(Change change) {
        String name = change.role().value();
        Constraints.roleName(name);
        switch (change) {
            case Change.CreateRole c -> {
                return createRole(c);
            }
            case Change.DeleteRole _ -> deleteRole(name);
            case Change.UpdateAssumeRolePolicy c -> updateAssumeRolePolicy(name, c.trustPolicy());
            case Change.UpdateRole c -> updateRole(name, c.description(), c.maxSessionSeconds());
            case Change.PutRolePermissionsBoundary c -> putRolePermissionsBoundary(name, c.arn());
            case Change.DeleteRolePermissionsBoundary _ -> deleteRolePermissionsBoundary(name);
            case Change.AttachRolePolicy c -> attachRolePolicy(name, c.policyArn());
            case Change.DetachRolePolicy c -> detachRolePolicy(name, c.policyArn());
            case Change.PutRolePolicy c -> putRolePolicy(name, c.policy().value(), c.document());
            case Change.DeleteRolePolicy c -> deleteRolePolicy(name, c.policy().value());
            case Change.TagRole c -> tagRole(name, c.tags());
            case Change.UntagRole c -> untagRole(name, c.tags().keySet());
            case Change.CreateInstanceProfile c ->
                createInstanceProfile(name, c.path().value(), c.tags());
            case Change.AddRoleToInstanceProfile c -> addRoleToInstanceProfile(name, c.instanceProfile());
            case Change.RemoveRoleFromInstanceProfile c -> removeRoleFromInstanceProfile(name, c.instanceProfile());
            case Change.DeleteInstanceProfile c -> deleteInstanceProfile(c.instanceProfile());
        }
        return null;
    }

    private IamAnswer.CreatedRole createRole(Change.CreateRole role) {
        String name = role.role().value();
        String path = role.path().value();
        Constraints.rolePath(path);
        Constraints.description(role.description());
        Constraints.maxSessionDuration(role.maxSessionSeconds());
        Constraints.roleTags(role.tags());
        String trustPolicy = trustPolicy("assumeRolePolicyDocument", role.trustPolicy());
        String boundary = role.permissionsBoundary() == null
                ? null
                : role.permissionsBoundary().value();
        if (boundary != null) {
            policies.bounding(boundary);
        }
        if (count("SELECT count(*) FROM sandbox.role WHERE account = :account") >= ROLES_PER_ACCOUNT) {
            throw Refusal.limit("Cannot exceed quota for RolesPerAccount: " + ROLES_PER_ACCOUNT);
        }
        String roleId = newId("AROA");
        // Two replicas may be here at once; the constraint decides.
        int made = jdbc.sql("""
                        INSERT INTO sandbox.role (role_id, account, name_key, name, path, description, trust_policy,
                            max_session_seconds, permissions_boundary)
                        VALUES (:roleId, :account, :key, :name, :path, :description, :trustPolicy,
                            :maxSessionSeconds, :boundary)
                        ON CONFLICT (account, name_key) DO NOTHING""")
                .param("roleId", roleId)
                .param("account", account.id().value())
                .param("key", key(name))
                .param("name", name)
                .param("path", path)
                .param("description", role.description())
                .param("trustPolicy", trustPolicy)
                .param("maxSessionSeconds", role.maxSessionSeconds())
                .param("boundary", boundary)
                .update();
        if (made == 0) {
            throw Refusal.taken("Role with name " + name + " already exists.");
        }
        role.tags().forEach((key, value) -> tag(roleId, key, value));
        return new IamAnswer.CreatedRole(roleId, arnPrefix(account) + path + name);
    }

    private void deleteRole(String name) {
        String roleId = locked(name);
        if (count("SELECT count(*) FROM sandbox.instance_profile WHERE role_id = :roleId", roleId) > 0) {
            throw Refusal.deleteConflict("remove roles from instance profile");
        }
        if (count("SELECT count(*) FROM sandbox.attached_policy WHERE role_id = :roleId", roleId) > 0) {
            throw Refusal.deleteConflict("detach all policies");
        }
        if (count("SELECT count(*) FROM sandbox.inline_policy WHERE role_id = :roleId", roleId) > 0) {
            throw Refusal.deleteConflict("delete policies");
        }
        update("DELETE FROM sandbox.role WHERE role_id = :roleId", roleId, Map.of());
    }

    private void updateAssumeRolePolicy(String name, String document) {
        String roleId = locked(name);
        String trustPolicy = trustPolicy("policyDocument", document);
        update(
                "UPDATE sandbox.role SET trust_policy = :trustPolicy WHERE role_id = :roleId",
                roleId,
                Map.of("trustPolicy", trustPolicy));
    }

    private void updateRole(String name, String description, int maxSessionSeconds) {
        Constraints.description(description);
        Constraints.maxSessionDuration(maxSessionSeconds);
        update("""
                UPDATE sandbox.role SET description = :description, max_session_seconds = :maxSessionSeconds
                WHERE role_id = :roleId""", locked(name), Map.of("description", description, "maxSessionSeconds", maxSessionSeconds));
    }

    private void putRolePermissionsBoundary(String name, String arn) {
        String roleId = locked(name);
        policies.bounding(arn);
        update(
                "UPDATE sandbox.role SET permissions_boundary = :arn WHERE role_id = :roleId",
                roleId,
                Map.of("arn", arn));
    }

    private void deleteRolePermissionsBoundary(String name) {
        int removed = update("""
                UPDATE sandbox.role SET permissions_boundary = NULL
                WHERE role_id = :roleId AND permissions_boundary IS NOT NULL""", locked(name), Map.of());
        if (removed == 0) {
            throw Refusal.absent("The role with name " + name + " has no permissions boundary.");
        }
    }

    private void attachRolePolicy(String name, String arn) {
        String roleId = locked(name);
        policies.attachable(arn);
        int attached = update("""
                INSERT INTO sandbox.attached_policy (role_id, policy_arn) VALUES (:roleId, :arn)
                ON CONFLICT DO NOTHING""", roleId, Map.of("arn", arn));
        if (attached > 0
                && count("SELECT count(*) FROM sandbox.attached_policy WHERE role_id = :roleId", roleId)
                        > POLICIES_PER_ROLE) {
            throw Refusal.limit("Cannot exceed quota for PoliciesPerRole: " + POLICIES_PER_ROLE);
        }
    }

    private void detachRolePolicy(String name, String arn) {
        String roleId = locked(name);
        Constraints.arn("policyArn", arn);
        int detached = update(
                "DELETE FROM sandbox.attached_policy WHERE role_id = :roleId AND policy_arn = :arn",
                roleId,
                Map.of("arn", arn));
        if (detached == 0) {
            throw Refusal.absent("Policy " + arn + " was not found.");
        }
    }

    private void putRolePolicy(String name, String policy, String document) {
        String roleId = locked(name);
        Constraints.policyName(policy);
        Constraints.document("policyDocument", document);
        PolicyGrammar.identity(document, account.partition().id());
        // The first spelling of the name stays.
        update(
                """
                INSERT INTO sandbox.inline_policy (role_id, name_key, name, document, size)
                VALUES (:roleId, :key, :name, :document, :size)
                ON CONFLICT (role_id, name_key) DO UPDATE SET document = excluded.document, size = excluded.size""",
                roleId,
                Map.of("key", key(policy), "name", policy, "document", document, "size", PolicyText.size(document)));
        if (count("SELECT coalesce(sum(size), 0) FROM sandbox.inline_policy WHERE role_id = :roleId", roleId)
                > INLINE_POLICIES_SIZE) {
            throw Refusal.limit("Maximum policy size of " + INLINE_POLICIES_SIZE + " bytes exceeded for role " + name);
        }
    }

    private void deleteRolePolicy(String name, String policy) {
        int deleted = update(
                "DELETE FROM sandbox.inline_policy WHERE role_id = :roleId AND name_key = :key",
                locked(name),
                Map.of("key", key(policy)));
        if (deleted == 0) {
            throw Refusal.absent("The role policy with name " + policy + " cannot be found.");
        }
    }

    private void tagRole(String name, SequencedMap<String, String> tags) {
        String roleId = locked(name);
        if (tags.isEmpty()) {
            throw Refusal.invalidInput("The list of tags must not be empty.");
        }
        Constraints.roleTags(tags);
        tags.forEach((key, value) -> tag(roleId, key, value));
        if (count("SELECT count(*) FROM sandbox.role_tag WHERE role_id = :roleId", roleId) > TAGS_PER_ROLE) {
            throw Refusal.limit("Cannot exceed quota for TagsPerRole: " + TAGS_PER_ROLE);
        }
    }

    private void tag(String roleId, String key, String value) {
        update("""
                INSERT INTO sandbox.role_tag (role_id, tag_key, key, value) VALUES (:roleId, :tagKey, :key, :value)
                ON CONFLICT (role_id, tag_key) DO UPDATE SET key = excluded.key, value = excluded.value""", roleId, Map.of("tagKey", key(key), "key", key, "value", value));
    }

    private void untagRole(String name, Set<String> keys) {
        String roleId = locked(name);
        Constraints.tagKeys(keys);
        keys.forEach(key -> update(
                "DELETE FROM sandbox.role_tag WHERE role_id = :roleId AND tag_key = :key",
                roleId,
                Map.of("key", key(key))));
    }

    private void createInstanceProfile(String name, String path, SequencedMap<String, String> tags) {
        Constraints.instanceProfileName(name);
        Constraints.path(path);
        Constraints.tags(tags);
        if (count("SELECT count(*) FROM sandbox.instance_profile WHERE account = :account")
                >= INSTANCE_PROFILES_PER_ACCOUNT) {
            throw Refusal.limit("Cannot exceed quota for InstanceProfilesPerAccount: " + INSTANCE_PROFILES_PER_ACCOUNT);
        }
        String profileId = newId("AIPA");
        int made = jdbc.sql("""
                        INSERT INTO sandbox.instance_profile (profile_id, account, name_key, name, path)
                        VALUES (:profileId, :account, :key, :name, :path)
                        ON CONFLICT (account, name_key) DO NOTHING""")
                .param("profileId", profileId)
                .param("account", account.id().value())
                .param("key", key(name))
                .param("name", name)
                .param("path", path)
                .update();
        if (made == 0) {
            throw Refusal.taken("Instance Profile " + name + " already exists.");
        }
        tags.forEach((key, value) -> jdbc.sql("""
                        INSERT INTO sandbox.instance_profile_tag (profile_id, tag_key, key, value)
                        VALUES (:profileId, :tagKey, :key, :value)
                        ON CONFLICT (profile_id, tag_key) DO UPDATE SET key = excluded.key, value = excluded.value""")
                .param("profileId", profileId)
                .param("tagKey", key(key))
                .param("key", key)
                .param("value", value)
                .update());
    }

    private void addRoleToInstanceProfile(String name, String profile) {
        Constraints.instanceProfileName(profile);
        String roleId = locked(name);
        Profile found = lockedProfile(profile);
        // Even for the role that is in it already.
        if (found.roleId() != null) {
            throw Refusal.limit("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
        }
        update(
                "UPDATE sandbox.instance_profile SET role_id = :roleId WHERE profile_id = :profileId",
                roleId,
                Map.of("profileId", found.profileId()));
    }

    private void removeRoleFromInstanceProfile(String name, String profile) {
        Constraints.instanceProfileName(profile);
        String roleId = locked(name);
        Profile found = lockedProfile(profile);
        if (!roleId.equals(found.roleId())) {
            throw Refusal.absent("The role with name " + name + " is not in the instance profile " + profile + ".");
        }
        jdbc.sql("UPDATE sandbox.instance_profile SET role_id = NULL WHERE profile_id = :profileId")
                .param("profileId", found.profileId())
                .update();
    }

    private void deleteInstanceProfile(String profile) {
        Constraints.instanceProfileName(profile);
        Profile found = lockedProfile(profile);
        if (found.roleId() != null) {
            throw Refusal.deleteConflict("remove roles from instance profile");
        }
        jdbc.sql("DELETE FROM sandbox.instance_profile WHERE profile_id = :profileId")
                .param("profileId", found.profileId())
                .update();
    }

    /** The role and all that hangs off it, empty if there is none. */
    Optional<RoleState> role(String name, boolean withInstanceProfiles) {
        return role(name, "document", withInstanceProfiles);
    }

    /** The role and the names of all that hangs off it; each inline policy has the empty text. */
    Optional<RoleState> outline(String name) {
        return role(name, "''", true);
    }

    private Optional<RoleState> role(String name, String document, boolean withInstanceProfiles) {
        return jdbc.sql("SELECT * FROM sandbox.role WHERE account = :account AND name_key = :key")
                .param("account", account.id().value())
                .param("key", key(name))
                .query((row, _) -> {
                    String roleId = row.getString("role_id");
                    return new RoleState(
                            roleId,
                            arnPrefix(account) + row.getString("path") + row.getString("name"),
                            row.getString("name"),
                            row.getString("path"),
                            row.getString("description"),
                            principals.shown(row.getString("trust_policy")),
                            row.getInt("max_session_seconds"),
                            row.getString("permissions_boundary"),
                            pairs("SELECT key, value FROM sandbox.role_tag WHERE role_id = :roleId", roleId),
                            names(
                                    "SELECT policy_arn FROM sandbox.attached_policy WHERE role_id = :roleId ORDER BY position",
                                    roleId),
                            pairs(
                                    "SELECT name, " + document
                                            + " FROM sandbox.inline_policy WHERE role_id = :roleId ORDER BY name",
                                    roleId),
                            withInstanceProfiles
                                    ? names(
                                            "SELECT name FROM sandbox.instance_profile WHERE role_id = :roleId ORDER BY name",
                                            roleId)
                                    : new LinkedHashSet<>(),
                            false);
                })
                .optional();
    }

    /** The instance profile, empty if there is none. */
    Optional<InstanceProfile> instanceProfile(String name) {
        Constraints.instanceProfileName(name);
        return jdbc.sql("""
                        SELECT profile.profile_id, profile.name, profile.path, role.name AS role_name
                        FROM sandbox.instance_profile profile LEFT JOIN sandbox.role ON role.role_id = profile.role_id
                        WHERE profile.account = :account AND profile.name_key = :key""")
                .param("account", account.id().value())
                .param("key", key(name))
                .query((row, _) -> {
                    String roleName = row.getString("role_name");
                    return new InstanceProfile(
                            row.getString("name"),
                            arnPrefix(account, "instance-profile") + row.getString("path") + row.getString("name"),
                            row.getString("path"),
                            profileTags(row.getString("profile_id")),
                            new LinkedHashSet<>(roleName == null ? Set.of() : Set.of(roleName)));
                })
                .optional();
    }

    private Map<String, String> profileTags(String profileId) {
        Map<String, String> tags = new LinkedHashMap<>();
        jdbc.sql("SELECT key, value FROM sandbox.instance_profile_tag WHERE profile_id = :profileId")
                .param("profileId", profileId)
                .query(row -> {
                    tags.put(row.getString("key"), row.getString("value"));
                });
        return tags;
    }

    /** The document of a managed policy, empty if the account has none of that ARN. */
    Optional<String> policyDocument(String arn) {
        return policies.document(arn);
    }

    AccountQuotas quotas() {
        return new AccountQuotas(
                Math.toIntExact(count("SELECT count(*) FROM sandbox.role WHERE account = :account")),
                ROLES_PER_ACCOUNT,
                POLICIES_PER_ROLE,
                TRUST_POLICY_SIZE,
                INLINE_POLICIES_SIZE);
    }

    private String trustPolicy(String member, String document) {
        Constraints.document(member, document);
        JsonNode tree = PolicyGrammar.trust(document, principals);
        if (PolicyText.size(document) > TRUST_POLICY_SIZE) {
            throw Refusal.limit("Cannot exceed quota for ACLSizePerRole: " + TRUST_POLICY_SIZE);
        }
        return principals.kept(tree);
    }

    /** The id of the role; its row is ours until the transaction ends. */
    private String locked(String name) {
        return jdbc.sql("SELECT role_id FROM sandbox.role WHERE account = :account AND name_key = :key FOR UPDATE")
                .param("account", account.id().value())
                .param("key", key(name))
                .query(String.class)
                .optional()
                .orElseThrow(() -> Refusal.absent("The role with name " + name + " cannot be found."));
    }

    private record Profile(String profileId, @Nullable String roleId) {}

    private Profile lockedProfile(String name) {
        return jdbc.sql("""
                        SELECT profile_id, role_id FROM sandbox.instance_profile
                        WHERE account = :account AND name_key = :key FOR UPDATE""")
                .param("account", account.id().value())
                .param("key", key(name))
                .query((row, _) -> new Profile(row.getString("profile_id"), row.getString("role_id")))
                .optional()
                .orElseThrow(() -> Refusal.absent("Instance Profile " + name + " cannot be found."));
    }

    /** In an ARN, unlike elsewhere, the case of letters counts. */
    private Optional<String> roleId(String arn) {
        return jdbc.sql("""
                        SELECT role_id FROM sandbox.role
                        WHERE account = :account AND :prefix || path || name = :arn""")
                .param("account", account.id().value())
                .param("prefix", arnPrefix(account))
                .param("arn", arn)
                .query(String.class)
                .optional();
    }

    private Optional<String> roleArn(String roleId) {
        return jdbc.sql("""
                        SELECT :prefix || path || name FROM sandbox.role
                        WHERE account = :account AND role_id = :roleId""")
                .param("prefix", arnPrefix(account))
                .param("account", account.id().value())
                .param("roleId", roleId)
                .query(String.class)
                .optional();
    }

    private int update(String sql, String roleId, Map<String, Object> params) {
        return jdbc.sql(sql).param("roleId", roleId).params(params).update();
    }

    private long count(String sql) {
        return jdbc.sql(sql)
                .param("account", account.id().value())
                .query(Long.class)
                .single();
    }

    private long count(String sql, String roleId) {
        return jdbc.sql(sql).param("roleId", roleId).query(Long.class).single();
    }

    private SequencedSet<String> names(String sql, String roleId) {
        return new LinkedHashSet<>(
                jdbc.sql(sql).param("roleId", roleId).query(String.class).list());
    }

    private SequencedMap<String, String> pairs(String sql, String roleId) {
        SequencedMap<String, String> pairs = new LinkedHashMap<>();
        jdbc.sql(sql).param("roleId", roleId).query(row -> {
            pairs.put(row.getString(1), row.getString(2));
        });
        return pairs;
    }

    private static String newId(String kind) {
        StringBuilder id = new StringBuilder(kind);
        RANDOM.ints(ID_LENGTH, 0, ID_ALPHABET.length()).forEach(i -> id.append(ID_ALPHABET.charAt(i)));
        return id.toString();
    }

    private static String arnPrefix(Account account) {
        return arnPrefix(account, "role");
    }

    private static String arnPrefix(Account account, String resource) {
        return "arn:" + account.partition().id() + ":iam::" + account.id() + ":" + resource;
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
