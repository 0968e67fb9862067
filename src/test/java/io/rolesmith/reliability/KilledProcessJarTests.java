package io.rolesmith.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.reliability.Replicas.Replica;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The packaged jar, two processes of it on one PostgreSQL, killed at random instants while both are asked for roles. The runs
 * are seeded: {@code -Dreliability.kills=200} for more of them, {@code -Dreliability.seed=…} for others. The same seed asks
 * for the same and kills at the same time, and what the processes had come to by then is up to the machine.
 */
class KilledProcessJarTests {

    private static final int ROLES = 8;
    private static final int CLIENTS = 6;
    private static final int REQUESTS = 4;
    private static final Duration LONGEST_CALL = Duration.ofMillis(20);

    /** What the victim sends before it is killed, if it gets so far in time; the requests of a run make some 400 calls. */
    private static final int MOST_CALLS = 100;

    private static final Duration LONGEST_LIFE = Duration.ofSeconds(8);

    /** Dead workers are noticed after 2 seconds, and their calls are over after 3. */
    private static final int LONGEST_HOLD_UP_MILLIS = 2_700;

    private static final int LONGEST_TAKEOVER_MILLIS = 6_000;

    /** Longer than its lease and its calls last, so that the other one has taken over when it goes on. */
    private static final Duration SUSPENSION = Duration.ofSeconds(9);

    private enum Story {
        /** The killed one is started again at once, and may be quicker than the other one. */
        COMES_BACK,
        /** The other one finishes everything. */
        STAYS_AWAY,
        /** The other one is killed too, while it takes over. */
        TAKES_THE_OTHER_ALONG,
        /** It is not killed but stands still, as in a machine that is moved, and goes on when the other one has taken over. */
        GOES_ON
    }

    static LongStream seeds() {
        long first = Long.getLong("reliability.seed", 1);
        return LongStream.range(first, first + Integer.getInteger("reliability.kills", Story.values().length));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void losesNothingWhenItIsKilled(long seed) throws InterruptedException {
        Replicas replicas = Replicas.quickToNotice();
        Random random = new Random(seed);
        List<String> roles = IntStream.range(0, ROLES)
                .mapToObj(i -> "killed-" + seed + "-" + i)
                .toList();
        Story story = Story.values()[(int) (seed % Story.values().length)];
        Replica victim = replicas.get(random.nextInt(2));
        Replica other = replicas.get(victim == replicas.get(0) ? 1 : 0);
        replicas.world().iam().reset();
        replicas.latency(LONGEST_CALL);

        List<Submission> submissions;
        try (Load load = Load.begin(replicas, CLIENTS, CLIENTS * REQUESTS, roles, random.nextLong())) {
            awaitCalls(victim, random.nextInt(MOST_CALLS));
            switch (story) {
                case COMES_BACK -> {
                    kill(victim, random);
                    victim.launch();
                }
                case STAYS_AWAY -> kill(victim, random);
                case GOES_ON -> victim.suspend(SUSPENSION);
                case TAKES_THE_OTHER_ALONG -> {
                    kill(victim, random);
                    victim.launch();
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_TAKEOVER_MILLIS));
                    kill(other, random);
                    other.launch();
                }
            }
            submissions = load.finish();
        }
        Aftermath.awaitQuiet(replicas);
        if (story == Story.STAYS_AWAY) {
            victim.launch();
        }
        for (Replica replica : replicas.all()) {
            replica.awaitReady();
            assertThat(replica.hangs()).isEmpty();
        }
        assertThat(Aftermath.complaints(replicas, submissions)).isEmpty();
        System.out.printf(
                "seed %d: %s, %d requests in %d attempts%n",
                seed,
                story,
                submissions.size(),
                submissions.stream().mapToInt(Submission::attempts).sum());
    }

    private static void awaitCalls(Replica victim, int calls) throws InterruptedException {
        int enough = victim.line().calls() + calls;
        long deadline = System.nanoTime() + LONGEST_LIFE.toNanos();
        while (victim.line().calls() < enough && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private static void kill(Replica victim, Random random) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(random.nextLong(LONGEST_CALL.toNanos()));
        if (random.nextBoolean()) {
            victim.line().holdUp(Duration.ofMillis(random.nextInt(LONGEST_HOLD_UP_MILLIS)));
        }
        victim.kill();
    }
}
