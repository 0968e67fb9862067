package io.rolesmith.reliability;

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
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rolesmith as it is shipped: the packaged jar in a process of its own, which can be killed. */
final class RolesmithProcess {

    private static final Path JAR = Path.of("target", "rolesmith.jar");
    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");
    private static final Duration LONGEST_START = Duration.ofMinutes(5);

    private final Process process;
    private final Path log;
    private final CompletableFuture<URI> uri = new CompletableFuture<>();

    private RolesmithProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        Thread.ofVirtual().start(this::watchStart);
    }

    /** Begins to start it; it writes its log to {@code log}. */
    static RolesmithProcess launch(Path log, Map<String, String> properties) {
        if (!Files.exists(JAR)) {
            throw new IllegalStateException(JAR + " is not there: run these tests with mvn verify");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Short lives, and two of them on what may be two cores.
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-Daws.accessKeyId=AKIDEXAMPLE",
                "-Daws.secretAccessKey=secret",
                "-jar",
                JAR.toString()));
        properties.forEach((property, value) -> command.add("--" + property + "=" + value));
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            return new RolesmithProcess(
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
