package io.rolesmith.benchmark;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyReader;
import io.rolesmith.policy.PolicySource;
import io.rolesmith.policy.Reading;
import io.rolesmith.policy.Severity;
import io.rolesmith.policy.Variables;
import io.rolesmith.policy.access.AccessEvaluator;
import io.rolesmith.policy.access.AccessRequest;
import io.rolesmith.policy.access.NamedPolicy;
import io.rolesmith.policy.access.Permissions;
import io.rolesmith.policy.catalogue.Catalogue;
import io.rolesmith.policy.check.EscalationCheck;
import io.rolesmith.policy.check.PolicyCheck;
import io.rolesmith.policy.check.PolicyKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How long documents of 128 KB take that are made to hurt: to be read, checked, searched for escalation and asked. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class HostileBenchmark {

    private static final Variables VARIABLES = Variables.of(Map.of());
    private static final PolicyCheck CHECK = new PolicyCheck(Catalogue.bundled(), Severity.WARNING);
    private static final AccessRequest REQUEST =
            new AccessRequest("s3:" + "a".repeat(100), "arn:aws:s3:::" + "a".repeat(2_000), Map.of());

    @Param({
        "DEEP_NESTING",
        "ONE_PATTERN",
        "PATTERNS_OF_ACTIONS",
        "PATTERNS_OF_RESOURCES",
        "UNKNOWN_ACTIONS",
        "STATEMENTS",
        "CONDITIONS",
        "DUPLICATE_KEYS"
    })
    private Shape shape;

    private PolicySource source;

    /** What hurts. */
    public enum Shape {
        DEEP_NESTING,
        ONE_PATTERN,
        PATTERNS_OF_ACTIONS,
        PATTERNS_OF_RESOURCES,
        UNKNOWN_ACTIONS,
        STATEMENTS,
        CONDITIONS,
        DUPLICATE_KEYS
    }

    @Setup
    public void write() {
        source = new PolicySource(
                switch (shape) {
                    case DEEP_NESTING -> "{\"Statement\":" + "[".repeat(130_000);
                    case ONE_PATTERN ->
                        policy("\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::" + "*a".repeat(64_000) + "\"");
                    case PATTERNS_OF_ACTIONS ->
                        policy("\"Action\":[" + many(7_000, i -> "\"ec2:*?*" + i + "?*\"") + "],\"Resource\":\"*\"");
                    case PATTERNS_OF_RESOURCES ->
                        policy("\"Action\":\"*\",\"Resource\":[" + many(4_500, i -> "\"arn:aws:s3:::*a*b*" + i + "*\"") + "]");
                    case UNKNOWN_ACTIONS ->
                        policy("\"Action\":[" + many(4_000, i -> "\"ec2:DescribeInstance" + i + "\"") + "],\"Resource\":\"*\"");
                    case STATEMENTS ->
                        "{\"Version\":\"2012-10-17\",\"Statement\":["
                                + many(
                                        1_700,
                                        i -> "{\"Effect\":\"Allow\",\"Action\":\"s3:*" + i
                                                + "*\",\"Resource\":\"arn:aws:s3:::*" + i + "*\"}")
                                + "]}";
                    case CONDITIONS ->
                        policy("\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"StringLike\":{"
                                + many(5_000, i -> "\"aws:k" + i + "\":\"*a*" + i + "\"") + "}}");
                    case DUPLICATE_KEYS -> "{" + many(14_000, i -> "\"Id\":\"\"") + "}";
                },
                true);
    }

    private static String policy(String elements) {
        return "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\"," + elements + "}}";
    }

    private static String many(int count, IntFunction<String> piece) {
        return IntStream.range(0, count).mapToObj(piece).collect(Collectors.joining(","));
    }

    @Benchmark
    public List<Object> answer() {
        Reading reading = PolicyReader.read(source, VARIABLES);
        List<Object> answers = new ArrayList<>(reading.findings());
        reading.document().ifPresent(document -> {
            List<Finding> findings = CHECK.check(document, PolicyKind.IDENTITY, "aws");
            Permissions permissions =
                    new Permissions(List.of(NamedPolicy.of("policy", document)), Optional.empty());
            answers.addAll(findings);
            answers.addAll(EscalationCheck.findings(permissions));
            answers.add(AccessEvaluator.decide(permissions, REQUEST));
        });
        return answers;
    }
}
