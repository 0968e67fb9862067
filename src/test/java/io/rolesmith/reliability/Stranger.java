package io.rolesmith.reliability;

import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.IamBackend;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Somebody else who works on a role in IAM, and is recorded as such. */
final class Stranger {

    private final FaultProxy iam;
    private final String role;
    private final Random random;

    Stranger(FaultProxy iam, String role, Random random) {
        this.iam = iam;
        this.role = role;
        this.random = random;
    }

    /** Does something; what it was. */
    String meddle() {
        Facets live = live();
        int deed = random.nextInt(12);
        if (!live.hasRole()) {
            if (deed < 3) {
                make(Map.of());
                return "made the role";
            }
            return "found nothing";
        }
        switch (deed) {
            case 0 -> {
                putPolicy("foreign");
                return "put a policy of their own";
            }
            case 1, 2 -> {
                String policy = Schedule.INLINE.get(random.nextInt(3));
                putPolicy(policy);
                return "put " + policy;
            }
            case 3 -> {
                act("AttachRolePolicy", Map.of("PolicyArn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"));
                return "attached a policy";
            }
            case 4 -> {
                String arn = Schedule.MANAGED.get(random.nextInt(3));
                act("DetachRolePolicy", Map.of("PolicyArn", arn));
                return "detached " + arn;
            }
            case 5 -> {
                act(
                        "UpdateAssumeRolePolicy",
                        Map.of(
                                "PolicyDocument",
                                Schedule.trust("states.amazonaws.com").toString()));
                return "replaced the trust policy";
            }
            case 6 -> {
                act("UpdateRole", Map.of("Description", "foreign", "MaxSessionDuration", "10800"));
                return "described the role";
            }
            case 7 -> {
                act("TagRole", Map.of("Tags.member.1.Key", "stage", "Tags.member.1.Value", "foreign"));
                return "tagged the role";
            }
            case 8 -> {
                act(
                        "UntagRole",
                        Map.of("TagKeys.member.1", "rolesmith:installation", "TagKeys.member.2", "rolesmith:request"));
                return "took the tags of ownership off";
            }
            case 9 -> {
                remove(live, true);
                return "removed the role";
            }
            case 10 -> {
                remove(live, random.nextBoolean());
                make(Map.of());
                return "made the role again";
            }
            default -> {
                Map<String, String> tags = new LinkedHashMap<>();
                live.values().forEach((facet, value) -> {
                    if (facet.startsWith("tag:")) {
                        int member = tags.size() / 2 + 1;
                        tags.put("Tags.member." + member + ".Key", facet.substring("tag:".length()));
                        tags.put("Tags.member." + member + ".Value", value);
                    }
                });
                remove(live, true);
                make(tags);
                return "made the role again, with its tags";
            }
        }
    }

    private Facets live() {
        IamBackend unrecorded = form -> iam.ask(form.action(), form.members());
        return Facets.of(unrecorded, role);
    }

    private void make(Map<String, String> tags) {
        Map<String, String> members = new LinkedHashMap<>(tags);
        members.put(
                "AssumeRolePolicyDocument",
                Schedule.trust("states.amazonaws.com").toString());
        act("CreateRole", members);
    }

    private void putPolicy(String name) {
        act(
                "PutRolePolicy",
                Map.of(
                        "PolicyName",
                        name,
                        "PolicyDocument",
                        Schedule.document("Allow", "foreign").toString()));
    }

    private void remove(Facets live, boolean withProfile) {
        live.values().keySet().forEach(facet -> {
            if (facet.startsWith("managed:")) {
                act("DetachRolePolicy", Map.of("PolicyArn", facet.substring("managed:".length())));
            } else if (facet.startsWith("inline:")) {
                act("DeleteRolePolicy", Map.of("PolicyName", facet.substring("inline:".length())));
            } else if (facet.equals(Facets.PROFILE)) {
                act("RemoveRoleFromInstanceProfile", Map.of("InstanceProfileName", role));
                if (withProfile) {
                    iam.stranger("DeleteInstanceProfile", Map.of("InstanceProfileName", role));
                }
            }
        });
        act("DeleteRole", Map.of());
    }

    private void act(String action, Map<String, String> members) {
        Map<String, String> all = new LinkedHashMap<>(members);
        all.put("RoleName", role);
        iam.stranger(action, all);
    }
}
