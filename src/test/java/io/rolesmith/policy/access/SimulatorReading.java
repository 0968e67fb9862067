package io.rolesmith.policy.access;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Condition;
import io.rolesmith.policy.ConditionOperator;
import io.rolesmith.policy.ConditionOperator.Comparison;
import io.rolesmith.policy.ConditionOperator.Quantifier;
import io.rolesmith.policy.Values;
import io.rolesmith.policy.access.SimulatorCases.Case;
import io.rolesmith.policy.access.SimulatorCases.Clause;
import io.rolesmith.policy.access.SimulatorCases.Document;
import io.rolesmith.policy.access.SimulatorCases.Line;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * How the other simulator reads policies where it does not read them as we do, each as a rewriting that says the same to
 * us. What speaks for our reading stands in {@code src/test/differential/disagreements.md}.
 */
enum SimulatorReading {

    /** A document of version 2008-10-17 has variables. */
    VARIABLES_UNDER_THE_OLDER_VERSION {
        @Override
        Document read(Document document, Case one) {
            return new Document("2012-10-17", document.clauses());
        }
    },

    /** A variable that holds the empty string is replaced by its default, or matches nothing. */
    EMPTY_VARIABLE {
        @Override
        String read(String text, Case one) {
            return one.given().getOrDefault("aws:PrincipalTag/team", List.of()).equals(List.of(""))
                    ? text.replace("${aws:PrincipalTag/team", "${aws:PrincipalTag/null")
                    : text;
        }
    },

    /** A variable of a key that may have several values matches nothing, be there only one. */
    VARIABLE_OF_SEVERAL_VALUES {
        @Override
        String read(String text, Case one) {
            return text.replace("${aws:TagKeys}", "${aws:PrincipalTag/missing}");
        }
    },

    /** Where stars and question marks are plain characters, their escapes are plain text. */
    ESCAPE_UNDER_EQUALS {
        @Override
        Line read(Line line, Case one) {
            return line.operator().contains("String") && line.operator().contains("Equals")
                    ? withValues(
                            line,
                            line.values().stream()
                                    .map(value -> value.replace("${*}", "${$}{*}"))
                                    .toList())
                    : line;
        }
    },

    /** A line with a negated operator and a variable without value is not met. */
    VALUELESS_VARIABLE_UNDER_A_NEGATED_OPERATOR {
        @Override
        Line read(Line line, Case one) {
            return isText(line) && hasValuelessVariable(line.values(), one) && isNegated(line) && isPresent(line, one)
                    ? Line.NEVER
                    : line;
        }
    },

    /** A NotResource with a variable without value makes its statement cover nothing. */
    VALUELESS_VARIABLE_IN_NOT_RESOURCE {
        @Override
        Clause read(Clause clause, Case one) {
            return clause.notResource() && hasValuelessVariable(clause.resources(), one)
                    ? withResources(clause, List.of("*"))
                    : clause;
        }
    },

    /** A star before the fifth colon of a resource does not cover a colon. */
    STAR_WITHIN_ITS_SEGMENT {
        @Override
        Clause read(Clause clause, Case one) {
            return withResources(
                    clause,
                    clause.resources().stream()
                            .map(value -> value.startsWith("arn:") && !coversBySegment(value, one.resource())
                                    ? NO_RESOURCE
                                    : value)
                            .toList());
        }
    },

    /** What stands behind the account up to the first slash or colon, be it one of a variable's name, is plain text. */
    PLAIN_TYPE {
        @Override
        Clause read(Clause clause, Case one) {
            return withResources(
                    clause,
                    clause.resources().stream()
                            .map(value -> hasPatternInType(value) ? NO_RESOURCE : value)
                            .toList());
        }
    },

    /** ForAnyValue with IfExists is not met by a key that is absent. */
    ANY_VALUE_IF_EXISTS {
        @Override
        Line read(Line line, Case one) {
            ConditionOperator operator = operator(line);
            return operator.quantifier() == Quantifier.FOR_ANY_VALUE && operator.ifExists() && !isPresent(line, one)
                    ? Line.NEVER
                    : line;
        }
    },

