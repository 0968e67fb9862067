package io.rolesmith.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Two replicas of the packaged jar under 64 clients at once, who make, change and delete the same 500 roles: a thousand
 * requests, or {@code -Dreliability.requests=10000}.
 */
class ManyClientsJarTests {

    private static final int CLIENTS = 64;
    private static final int ROLES = 500;

    @Test
    void losesNothingAndDoesNothingTwiceUnderManyClients() throws InterruptedException {
        int requests = Integer.getInteger("reliability.requests", 1_000);
        Replicas replicas = Replicas.asShipped();
        List<String> roles =
                IntStream.range(0, ROLES).mapToObj(i -> "busy-" + i).toList();
        replicas.world().iam().reset();
        replicas.latency(Duration.ZERO);

        long began = System.nanoTime();
        List<Submission> submissions;
        try (Load load = Load.begin(replicas, CLIENTS, requests, roles, Long.getLong("reliability.seed", 1))) {
            submissions = load.finish();
        }
        Aftermath.awaitQuiet(replicas);
        Duration took = Duration.ofNanos(System.nanoTime() - began);

        assertThat(Aftermath.complaints(replicas, submissions)).isEmpty();
        assertThat(submissions).hasSize(requests);
        System.out.printf(
                "%d requests in %d attempts by %d clients on %d roles in %.1f s: %.0f requests and %.0f writes to IAM a second%n",
                requests,
                submissions.stream().mapToInt(Submission::attempts).sum(),
                CLIENTS,
                ROLES,
                took.toMillis() / 1e3,
                requests * 1e3 / took.toMillis(),
                replicas.world().iam().writes().size() * 1e3 / took.toMillis());
    }
}
