package io.rolesmith.benchmark;

import io.rolesmith.RolesmithApplication;
import io.rolesmith.api.wire.PageToken;
import io.rolesmith.support.TestIssuer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The audit trail over HTTP, when it is long: pages by each filter, verification, export, the export's verification alone, and
 * how fast events get their seals. Rolesmith runs as a process of its own with a small heap, on a PostgreSQL that syncs.
 *
 * <p>Arguments: events (10,000,000), the heap as Java takes it (256m), a directory to keep the trail in for another run
 * (absent: a temporary one), and which of {@code pages,verification,export,sealing} (all). Ten million events take some 15 GB
 * and five minutes to write.
 */
public final class AuditBenchmark {

    private static final String ACCOUNT = "123456789012";
    private static final int WARM_UP = 100;
    private static final int PAGES = 300;
    private static final int SEALED = 100_000;
    private static final double PAGE_MILLIS = 20;
    private static final double VERIFIED_PER_SECOND = 200_000;
    private static final double EXPORTED_PER_SECOND = 50_000;
    private static final double SEALED_PER_SECOND = 10_000;

    private final long events;
    private final String heap;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Random random = new Random(7);
    private final URI address;
    private final String token;
    private final DataSource superuser;
    private final Process rolesmith;
    private final long postgres;

    private AuditBenchmark(
            long events,
            String heap,
            URI address,
            String token,
            DataSource superuser,
            Process rolesmith,
            long postgres) {
        this.rolesmith = rolesmith;
        this.postgres = postgres;
        this.events = events;
        this.heap = heap;
        this.address = address;
        this.token = token;
        this.superuser = superuser;
    }