    /** To ForAllValues and ForAnyValue the empty string is a value like others. */
    EMPTY_STRING_IN_A_SET {
        @Override
        Line read(Line line, Case one) {
            ConditionOperator operator = operator(line);
            if (operator.quantifier() == Quantifier.NONE || !given(line, one).equals(List.of(""))) {
                return line;
            }
            String single = line.operator().substring(line.operator().indexOf(':') + 1);
            Line compared = new Line(single, "aws:PrincipalTag/single", line.values());
            return constant(line, one, value -> isMet(compared, value, one));
        }
    },

    /** To Null the empty string is a value like others. */
    EMPTY_STRING_AND_NULL {
        @Override
        Line read(Line line, Case one) {
            if (!line.operator().equals("Null") || !given(line, one).equals(List.of(""))) {
                return line;
            }
            return line.values().contains("false") ? Line.ALWAYS : Line.NEVER;
        }
    },

    /** An operator without ForAllValues or ForAnyValue is never met by a key that may have several values. */
    SEVERAL_VALUES_WITHOUT_A_SET_OPERATOR {
        @Override
        Line read(Line line, Case one) {
            ConditionOperator operator = operator(line);
            boolean several = SimulatorCases.ARRAYS.stream().anyMatch(line.key()::equalsIgnoreCase);
            return several
                            && operator.quantifier() == Quantifier.NONE
                            && operator.comparison() != Comparison.NULL
                            && isPresent(line, one)
                    ? Line.NEVER
                    : line;
        }
    },

    /** A number without a point is read up to the first character that is no digit. */
    NUMBER_WITH_EXPONENT {
        @Override
        Line read(Line line, Case one) {
            return new Line(
                    line.operator(),
                    line.key(),
                    line.operator().contains("Numeric")
                            ? line.values().stream()
                                    .map(value -> value.equals("1e3") ? "1" : value)
                                    .toList()
                            : line.values());
        }
    },

    /** Digits are milliseconds since 1970, four of them as well. */
    DATE_IN_DIGITS {
        @Override
        Line read(Line line, Case one) {
            if (!line.operator().contains("Date")
                    || Stream.concat(line.values().stream(), given(line, one).stream())
                            .noneMatch(Ascii::isDigits)) {
                return line;
            }
            return constant(line, one, value -> {
                Optional<Instant> request = milliseconds(value);
                Comparison comparison = operator(line).comparison();
                return request.isPresent()
                        && (isNegated(line)
                                ? line.values().stream()
                                        .allMatch(date -> compares(comparison, request.get(), milliseconds(date)))
                                : line.values().stream()
                                        .anyMatch(date -> compares(comparison, request.get(), milliseconds(date))));
            });
        }
    },

    /** Bytes are compared by their Base64 as written, be it Base64 or not. */
    BINARY_AS_TEXT {
        @Override
        Line read(Line line, Case one) {
            return line.operator().contains("Binary") ? constant(line, one, line.values()::contains) : line;
        }
    },

    /** Into the range of all IPv4 addresses, with the prefix 0, falls only 0.0.0.0. */
    PREFIX_ZERO {
        @Override
        Line read(Line line, Case one) {
            return new Line(
                    line.operator(),
                    line.key(),
                    line.values().stream()
                            .map(value -> value.equals("0.0.0.0/0") ? "0.0.0.0/32" : value)
                            .toList());
        }
    },

    /** An address without a prefix is compared as text, and what is of the other family fails NotIpAddress as well. */
    SINGLE_ADDRESS_AS_TEXT {
        @Override
        Line read(Line line, Case one) {
            return line.operator().contains("IpAddress")
                            && line.values().stream().anyMatch(value -> !value.contains("/"))
                    ? byAddress(line, one)
                    : line;
        }
    },

