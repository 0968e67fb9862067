package io.rolesmith.benchmark;

import io.rolesmith.RolesmithApplication;
import io.rolesmith.support.TestIssuer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Rolesmith in a process of its own. */
record Replica(Process process, URI address) implements AutoCloseable {

    static final String ACCOUNT = "123456789012";
    static final String TEAM = "retail-store";

    private static final Pattern USED_HEAP = Pattern.compile("used ([0-9]+)K");

    /** One that syncs each commit to the disk, with a database for Rolesmith. */
    static EmbeddedPostgres postgres() throws Exception {
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start();
        try (var logins = Replica.class.getResourceAsStream("/db/logins.sql");
                var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(new String(Objects.requireNonNull(logins).readAllBytes(), StandardCharsets.UTF_8));
            statement.execute("CREATE DATABASE rolesmith OWNER rolesmith_owner");
        }
        return postgres;
    }

    /** The processes of that PostgreSQL, and of no other. */
    static List<ProcessHandle> processes(EmbeddedPostgres postgres) throws Exception {
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement();
                var directory = statement.executeQuery("SHOW data_directory")) {
            directory.next();
            long postmaster = Long.parseLong(Files.readAllLines(Path.of(directory.getString(1), "postmaster.pid"))
                    .getFirst());
            return ProcessHandle.of(postmaster).stream()
                    .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                    .toList();
        }
    }

    /**
     * Starts one, and waits until it is ready. Its JVM gets the options that the property {@code benchmark.jvm} names,
     * separated by semicolons.
     */
    static Replica start(EmbeddedPostgres postgres, TestIssuer issuer, URI iam) throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Daws.accessKeyId=AKIDEXAMPLE", "-Daws.secretAccessKey=secret"));
        command.addAll(
                Arrays.asList(System.getProperty("benchmark.jvm", "-Xmx512m").split(";", -1)));
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
                "--rolesmith.accounts[0].endpoint=" + iam,
                "--rolesmith.security.issuers[0].uri=" + issuer.uri()));
        for (String limit : List.of("writes-per-second", "write-burst", "reads-per-second", "read-burst")) {
            command.add("--rolesmith.iam.budget." + limit + "=100000");
        }
        Path log = Files.createTempFile("rolesmith-benchmark", ".log");
        Replica replica = new Replica(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start(),
                URI.create("http://127.0.0.1:" + port));
        try {
            replica.awaitReady(log);
        } catch (Exception e) {
            replica.close();
            throw e;
        }
        return replica;
    }

    private void awaitReady(Path log) throws InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest ready = HttpRequest.newBuilder(address.resolve("/actuator/health/readiness"))
                    .build();
            for (int i = 0; i < 1_200 && process.isAlive(); i++) {
                try {
                    if (http.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                        return;
                    }
                } catch (IOException e) {
                    // Not there yet.
                }
                Thread.sleep(100);
            }
        }
        throw new IllegalStateException("Rolesmith is not ready within two minutes; see " + log);
    }

    /** What it has in memory, in MB; 0 where the system does not say. */
    long residentMegabytes() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    /** What lives on its heap, in MB: after a collection. */
    long livingMegabytes() throws IOException, InterruptedException {
        jcmd("GC.run");
        Matcher used = USED_HEAP.matcher(jcmd("GC.heap_info"));
        return used.find() ? Long.parseLong(used.group(1)) / 1024 : 0;
    }

    private String jcmd(String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        command)
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor();
        return said;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
