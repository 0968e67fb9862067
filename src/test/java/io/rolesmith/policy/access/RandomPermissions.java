package io.rolesmith.policy.access;

import io.rolesmith.policy.PolicyDocument;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

/** Policies made at random of so few words that they often meet, and requests in the same words. */
public final class RandomPermissions {

    private static final List<String> ACTION_PATTERNS =
            List.of("s3:GetObject", "s3:PutObject", "S3:Get*", "s3:*", "iam:PassRole", "*", "s3:?etObject");
    private static final List<String> ACTIONS = List.of("s3:GetObject", "s3:PutObject", "s3:GetAcl", "iam:PassRole");
    private static final List<String> RESOURCE_PATTERNS = List.of(
            "*",
            "arn:aws:s3:::b/*",
            "arn:aws:s3:::b/x*",
            "arn:aws:s3:::b/x",
            "arn:aws:s3:*:*:b/*",
            "arn:aws:s3:*:1:b/*",
            "arn:aws:s3:::*/y",
            "arn:aws:s3:::b/${aws:username}",
            "arn:aws:s3:::b/${aws:PrincipalTag/team}/*");
    private static final List<String> RESOURCES = List.of(
            "*",
            "arn:aws:s3:::b/x",
            "arn:aws:s3:::b/xy",
            "arn:aws:s3:::b/y",
            "arn:aws:s3:::c/y",
            "arn:aws:s3:e:1:b/z",
            "arn:aws:s3:e:1:c:1:b/z",
            "arn:aws:s3:::b/red/y");
    private static final List<String> CONDITIONS = List.of(
            "\"StringEquals\":{\"aws:username\":\"x\"}",
            "\"StringEquals\":{\"aws:username\":[\"x\",\"y\"]}",
            "\"StringNotEquals\":{\"aws:UserName\":\"x\"}",
            "\"StringNotLike\":{\"aws:username\":[\"x*\",\"y\"]}",
            "\"StringLike\":{\"aws:username\":\"x*\"}",
            "\"StringEqualsIfExists\":{\"aws:username\":\"x\"}",
            "\"StringNotEqualsIfExists\":{\"aws:username\":\"x\"}",
            "\"Null\":{\"aws:username\":\"false\"}",
            "\"Null\":{\"aws:username\":true}",
            "\"Bool\":{\"aws:SecureTransport\":\"true\"}",
            "\"Bool\":{\"aws:SecureTransport\":[true,\"FALSE\"]}",
            "\"StringEquals\":{\"aws:PrincipalTag/Team\":\"red\"}",
            "\"StringEquals\":{\"aws:PrincipalTag/team\":\"${aws:username}\"}",
            "\"StringNotEquals\":{\"aws:PrincipalTag/team\":\"${aws:username}\"}",
            "\"ForAllValues:StringEquals\":{\"aws:TagKeys\":[\"a\",\"b\"]}",
            "\"ForAnyValue:StringEquals\":{\"aws:TagKeys\":\"a\"}",
            "\"ForAnyValue:StringNotEquals\":{\"aws:TagKeys\":[\"a\",\"b\"]}",
            "\"NumericLessThan\":{\"s3:max-keys\":\"10\"}");

    /**
     * The words of policies.
     *
     * @param grantable patterns of actions that may be granted to anybody
     * @param all whether grants may be of all but some actions
     */
    private record Words(List<String> grantable, List<String> resources, List<String> conditions, boolean all) {}

    private static final Words ANY = new Words(ACTION_PATTERNS, RESOURCE_PATTERNS, CONDITIONS, true);

    private final Random random;
    private final Words words;

    public RandomPermissions(Random random) {
        this(random, ANY);
    }

    private RandomPermissions(Random random, Words words) {
        this.random = random;
        this.words = words;
    }

    /** Policies that the front door takes: well written, and without power over other roles. */
    public static RandomPermissions acceptable(Random random) {
        return new RandomPermissions(
                random,
                new Words(
                        List.of("s3:GetObject", "s3:PutObject", "S3:Get*", "s3:*", "s3:?etObject"),
                        List.of(
                                "*",
                                "arn:aws:s3:::b/*",
                                "arn:aws:s3:::b/x*",
                                "arn:aws:s3:::b/x",
                                "arn:aws:s3:::*/y",
                                "arn:aws:s3:::b/${aws:username}",
                                "arn:aws:s3:::b/${aws:PrincipalTag/team}/*"),
                        CONDITIONS.stream()
                                .filter(condition -> !condition.contains("FALSE"))
                                .toList(),
                        false));
    }

