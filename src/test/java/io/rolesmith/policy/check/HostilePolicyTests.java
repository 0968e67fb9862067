package io.rolesmith.policy.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Documents as long as IAM's API takes, made to cost time. */
class HostilePolicyTests {

    private static final int LENGTH = 125_000;
    private static final String GITHUB = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";

    @ParameterizedTest(name = "{0}")
    @MethodSource("policies")
    void isCheckedWithoutTakingLong(String name, PolicyKind kind, String statement) {
        PolicyDocument document =
                PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":[" + statement + "]}");
        for (int i = 0; i < 5; i++) {
            PolicyCheck.refusals(document, kind, "aws");
        }

        // The thread's own time: the machine may be busy with something else.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        List<Finding> findings = PolicyCheck.refusals(document, kind, "aws");
        Duration taken = Duration.ofNanos(threads.getCurrentThreadCpuTime() - start);

        assertThat(findings).anyMatch(Finding::refuses);
        assertThat(taken).isLessThan(Duration.ofMillis(500));
    }

    static Stream<Arguments> policies() {
        String half = many(LENGTH / 2 / 90, i -> "\"" + GITHUB + "\"");
        return Stream.of(
                identity(
                        "condition keys without prefix",
                        condition("StringEquals", many(9_000, i -> "\"k" + i + "\":1"))),
                identity("numbers that are none", values("NumericEquals", many(30_000, i -> "\"\""))),
                identity("one long number", values("NumericEquals", "\"" + "1".repeat(LENGTH) + "x\"")),
                identity("one long date", values("DateEquals", "\"" + "1".repeat(LENGTH) + "\"")),
                identity("one long address", values("IpAddress", "\"" + "1:".repeat(LENGTH / 2) + "\"")),
                identity("one long gap", values("IpAddress", "\"" + ":".repeat(LENGTH) + "/1\"")),
                identity("one long ARN", values("ArnLike", "\"*" + ":*a".repeat(LENGTH / 3) + "\"")),
                identity("one long Base64", values("BinaryEquals", "\"" + "=".repeat(LENGTH) + "\"")),
                identity("one long action", "\"Action\":\"s3:" + "*a".repeat(LENGTH / 2) + "!\",\"Resource\":\"*\""),
                identity(
                        "resources with variables",
                        "\"Action\":\"*\",\"Resource\":[" + many(10_000, i -> "\"${a:b\"") + "]"),
                trust(
                        "one provider again and again",
                        "{\"Federated\":[" + half + "]}",
                        "\"StringLike\":{\"token.actions.githubusercontent.com:sub\":[" + many(15_000, i -> "\"*\"")
                                + "]}"),
                trust(
                        "issuers below GitHub's",
                        "{\"Federated\":[" + many(700, i -> "\"" + GITHUB + "/" + i + "\"") + "]}",
                        "\"StringLike\":{"
                                + many(900, i -> "\"token.actions.githubusercontent.com/" + i + ":sub\":\"*\"") + "}"),
                trust("principals", "{\"AWS\":[" + many(20_000, i -> "\"${\"") + "]}", ""));
    }

    private static Arguments identity(String name, String elements) {
        return Arguments.of(name, PolicyKind.IDENTITY, "{\"Effect\":\"Allow\"," + elements + "}");
    }

    private static Arguments trust(String name, String principal, String conditions) {
        return Arguments.of(
                name,
                PolicyKind.TRUST,
                "{\"Effect\":\"Allow\",\"Principal\":" + principal
                        + ",\"Action\":\"sts:AssumeRoleWithWebIdentity\",\"Condition\":{" + conditions + "}}");
    }

    private static String values(String operator, String values) {
        return condition(operator, "\"aws:x\":[" + values + "]");
    }

    private static String condition(String operator, String keys) {
        return "\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"" + operator + "\":{" + keys + "}}";
    }

    private static String many(int count, IntFunction<String> piece) {
        return IntStream.range(0, count).mapToObj(piece).collect(Collectors.joining(","));
    }
}
