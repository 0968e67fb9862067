package io.rolesmith.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.reliability.StoppablePostgres.Stop;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * PostgreSQL stopped and started again while two processes of the packaged jar are asked for roles:
 * {@code -Dreliability.outages=…} for more of it.
 */
class LostDatabaseJarTests {

    private static final int ROLES = 8;
    private static final int CLIENTS = 6;
    private static final int REQUESTS = 12;
    private static final Duration LONGEST_CALL = Duration.ofMillis(20);
    private static final Duration A_MINUTE = Duration.ofMinutes(1);
    private static final int LONG_ONES = 4;

    static LongStream seeds() {
        long first = Long.getLong("reliability.seed", 1);
        return LongStream.range(first, first + Integer.getInteger("reliability.outages", 1));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void losesNothingWhileTheDatabaseIsAway(long seed) throws InterruptedException {
        Replicas replicas = Replicas.quickToNotice();
        Random random = new Random(seed);
        List<String> roles = IntStream.range(0, ROLES)
                .mapToObj(i -> "lost-" + seed + "-" + i)
                .toList();
        Stop how = Stop.values()[(int) (seed % Stop.values().length)];
        replicas.world().iam().reset();
        replicas.latency(LONGEST_CALL);

        List<Submission> submissions;
        Duration away = seed % LONG_ONES == 0 ? A_MINUTE : Duration.ofMillis(random.nextInt(6_000, 8_000));
        try (Load load = Load.begin(replicas, CLIENTS, CLIENTS * REQUESTS, roles, random.nextLong())) {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(100, 1_000));
            replicas.postgres().stop(how);
            TimeUnit.MILLISECONDS.sleep(away.toMillis());
            replicas.postgres().startAgain();
            submissions = load.finish();
        }
        Aftermath.awaitQuiet(replicas);

        assertThat(Aftermath.complaints(replicas, submissions)).isEmpty();
        int unavailable = submissions.stream().mapToInt(Submission::unavailable).sum();
        assertThat(unavailable).as("answers that said that it is away").isPositive();
        System.out.printf(
                "seed %d: %s, away for %d ms, %d requests in %d attempts, %d of them answered with 503%n",
                seed,
                how,
                away.toMillis(),
                submissions.size(),
                submissions.stream().mapToInt(Submission::attempts).sum(),
                unavailable);
    }
}
