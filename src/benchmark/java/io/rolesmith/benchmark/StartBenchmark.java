package io.rolesmith.benchmark;

import io.rolesmith.support.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a start costs until Rolesmith is ready: the plain jar, as {@code java -jar} runs it, and what the image runs, which is
 * the same jar extracted, with the image's options and a cache that is trained as its build trains it. Both work on one
 * database whose schema is there, and do not migrate, as pods of the chart. They take turns. Prints a table in Markdown.
 *
 * <p>Needs {@code target/rolesmith.jar}. The argument is how many starts of each, 5 unless said.
 */
public final class StartBenchmark {

    private static final Path JAR = Path.of("target", "rolesmith.jar").toAbsolutePath();
    private static final Path WORK = Path.of("target", "start-benchmark").toAbsolutePath();
    private static final Path TRAINING =
            Path.of("src/main/docker/Training.java").toAbsolutePath();
    private static final String CACHE = "rolesmith.aot";
    private static final Duration LONGEST_START = Duration.ofMinutes(5);
    private static final double TARGET = 0.4;

    /** What one start cost: processor time, user and system, and time and memory when it was ready. */
    private record Start(Duration processor, Duration elapsed, long residentMegabytes) {}

    private StartBenchmark() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int starts = arguments.length == 0 ? 5 : Integer.parseInt(arguments[0]);
        Files.createDirectories(WORK);
        List<String> options = imageOptions();
        run(WORK, List.of("-Djarmode=tools", "-jar", JAR.toString(), "extract", "--force", "--destination", "image"));
        Path image = WORK.resolve("image");
        long began = System.nanoTime();
        List<String> training = new ArrayList<>(
                List.of(TRAINING.toString(), image.resolve(CACHE).toString()));
        training.addAll(options.stream().filter(option -> option.endsWith("GC")).toList());
        run(image, training);
        Duration trained = Duration.ofNanos(System.nanoTime() - began);

        TestDatabase database = TestDatabase.migrated();
        List<Start> plain = new ArrayList<>();
        List<Start> cached = new ArrayList<>();
        for (int i = 0; i < starts; i++) {
            plain.add(start(WORK, database, List.of("-jar", JAR.toString())));
            cached.add(start(
                    image,
                    database,
                    Stream.concat(options.stream(), Stream.of("-jar", "rolesmith.jar"))
                            .toList()));
        }
        print(plain, cached, trained, Files.size(image.resolve(CACHE)));
    }

    /** The JVM's options of the image. */
    private static List<String> imageOptions() throws IOException {
        Matcher entrypoint = Pattern.compile("ENTRYPOINT \\[(.*), \"-jar\", \"rolesmith.jar\"]")
                .matcher(Files.readString(Path.of("Dockerfile")));
        if (!entrypoint.find()) {
            throw new IllegalStateException("The Dockerfile's ENTRYPOINT is not what it was");
        }
        return Stream.of(entrypoint.group(1).split(", "))
                .skip(1)
                .map(option -> option.substring(1, option.length() - 1))
                .toList();
    }

    private static void run(Path directory, List<String> arguments) throws IOException, InterruptedException {
        int status = java(directory, arguments, "build.log").waitFor();
        if (status != 0) {
            throw new IllegalStateException(
                    arguments + " ended with " + status + ":\n" + Files.readString(WORK.resolve("build.log")));
        }
    }

    private static Process java(Path directory, List<String> arguments, String log) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(WORK.resolve(log).toFile())
                .start();
    }

    private static Start start(Path directory, TestDatabase database, List<String> arguments)
            throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of(
                "--server.address=127.0.0.1",
                "--server.port=" + port,
                "--spring.datasource.url=" + database.jdbcUrl(),
                "--spring.datasource.username=" + TestDatabase.RUNTIME,
                "--spring.flyway.enabled=false",
                "--rolesmith.installation=benchmark",
                "--rolesmith.accounts[0].id=123456789012",
                "--rolesmith.accounts[0].name=retail-dev",
                "--rolesmith.accounts[0].kind=sandbox",
                "--rolesmith.accounts[0].teams[0]=retail-store",
                "--rolesmith.security.issuers[0].uri=http://127.0.0.1:1"));
        long began = System.nanoTime();
        Process process = java(directory, all, "start.log");
        try (HttpClient http = HttpClient.newHttpClient()) {
            awaitReady(process, http, port);
            return new Start(
                    process.info().totalCpuDuration().orElseThrow(),
                    Duration.ofNanos(System.nanoTime() - began),
                    residentMegabytes(process));
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    private static void awaitReady(Process process, HttpClient http, int port)
            throws IOException, InterruptedException {
        HttpRequest readiness = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
                .timeout(Duration.ofSeconds(30))
                .build();
        long deadline = System.nanoTime() + LONGEST_START.toNanos();
        while (process.isAlive() && System.nanoTime() < deadline) {
            try {
                if (http.send(readiness, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // Nobody listens yet.
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("It did not start:\n" + Files.readString(WORK.resolve("start.log")));
    }

    /** As Linux counts it; 0 elsewhere. */
    private static long residentMegabytes(Process process) {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void print(List<Start> plain, List<Start> cached, Duration trained, long cacheBytes) {
        System.out.printf("Training took %d s; the cache has %d MB.%n%n", trained.toSeconds(), cacheBytes >> 20);
        System.out.printf(
                "| start to ready, median of %d (least to most) | plain jar | image | ratio |%n", plain.size());
        System.out.println("|---|---|---|---|");
        row("processor time, s", plain, cached, start -> start.processor().toMillis() / 1e3, "%.1f");
        row("elapsed, s", plain, cached, start -> start.elapsed().toMillis() / 1e3, "%.1f");
        row("resident memory when ready, MB", plain, cached, Start::residentMegabytes, "%.0f");
        double ratio = median(cached, start -> start.processor().toMillis())
                / median(plain, start -> start.processor().toMillis());
        System.out.printf(
                "%nTarget: at most %.0f %% of the processor time; it is %.0f %%.%n", TARGET * 100, ratio * 100);
    }

    private static void row(String what, List<Start> plain, List<Start> cached, Figure figure, String format) {
        System.out.printf(
                "| %s | %s | %s | %.2f |%n",
                what,
                spread(plain, figure, format),
                spread(cached, figure, format),
                median(cached, figure) / median(plain, figure));
    }

    private static String spread(List<Start> starts, Figure figure, String format) {
        List<Double> sorted = sorted(starts, figure);
        return (format + " (" + format + " to " + format + ")")
                .formatted(median(starts, figure), sorted.getFirst(), sorted.getLast());
    }

    private static double median(List<Start> starts, Figure figure) {
        List<Double> sorted = sorted(starts, figure);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static List<Double> sorted(List<Start> starts, Figure figure) {
        return starts.stream().map(figure::of).sorted(Comparator.naturalOrder()).toList();
    }

    private interface Figure {
        double of(Start start);
    }
}
