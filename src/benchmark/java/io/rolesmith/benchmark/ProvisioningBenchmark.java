package io.rolesmith.benchmark;

import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.TestIssuer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * How many roles a second Rolesmith provisions durably: replicas as processes of their own on one PostgreSQL that syncs each
 * commit to disk, 64 callers who wait for each answer, one role with one inline policy in each request, and IAM in memory
 * behind its wire protocol. All of it shares the cores of this machine.
 *
 * <p>Arguments: seconds per run, the IAM's latency in milliseconds, and the numbers of replicas.
 */
public final class ProvisioningBenchmark {

    static final int CALLERS = 64;

    /** Names are used once, over all runs of this JVM. */
    private static final AtomicInteger NAMES = new AtomicInteger();

    private ProvisioningBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Duration run = Duration.ofSeconds(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20);
        Duration latency = Duration.ofMillis(arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0);
        List<Integer> replicas = arguments.length > 2
                ? Arrays.stream(arguments[2].split(",", -1))
                        .map(Integer::valueOf)
                        .toList()
                : List.of(1);
        System.out.println(Result.HEAD);
        measure(run, latency, replicas).forEach(System.out::println);
        System.exit(0);
    }

    /**
     * What one run came to.
     *
     * @param service CPU time for each role in milliseconds, as of the other two
     * @param resident of one replica at the end of the run, in MB
     * @param living on its heap after a collection, in MB
     */
    record Result(
            int replicas,
            Duration latency,
            double perSecond,
            double median,
            double slowest,
            int failed,
            double service,
            double database,
            double load,
            long resident,
            long living) {

        static final String HEAD = """
                | IAM takes ms | replicas | roles/s | p50 ms | p99 ms | failed | CPU ms per role: service | PostgreSQL | \
                load and IAM | RSS MB | heap MB |
                |---|---|---|---|---|---|---|---|---|---|---|""";

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "| %d | %d | %.0f | %.0f | %.0f | %d | %.2f | %.2f | %.2f | %d | %d |",
                    latency.toMillis(),
                    replicas,
                    perSecond,
                    median,
                    slowest,
                    failed,
                    service,
                    database,
                    load,
                    resident,
                    living);
        }
    }

    /** A run for each of the numbers of replicas, after one twice as long in which the JVMs compile what they need. */
    static List<Result> measure(Duration run, Duration latency, List<Integer> replicas) throws Exception {
        List<Result> results = new ArrayList<>();
        for (int count : replicas) {
            try (EmbeddedPostgres postgres = Replica.postgres();
                    TestIssuer issuer = TestIssuer.start();
                    RecordingIam iam = new RecordingIam(new MemoryIam(Replica.ACCOUNT))) {
                iam.latency(latency);
                results.add(measure(count, run, latency, postgres, issuer, iam));
            }
        }
        return results;
    }

    private static Result measure(
            int count, Duration run, Duration latency, EmbeddedPostgres postgres, TestIssuer issuer, RecordingIam iam)
            throws Exception {
        List<Replica> replicas = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                replicas.add(Replica.start(postgres, issuer, iam.uri()));
            }
            List<URI> addresses = replicas.stream().map(Replica::address).toList();
            String token = issuer.token("portal", "roles:read roles:request", Replica.TEAM);
            load(addresses, token, run.multipliedBy(2));
            Cpu before = Cpu.now(replicas, postgres);
            long begun = System.nanoTime();
            Load load = load(addresses, token, run);
            double seconds = (System.nanoTime() - begun) / 1e9;
            Cpu used = Cpu.now(replicas, postgres).minus(before);
            return new Result(
                    count,
                    latency,
                    load.roles() / seconds,
                    load.percentile(0.5),
                    load.percentile(0.99),
                    load.failed(),
                    used.service() / load.roles(),
                    used.database() / load.roles(),
                    used.self() / load.roles(),
                    replicas.getFirst().residentMegabytes(),
                    replicas.getFirst().livingMegabytes());
        } finally {
            for (Replica replica : replicas) {
                replica.close();
            }
        }
    }

    private record Load(long[] millis, int failed) {
        int roles() {
            return millis.length;
        }

        double percentile(double p) {
            long[] sorted = millis.clone();
            Arrays.sort(sorted);
            return sorted.length == 0 ? 0 : sorted[(int) (p * (sorted.length - 1))];
        }
    }

    private static Load load(List<URI> addresses, String token, Duration run) {
        long end = System.nanoTime() + run.toNanos();
        AtomicInteger failed = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                HttpClient http = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            List<CompletableFuture<List<Long>>> callers = IntStream.range(0, CALLERS)
                    .mapToObj(caller -> CompletableFuture.supplyAsync(
                            () -> {
                                List<Long> times = new ArrayList<>();
                                while (System.nanoTime() < end) {
                                    long begun = System.nanoTime();
                                    int name = NAMES.incrementAndGet();
                                    if (provision(http, addresses.get(name % addresses.size()), token, name) == 201) {
                                        times.add((System.nanoTime() - begun) / 1_000_000);
                                    } else {
                                        failed.incrementAndGet();
                                    }
                                }
                                return times;
                            },
                            threads))
                    .toList();
            long[] millis = callers.stream()
                    .flatMap(caller -> caller.join().stream())
                    .mapToLong(Long::longValue)
                    .toArray();
            return new Load(millis, failed.get());
        }
    }

    private static int provision(HttpClient http, URI address, String token, int name) {
        String body = """
                {"accounts": ["%s"], "team": "%s", "roles": [{"name": "benchmark-%d",
                  "trustPolicy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                    "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
                  "inlinePolicies": {"assets": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                    "Action": "s3:GetObject", "Resource": "arn:aws:s3:::retail-store-assets/*"}]}}}]}
                """.formatted(Replica.ACCOUNT, Replica.TEAM, name);
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(address.resolve("/api/v1/role-requests"))
                            .header("Content-Type", "application/json")
                            .header("Authorization", "Bearer " + token)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 201) {
                System.err.println(answer.statusCode() + " " + answer.body());
            }
            return answer.statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** CPU time in milliseconds. */
    private record Cpu(double service, double database, double self) {
        static Cpu now(List<Replica> replicas, EmbeddedPostgres postgres) throws Exception {
            return new Cpu(
                    millis(replicas.stream()
                            .map(replica -> replica.process().toHandle())
                            .toList()),
                    millis(Replica.processes(postgres)),
                    millis(List.of(ProcessHandle.current())));
        }

        private static double millis(List<ProcessHandle> processes) {
            return processes.stream().mapToDouble(Cpu::millis).sum();
        }

        private static double millis(ProcessHandle process) {
            return process.info()
                    .totalCpuDuration()
                    .map(duration -> duration.toNanos() / 1e6)
                    .orElse(0.0);
        }

        Cpu minus(Cpu before) {
            return new Cpu(service - before.service, database - before.database, self - before.self);
        }
    }
}
