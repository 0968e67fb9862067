package io.rolesmith.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.reliability.Replicas.Replica;
import io.rolesmith.support.World;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Two replicas of the packaged jar on one PostgreSQL, behind a proxy that sends to those that are ready, are restarted one
 * after the other while clients go on asking for roles and reading them. The clients try nothing twice.
 */
class RollingRestartJarTests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int CLIENTS = 8;
    private static final int ROLES_EACH = 5;
    private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(50);

    /** 128 and SIGTERM. */
    private static final int ENDED_IN_ORDER = 143;

    private record Answers(List<Submission> submissions, List<String> failures, int reads) {}

    private volatile boolean over;

    @Test
    void losesNoRequestInARollingRestart() throws InterruptedException, ExecutionException {
        Replicas replicas = Replicas.asShipped();
        replicas.all().forEach(Replica::awaitReady);
        replicas.world().iam().reset();
        replicas.latency(Duration.ofMillis(20));
        List<Submission> submissions = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        int reads = 0;
        long began = System.nanoTime();

        try (ReadyOnlyProxy proxy = ReadyOnlyProxy.before(replicas);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                HttpClient http = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            List<Future<Answers>> clients = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                int number = client;
                String token = replicas.world()
                        .rolesmith()
                        .issuer()
                        .token("client-" + client, "roles:read roles:request", "retail-store");
                clients.add(threads.submit(() -> ask(proxy, http, token, number)));
            }
            try {
                Thread.sleep(Duration.ofSeconds(1));
                for (Replica replica : replicas.all()) {
                    assertThat(replica.terminate()).isEqualTo(ENDED_IN_ORDER);
                    replica.launch();
                    replica.awaitReady();
                    proxy.awaitSendingTo(replica);
                }
                Thread.sleep(Duration.ofSeconds(1));
            } finally {
                over = true;
            }
            for (Future<Answers> client : clients) {
                submissions.addAll(client.get().submissions());
                failures.addAll(client.get().failures());
                reads += client.get().reads();
            }
        }
        Aftermath.awaitQuiet(replicas);

        assertThat(failures).isEmpty();
        assertThat(Aftermath.complaints(replicas, submissions)).isEmpty();
        assertThat(submissions).hasSizeGreaterThan(CLIENTS * 10);
        System.out.printf(
                "rolling restart in %.0f s: %d role requests, %d of them answered with 202, and %d reads; none lost%n",
                (System.nanoTime() - began) / 1e9,
                submissions.size(),
                submissions.stream()
                        .filter(submission -> submission.status() == 202)
                        .count(),
                reads);
    }

    /** Every other client sends an Idempotency-Key. What is answered with no 2xx, or not at all, is a failure. */
    private Answers ask(ReadyOnlyProxy proxy, HttpClient http, String token, int client) throws InterruptedException {
        Answers answers = new Answers(new ArrayList<>(), new ArrayList<>(), 0);
        int reads = 0;
        for (int i = 0; !over; i++) {
            String name = "rolling-" + client + "-" + i % ROLES_EACH;
            ObjectNode body = World.body(World.role(name).put("description", "As of " + i));
            HttpRequest.Builder submission = request(proxy, "/api/v1/role-requests", token)
                    .header("Content-Type", "application/json")
                    .header("Prefer", "wait=20")
                    .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
            if (client % 2 == 0) {
                submission.header("Idempotency-Key", UUID.randomUUID().toString());
            }
            long began = System.nanoTime();
            try {
                HttpResponse<String> response = http.send(submission.build(), HttpResponse.BodyHandlers.ofString());
                if (isSuccess(response)) {
                    answers.submissions()
                            .add(new Submission(
                                    body,
                                    began,
                                    System.nanoTime(),
                                    1,
                                    0,
                                    response.statusCode(),
                                    JSON.readTree(response.body())));
                } else {
                    answers.failures().add("POST: " + response.statusCode() + " " + response.body());
                }
                HttpResponse<String> read = http.send(
                        request(proxy, "/api/v1/roles?team=retail-store&pageSize=1", token)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                reads++;
                if (!isSuccess(read)) {
                    answers.failures().add("GET: " + read.statusCode() + " " + read.body());
                }
            } catch (IOException e) {
                answers.failures().add("No answer: " + e);
            }
            Thread.sleep(BETWEEN_REQUESTS);
        }
        return new Answers(answers.submissions(), answers.failures(), reads);
    }

    private static HttpRequest.Builder request(ReadyOnlyProxy proxy, String path, String token) {
        return HttpRequest.newBuilder(proxy.uri().resolve(path))
                .timeout(Duration.ofSeconds(90))
                .header("Authorization", "Bearer " + token);
    }

    private static boolean isSuccess(HttpResponse<String> response) {
        return response.statusCode() / 100 == 2;
    }
}