    /** A star alone is no ARN: it matches none, under a negated operator as well. */
    STAR_FOR_AN_ARN {
        @Override
        Line read(Line line, Case one) {
            if (!line.operator().contains("Arn") || !line.values().contains("*") || !isPresent(line, one)) {
                return line;
            }
            List<String> others =
                    line.values().stream().filter(value -> !value.equals("*")).toList();
            return isNegated(line) || others.isEmpty()
                    ? constant(line, one, _ -> false)
                    : new Line(line.operator(), line.key(), others);
        }
    },

    /** A value that is none of the operator's type fails a negated operator too. */
    UNREADABLE_VALUE_UNDER_A_NEGATED_OPERATOR {
        @Override
        Line read(Line line, Case one) {
            return isNegated(line) && given(line, one).stream().anyMatch(value -> !isReadable(line, value))
                    ? constant(line, one, value -> isReadable(line, value) && isMet(line, value, one))
                    : line;
        }
    };

    private static final String NO_RESOURCE = "arn:aws:nothing:::x";
    private static final Set<Comparison> NEGATED = EnumSet.of(
            Comparison.STRING_NOT_EQUALS,
            Comparison.STRING_NOT_EQUALS_IGNORE_CASE,
            Comparison.STRING_NOT_LIKE,
            Comparison.NUMERIC_NOT_EQUALS,
            Comparison.DATE_NOT_EQUALS,
            Comparison.NOT_IP_ADDRESS,
            Comparison.ARN_NOT_EQUALS,
            Comparison.ARN_NOT_LIKE);

    /** The document as the other simulator reads it. */
    Document read(Document document, Case one) {
        List<Clause> clauses = new ArrayList<>();
        for (Clause clause : document.clauses()) {
            boolean variables = document.version().equals("2012-10-17");
            List<Line> lines = new ArrayList<>();
            for (Line line : clause.lines()) {
                Line read = read(line, one);
                lines.add(variables && isText(read) ? withValues(read, replaced(read.values(), one)) : read);
            }
            Clause read = new Clause(
                    clause.deny(),
                    clause.notAction(),
                    clause.actions(),
                    clause.notResource(),
                    variables ? replaced(clause.resources(), one) : clause.resources(),
                    lines);
            clauses.add(read(read, one));
        }
        return new Document(document.version(), clauses);
    }

    Clause read(Clause clause, Case one) {
        return clause;
    }

    Line read(Line line, Case one) {
        return line;
    }

    /** A text in which variables stand. */
    String read(String text, Case one) {
        return text;
    }

    private List<String> replaced(List<String> texts, Case one) {
        return texts.stream().map(text -> read(text, one)).toList();
    }

    private static boolean hasValuelessVariable(List<String> texts, Case one) {
        boolean noTeam = !one.given().containsKey("aws:PrincipalTag/team");
        return texts.stream()
                .anyMatch(text -> text.contains("${aws:PrincipalTag/missing}")
                        || (noTeam && text.contains("${aws:PrincipalTag/team}")));
    }

    private static Line withValues(Line line, List<String> values) {
        return new Line(line.operator(), line.key(), values);
    }

    private static Clause withResources(Clause clause, List<String> resources) {
        return new Clause(
                clause.deny(), clause.notAction(), clause.actions(), clause.notResource(), resources, clause.lines());
    }

    private static ConditionOperator operator(Line line) {
        return ConditionOperator.parse(line.operator()).orElseThrow();
    }

    private static boolean isNegated(Line line) {
        return NEGATED.contains(operator(line).comparison());
    }

    private static boolean isText(Line line) {
        return line.operator().contains("String") || line.operator().contains("Arn");
    }

    private static List<String> given(Line line, Case one) {
        for (Map.Entry<String, List<String>> entry : one.given().entrySet()) {
            if (entry.getKey().equalsIgnoreCase(line.key())) {
                return entry.getValue();
            }
        }
        return List.of();
    }

    private static boolean isPresent(Line line, Case one) {
        return !given(line, one).isEmpty();
    }

