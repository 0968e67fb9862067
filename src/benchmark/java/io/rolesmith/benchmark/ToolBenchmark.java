package io.rolesmith.benchmark;

import io.rolesmith.support.IamBackend;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.MotoServer;
import io.rolesmith.support.QueryForm;
import io.rolesmith.support.TestIssuer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What it costs to make the two roles of the retail store's ECS tasks, to ask for them again, and to delete them: by Rolesmith,
 * and by what else is on the PATH. Calls are counted against moto, if it is there, and against IAM in memory if not; time is
 * taken against IAM in memory that takes 100 ms for each call.
 */
final class ToolBenchmark {

    private static final Duration LATENCY = Duration.ofMillis(100);

    private enum Step {
        CREATE("create", 4, true),
        AGAIN("ask again for", 7, false),
        DELETE("delete", 12, true);

        private final String what;
        private final int calls;
        private final boolean writes;

        /** @param calls how many it may take */
        Step(String what, int calls, boolean writes) {
            this.what = what;
            this.calls = calls;
            this.writes = writes;
        }
    }

    private static final double SLOWEST_MILLIS = 3 * LATENCY.toMillis() + 60;

    private final List<String> absent = new ArrayList<>();

    /** The rows of the table; {@code runs} is how often each tool is timed. */
    static List<Figure> measure(int runs) throws Exception {
        List<Figure> figures = new ArrayList<>();
        Optional<Path> moto = MotoServer.program();
        if (moto.isPresent()) {
            try (MotoServer server = MotoServer.start(moto.get())) {
                figures.addAll(new ToolBenchmark().calls(server, "moto"));
            }
        } else {
            figures.addAll(new ToolBenchmark()
                    .calls(new MemoryIam(Replica.ACCOUNT), "IAM in memory (no moto_server on the PATH)"));
        }
        figures.addAll(new ToolBenchmark().times(runs));
        return figures;
    }

    private List<Figure> calls(IamBackend backend, String which) throws Exception {
        SequencedMap<Tool, Map<Step, List<String>>> calls = new LinkedHashMap<>();
        try (EmbeddedPostgres postgres = Replica.postgres();
                TestIssuer issuer = TestIssuer.start();
                RecordingIam iam = new RecordingIam(backend);
                Replica replica = Replica.start(postgres, issuer, iam.uri())) {
            for (Tool tool : tools(replica, issuer, iam)) {
                Map<Step, List<String>> made = new EnumMap<>(Step.class);
                iam.calls();
                tool.create();
                made.put(Step.CREATE, iam.calls());
                if (tool.repeat()) {
                    made.put(Step.AGAIN, iam.calls());
                }
                tool.delete();
                made.put(Step.DELETE, iam.calls());
                calls.put(tool, made);
            }
        }
        return Arrays.stream(Step.values())
                .map(step -> figure(step, which, List.copyOf(calls.entrySet())))
                .toList();
    }

    private Figure figure(Step step, String which, List<Map.Entry<Tool, Map<Step, List<String>>>> tools) {
        List<String> ours = tools.getFirst().getValue().getOrDefault(step, List.of());
        boolean writes =
                ours.stream().anyMatch(call -> QueryForm.of(call, Map.of()).writes());
        List<String> others = tools.stream()
                .skip(1)
                .map(tool -> {
                    List<String> theirs = tool.getValue().get(step);
                    return theirs == null
                            ? tool.getKey().name() + " has none"
                            : tool.getKey().name() + " " + theirs.size() + times(theirs.size(), ours.size());
                })
                .toList();
        return Figure.of(
                "IAM calls to " + step.what + " two ECS roles, against " + which,
                ours.size() + (step.writes ? "" : writes ? ", with writes" : ", no write"),
                "≤ " + step.calls + (step.writes ? "" : ", no write"),
                against(others),
                ours.size() <= step.calls && writes == step.writes);
    }

    private List<Figure> times(int runs) throws Exception {
        try (EmbeddedPostgres postgres = Replica.postgres();
                TestIssuer issuer = TestIssuer.start();
                RecordingIam iam = new RecordingIam(new MemoryIam(Replica.ACCOUNT));
                Replica replica = Replica.start(postgres, issuer, iam.uri())) {
            List<Tool> tools = tools(replica, issuer, iam);
            // A service that has run for a while; the others begin anew with each command.
            for (int i = 0; i < 100; i++) {
                tools.getFirst().create();
                tools.getFirst().delete();
            }
            iam.latency(LATENCY);
            double ours = median(tools.getFirst(), 3 * runs, iam);
            List<String> others = new ArrayList<>();
            for (Tool tool : tools.subList(1, tools.size())) {
                double theirs = median(tool, runs, iam);
                others.add(String.format(Locale.ROOT, "%s %.0f ms%s", tool.name(), theirs, times(theirs, ours)));
            }
            return List.of(Figure.of(
                    "time to create them, an IAM that takes 100 ms",
                    String.format(Locale.ROOT, "%.0f ms", ours),
                    String.format(Locale.ROOT, "≤ %.0f ms: 3 round trips + 60 ms", SLOWEST_MILLIS),
                    against(others),
                    ours <= SLOWEST_MILLIS));
        }
    }

    /** Of creations, in milliseconds; what was created is deleted at once, without waiting for IAM. */
    private static double median(Tool tool, int runs, RecordingIam iam) throws Exception {
        double[] millis = new double[runs];
        for (int i = 0; i < runs; i++) {
            long begun = System.nanoTime();
            tool.create();
            millis[i] = (System.nanoTime() - begun) / 1e6;
            iam.latency(Duration.ZERO);
            tool.delete();
            iam.latency(LATENCY);
        }
        Arrays.sort(millis);
        return millis[runs / 2];
    }

    /** Rolesmith first. */
    private List<Tool> tools(Replica replica, TestIssuer issuer, RecordingIam iam) throws Exception {
        List<Tool> tools = new ArrayList<>();
        tools.add(new Tool.Rolesmith(
                replica.address(),
                issuer.token("portal", "roles:read roles:request", Replica.TEAM),
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()));
        Path aws = program("aws");
        if (aws == null) {
            absent.add("no AWS CLI on the PATH");
        } else {
            tools.add(new Tool.AwsCli(aws, iam.uri()));
        }
        Path terraform = program("terraform");
        if (terraform == null) {
            absent.add("no Terraform on the PATH");
        } else {
            try {
                tools.add(Tool.Terraform.at(terraform, iam.uri()));
            } catch (IllegalStateException e) {
                System.err.println(e.getMessage());
                absent.add("Terraform without its AWS provider");
            }
        }
        return tools;
    }

    private String against(List<String> others) {
        List<String> all = new ArrayList<>(others);
        all.addAll(absent);
        return String.join(", ", all);
    }

    private static String times(double theirs, double ours) {
        return String.format(Locale.ROOT, " (%.1f ×)", theirs / ours);
    }

    private static @Nullable Path program(String name) {
        return Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }
}
