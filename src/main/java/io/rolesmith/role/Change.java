package io.rolesmith.role;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * One write to IAM on a role or its instance profile. Each case has the name and the arguments of the IAM operation, and what
 * was there before where the write would overwrite or remove it.
 *
 * <p>Cases are not to be added without their inverse being thought through: the switches over them have no default.
 */
public sealed interface Change {

    /** The role that the change belongs to. */
    RoleName role();

    /** The name of the IAM operation. */
    default String operation() {
        return getClass().getSimpleName();
    }

    /** One sentence for people. */
    String summary();

    /** What the change replaces or removes, as members of IAM's request; empty if there was nothing. */
    default SequencedMap<String, Object> before() {
        return new LinkedHashMap<>();
    }

    /** What the change puts there, as members of IAM's request; empty if it removes. */
    default SequencedMap<String, Object> after() {
        return new LinkedHashMap<>();
    }

    /** How the change is taken back. */
    Reversal reversal();

    /** How a change is taken back, if it can be. */
    sealed interface Reversal {}

    /** The inverse brings back what was there. */
    record Reversible(Change inverse) implements Reversal {}

    /** There is no way back, and why. */
    record Irreversible(String reason) implements Reversal {}

    record CreateRole(
            RoleName role,
            RolePath path,
            String description,
            String trustPolicy,
            int maxSessionSeconds,
            @Nullable PolicyArn permissionsBoundary,
            SequencedMap<String, String> tags)
            implements Change {

        @Override
        public String summary() {
            return "Create the role " + role
                    + (permissionsBoundary == null ? "" : " with the permissions boundary " + permissionsBoundary);
        }

        @Override
        public SequencedMap<String, Object> after() {
            SequencedMap<String, Object> after = facet("path", path.value());
            after.put("description", description);
            after.put("trustPolicy", trustPolicy);
            after.put("maxSessionSeconds", maxSessionSeconds);
            if (permissionsBoundary != null) {
                after.put("permissionsBoundaryArn", permissionsBoundary.value());
            }
            after.put("tags", tags);
            return after;
        }

        /** The same with another trust policy. */
        CreateRole trusting(String other) {
            return new CreateRole(role, path, description, other, maxSessionSeconds, permissionsBoundary, tags);
        }

        @Override
        public Reversal reversal() {
            return new Reversible(new DeleteRole(role));
        }
    }

    record DeleteRole(RoleName role) implements Change {

        @Override
        public String summary() {
            return "Delete the role " + role;
        }

        @Override
        public Reversal reversal() {
            return new Irreversible("a role made again has another RoleId, which breaks trust that names it");
        }
    }

    record UpdateAssumeRolePolicy(RoleName role, String trustPolicyBefore, String trustPolicy) implements Change {

        @Override
        public String summary() {
            return "Replace the trust policy";
        }

        @Override
        public SequencedMap<String, Object> before() {
            return facet("trustPolicy", trustPolicyBefore);
        }

        @Override
        public SequencedMap<String, Object> after() {
            return facet("trustPolicy", trustPolicy);
        }

        @Override
        public Reversal reversal() {
            return new Reversible(new UpdateAssumeRolePolicy(role, trustPolicy, trustPolicyBefore));
        }
    }

    /** Sets both parts at once; IAM would keep an absent one. */
    record UpdateRole(
            RoleName role,
            String descriptionBefore,
            int maxSessionSecondsBefore,
            String description,
            int maxSessionSeconds)
            implements Change {

        @Override
        public String summary() {
            return "Set the description and a longest session of " + maxSessionSeconds + " s";
        }

        @Override
        public SequencedMap<String, Object> before() {
            SequencedMap<String, Object> before = facet("description", descriptionBefore);
            before.put("maxSessionSeconds", maxSessionSecondsBefore);
            return before;
        }

        @Override
        public SequencedMap<String, Object> after() {
            SequencedMap<String, Object> after = facet("description", description);
            after.put("maxSessionSeconds", maxSessionSeconds);
            return after;
        }

        @Override
        public Reversal reversal() {
            return new Reversible(
                    new UpdateRole(role, description, maxSessionSeconds, descriptionBefore, maxSessionSecondsBefore));
        }
    }

    record PutRolePermissionsBoundary(
            RoleName role, @Nullable String arnBefore, String arn) implements Change {

        @Override
        public String summary() {
            return "Set the permissions boundary " + arn;
        }

        @Override
        public SequencedMap<String, Object> before() {
            return arnBefore == null ? new LinkedHashMap<>() : facet("permissionsBoundaryArn", arnBefore);
        }

        @Override
        public SequencedMap<String, Object> after() {
            return facet("permissionsBoundaryArn", arn);
        }

        @Override
        public Reversal reversal() {
            return new Reversible(
                    arnBefore == null
                            ? new DeleteRolePermissionsBoundary(role, arn)
                            : new PutRolePermissionsBoundary(role, arn, arnBefore));
        }
    }

    record DeleteRolePermissionsBoundary(RoleName role, String arn) implements Change {

        @Override
        public String summary() {
            return "Remove the permissions boundary " + arn;
        }

        @Override
        public SequencedMap<String, Object> before() {
            return facet("permissionsBoundaryArn", arn);
        }

        @Override
        public Reversal reversal() {
            return new Reversible(new PutRolePermissionsBoundary(role, null, arn));
        }
    }

    record AttachRolePolicy(RoleName role, String policyArn) implements Change {

        @Override
        public String summary() {
            return "Attach " + policyArn;
        }

        @Override
        public SequencedMap<String, Object> after() {
            return facet("policyArn", policyArn);
        }

        @Override
        public Reversal reversal() {
            return new Reversible(new DetachRolePolicy(role, policyArn));
        }
    }

