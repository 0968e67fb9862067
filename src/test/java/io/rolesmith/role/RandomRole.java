package io.rolesmith.role;

import io.rolesmith.policy.PolicyDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.stream.Stream;

/** Specs and live roles made at random from so few values that they often agree. */
final class RandomRole {

    /** Each row holds spellings of one policy, no two rows mean the same. */
    private static final List<List<String>> TRUST = List.of(
            List.of(
                    RoleDraftBuilder.TRUST,
                    "{\"Statement\":{\"Action\":[\"sts:AssumeRole\"],\"Effect\":\"Allow\","
                            + "\"Principal\":{\"Service\":[\"ecs-tasks.amazonaws.com\"]}},\"Version\":\"2012-10-17\"}"),
            List.of(
                    RoleDraftBuilder.TRUST.replace("ecs-tasks", "ec2"),
                    RoleDraftBuilder.TRUST.replace("ecs-tasks", "ec2").replace(",", " ,\n")),
            List.of(
                    RoleDraftBuilder.TRUST.replace(
                            "{\"Service\":\"ecs-tasks.amazonaws.com\"}", "{\"AWS\":\"210987654321\"}"),
                    RoleDraftBuilder.TRUST.replace(
                            "{\"Service\":\"ecs-tasks.amazonaws.com\"}",
                            "{\"AWS\":\"arn:aws:iam::210987654321:root\"}")));

    private static final List<List<String>> INLINE = List.of(
            List.of(
                    RoleDraftBuilder.INLINE,
                    "{ \"Version\" : \"2012-10-17\", \"Statement\" : [ { \"Resource\" : [\"arn:aws:s3:::bucket/*\"],"
                            + " \"Effect\" : \"Allow\", \"Action\" : \"s3:getobject\" } ] }"),
            List.of(RoleDraftBuilder.INLINE.replace("Get", "Put"), RoleDraftBuilder.INLINE.replace("Get", "pUT")),
            List.of(
                    RoleDraftBuilder.INLINE.replace("bucket", "${var.bucket}"),
                    RoleDraftBuilder.INLINE.replace("bucket", "\\u0024{var.bucket}")),
            List.of(RoleDraftBuilder.INLINE.replace("Allow", "Deny")));

    private static final List<String> UNREADABLE = List.of("", "{", "{}", "[]", "{\"Version\":\"2012-10-17\"}");
    private static final List<List<String>> POLICY_NAMES =
            List.of(List.of("ecs-exec", "ECS-Exec"), List.of("logs", "Logs"), List.of("s3"), List.of("a,b", "A,B"));
    private static final List<List<String>> TAG_KEYS = List.of(
            List.of("service", "Service"), List.of("stage", "STAGE"), List.of("é", "É"), List.of("cost centre"));
    private static final List<String> MANAGED = Stream.of("A", "B", "service-role/C", "D", "E")
            .map(name -> "arn:aws:iam::aws:policy/" + name)
            .toList();
    private static final List<String> BOUNDARIES =
            List.of("arn:aws:iam::aws:policy/PowerUserAccess", "arn:aws:iam::123456789012:policy/team-boundary");
    private static final List<String> DESCRIPTIONS = List.of("", "a", "a\n3600");

    private final Random random;

    RandomRole(Random random) {
        this.random = random;
    }

    RoleSpec spec() {
        SequencedSet<PolicyArn> managed = new LinkedHashSet<>();
        some(MANAGED).forEach(arn -> managed.add(new PolicyArn(arn)));
        SequencedMap<PolicyName, PolicyDocument> inline = new LinkedHashMap<>();
        some(POLICY_NAMES)
                .forEach(names -> inline.put(new PolicyName(one(names)), PolicyDocument.parse(one(one(INLINE)))));
        SequencedMap<String, String> tags = new LinkedHashMap<>();
        some(TAG_KEYS).forEach(keys -> tags.put(one(keys), one(DESCRIPTIONS)));
        return new RoleSpec(
                new RoleName("App"),
                RolePath.ROOT,
                one(DESCRIPTIONS),
                PolicyDocument.parse(one(one(TRUST))),
                managed,
                inline,
                switch (random.nextInt(4)) {
                    case 0 -> new Boundary.Unchanged();
                    case 1 -> new Boundary.None();
                    default -> new Boundary.Policy(new PolicyArn(one(BOUNDARIES)));
                },
                Duration.ofSeconds(one(List.of(3600, 43_200))),
                tags,
                random.nextBoolean(),
                one(List.of(PolicyOwnership.values())));
    }

    /** Anybody's role of that name. */
    LiveRole live() {
        LiveRole role = LiveRole.of("App")
                .description(one(DESCRIPTIONS))
                .trust(document(TRUST))
                .session(one(List.of(3600, 43_200)))
                .boundary(random.nextBoolean() ? null : one(BOUNDARIES));
        some(MANAGED).forEach(role::attached);
        some(POLICY_NAMES).forEach(names -> role.inline(one(names), document(INLINE)));
        some(TAG_KEYS).forEach(keys -> role.tag(one(keys), one(DESCRIPTIONS)));
        if (random.nextInt(4) == 0) {
            role.tag("somebody:else", "x");
        }
        some(List.of("App", "Other")).forEach(role::profiles);
        return role;
    }

    /** The role that {@code spec} asks for in another spelling, with what does not count. */
    LiveRole same(RoleSpec spec) {
        LiveRole role = LiveRole.of("App")
                .description(spec.description())
                .trust(respelled(TRUST, spec.trustPolicy().json()))
                .session((int) spec.maxSession().toSeconds())
                .boundary(
                        switch (spec.boundary()) {
                            case Boundary.Unchanged() -> random.nextBoolean() ? null : one(BOUNDARIES);
                            case Boundary.None() -> null;
                            case Boundary.Policy(PolicyArn arn) -> arn.value();
                        });
        shuffled(spec.managedPolicyArns()).forEach(arn -> role.attached(arn.value()));
        shuffled(spec.inlinePolicies().entrySet())
                .forEach(policy -> role.inline(
                        recased(policy.getKey().value()),
                        respelled(INLINE, policy.getValue().json())));
        shuffled(spec.tags().entrySet()).forEach(tag -> role.tag(recased(tag.getKey()), tag.getValue()));
        role.tag("somebody:else", "x").tag("rolesmith:team", "retail");
        if (spec.instanceProfile() || random.nextBoolean()) {
            role.profiles("Other", random.nextBoolean() ? "App" : "aPP");
        }
        if (spec.policyOwnership() == PolicyOwnership.ADDITIVE) {
            role.attached("arn:aws:iam::aws:policy/Foreign").inline("foreign", one(UNREADABLE));
        }
        return role;
    }

    private String document(List<List<String>> policies) {
        return random.nextInt(8) == 0 ? one(UNREADABLE) : one(one(policies));
    }

    private String respelled(List<List<String>> policies, String json) {
        PolicyDocument document = PolicyDocument.parse(json);
        return policies.stream()
                .filter(spellings -> document.isEquivalentTo(spellings.getFirst()))
                .findFirst()
                .map(this::one)
                .orElseThrow();
    }

    private String recased(String text) {
        return switch (random.nextInt(3)) {
            case 0 -> text.toUpperCase(Locale.ROOT);
            case 1 -> text.toLowerCase(Locale.ROOT);
            default -> text;
        };
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private <T> List<T> some(List<T> of) {
        List<T> shuffled = new ArrayList<>(of);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, random.nextInt(of.size() + 1));
    }

    private <T> List<T> shuffled(Iterable<T> of) {
        List<T> shuffled = new ArrayList<>();
        of.forEach(shuffled::add);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }
}
