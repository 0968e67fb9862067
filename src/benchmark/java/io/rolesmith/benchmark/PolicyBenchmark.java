package io.rolesmith.benchmark;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyComparison;
import io.rolesmith.policy.PolicyDifference;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.PolicyReader;
import io.rolesmith.policy.PolicySource;
import io.rolesmith.policy.Severity;
import io.rolesmith.policy.Variables;
import io.rolesmith.policy.catalogue.Catalogue;
import io.rolesmith.policy.check.PolicyCheck;
import io.rolesmith.policy.check.PolicyKind;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

/** How often a second one core reads, checks and compares a policy. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 10, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class PolicyBenchmark {

    private static final PolicyCheck CHECK = new PolicyCheck(Catalogue.bundled(), Severity.WARNING);
    private static final Variables VARIABLES = Variables.of(Map.of());

    /** The size of the document in KB, white space aside. */
    @Param({"2", "10"})
    private int kilobytes;

    private PolicySource source;
    private PolicySource respelled;

    @Setup
    public void write() {
        String text = Documents.identityPolicy(kilobytes * 1024);
        source = new PolicySource(text, false);
        respelled = new PolicySource(Documents.respelled(text), false);
        if (source.equals(respelled) || !compare().isEmpty()) {
            throw new IllegalStateException("The two must mean the same in other words");
        }
    }

    @Benchmark
    public List<Finding> readAndCheck() {
        return CHECK.check(read(source), PolicyKind.IDENTITY, "aws");
    }

    @Benchmark
    public PolicyDocument read() {
        return read(source);
    }

    /** Both are read anew, since a document keeps its canonical form. */
    @Benchmark
    public List<PolicyDifference> compare() {
        return PolicyComparison.differences(read(source), read(respelled));
    }

    private static PolicyDocument read(PolicySource source) {
        return PolicyReader.read(source, VARIABLES).document().orElseThrow();
    }
}
