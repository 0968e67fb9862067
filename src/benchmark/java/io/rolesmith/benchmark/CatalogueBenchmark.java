package io.rolesmith.benchmark;

import io.rolesmith.policy.catalogue.Action;
import io.rolesmith.policy.catalogue.Catalogue;
import io.rolesmith.policy.catalogue.ServiceCatalogue;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What AWS's names cost: to find one, to find the nearest one, and to load them all in a fresh JVM. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class CatalogueBenchmark {

    private final ServiceCatalogue services = Catalogue.bundled().services();

    @Benchmark
    public Optional<Action> lookUp() {
        return services.action("s3:GetObject");
    }

    @Benchmark
    public long cover() {
        return services.actions("s3:Get*").count();
    }

    @Benchmark
    public Optional<String> suggest() {
        return services.closestAction("s3:GetObjet");
    }

    /** A start pays this once, before anything is compiled. */
    @State(Scope.Benchmark)
    public static class Load {

        @Benchmark
        @BenchmarkMode(Mode.SingleShotTime)
        @OutputTimeUnit(TimeUnit.MILLISECONDS)
        @Fork(5)
        @Warmup(iterations = 0)
        @Measurement(iterations = 1)
        public Catalogue load() {
            return Catalogue.bundled();
        }
    }
}
