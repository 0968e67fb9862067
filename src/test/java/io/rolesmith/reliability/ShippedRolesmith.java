package io.rolesmith.reliability;

import io.rolesmith.support.Jdk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rolesmith as it is shipped: the packaged jar, extracted as in the image, in a process of its own, which can be killed. */
final class ShippedRolesmith {

    private static final Path JAR = Path.of("target", "rolesmith.jar");
    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");
    private static final Duration LONGEST_START = Duration.ofMinutes(5);
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);

    private static final class Extracted {
        static final Path JAR = extract();

        private static Path extract() {
            if (!Files.exists(ShippedRolesmith.JAR)) {
                throw new IllegalStateException(
                        ShippedRolesmith.JAR + " is not there: run these tests with mvn verify");
            }
            Path directory = Path.of("target", "reliability", "extracted-" + UUID.randomUUID());
            run(
                    Jdk.tool("java"),
                    "-Djarmode=tools",
                    "-jar",
                    ShippedRolesmith.JAR.toString(),
                    "extract",
                    "--destination",
                    directory.toString());
            return directory.resolve(ShippedRolesmith.JAR.getFileName());
        }
    }

    private final Process process;
    private final Path log;
    private final CompletableFuture<URI> uri = new CompletableFuture<>();

    private ShippedRolesmith(Process process, Path log) {
        this.process = process;
        this.log = log;
        Thread.ofVirtual().start(this::watchStart);
    }

    /** Begins to start it; it writes its log to {@code log}. */
    static ShippedRolesmith launch(Path log, Map<String, String> properties) {
        List<String> command = new ArrayList<>();
        command.add(Jdk.tool("java"));
        // Short lives, and two of them on what may be two cores.
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-Daws.accessKeyId=AKIDEXAMPLE",
                "-Daws.secretAccessKey=secret",
                "-jar",
                Extracted.JAR.toString()));
        properties.forEach((property, value) -> command.add("--" + property + "=" + value));
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            return new ShippedRolesmith(
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start(),
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void watchStart() {
        long deadline = System.nanoTime() + LONGEST_START.toNanos();
        try (HttpClient http = HttpClient.newHttpClient()) {
            while (!isReady(http)) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    uri.completeExceptionally(new IllegalStateException("Rolesmith did not start:\n" + log()));
                    return;
                }
                Thread.sleep(50);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isReady(HttpClient http) throws InterruptedException {
        Matcher port = PORT.matcher(log());
        if (!port.find()) {
            return false;
        }
        URI at = URI.create("http://127.0.0.1:" + port.group(1));
        HttpRequest readiness =
                HttpRequest.newBuilder(at.resolve("/actuator/health/readiness")).build();
        try {
            return http.send(readiness, HttpResponse.BodyHandlers.discarding()).statusCode() == 200 && uri.complete(at);
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns once it says that it is ready to serve. */
    void awaitReady() {
        uri.join();
    }

    /** Where it serves; empty until it is ready. */
    Optional<URI> uri() {
        return uri.isDone() && !uri.isCompletedExceptionally() ? Optional.of(uri.join()) : Optional.empty();
    }

    /** What is wrong if it is alive and serves nobody, with what its threads do; empty if it answers. */
    Optional<String> hangs() throws InterruptedException {
        Path threads = log.resolveSibling(log.getFileName() + ".threads");
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest liveness = HttpRequest.newBuilder(uri.join().resolve("/livez"))
                    .timeout(LONGEST_ANSWER)
                    .build();
            int status =
                    http.send(liveness, HttpResponse.BodyHandlers.discarding()).statusCode();
            return status == 200 ? Optional.empty() : Optional.of(log + ": /livez answers " + status);
        } catch (IOException e) {
            run(
                    Jdk.tool("jcmd"),
                    Long.toString(process.pid()),
                    "Thread.dump_to_file",
                    threads.toAbsolutePath().toString());
            return Optional.of(log + ": /livez does not answer (" + e + "); its threads are in " + threads);
        }
    }

    private static void run(String... command) {
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " ended with " + process.exitValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private String log() {
        try {
            return Files.readString(log, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGKILL: it gets no chance to end anything. Returns once it is gone. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** SIGTERM: it is asked to end. Returns once it has, with its exit status. */
    int terminate() {
        process.destroy();
        return process.onExit().join().exitValue();
    }

    /** Lets it stand still for a while, without a notice of it. */
    void suspend(Duration time) throws InterruptedException {
        Signals.send("STOP", process.toHandle());
        try {
            Thread.sleep(time);
        } finally {
            Signals.send("CONT", process.toHandle());
        }
    }
}