    /** The line as what it comes to when each value of the request is judged so; an absent key leaves it as it is. */
    private static Line constant(Line line, Case one, Predicate<String> met) {
        List<String> given = given(line, one);
        if (given.isEmpty()) {
            return line;
        }
        boolean holds = operator(line).quantifier() == Quantifier.FOR_ANY_VALUE
                ? given.stream().anyMatch(met)
                : given.stream().allMatch(met);
        return holds ? Line.ALWAYS : Line.NEVER;
    }

    /** Whether a request with this one value meets the line, to us. */
    private static boolean isMet(Line line, String value, Case one) {
        Map<String, List<String>> context = one.context();
        context.keySet().removeIf(line.key()::equalsIgnoreCase);
        context.put(line.key(), List.of(value));
        Condition condition =
                new Condition(line.operator(), line.key(), new Values("", Values.Form.ARRAY, line.values()));
        return new ConditionTest(condition, true)
                .isMet(new RequestContext(context))
                .isTrue();
    }

    private static boolean isReadable(Line line, String value) {
        return switch (operator(line).comparison()) {
            case NUMERIC_NOT_EQUALS -> Scalars.number(value).isPresent();
            case DATE_NOT_EQUALS -> Scalars.date(value).isPresent();
            case NOT_IP_ADDRESS -> IpRange.parseAddress(value).isPresent();
            case ARN_NOT_EQUALS, ARN_NOT_LIKE -> Arns.isArn(value);
            default -> true;
        };
    }

    private static Optional<Instant> milliseconds(String date) {
        return Ascii.isDigits(date)
                ? Optional.of(Instant.ofEpochMilli(new BigDecimal(date).longValueExact()))
                : Scalars.date(date);
    }

    private static boolean compares(Comparison comparison, Instant request, Optional<Instant> policy) {
        int order = policy.map(request::compareTo).orElseThrow();
        return switch (comparison) {
            case DATE_EQUALS -> order == 0;
            case DATE_NOT_EQUALS -> order != 0;
            case DATE_LESS_THAN -> order < 0;
            case DATE_LESS_THAN_EQUALS -> order <= 0;
            case DATE_GREATER_THAN -> order > 0;
            case DATE_GREATER_THAN_EQUALS -> order >= 0;
            default -> throw new AssertionError(comparison);
        };
    }

    private static Line byAddress(Line line, Case one) {
        boolean negated = isNegated(line);
        return constant(line, one, value -> {
            Optional<IpRange> request = IpRange.parseAddress(value);
            if (request.isEmpty()) {
                return false;
            }
            Predicate<String> met = range -> {
                boolean sameFamily = range.contains(":") == value.contains(":");
                if (range.contains("/")) {
                    return IpRange.parse(range).orElseThrow().contains(request.get()) != negated;
                }
                return sameFamily && range.equals(value) != negated;
            };
            return negated
                    ? line.values().stream().allMatch(met)
                    : line.values().stream().anyMatch(met);
        });
    }

    private static boolean coversBySegment(String pattern, String resource) {
        List<String> segments = new ArrayList<>(List.of(pattern.split(":", Arns.PARTS)));
        while (segments.size() < Arns.PARTS) {
            segments.add("*");
        }
        String[] asked = resource.split(":", Arns.PARTS);
        if (asked.length < Arns.PARTS) {
            return true;
        }
        for (int i = 0; i < Arns.RESOURCE; i++) {
            if (!Glob.of(segments.get(i)).matches(asked[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasPatternInType(String pattern) {
        if (!Arns.isArn(pattern) || pattern.startsWith("arn:aws:s3:::")) {
            return false;
        }
        String resource = Arns.split(pattern)[Arns.RESOURCE];
        for (int i = 0; i < resource.length(); i++) {
            char character = resource.charAt(i);
            if (character == '*' || character == '?') {
                return resource.indexOf('/', i) >= 0 || resource.indexOf(':', i) >= 0;
            }
            if (resource.startsWith("${aws:", i)) {
                return true;
            }
            if (character == '/' || character == ':' || character == '$') {
                return false;
            }
        }
        return false;
    }
}