    record DetachRolePolicy(RoleName role, String policyArn) implements Change {

        @Override
        public String summary() {
            return "Detach " + policyArn;
        }

        @Override
        public SequencedMap<String, Object> before() {
            return facet("policyArn", policyArn);
        }

        @Override
        public Reversal reversal() {
            return new Reversible(new AttachRolePolicy(role, policyArn));
        }
    }

    /** Puts an inline policy; {@code documentBefore} is absent where there was none of that name. */
    record PutRolePolicy(
            RoleName role, PolicyName policy, @Nullable String documentBefore, String document) implements Change {

        @Override
        public String summary() {
            return (documentBefore == null ? "Put" : "Replace") + " the inline policy " + policy;
        }

        @Override
        public SequencedMap<String, Object> before() {
            return documentBefore == null ? new LinkedHashMap<>() : inline(policy, documentBefore);
        }

        @Override
        public SequencedMap<String, Object> after() {
            return inline(policy, document);
        }

        @Override
        public Reversal reversal() {
            return new Reversible(
                    documentBefore == null
                            ? new DeleteRolePolicy(role, policy, document)
                            : new PutRolePolicy(role, policy, document, documentBefore));
        }
    }

    record DeleteRolePolicy(RoleName role, PolicyName policy, String document) implements Change {

        @Override
        public String summary() {
            return "Delete the inline policy " + policy;
        }

        @Override
        public SequencedMap<String, Object> before() {
            return inline(policy, document);
        }

        @Override
        public Reversal reversal() {
            return new Reversible(new PutRolePolicy(role, policy, null, document));
        }
    }

    record TagRole(RoleName role, SequencedMap<String, String> tagsBefore, SequencedMap<String, String> tags)
            implements Change {

        @Override
        public String summary() {
            return "Set the tags " + String.join(", ", tags.keySet());
        }

        @Override
        public SequencedMap<String, Object> before() {
            return tagsBefore.isEmpty() ? new LinkedHashMap<>() : facet("tags", tagsBefore);
        }

        @Override
        public SequencedMap<String, Object> after() {
            return facet("tags", tags);
        }

        /** One write can remove keys that were not there, or set values that were; not both. */
        @Override
        public Reversal reversal() {
            if (tagsBefore.isEmpty()) {
                return new Reversible(new UntagRole(role, tags));
            }
            return tagsBefore.keySet().equals(tags.keySet())
                    ? new Reversible(new TagRole(role, tags, tagsBefore))
                    : new Irreversible("new and changed tags are set in one write, which no single write takes back");
        }
    }

    record UntagRole(RoleName role, SequencedMap<String, String> tags) implements Change {

        @Override
        public String summary() {
            return "Remove the tags " + String.join(", ", tags.keySet());
        }

        @Override
        public SequencedMap<String, Object> before() {
            return facet("tags", tags);
        }

        @Override
        public Reversal reversal() {
            return new Reversible(new TagRole(role, new LinkedHashMap<>(), tags));
        }
    }

    record CreateInstanceProfile(RoleName role, RolePath path, SequencedMap<String, String> tags) implements Change {

        @Override
        public String summary() {
            return "Create the instance profile " + role;
        }

        @Override
        public SequencedMap<String, Object> after() {
            SequencedMap<String, Object> after = facet("instanceProfile", role.value());
            after.put("path", path.value());
            after.put("tags", tags);
            return after;
        }

        @Override
        public Reversal reversal() {
            return new Reversible(new DeleteInstanceProfile(role, role.value()));
        }
    }

    record AddRoleToInstanceProfile(RoleName role, String instanceProfile) implements Change {

        @Override
        public String summary() {
            return "Put the role into the instance profile " + instanceProfile;
        }

        @Override
        public SequencedMap<String, Object> after() {
            return facet("instanceProfile", instanceProfile);
        }

        @Override
        public Reversal reversal() {
            return new Reversible(new RemoveRoleFromInstanceProfile(role, instanceProfile));
        }
    }

    record RemoveRoleFromInstanceProfile(RoleName role, String instanceProfile) implements Change {

        @Override
        public String summary() {
            return "Take the role out of the instance profile " + instanceProfile;
        }

        @Override
        public SequencedMap<String, Object> before() {
            return facet("instanceProfile", instanceProfile);
        }

        @Override
        public Reversal reversal() {
            return new Reversible(new AddRoleToInstanceProfile(role, instanceProfile));
        }
    }

    record DeleteInstanceProfile(RoleName role, String instanceProfile) implements Change {

        @Override
        public String summary() {
            return "Delete the instance profile " + instanceProfile;
        }

        @Override
        public SequencedMap<String, Object> before() {
            return facet("instanceProfile", instanceProfile);
        }

        @Override
        public Reversal reversal() {
            return new Irreversible("running instances refer to the profile's id, which a new one does not have");
        }
    }

    private static SequencedMap<String, Object> facet(String name, Object value) {
        SequencedMap<String, Object> facet = new LinkedHashMap<>();
        facet.put(name, value);
        return facet;
    }

    private static SequencedMap<String, Object> inline(PolicyName policy, String document) {
        SequencedMap<String, Object> facet = facet("policyName", policy.value());
        facet.put("document", document);
        return facet;
    }

    /** The changes that take {@code applied} back, last first; those that cannot be are left out. */
    static List<Change> inverses(List<Change> applied) {
        return applied.reversed().stream()
                .map(Change::reversal)
                .<Change>mapMulti((reversal, out) -> {
                    switch (reversal) {
                        case Reversible(Change inverse) -> out.accept(inverse);
                        case Irreversible _ -> {}
                    }
                })
                .toList();
    }
}
