package io.rolesmith.policy.access;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Random policies and requests in AWS's own actions, resources and condition keys. */
final class SimulatorCases {

    /** Keys that AWS gives several values; all others have one. */
    static final List<String> ARRAYS = List.of("aws:TagKeys", "aws:CalledVia");

    /** Keys of one value, with the type that their values have. */
    private static final Map<String, Family> SINGLES = new LinkedHashMap<>();

    static {
        SINGLES.put("aws:PrincipalTag/team", Family.STRING);
        SINGLES.put("aws:PrincipalTag/missing", Family.STRING);
        SINGLES.put("aws:RequestTag/team", Family.STRING);
        SINGLES.put("aws:MultiFactorAuthAge", Family.NUMERIC);
        SINGLES.put("aws:CurrentTime", Family.DATE);
        SINGLES.put("aws:SecureTransport", Family.BOOL);
        SINGLES.put("aws:PrincipalTag/bytes", Family.BINARY);
        SINGLES.put("aws:SourceIp", Family.IP);
        SINGLES.put("aws:SourceArn", Family.ARN);
    }

    private static final List<List<String>> TARGETS = List.of(
            List.of("s3:GetObject", "arn:aws:s3:::orders/2026/a.txt"),
            List.of("s3:GetObject", "arn:aws:s3:::orders/red/a:b"),
            List.of("s3:ListBucket", "arn:aws:s3:::orders"),
            List.of("s3:ListAllMyBuckets", "*"),
            List.of("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/Orders"),
            List.of("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:orders"),
            List.of("sns:Publish", "arn:aws:sns:eu-west-1:123456789012:orders"),
            List.of("iam:GetRole", "arn:aws:iam::123456789012:role/team/app"),
            List.of("iam:PassRole", "arn:aws:iam::123456789012:role/red"),
            List.of("ec2:DescribeInstances", "*"),
            List.of("ec2:TerminateInstances", "arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b"),
            List.of("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:123456789012:function:orders"),
            List.of("logs:PutLogEvents", "arn:aws:logs:eu-west-1:123456789012:log-group:/app:log-stream:main"),
            List.of("ssm:GetParameter", "arn:aws:ssm:eu-west-1:123456789012:parameter/red/app"));

    private final Random random;

    /** The type that the keys of several values have in the question that is being made. */
    private final Map<String, Family> listed = new LinkedHashMap<>();

    SimulatorCases(Random random) {
        this.random = random;
    }

    /** A line of a condition block. */
    record Line(String operator, String key, List<String> values) {

        static final Line NEVER = new Line("Null", "aws:PrincipalTag/never", List.of("false"));
        static final Line ALWAYS = new Line("Null", "aws:PrincipalTag/always", List.of("true"));
    }

    /** A statement; the first flag makes its actions a NotAction, the second its resources a NotResource. */
    record Clause(
            boolean deny,
            boolean notAction,
            List<String> actions,
            boolean notResource,
            List<String> resources,
            List<Line> lines) {

        String json() {
            Map<String, List<Line>> byOperator = lines.stream()
                    .distinct()
                    .collect(Collectors.groupingBy(Line::operator, LinkedHashMap::new, Collectors.toList()));
            String condition = byOperator.entrySet().stream()
                    .map(entry -> quoted(entry.getKey()) + ":{"
                            + entry.getValue().stream()
                                    .map(line -> quoted(line.key()) + ":" + array(line.values()))
                                    .collect(Collectors.joining(","))
                            + "}")
                    .collect(Collectors.joining(","));
            return "{\"Effect\":\"" + (deny ? "Deny" : "Allow") + "\",\"" + (notAction ? "NotAction" : "Action") + "\":"
                    + array(actions) + ",\"" + (notResource ? "NotResource" : "Resource") + "\":" + array(resources)
                    + (lines.isEmpty() ? "" : ",\"Condition\":{" + condition + "}") + "}";
        }
    }

    record Document(String version, List<Clause> clauses) {

