package io.rolesmith.policy.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.access.NamedPolicy;
import io.rolesmith.policy.access.Permissions;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Documents as long as IAM's API takes, made so that advice about them would cost time. */
class HostileAdviceTests {

    private static final int LENGTH = 125_000;

    @ParameterizedTest(name = "{0}")
    @MethodSource("policies")
    void isAdvisedWithoutTakingLong(String name, PolicyKind kind, String statements) {
        PolicyDocument document = document(statements);

        Duration taken = taken(() -> AdviceTests.CHECK.check(document, kind, "aws"));

        assertThat(taken).isLessThan(Duration.ofMillis(500));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("policies")
    void isSearchedForEscalationsWithoutTakingLong(String name, PolicyKind kind, String statements) {
        NamedPolicy policy = NamedPolicy.of(name, document(statements));
        Permissions permissions = new Permissions(List.of(policy), Optional.of(policy));

        Duration taken = taken(() -> EscalationCheck.findings(permissions));

        assertThat(taken).isLessThan(Duration.ofMillis(500));
    }

    @Test
    void saysWhenItGaveUp() {
        List<Finding> findings = AdviceTests.CHECK.check(
                document(many(1_000, i -> allow("\"ec2:*a*\"", "\"arn:aws:ec2:*:*:*" + i + "\""))),
                PolicyKind.IDENTITY,
                "aws");

        assertThat(findings)
                .filteredOn(finding -> finding.code().equals("ADVICE_INCOMPLETE"))
                .extracting(Finding::pointer, Finding::message)
                .containsExactly(tuple(
                        "",
                        "The policy is so intricate that it was not searched to the end for unknown names, mismatches and"
                                + " redundancy."));
    }

    /** The thread's own time, since the machine may be busy with something else. */
    private static Duration taken(Supplier<List<?>> work) {
        for (int i = 0; i < 5; i++) {
            assertThat(work.get()).isNotNull();
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        assertThat(work.get()).isNotNull();
        return Duration.ofNanos(threads.getCurrentThreadCpuTime() - start);
    }

    static Stream<Arguments> policies() {
        return Stream.of(
                identity("patterns of one service", allow(many(7_000, i -> "\"s3:*" + i + "*a*\""), "\"*\"")),
                identity("patterns of many actions", allow(many(7_000, i -> "\"ec2:*?*" + i + "?*\""), "\"*\"")),
                identity("unknown services", allow(many(6_000, i -> "\"zz" + i + ":GetThing\""), "\"*\"")),
                identity("unknown actions", allow(many(6_000, i -> "\"ec2:DescribeInstance" + i + "\""), "\"*\"")),
                identity(
                        "patterns of resources",
                        allow("\"s3:*\",\"ec2:*\"", many(4_000, i -> "\"arn:aws:s3:::*a*a" + i + "*a*\""))),
                identity("statements", many(1_400, i -> allow("\"ec2:*a*\"", "\"arn:aws:ec2:*:*:*" + i + "\""))),
                identity(
                        "statements that allow and statements that deny",
                        many(
                                1_200,
                                i -> i < 600
                                        ? allow("\"iam:*\"", "\"arn:aws:iam::*:*" + i + "*\"")
                                        : allow("\"iam:*\"", "\"arn:aws:iam::*:*" + i + "*\"")
                                                .replace("Allow", "Deny"))),
                identity(
                        "negations",
                        many(
                                1_200,
                                i -> "{\"Effect\":\"Deny\",\"NotAction\":\"iam:*\","
                                        + "\"NotResource\":\"arn:aws:iam::*:role/x\"}")),
                identity(
                        "unknown condition keys",
                        conditioned("StringLike", many(6_000, i -> "\"aws:Foo" + i + "\":\"*\""))),
                identity(
                        "condition keys of nobody's",
                        conditioned(
                                "ForAllValues:StringLike",
                                many(3_500, i -> "\"s3:ExistingObjectTag/" + i + "\":\"*\""))),
                identity(
                        "guards that guard nothing",
                        conditioned("StringNotLike", many(3_500, i -> "\"aws:ResourceTag/" + i + "\":\"a\""))),
                identity("one long action", allow("\"iam:" + "*a".repeat(LENGTH / 2) + "\"", "\"*\"")),
                identity(
                        "two long actions",
                        allow(
                                "\"s3:*" + "a".repeat(LENGTH / 3) + "b\",\"s3:" + "a".repeat(LENGTH / 2) + "\"",
                                "\"*\"")),
                identity(
                        "two long resources",
                        allow(
                                "\"s3:*\"",
                                "\"arn:aws:s3:::*" + "a".repeat(LENGTH / 3) + "b\",\"arn:aws:s3:::"
                                        + "a".repeat(LENGTH / 2) + "\"")),
                identity(
                        "one long condition value",
                        conditioned("StringEquals", "\"s3:prefix\":\"" + "${".repeat(LENGTH / 2) + "*\"")),
                Arguments.of(
                        "sessions of one role",
                        PolicyKind.TRUST,
                        trusting(many(2_500, i -> "\"arn:aws:sts::123456789012:assumed-role/r/s\""))),
                Arguments.of(
                        "statements that trust the same",
                        PolicyKind.TRUST,
                        many(250, i -> trusting(many(20, j -> "\"" + (100_000_000_000L + j) + "\"")))));
    }

    private static Arguments identity(String name, String statements) {
        return Arguments.of(name, PolicyKind.IDENTITY, statements);
    }

    private static PolicyDocument document(String statements) {
        return PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":[" + statements + "]}");
    }

    private static String allow(String actions, String resources) {
        return "{\"Effect\":\"Allow\",\"Action\":[" + actions + "],\"Resource\":[" + resources + "]}";
    }

    private static String trusting(String principals) {
        return "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[" + principals + "]},\"Action\":\"sts:AssumeRole\"}";
    }

    private static String conditioned(String operator, String keys) {
        return "{\"Effect\":\"Allow\",\"Action\":[\"ec2:*\",\"iam:*\",\"sagemaker:*\"],\"Resource\":\"*\",\"Condition\":{\""
                + operator + "\":{" + keys + "}}}";
    }

    private static String many(int count, IntFunction<String> piece) {
        return IntStream.range(0, count).mapToObj(piece).collect(Collectors.joining(","));
    }
}
