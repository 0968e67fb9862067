package io.rolesmith.benchmark;

import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.access.AccessAnswer;
import io.rolesmith.policy.access.AccessDelta;
import io.rolesmith.policy.access.AccessEvaluator;
import io.rolesmith.policy.access.AccessRequest;
import io.rolesmith.policy.access.NamedPolicy;
import io.rolesmith.policy.access.Permissions;
import io.rolesmith.policy.check.Escalation;
import io.rolesmith.policy.check.EscalationCheck;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

/** How often a second one core decides on a request, compares what two roles may do, and looks for escalation. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class AccessBenchmark {

    private static final AccessRequest REQUEST = new AccessRequest(
            "dynamodb:GetItem",
            "arn:aws:dynamodb:us-east-1:123456789012:table/carts-2",
            Map.of("dynamodb:LeadingKeys", List.of("acme"), "aws:PrincipalTag/tenant", List.of("acme")));

    /** The size of the role's one policy in KB. */
    @Param({"2", "10"})
    private int kilobytes;

    private Permissions before;
    private Permissions after;
    private AccessEvaluator evaluator;

    @Setup
    public void write() {
        String text = Documents.identityPolicy(kilobytes * 1024);
        before = permissions(text);
        after = permissions(text.replace("retail-store-0/*", "retail-store-0/pictures/*"));
        evaluator = AccessEvaluator.of(before);
        if (AccessDelta.between(before, after).verdict() != AccessDelta.Verdict.NARROWS) {
            throw new IllegalStateException("One resource less is narrower");
        }
    }

    private static Permissions permissions(String text) {
        return new Permissions(List.of(NamedPolicy.of("policy", PolicyDocument.parse(text))), Optional.empty());
    }

    @Benchmark
    public AccessAnswer decide() {
        return evaluator.decide(REQUEST);
    }

    /** For the first question to a role. */
    @Benchmark
    public AccessAnswer prepareAndDecide() {
        return AccessEvaluator.decide(before, REQUEST);
    }

    @Benchmark
    public AccessDelta delta() {
        return AccessDelta.between(before, after);
    }

    @Benchmark
    public List<Escalation> escalations() {
        return EscalationCheck.findings(before);
    }
}