    /** One to three statements, seven in ten of them Allows. */
    public PolicyDocument policy() {
        return policy(random.nextInt(3) + 1, 0.7);
    }

    /** A policy that allows most things, as boundaries do. */
    public PolicyDocument boundary() {
        return policy(random.nextInt(2) + 2, 0.85);
    }

    /** Statements of one effect only. */
    public PolicyDocument policyOf(String effect) {
        return policy(1, effect.equals("Allow") ? 1 : 0);
    }

    private PolicyDocument policy(int size, double allows) {
        List<String> statements = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            statements.add(statement(random.nextDouble() < allows ? "Allow" : "Deny"));
        }
        return PolicyDocument.parse("{\"Version\":\"" + (random.nextInt(8) == 0 ? "2008-10-17" : "2012-10-17")
                + "\",\"Statement\":[" + String.join(",", statements) + "]}");
    }

    private String statement(String effect) {
        boolean grants = effect.equals("Allow");
        String action = random.nextInt(6) == 0 && (words.all || !grants) ? "NotAction" : "Action";
        String resource = random.nextInt(6) == 0 ? "NotResource" : "Resource";
        String condition = random.nextInt(3) == 0
                ? ",\"Condition\":{" + String.join(",", oneEachOperator(some(words.conditions, 2))) + "}"
                : "";
        return "{\"Effect\":\"" + effect + "\",\"" + action + "\":"
                + array(some(grants ? words.grantable : ACTION_PATTERNS, 2)) + ",\"" + resource + "\":"
                + array(some(words.resources, 3)) + condition + "}";
    }

    private static List<String> oneEachOperator(List<String> conditions) {
        Map<String, String> byOperator = new LinkedHashMap<>();
        conditions.forEach(condition -> byOperator.put(condition.substring(0, condition.indexOf("\":")), condition));
        return List.copyOf(byOperator.values());
    }

    /** A few policies, now and then under a boundary. */
    public Permissions permissions() {
        List<NamedPolicy> policies = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            policies.add(NamedPolicy.of("p" + i, policy()));
        }
        return new Permissions(
                policies, random.nextInt(3) == 0 ? Optional.of(NamedPolicy.of("b", boundary())) : Optional.empty());
    }

    /** The same with one policy taken away, added or replaced, or the boundary replaced. */
    public Permissions changed(Permissions old) {
        List<NamedPolicy> policies = new ArrayList<>(old.identityPolicies());
        Optional<NamedPolicy> boundary = old.boundary();
        switch (random.nextInt(4)) {
            case 0 -> policies.removeFirst();
            case 1 -> policies.add(NamedPolicy.of("new", policy()));
            case 2 -> policies.set(0, NamedPolicy.of("other", policy()));
            default -> boundary = Optional.of(NamedPolicy.of("b2", boundary()));
        }
        return new Permissions(policies, boundary);
    }

    /** Values of every key that policies speak of, or none. */
    public Map<String, List<String>> context() {
        Map<String, List<String>> context = new LinkedHashMap<>();
        put(context, "aws:username", List.of("x", "y", "xy", "z"), 1);
        put(context, "aws:securetransport", List.of("true", "false"), 1);
        put(context, "aws:principaltag/team", List.of("red", "x", "blue"), 1);
        put(context, "aws:tagkeys", List.of("a", "b", "c"), 2);
        put(context, "s3:max-keys", List.of("5", "10"), 1);
        return context;
    }

    private void put(Map<String, List<String>> context, String key, List<String> values, int most) {
        if (random.nextInt(4) != 0) {
            context.put(key, some(values, most));
        }
    }

    /** A request under any context. */
    public boolean isAllowed(Permissions permissions, PlainEvaluator evaluator, String action, String resource) {
        return evaluator.allows(
                permissions.identityPolicies().stream()
                        .map(policy -> policy.document().orElseThrow())
                        .toList(),
                permissions.boundary().flatMap(NamedPolicy::document),
                action,
                resource);
    }

    public List<String> actions() {
        return ACTIONS;
    }

    public List<String> resources() {
        return RESOURCES;
    }

    private static String array(List<String> values) {
        return values.stream().collect(Collectors.joining("\",\"", "[\"", "\"]"));
    }

    private <T> List<T> some(List<T> of, int most) {
        List<T> shuffled = new ArrayList<>(of);
        Collections.shuffle(shuffled, random);
        return List.copyOf(shuffled.subList(0, 1 + random.nextInt(most)));
    }
}
