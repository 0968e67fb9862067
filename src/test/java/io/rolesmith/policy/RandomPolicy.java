package io.rolesmith.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A policy made at random, that can be written in many ways which all mean the same.
 *
 * <p>It knows nothing of the code under test: what it varies is IAM's own freedom.
 */
public record RandomPolicy(String version, List<RandomStatement> statements) {

    private static final List<String> ACTIONS =
            List.of("s3:GetObject", "s3:Put*", "ecs:ExecuteCommand", "iam:PassRole", "*", "sts:AssumeRole");
    private static final List<String> RESOURCES = List.of(
            "*",
            "arn:aws:s3:::b/*",
            "arn:aws:s3:::B/*",
            "arn:aws:ecs:eu-west-1:123456789012:task/é\"\\/\u00FF",
            "${aws:x}");
    private static final List<String> PRINCIPALS =
            List.of("123456789012", "210987654321", "arn:aws:iam::123456789012:role/App", "*");
    private static final List<String> OPERATORS = List.of(
            "StringEquals", "StringLikeIfExists", "ForAnyValue:StringEquals", "ArnLike", "Bool", "NumericEquals");
    private static final List<String> KEYS = List.of("aws:SourceArn", "aws:PrincipalTag/Team", "sts:ExternalId");
    private static final List<String> VALUES = List.of("true", "false", "10", "0.5", "a", "A", "\u20ac", "a b\tc");

    record RandomStatement(
            String sid,
            String effect,
            List<String> principals,
            String actionElement,
            List<String> actions,
            List<String> resources,
            List<RandomCondition> conditions) {}

    record RandomCondition(String operator, String key, List<String> values) {}

