package io.rolesmith.reliability;

import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.World;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/** Runs many schedules, several at a time, against Rolesmiths that each serve many of them. */
final class Schedules {

    /** What the trail and IAM in memory hold grows with each; the chain is verified as a whole. */
    private static final int IN_ONE_WORLD = 1000;

    private static final int MOST_FAILURES = 5;

    /**
     * What came of them.
     *
     * @param failures each with its schedule in full
     * @param statuses how many requests ended so
     */
    record Outcome(int schedules, List<String> failures, Map<String, Integer> statuses) {}

    private Schedules() {}

    /** So many from the first on, or only the one that is to be replayed. */
    static List<Long> seeds(long first, int number) {
        Long one = Long.getLong("reliability.seed");
        return one != null
                ? List.of(one)
                : LongStream.range(first, first + number).boxed().toList();
    }

    static Outcome run(List<Long> seeds, int lanes) {
        List<String> failures = new ArrayList<>();
        Map<String, Integer> statuses = new TreeMap<>();
        long begun = System.nanoTime();
        int ran = 0;
        for (int from = 0; from < seeds.size() && failures.size() < MOST_FAILURES; from += IN_ONE_WORLD) {
            List<Long> some = seeds.subList(from, Math.min(from + IN_ONE_WORLD, seeds.size()));
            inOneWorld(some, lanes, failures, statuses);
            ran += some.size();
            System.out.println(ran + " schedules, seeds from " + seeds.getFirst() + ", in "
                    + (System.nanoTime() - begun) / 1_000_000 + " ms: " + statuses);
        }
        return new Outcome(ran, failures, statuses);
    }

    private static void inOneWorld(List<Long> seeds, int lanes, List<String> failures, Map<String, Integer> statuses) {
        FaultProxy iam = FaultProxy.before(new MemoryIam(TestRolesmith.ACCOUNT));
        FaultProxy other = FaultProxy.before(new MemoryIam(World.OTHER_ACCOUNT));
        try (World world = new World(iam, other, TestRolesmith.start(ScheduleRun.properties(iam, other)));
                ExecutorService threads = Executors.newFixedThreadPool(lanes)) {
            // The first request of a JVM is slow enough to pass for a fault.
            world.submit(World.body(World.inline(World.role("first", World.ECS_EXECUTION_POLICY), "assets")));
            world.submit(World.body(World.inline(World.role("first"), "queue")));
            Map<Long, Future<ScheduleRun.Result>> runs = new LinkedHashMap<>();
            seeds.forEach(seed -> runs.put(seed, threads.submit(() -> ScheduleRun.of(world, Schedule.of(seed)))));
            runs.forEach((seed, run) -> {
                ScheduleRun.Result result = get(run);
                result.statuses().forEach((status, number) -> {
                    statuses.merge(status, number, Integer::sum);
                    if (status.equals("NEEDS_ATTENTION")) {
                        statuses.merge(
                                "schedules that need attention, "
                                        + result.schedule().kind(),
                                1,
                                Integer::sum);
                    }
                });
                if (!result.complaints().isEmpty()) {
                    failures.add("-Dreliability.seed=" + seed + "\n" + String.join("\n", result.complaints()) + "\n"
                            + result.schedule() + result.story());
                }
            });
            failures.addAll(Reckoning.of(world).chainComplaints());
            try {
                world.assertNothingIsStuck();
            } catch (AssertionError stuck) {
                // Which schedule did it is more worth knowing, and stands among the failures by now.
                failures.add("Something is stuck: " + stuck.getMessage());
            }
        }
    }

    private static ScheduleRun.Result get(Future<ScheduleRun.Result> run) {
        try {
            return run.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