        String json() {
            return "{\"Version\":\"" + version + "\",\"Statement\":["
                    + clauses.stream().map(Clause::json).collect(Collectors.joining(",")) + "]}";
        }
    }

    /**
     * A question.
     *
     * @param given the values of the keys that the request has
     */
    record Case(
            List<Document> policies,
            Optional<Document> boundary,
            String action,
            String resource,
            Map<String, List<String>> given) {

        /** The other simulator takes the context for complete, so all other keys are said to have no value. */
        Map<String, List<String>> context() {
            Map<String, List<String>> context = new HashMap<>(given);
            SINGLES.keySet().forEach(key -> context.putIfAbsent(key, List.of()));
            ARRAYS.forEach(key -> context.putIfAbsent(key, List.of()));
            context.put("aws:PrincipalTag/null", List.of());
            return context;
        }

        /** The context as a caller gives it who does not say which keys have no value. */
        Map<String, List<String>> openContext() {
            return given;
        }

        String json() {
            String context = given.entrySet().stream()
                    .map(entry -> quoted(entry.getKey()) + ":"
                            + (ARRAYS.contains(entry.getKey())
                                    ? array(entry.getValue())
                                    : quoted(entry.getValue().getFirst())))
                    .collect(Collectors.joining(","));
            return "{\"policies\":[" + policies.stream().map(Document::json).collect(Collectors.joining(","))
                    + "],\"boundary\":" + boundary.map(Document::json).orElse("null") + ",\"action\":" + quoted(action)
                    + ",\"resource\":" + quoted(resource) + ",\"context\":{" + context + "}}";
        }

        /** The question with its policies rewritten so that they say to us what they say to the other simulator. */
        Case readAs(SimulatorReading reading) {
            return new Case(
                    policies.stream()
                            .map(document -> reading.read(document, this))
                            .toList(),
                    boundary.map(document -> reading.read(document, this)),
                    action,
                    resource,
                    given);
        }
    }

