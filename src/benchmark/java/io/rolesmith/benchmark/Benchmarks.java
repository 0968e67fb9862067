package io.rolesmith.benchmark;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures everything that docs/performance.md tabulates, on this machine, and writes the table there, between its marks.
 *
 * <p>Arguments: the document; {@code whole} or {@code quick}, which only shows that everything runs; and which parts, of
 * {@code tools,throughput,audit,policy,start} (all).
 */
public final class Benchmarks {

    private static final String BEGIN = "<!-- measured: begin -->";
    private static final String END = "<!-- measured: end -->";

    private static final double ROLES_PER_SECOND = 300;
    private static final double CHECKS_PER_SECOND = 20_000;

    private static final Logger LOG = LoggerFactory.getLogger(Benchmarks.class);

    @FunctionalInterface
    private interface Part {
        void measure() throws Exception;
    }

    private final boolean quick;
    private final List<Figure> figures = new ArrayList<>();
    private final StringBuilder details = new StringBuilder();
    private boolean failed;

    private Benchmarks(boolean quick) {
        this.quick = quick;
    }

    public static void main(String[] arguments) throws Exception {
        Path document = Path.of(arguments[0]);
        Benchmarks benchmarks = new Benchmarks(arguments.length > 1 && arguments[1].equals("quick"));
        Set<String> parts =
                Set.of((arguments.length > 2 ? arguments[2] : "tools,throughput,audit,policy,start").split(",", -1));
        String measured = benchmarks.measure(parts);
        System.out.println(measured);
        String text = Files.readString(document);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalStateException(document + " has no place between " + BEGIN + " and " + END);
        }
        Files.writeString(
                document, text.substring(0, begin + BEGIN.length()) + "\n\n" + measured + "\n" + text.substring(end));
        System.exit(benchmarks.failed ? 1 : 0);
    }

    private String measure(Set<String> parts) throws Exception {
        SequencedMap<String, Part> all = new LinkedHashMap<>();
        all.put("tools", () -> figures.addAll(ToolBenchmark.measure(quick ? 1 : 5)));
        all.put("throughput", this::throughput);
        all.put("audit", this::audit);
        all.put("policy", this::policy);
        all.put("start", this::start);
        all.keySet().retainAll(parts);
        for (Map.Entry<String, Part> part : all.entrySet()) {
            try {
                part.getValue().measure();
            } catch (Exception e) {
                // Half an hour of other figures is not lost for it.
                failed = true;
                LOG.error("{} could not be measured", part.getKey(), e);
                figures.add(new Figure(part.getKey(), "could not be measured", "", "", ""));
            }
        }
        return machine() + "\n\n| figure | measured | target | against it | |\n|---|---|---|---|---|\n"
                + String.join("\n", figures.stream().map(Figure::toString).toList()) + "\n" + details;
    }

    private void throughput() throws Exception {
        Duration run = Duration.ofSeconds(quick ? 5 : 30);
        List<Integer> replicas = quick ? List.of(1) : List.of(1, 2, 4);
        List<ProvisioningBenchmark.Result> results =
                new ArrayList<>(ProvisioningBenchmark.measure(run, Duration.ZERO, replicas));
        ProvisioningBenchmark.Result one = results.getFirst();
        figures.add(Figure.of(
                "durable provisioning, an IAM that takes no time, fsync on",
                String.format(Locale.ROOT, "%.0f roles/s", one.perSecond()),
                "≥ %.0f roles/s".formatted(ROLES_PER_SECOND),
                share(one.perSecond() / ROLES_PER_SECOND),
                one.perSecond() >= ROLES_PER_SECOND));
        for (ProvisioningBenchmark.Result more : results.subList(1, results.size())) {
            figures.add(Figure.plain(
                    more.replicas() + " replicas on one PostgreSQL, on the same cores",
                    String.format(Locale.ROOT, "%.0f roles/s", more.perSecond()),
                    share(more.perSecond() / one.perSecond()) + " of one"));
        }
        results.addAll(ProvisioningBenchmark.measure(run, Duration.ofMillis(100), replicas));
        for (ProvisioningBenchmark.Result slow : results.subList(replicas.size(), results.size())) {
            // Each of the callers waits for two calls, one after the other.
            double most = ProvisioningBenchmark.CALLERS / (2 * slow.latency().toMillis() / 1000.0);
            figures.add(Figure.plain(
                    "an IAM that takes 100 ms, " + slow.replicas() + (slow.replicas() == 1 ? " replica" : " replicas"),
                    String.format(Locale.ROOT, "%.0f roles/s", slow.perSecond()),
                    String.format(
                            Locale.ROOT, "%s of the %.0f that IAM allows", share(slow.perSecond() / most), most)));
        }
        figures.add(Figure.plain(
                "memory of a replica under that load",
                "%d MB resident, %d MB of them living on the heap".formatted(one.resident(), one.living()),
                ""));
        details.append("\nThroughput, ")
                .append(run.toSeconds())
                .append(" s each after twice as long to warm up, ")
                .append(ProvisioningBenchmark.CALLERS)
                .append(" callers:\n\n")
                .append(ProvisioningBenchmark.Result.HEAD)
                .append('\n');
        results.forEach(result -> details.append(result).append('\n'));
    }

    private void policy() throws Exception {
        Path result = Files.createTempFile("rolesmith-policy", ".json");
        List<String> arguments = new ArrayList<>(
                List.of("PolicyBenchmark.readAndCheck", "-p", "kilobytes=2", "-rf", "json", "-rff", result.toString()));
        if (quick) {
            arguments.addAll(List.of("-wi", "1", "-i", "1"));
        }
        child("org.openjdk.jmh.Main", arguments.toArray(String[]::new));
        JsonNode score = new JsonMapper().readTree(result.toFile()).path(0).path("primaryMetric");
        double perSecond = score.path("score").asDouble();
        figures.add(Figure.of(
                "read and check a policy of 2 KB, one core",
                String.format(
                        Locale.ROOT,
                        "%,.0f/s ± %,.0f",
                        perSecond,
                        // Of one iteration, as in a quick run, there is none.
                        score.path("scoreError").asDouble(Double.NaN)),
                String.format(Locale.ROOT, "≥ %,.0f/s", CHECKS_PER_SECOND),
                share(perSecond / CHECKS_PER_SECOND),
                perSecond >= CHECKS_PER_SECOND));
    }

    /** Of its rows, those that bear a verdict: a page by some filter, or so many events a second. */
    private void audit() throws IOException, InterruptedException {
        String said = child("io.rolesmith.benchmark.AuditBenchmark", quick ? "100000" : "10000000");
        double slowest = 0;
        boolean reached = true;
        for (String line : said.lines().toList()) {
            List<String> cells = cells(line);
            if (isVerdict(cells, 7)) {
                slowest =
                        Math.max(slowest, Math.max(Double.parseDouble(cells.get(3)), Double.parseDouble(cells.get(5))));
                reached &= cells.get(7).equals(Figure.REACHED);
            } else if (isVerdict(cells, 4)) {
                figures.add(new Figure(
                        "audit: " + cells.get(1),
                        cells.get(2) + " events/s",
                        "≥ " + cells.get(3) + " events/s",
                        share(number(cells.get(2)) / number(cells.get(3))),
                        cells.get(4)));
            }
        }
        figures.add(Figure.of(
                "audit: keyset page of 50, by the slowest filter",
                String.format(Locale.ROOT, "p99 %.1f ms", slowest),
                "p99 ≤ 20 ms",
                "",
                reached && slowest > 0));
        details.append('\n').append(said.strip()).append('\n');
    }

    private void start() throws IOException, InterruptedException {
        String said = child("io.rolesmith.benchmark.StartBenchmark", quick ? "1" : "5");
        Matcher ratio = Pattern.compile("at most ([0-9]+) % of the processor time; it is ([0-9]+) %")
                .matcher(said);
        if (!ratio.find()) {
            throw new IllegalStateException("The start was not held against its target: " + said);
        }
        figures.add(Figure.of(
                "processor time from start to ready, image with AOT cache",
                ratio.group(2) + " % of the plain jar's",
                "≤ " + ratio.group(1) + " %",
                "",
                Integer.parseInt(ratio.group(2)) <= Integer.parseInt(ratio.group(1))));
        details.append('\n').append(said.strip()).append('\n');
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
    }

    private static boolean isVerdict(List<String> cells, int place) {
        return cells.size() > place && Set.of(Figure.REACHED, Figure.MISSED).contains(cells.get(place));
    }

    private static double number(String text) {
        return Double.parseDouble(text.replace(",", ""));
    }

    /** What the program of that name says on its standard output, in a JVM of its own with our class path. */
    private static String child(String name, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                name));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(name + " ended with " + process.exitValue() + ": " + said);
        }
        return said;
    }

    private String machine() throws Exception {
        String version;
        try (EmbeddedPostgres postgres = Replica.postgres();
                var connection = postgres.getPostgresDatabase().getConnection()) {
            version = connection.getMetaData().getDatabaseProductVersion();
        }
        return "%s%d cores of %s, JDK %s, PostgreSQL %s, %s%s"
                .formatted(
                        quick ? "**A quick run, which only shows that everything runs.** " : "",
                        Runtime.getRuntime().availableProcessors(),
                        processor(),
                        Runtime.version(),
                        version,
                        LocalDate.now(ZoneOffset.UTC),
                        ".");
    }

    private static String processor() throws IOException {
        Path information = Path.of("/proc/cpuinfo");
        Matcher model = Pattern.compile("model name\\s*: (.*)")
                .matcher(Files.exists(information) ? Files.readString(information) : "");
        return model.find() ? "an " + model.group(1) : System.getProperty("os.arch");
    }

    private static String share(double part) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * part);
    }
}