    public static void main(String[] arguments) throws Exception {
        long events = arguments.length > 0 ? Long.parseLong(arguments[0]) : 10_000_000;
        String heap = arguments.length > 1 ? arguments[1] : "256m";
        boolean kept = arguments.length > 2 && !arguments[2].isEmpty();
        Path directory = kept ? Path.of(arguments[2]) : Files.createTempDirectory("rolesmith-audit");
        List<String> parts =
                List.of((arguments.length > 3 ? arguments[3] : "pages,verification,export,sealing").split(",", -1));
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setDataDirectory(directory.resolve("postgres"))
                        .setCleanDataDirectory(!kept)
                        .setPGStartupWait(Duration.ofMinutes(5))
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("shared_buffers", "1GB")
                        .setServerConfig("max_wal_size", "4GB")
                        .start();
                TestIssuer issuer = TestIssuer.start()) {
            fill(postgres, events);
            int port = freePort();
            Process rolesmith = start(port, heap, postgres, issuer);
            Runtime.getRuntime().addShutdownHook(new Thread(rolesmith::destroyForcibly));
            try {
                URI address = URI.create("http://127.0.0.1:" + port);
                awaitReady(address);
                new AuditBenchmark(
                                events,
                                heap,
                                address,
                                issuer.token("auditor", "audit:read", "security"),
                                dataSource(postgres, "postgres"),
                                rolesmith,
                                Long.parseLong(Files.readAllLines(directory.resolve("postgres/postmaster.pid"))
                                        .getFirst()))
                        .run(parts, directory);
            } finally {
                rolesmith.destroy();
                rolesmith.waitFor();
            }
        } finally {
            if (!kept) {
                delete(directory);
            }
        }
        System.exit(0);
    }

    private static void fill(EmbeddedPostgres postgres, long events) throws Exception {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                InputStream logins = AuditBenchmark.class.getResourceAsStream("/db/logins.sql")) {
            try (var found = statement.executeQuery("SELECT FROM pg_database WHERE datname = 'rolesmith'")) {
                if (!found.next()) {
                    statement.execute(
                            new String(Objects.requireNonNull(logins).readAllBytes(), StandardCharsets.UTF_8));
                    statement.execute("CREATE DATABASE rolesmith OWNER rolesmith_owner");
                }
            }
        }
        DataSource owner = dataSource(postgres, "rolesmith_owner");
        Flyway.configure()
                .dataSource(owner)
                .schemas("rolesmith")
                .placeholders(Map.of("runtime", "rolesmith"))
                .load()
                .migrate();
        if (number(owner, "SELECT coalesce(max(sequence), 0) FROM audit.seal") == 0) {
            long begun = System.nanoTime();
            AuditFill.fill(owner, events);
            System.err.printf(Locale.ROOT, "%d events written in %.0f s%n", events, seconds(begun));
        }
    }

    private void run(List<String> parts, Path directory) throws Exception {
        System.out.printf(Locale.ROOT, "%nAudit: %,d events, %s of heap%n%n", events, heap);
        if (parts.contains("pages")) {
            System.out.println(
                    "| page of 50 by | first page: p50 ms | p99 ms | deep page: p50 ms | p99 ms | target p99 ms | |");
            System.out.println("|---|---|---|---|---|---|---|");
            warmUp();
            for (Map.Entry<String, LongFunction<String>> filter : filters().entrySet()) {
                pages(filter.getKey(), filter.getValue());
            }
        }
        System.out.println(
                "\n| what | events/s | target | | CPU µs per event: Rolesmith | PostgreSQL |\n|---|---|---|---|---|---|");
        if (parts.contains("verification")) {
            verification();
        }
        if (parts.contains("export")) {
            Path file = directory.resolve("export.ndjson");
            export(file);
            verifyExport(file);
            Files.delete(file);
        }
        if (parts.contains("sealing")) {
            sealing();
        }
    }

    /** Query strings by what they filter, each made for a random place in the trail. */
    private Map<String, LongFunction<String>> filters() {
        Map<String, LongFunction<String>> filters = new LinkedHashMap<>();
        filters.put("nothing", place -> "");
        filters.put("account, half of the events", place -> "account=" + AuditFill.ACCOUNTS.getFirst());
        filters.put("account, few events", place -> "account=" + account(place));
        filters.put("account, none", place -> "account=999999999999");
        filters.put("role", place -> "role=" + AuditFill.role(request(place)));
        filters.put("role, none", place -> "role=noSuchRole" + place);
        filters.put("actor", place -> "actor=" + actor(place));
        filters.put("actor, none", place -> "actor=nobody");
        filters.put("action, frequent", place -> "action=iam.CreateRole");
        filters.put("action, rare", place -> "action=request.rolled-back");
        filters.put("action, none", place -> "action=iam.NoSuchAction");
        filters.put("outcome SUCCEEDED", place -> "outcome=SUCCEEDED");
        filters.put("outcome REFUSED", place -> "outcome=REFUSED");
        filters.put("outcome UNKNOWN", place -> "outcome=UNKNOWN");
        filters.put("requestId", place -> "requestId=" + AuditFill.requestId(request(place)));
        filters.put("requestId, none", place -> "requestId=" + AuditFill.requestId(-7 - place));
        filters.put("from", place -> "from=" + time(place));
        filters.put("to", place -> "to=" + time(place));
        filters.put("from and to, a minute", place -> "from=" + time(place) + "&to=" + time(place + 30));
        filters.put("from and to, none", place -> "from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z");
        filters.put("account and action", place -> "account=" + account(place) + "&action=iam.PutRolePolicy");
        filters.put(
                "account and action, both frequent, none together",
                place -> "account=" + AuditFill.ACCOUNTS.getFirst() + "&action=request.applied");
        filters.put("account and outcome UNKNOWN", place -> "outcome=UNKNOWN&account=" + account(place));
        filters.put("actor and outcome FAILED", place -> "outcome=FAILED&actor=" + actor(place));
        filters.put("action and outcome, none together", place -> "action=request.applied&outcome=FAILED");
        filters.put(
                "account and actor, none together",
                place -> "account=" + AuditFill.ACCOUNTS.getFirst() + "&actor=" + AuditFill.ACTORS.get(1));
        filters.put("role and action", place -> "action=iam.CreateRole&role=" + AuditFill.role(request(place)));
        filters.put("outcome UNKNOWN, from", place -> "outcome=UNKNOWN&from=" + time(place));
        filters.put(
                "action, from and to, a day",
                place -> "action=iam.CreateRole&from=" + time(place) + "&to=" + time(place + 43_200));
        filters.put(
                "all of them",
                place -> "account=" + account(place) + "&role=" + AuditFill.role(request(place)) + "&actor="
                        + actor(place)
                        + "&action=iam.CreateRole&outcome=SUCCEEDED&requestId=" + AuditFill.requestId(request(place))
                        + "&from=" + time(place - 100) + "&to=" + time(place + 100));
        return filters;
    }

    /** About the request that the event at {@code place} belongs to. */
    private static long request(long place) {
        return place * 100 / 595;
    }

    private static String account(long place) {
        return AuditFill.ACCOUNTS.get((int) (request(place) / 2 % AuditFill.ACCOUNTS.size()));
    }

    private static String actor(long place) {
        return AuditFill.ACTORS.get((int) (request(place) % AuditFill.ACTORS.size()));
    }

    private static Instant time(long place) {
        return AuditFill.BEGIN.plusMillis(place * AuditFill.MICROS_APART / 1_000);
    }

    /** So that the first filter is not measured on a JVM that compiles. */
    private void warmUp() throws IOException, InterruptedException {
        for (int i = 0; i < WARM_UP; i++) {
            for (LongFunction<String> query : filters().values()) {
                page(query.apply(random.nextLong(events)));
            }
        }
    }

    private void pages(String name, LongFunction<String> query) throws IOException, InterruptedException {
        double[] first = new double[PAGES];
        double[] deep = new double[PAGES];
        for (int i = -WARM_UP; i < PAGES; i++) {
            long place = random.nextLong(events);
            double firstMillis = page(query.apply(place));
            double deepMillis = page(query.apply(place) + "&pageToken="
                    + URLEncoder.encode(PageToken.of(Long.toString(place)), StandardCharsets.UTF_8));
            if (i >= 0) {
                first[i] = firstMillis;
                deep[i] = deepMillis;
            }
        }
        double worst = Math.max(percentile(first, 0.99), percentile(deep, 0.99));
        System.out.printf(
                Locale.ROOT,
                "| %s | %.1f | %.1f | %.1f | %.1f | %.0f | %s |%n",
                name,
                percentile(first, 0.5),
                percentile(first, 0.99),
                percentile(deep, 0.5),
                percentile(deep, 0.99),
                PAGE_MILLIS,
                verdict(worst <= PAGE_MILLIS));
    }

    private double page(String query) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        HttpResponse<byte[]> answer =
                http.send(get("/api/v1/audit-events?" + query), HttpResponse.BodyHandlers.ofByteArray());
        double millis = (System.nanoTime() - begun) / 1e6;
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(query + ": " + new String(answer.body(), StandardCharsets.UTF_8));
        }
        return millis;
    }

    private void verification() throws IOException, InterruptedException {
        Cpu before = cpu(rolesmith.toHandle());
        long begun = System.nanoTime();
        HttpResponse<String> answer = http.send(
                request("/api/v1/audit-chain/verification")
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        double seconds = seconds(begun);
        if (!answer.body().contains("\"intact\":true")) {
            throw new IllegalStateException(answer.body());
        }
        figure("verify the chain", events, seconds, VERIFIED_PER_SECOND, before.until(cpu(rolesmith.toHandle())));
    }

    private void export(Path file) throws IOException, InterruptedException {
        Cpu before = cpu(rolesmith.toHandle());
        long begun = System.nanoTime();
        HttpResponse<InputStream> answer =
                http.send(get("/api/v1/audit-events/export"), HttpResponse.BodyHandlers.ofInputStream());
        long lines = 0;
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = answer.body();
                OutputStream out = Files.newOutputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                for (int i = 0; i < read; i++) {
                    lines += buffer[i] == '\n' ? 1 : 0;
                }
            }
        }
        double seconds = seconds(begun);
        if (lines < events) {
            throw new IllegalStateException(lines + " lines were exported");
        }
        figure("export", lines, seconds, EXPORTED_PER_SECOND, before.until(cpu(rolesmith.toHandle())));
    }

    private void verifyExport(Path file) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        Process process = new ProcessBuilder(
                        java(),
                        "-Xmx" + heap,
                        "-cp",
                        System.getProperty("java.class.path"),
                        RolesmithApplication.class.getName(),
                        "verify-export",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        // It says nothing before the end, so this is nearly all.
        Cpu used = cpu(process.toHandle());
        while (!process.waitFor(100, TimeUnit.MILLISECONDS)) {
            used = cpu(process.toHandle());
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException(
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
        figure("verify the export alone", events, seconds(begun), VERIFIED_PER_SECOND, new Cpu(used.service(), 0));
    }

    /** From the commit that leaves many events to the moment at which the last of them has its seal. */
    private void sealing() throws SQLException, InterruptedException {
        long before = number(superuser, "SELECT max(sequence) FROM audit.seal");
        try (Connection connection = superuser.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO audit.event (content) SELECT content FROM audit.event WHERE id <= " + SEALED);
        }
        Cpu used = cpu(rolesmith.toHandle());
        long begun = System.nanoTime();
        long target = before + Math.min(SEALED, events);
        while (number(superuser, "SELECT max(sequence) FROM audit.seal") < target) {
            Thread.sleep(10);
        }
        figure("seal", target - before, seconds(begun), SEALED_PER_SECOND, used.until(cpu(rolesmith.toHandle())));
    }

    /** Seconds of CPU that were used so far, by Rolesmith and by the processes of PostgreSQL that are there. */
    private record Cpu(double service, double database) {

        Cpu until(Cpu later) {
            return new Cpu(later.service - service, later.database - database);
        }
    }

    private Cpu cpu(ProcessHandle service) {
        return new Cpu(
                seconds(service),
                ProcessHandle.of(postgres).stream()
                        .flatMap(ProcessHandle::children)
                        .mapToDouble(AuditBenchmark::seconds)
                        .sum());
    }

    private static double seconds(ProcessHandle process) {
        return process.info()
                .totalCpuDuration()
                .map(duration -> duration.toNanos() / 1e9)
                .orElse(0.0);
    }

    private static void figure(String name, long count, double seconds, double target, Cpu used) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %,.0f | %,.0f | %s | %.1f | %.1f |%n",
                name,
                count / seconds,
                target,
                verdict(count / seconds >= target),
                used.service() * 1e6 / count,
                used.database() * 1e6 / count);
    }

    private static String verdict(boolean reached) {
        return reached ? "reached" : "**missed**";
    }

    private HttpRequest get(String path) {
        return request(path).build();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.resolve(path)).header("Authorization", "Bearer " + token);
    }

    private static double percentile(double[] values, double p) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) (p * (sorted.length - 1))];
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }

    private static long number(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    private static DataSource dataSource(EmbeddedPostgres postgres, String login) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl("jdbc:postgresql://localhost:" + postgres.getPort() + "/rolesmith");
        dataSource.setUser(login);
        return dataSource;
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static Process start(int port, String heap, EmbeddedPostgres postgres, TestIssuer issuer)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(java(), "-Xmx" + heap));
        command.addAll(List.of(System.getProperty("benchmark.jvm", "-XX:+ExitOnOutOfMemoryError")
                .split(";", -1)));
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
                "--rolesmith.accounts[0].kind=sandbox",
                "--rolesmith.security.issuers[0].uri=" + issuer.uri()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Files.createTempFile("rolesmith-audit", ".log").toFile())
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void awaitReady(URI address) throws InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (int i = 0; i < 3_000; i++) {
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
        throw new IllegalStateException("Rolesmith is not ready within five minutes");
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file :
                    files.sorted((left, right) -> right.compareTo(left)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