    Case next() {
        List<String> target = pick(TARGETS);
        listed.clear();
        ARRAYS.forEach(key -> listed.put(key, pick(Family.values())));
        List<Document> policies = new ArrayList<>();
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            policies.add(document(target));
        }
        Optional<Document> boundary = random.nextInt(3) == 0 ? Optional.of(document(target)) : Optional.empty();
        Map<String, List<String>> given = new LinkedHashMap<>();
        SINGLES.forEach((key, family) -> {
            if (random.nextInt(4) > 0 && !key.equals("aws:PrincipalTag/missing")) {
                given.put(key, List.of(pick(family.requested)));
            }
        });
        if (random.nextInt(4) > 0) {
            given.put("aws:PrincipalTag/team", List.of(pick("red", "red", "red", "red", "orders", "orders", "*", "")));
        }
        for (String key : ARRAYS) {
            if (random.nextInt(4) > 0) {
                Family family = listed.getOrDefault(key, Family.STRING);
                List<String> values = new ArrayList<>();
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    values.add(pick(family.requested));
                }
                given.put(key, values);
            }
        }
        return new Case(policies, boundary, anyCase(target.getFirst(), 20), target.getLast(), given);
    }

    private Document document(List<String> target) {
        List<Clause> clauses = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            List<Line> lines = new ArrayList<>();
            for (int l = pick(0, 0, 1, 1, 1, 2); l > 0; l--) {
                Line line = line();
                if (lines.stream().noneMatch(other -> other.operator().equals(line.operator()))) {
                    lines.add(line);
                }
            }
            clauses.add(new Clause(
                    random.nextInt(3) == 0,
                    random.nextInt(5) == 0,
                    some(() -> action(target.getFirst())),
                    random.nextInt(5) == 0,
                    some(() -> resource(target.getLast())),
                    lines));
        }
        return new Document(random.nextInt(12) == 0 ? "2008-10-17" : "2012-10-17", clauses);
    }

    private String action(String action) {
        String service = action.substring(0, action.indexOf(':'));
        String name = action.substring(action.indexOf(':') + 1);
        return switch (random.nextInt(9)) {
            case 0 -> "*";
            case 1 -> service + ":*";
            case 2 -> service + ":" + name.substring(0, 3) + "*";
            case 3 -> service + ":?" + name.substring(1);
            case 4 -> service + ":*" + name.substring(name.length() - 4);
            case 5 -> pick("ec2:*", "s3:Put*", "cloudwatch:GetMetricData");
            default -> anyCase(action, 3);
        };
    }

    private String resource(String resource) {
        if (resource.equals("*")) {
            return pick("*", "*", "arn:aws:s3:::orders", "arn:aws:ec2:*:*:instance/*");
        }
        String[] parts = resource.split(":", 6);
        int place = random.nextInt(parts[5].length());
        switch (random.nextInt(14)) {
            case 0, 1 -> {
                return "*";
            }
            case 2 -> parts[3] = parts[3].isEmpty() ? "" : "*";
            case 3 -> parts[4] = parts[4].isEmpty() ? "" : pick("*", "12345678901?", "210987654321");
            case 4 -> parts[5] = "*";
            case 5 -> parts[5] = parts[5].substring(0, place) + "*";
            case 6 -> parts[5] = parts[5].substring(0, place) + "?" + parts[5].substring(place + 1);
            case 7 -> parts[5] = "*" + parts[5].substring(place);
            case 8 -> parts[5] = parts[5].replace("red", "${aws:PrincipalTag/team}");
            case 9 ->
                parts[5] = parts[5].replace(
                        "orders", pick("${aws:PrincipalTag/missing}", "${aws:PrincipalTag/team, 'orders'}", "${*}"));
            case 10 -> parts[5] = anyCase(parts[5], 1);
            case 11 -> {
                return pick(
                        "arn:aws:s3:::*",
                        "arn:aws:" + parts[2] + ":*",
                        "arn:aws:" + parts[2] + ":*:" + parts[5],
                        "arn:aws:iam::123456789012:role/*");
            }
            default -> {}
        }
        return String.join(":", parts);
    }

    private Line line() {
        if (random.nextInt(20) == 0) {
            return new Line("Null", anyCase(anyKey(), 6), List.of(pick("true", "false")));
        }
        String ifExists = random.nextInt(5) == 0 ? "IfExists" : "";
        if (random.nextInt(3) == 0) {
            String key = pick(ARRAYS);
            Family family = listed.getOrDefault(key, Family.STRING);
            return new Line(
                    pick("", "ForAllValues:", "ForAllValues:", "ForAnyValue:", "ForAnyValue:")
                            + pick(family.operators)
                            + ifExists,
                    anyCase(key, 6),
                    some(() -> pick(family.written)));
        }
        Family family = pick(Family.values());
        String key = pick(SINGLES.keySet().stream()
                .filter(one -> SINGLES.get(one) == family)
                .toList());
        String quantifier = random.nextInt(8) == 0 ? pick("ForAllValues:", "ForAnyValue:") : "";
        return new Line(
                quantifier + pick(family.operators) + ifExists, anyCase(key, 6), some(() -> pick(family.written)));
    }

    private String anyKey() {
        return pick(Stream.concat(SINGLES.keySet().stream(), ARRAYS.stream()).toList());
    }

    /** The operators of one type, with values of policies and requests that meet often enough. */
    private enum Family {
        STRING(
                List.of(
                        "StringEquals",
                        "StringNotEquals",
                        "StringEqualsIgnoreCase",
                        "StringNotEqualsIgnoreCase",
                        "StringLike",
                        "StringNotLike"),
                List.of(
                        "red",
                        "blue",
                        "RED",
                        "r*",
                        "?ed",
                        "*",
                        "",
                        "${aws:PrincipalTag/team}",
                        "pre-${aws:PrincipalTag/team}",
                        "${aws:PrincipalTag/missing}",
                        "${aws:PrincipalTag/missing, 'red'}",
                        "${aws:PrincipalTag/team, 'blue'}",
                        "${aws:TagKeys}",
                        "${*}",
                        "a${*}?"),
                List.of("red", "red", "blue", "RED", "r*", "*", "", "pre-red", "a*b", "re.d")),
        NUMERIC(
                List.of(
                        "NumericEquals",
                        "NumericNotEquals",
                        "NumericLessThan",
                        "NumericLessThanEquals",
                        "NumericGreaterThan",
                        "NumericGreaterThanEquals"),
                List.of("1", "1.0", "10", "-1", "10.5", "1e3"),
                List.of("1", "10", "10", "11", "10.50", "1000", "-1", "ten")),
        DATE(
                List.of(
                        "DateEquals",
                        "DateNotEquals",
                        "DateLessThan",
                        "DateLessThanEquals",
                        "DateGreaterThan",
                        "DateGreaterThanEquals"),
                List.of(
                        "2026-01-01T00:00:00Z",
                        "2026-01-01",
                        "2026-01",
                        "2026-01-01T01:00:00+01:00",
                        "2026-07-01T00:00:00.5Z",
                        "2026",
                        "1767225600"),
                List.of(
                        "2026-01-01T00:00:00Z",
                        "2025-06-01T00:00:00Z",
                        "2026-07-01T00:00:00Z",
                        "2026-01-01T05:45:00+05:45",
                        "1767225600",
                        "yesterday")),
        BOOL(List.of("Bool"), List.of("true", "false", "TRUE"), List.of("true", "false", "True", "yes")),
        BINARY(List.of("BinaryEquals"), List.of("QUI=", "QUJD"), List.of("QUI=", "QUJD", "!")),
        IP(
                List.of("IpAddress", "NotIpAddress"),
                List.of(
                        "10.0.0.0/8",
                        "10.1.128.0/17",
                        "10.0.0.1",
                        "0.0.0.0/0",
                        "2001:db8::/32",
                        "2001:db8::1",
                        "::/0",
                        "10.0.0.1/32"),
                List.of(
                        "10.0.0.1",
                        "10.1.200.3",
                        "10.1.7.3",
                        "11.0.0.1",
                        "2001:db8::1",
                        "2001:0db8:0:0:0:0:0:1",
                        "nowhere")),
        ARN(
                List.of("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
                List.of(
                        "arn:aws:s3:::orders",
                        "arn:aws:sns:*:123456789012:orders",
                        "arn:aws:sns:*:*:*",
                        "arn:*:sns:eu-west-?:123456789012:o?ders",
                        "arn:aws:s3:::${aws:PrincipalTag/team}",
                        "arn:aws:s3:::${aws:PrincipalTag/missing}",
                        "arn:aws:logs:*:*:log-group:*",
                        "arn:aws:logs:*:log-group:*:*",
                        "*"),
                List.of(
                        "arn:aws:s3:::orders",
                        "arn:aws:sns:eu-west-1:123456789012:orders",
                        "arn:aws:s3:::red",
                        "arn:aws:s3:::*",
                        "arn:aws:logs:eu-west-1:123456789012:log-group:a:b",
                        "no-arn"));

        private final List<String> operators;
        private final List<String> written;
        private final List<String> requested;

        Family(List<String> operators, List<String> written, List<String> requested) {
            this.operators = operators;
            this.written = written;
            this.requested = requested;
        }
    }

    private List<String> some(Supplier<String> one) {
        List<String> some = new ArrayList<>();
        for (int i = pick(1, 1, 1, 2, 3); i > 0; i--) {
            String value = one.get();
            if (!some.contains(value)) {
                some.add(value);
            }
        }
        return some;
    }

    private String anyCase(String text, int seldom) {
        if (random.nextInt(seldom) > 0) {
            return text;
        }
        return random.nextBoolean() ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT);
    }

    @SafeVarargs
    private <T> T pick(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    static String array(List<String> values) {
        return values.stream().map(SimulatorCases::quoted).collect(Collectors.joining(",", "[", "]"));
    }

    static String quoted(String text) {
        return "\"" + text + "\"";
    }
}