    public static RandomPolicy of(Random random) {
        List<RandomStatement> statements = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            List<RandomCondition> conditions = new ArrayList<>();
            for (String operator : some(random, OPERATORS, 0)) {
                for (String key : some(random, KEYS, 1)) {
                    conditions.add(new RandomCondition(operator, key, some(random, VALUES, 0)));
                }
            }
            statements.add(new RandomStatement(
                    "Sid" + i,
                    random.nextBoolean() ? "Allow" : "Deny",
                    some(random, PRINCIPALS, 0),
                    random.nextBoolean() ? "Action" : "NotAction",
                    some(random, ACTIONS, 1),
                    some(random, RESOURCES, 1),
                    conditions));
        }
        return new RandomPolicy(random.nextBoolean() ? "2012-10-17" : "2008-10-17", statements);
    }

    /** The same with one thing changed that counts. */
    RandomPolicy changed(Random random) {
        int place = random.nextInt(statements.size());
        RandomStatement old = statements.get(place);
        List<String> actions = new ArrayList<>(old.actions());
        List<String> resources = new ArrayList<>(old.resources());
        List<RandomCondition> conditions = new ArrayList<>(old.conditions());
        String sid = old.sid();
        String effect = old.effect();
        String actionElement = old.actionElement();
        switch (random.nextInt(7)) {
            case 0 -> sid = sid + "x";
            case 1 -> effect = effect.equals("Allow") ? "Deny" : "Allow";
            case 2 -> actions.add("ec2:RunInstances");
            case 3 -> resources.set(0, resources.getFirst() + "x");
            case 4 -> conditions.add(new RandomCondition("Null", "aws:TagKeys", List.of()));
            case 5 -> actionElement = actionElement.equals("Action") ? "NotAction" : "Action";
            default -> {
                return new RandomPolicy(version.equals("2012-10-17") ? "2008-10-17" : "2012-10-17", statements);
            }
        }
        List<RandomStatement> changed = new ArrayList<>(statements);
        changed.set(
                place,
                new RandomStatement(sid, effect, old.principals(), actionElement, actions, resources, conditions));
        return new RandomPolicy(version, changed);
    }

    /** A spelling of the policy: the plainest, or a different one for each state of {@code random}. */
    String write(Random random, boolean vary) {
        Writer writer = new Writer(random, vary);
        List<String> members = new ArrayList<>();
        if (!vary || version.equals("2012-10-17") || random.nextBoolean()) {
            members.add(writer.member("Version", writer.string(version)));
        }
        List<String> written = new ArrayList<>();
        for (RandomStatement statement : statements) {
            written.add(writer.statement(statement));
        }
        members.add(writer.member("Statement", writer.list(written)));
        return writer.object(members);
    }

    private static List<String> some(Random random, List<String> of, int atLeast) {
        List<String> shuffled = new ArrayList<>(of);
        Collections.shuffle(shuffled, random);
        return List.copyOf(shuffled.subList(0, atLeast + random.nextInt(Math.min(3, of.size() - atLeast + 1))));
    }

    private record Writer(Random random, boolean vary) {

        String statement(RandomStatement statement) {
            List<String> members = new ArrayList<>();
            members.add(member("Sid", string(statement.sid())));
            members.add(member("Effect", string(statement.effect())));
            if (!statement.principals().isEmpty() || coin()) {
                members.add(member("Principal", principals(statement.principals())));
            }
            members.add(member(
                    statement.actionElement(),
                    list(statement.actions().stream()
                            .map(action -> string(coin() ? action.toUpperCase(Locale.ROOT) : action))
                            .toList())));
            members.add(member(
                    "Resource",
                    list(statement.resources().stream().map(this::string).toList())));
            if (!statement.conditions().isEmpty() || coin()) {
                members.add(member("Condition", conditions(statement.conditions())));
            }
            return object(members);
        }

        private String principals(List<String> principals) {
            if (principals.isEmpty()) {
                return coin() ? "{}" : "{\"AWS\":[]}";
            }
            List<String> written = new ArrayList<>();
            for (String principal : principals) {
                boolean account = Character.isDigit(principal.charAt(0));
                written.add(string(account && coin() ? "arn:aws:iam::" + principal + ":root" : principal));
            }
            return object(List.of(member("AWS", list(written))));
        }

        private String conditions(List<RandomCondition> conditions) {
            List<String> operators = new ArrayList<>();
            List<String> names = conditions.stream()
                    .map(RandomCondition::operator)
                    .distinct()
                    .toList();
            for (String name : names) {
                List<String> keys = new ArrayList<>();
                for (RandomCondition condition : conditions) {
                    if (condition.operator().equals(name)) {
                        String key = coin() ? condition.key().toUpperCase(Locale.ROOT) : condition.key();
                        List<String> values = condition.values().stream()
                                .map(value -> scalar(name, value))
                                .toList();
                        keys.add(member(key, list(values)));
                    }
                }
                operators.add(member(name.equals("ArnLike") && coin() ? "ArnEquals" : name, object(keys)));
            }
            return object(operators);
        }

        private String scalar(String operator, String value) {
            boolean literal = value.equals("true") || value.equals("false") || Character.isDigit(value.charAt(0));
            if (literal && coin()) {
                return value;
            }
            return string(operator.equals("Bool") && coin() ? value.toUpperCase(Locale.ROOT) : value);
        }

        String member(String name, String value) {
            return string(name) + space() + ":" + space() + value;
        }

        String object(List<String> members) {
            List<String> shuffled = new ArrayList<>(members);
            if (vary) {
                Collections.shuffle(shuffled, random);
            }
            return "{" + space() + String.join(space() + "," + space(), shuffled) + space() + "}";
        }

        String list(List<String> elements) {
            if (elements.size() == 1 && coin()) {
                return elements.getFirst();
            }
            List<String> shuffled = new ArrayList<>(elements);
            if (coin() && !elements.isEmpty()) {
                shuffled.add(elements.get(random.nextInt(elements.size())));
            }
            if (vary) {
                Collections.shuffle(shuffled, random);
            }
            return "[" + space() + String.join(space() + "," + space(), shuffled) + "]";
        }

        String string(String text) {
            StringBuilder written = new StringBuilder("\"");
            for (char character : text.toCharArray()) {
                boolean needed = character < ' ' || character > '\u00FF' || character == '"' || character == '\\';
                if (needed || (vary && random.nextInt(20) == 0)) {
                    written.append("\\u%04x".formatted((int) character));
                } else {
                    written.append(character == '/' && coin() ? "\\/" : String.valueOf(character));
                }
            }
            return written.append('"').toString();
        }

        private String space() {
            return coin() ? " \n" : "";
        }

        private boolean coin() {
            return vary && random.nextBoolean();
        }
    }
}
