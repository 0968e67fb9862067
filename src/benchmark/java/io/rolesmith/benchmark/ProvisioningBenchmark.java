package io.rolesmith.benchmark;

import com.sun.net.httpserver.HttpServer;
import io.rolesmith.RolesmithApplication;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.QueryForm;
import io.rolesmith.support.QueryReply;
import io.rolesmith.support.TestIssuer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * How many roles a second Rolesmith provisions durably: replicas as processes of their own on one PostgreSQL that syncs each
 * commit to disk, 64 callers who wait for each answer, one role with one inline policy in each request, and IAM in memory
 * behind its wire protocol.
 *
 * <p>Arguments: seconds per run, and the IAM's latency in milliseconds.
 */
public final class ProvisioningBenchmark {

    private static final int CALLERS = 64;
    private static final String ACCOUNT = "123456789012";

    private ProvisioningBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Duration run = Duration.ofSeconds(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20);
        Duration latency = Duration.ofMillis(arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0);
        List<Integer> replicas = arguments.length > 2
                ? Arrays.stream(arguments[2].split(",", -1)).map(Integer::valueOf).toList()
                : List.of(1);
        System.setProperty("sun.net.httpserver.nodelay", "true");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .start();
                TestIssuer issuer = TestIssuer.start()) {
            prepare(postgres);
            HttpServer iam = iam(latency);
            System.out.println("| replicas | roles/s | p50 ms | p99 ms | failed | CPU ms per role: service | PostgreSQL | load and IAM |");
            System.out.println("|---|---|---|---|---|---|---|---|");
            for (int count : replicas) {
                measure(count, run, postgres, issuer, iam.getAddress().getPort());
            }
            iam.stop(0);
        }
        System.exit(0);
    }

    private static void measure(int count, Duration run, EmbeddedPostgres postgres, TestIssuer issuer, int iam)
            throws Exception {
        List<Process> processes = new ArrayList<>();
        List<URI> addresses = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                int port = freePort();
                processes.add(start(port, postgres, issuer, iam));
                addresses.add(URI.create("http://127.0.0.1:" + port));
            }
            for (URI address : addresses) {
                awaitReady(address);
            }
            String token = issuer.token("portal", "roles:read roles:request", "retail-store");
            load(addresses, token, run.dividedBy(2));
            Cpu before = Cpu.now(processes, postgres);
            long begun = System.nanoTime();
            Load load = load(addresses, token, run);
            double seconds = (System.nanoTime() - begun) / 1e9;
            Cpu used = Cpu.now(processes, postgres).minus(before);
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %.0f | %.0f | %.0f | %d | %.2f | %.2f | %.2f |%n",
                    count,
                    load.roles() / seconds,
                    load.percentile(0.5),
                    load.percentile(0.99),
                    load.failed(),
                    used.service() / load.roles(),
                    used.database() / load.roles(),
                    used.self() / load.roles());
        } finally {
            processes.forEach(Process::destroy);
            for (Process process : processes) {
                process.waitFor();
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

    private static final AtomicInteger NAMES = new AtomicInteger();

    private static Load load(List<URI> addresses, String token, Duration run) {
        long end = System.nanoTime() + run.toNanos();
        AtomicInteger failed = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
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
                {"accounts": ["%s"], "team": "retail-store", "roles": [{"name": "benchmark-%d",
                  "trustPolicy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                    "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
                  "inlinePolicies": {"assets": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                    "Action": "s3:GetObject", "Resource": "arn:aws:s3:::retail-store-assets/*"}]}}}]}
                """.formatted(ACCOUNT, name);
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

    private static HttpServer iam(Duration latency) throws IOException {
        MemoryIam memory = new MemoryIam(ACCOUNT);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            QueryForm form =
                    QueryForm.read(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            if (latency.isPositive()) {
                LockSupport.parkNanos(latency.toNanos());
            }
            QueryReply reply = memory.answer(form);
            byte[] answer = reply.xml().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/xml");
            exchange.sendResponseHeaders(reply.status(), answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static void prepare(EmbeddedPostgres postgres) throws Exception {
        try (var logins = ProvisioningBenchmark.class.getResourceAsStream("/db/logins.sql");
                var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(new String(Objects.requireNonNull(logins).readAllBytes(), StandardCharsets.UTF_8));
            statement.execute("CREATE DATABASE rolesmith OWNER rolesmith_owner");
        }
    }

    private static Process start(int port, EmbeddedPostgres postgres, TestIssuer issuer, int iam) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Daws.accessKeyId=AKIDEXAMPLE", "-Daws.secretAccessKey=secret"));
        command.addAll(Arrays.asList(System.getProperty("benchmark.jvm", "-Xmx512m").split(";", -1)));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), RolesmithApplication.class.getName()));
        command.addAll(List.of(
                "--server.address=127.0.0.1",
                "--server.port=" + port,
                "--spring.datasource.url=jdbc:postgresql://localhost:" + postgres.getPort() + "/rolesmith",
                "--spring.datasource.username=rolesmith",
                "--spring.flyway.user=rolesmith_owner",
                "--rolesmith.installation=benchmark",
                "--rolesmith.accounts[0].id=" + ACCOUNT,
                "--rolesmith.accounts[0].name=retail-dev",
                "--rolesmith.accounts[0].kind=aws",
                "--rolesmith.accounts[0].endpoint=http://127.0.0.1:" + iam,
                "--rolesmith.security.issuers[0].uri=" + issuer.uri()));
        for (String limit : List.of("writes-per-second", "write-burst", "reads-per-second", "read-burst")) {
            command.add("--rolesmith.iam.budget." + limit + "=100000");
        }
        Path log = Files.createTempFile("rolesmith-benchmark", ".log");
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void awaitReady(URI address) throws InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (int i = 0; i < 600; i++) {
                try {
                    int status = http.send(
                                    HttpRequest.newBuilder(address.resolve("/actuator/health/readiness"))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode();
                    if (status == 200) {
                        return;
                    }
                } catch (IOException e) {
                    // Not there yet.
                }
                Thread.sleep(100);
            }
        }
        throw new IllegalStateException("Rolesmith is not ready within a minute");
    }

    /** CPU time in milliseconds. */
    private record Cpu(double service, double database, double self) {
        static Cpu now(List<Process> processes, EmbeddedPostgres postgres) {
            double service = processes.stream()
                    .mapToDouble(process -> millis(process.toHandle()))
                    .sum();
            double database = ProcessHandle.allProcesses()
                    .filter(process -> process.info()
                            .command()
                            .filter(command -> command.endsWith("/postgres"))
                            .isPresent())
                    .mapToDouble(Cpu::millis)
                    .sum();
            return new Cpu(service, database, millis(ProcessHandle.current()));
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
