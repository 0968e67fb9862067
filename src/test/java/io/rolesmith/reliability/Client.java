package io.rolesmith.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A caller who wants an answer: posts a request to one replica or the other under one Idempotency-Key until it gets an answer
 * that is not "try again".
 */
final class Client {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration LONGEST_EXCHANGE = Duration.ofSeconds(60);

    private final Replicas replicas;
    private final HttpClient http;
    private final String token;
    private final Random random;

    Client(Replicas replicas, HttpClient http, String token, long seed) {
        this.replicas = replicas;
        this.http = http;
        this.token = token;
        this.random = new Random(seed);
    }

    /** @throws AssertionError if it got an answer that no caller should get, or none for long */
    Submission submit(ObjectNode body) throws InterruptedException {
        String key = UUID.randomUUID().toString();
        long began = System.nanoTime();
        int unavailable = 0;
        for (int attempt = 1; ; attempt++) {
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("how long no replica answered %s", body)
                    .isLessThan(PATIENCE);
            Optional<HttpResponse<String>> response = post(body, key);
            if (response.isPresent() && isFinal(response.get())) {
                return new Submission(
                        body,
                        began,
                        System.nanoTime(),
                        attempt,
                        unavailable,
                        response.get().statusCode(),
                        checked(response.get()));
            }
            if (response.isPresent()) {
                unavailable++;
                assertUnavailable(response.get());
            }
            Thread.sleep(random.nextInt(20, 100));
        }
    }

    private Optional<HttpResponse<String>> post(ObjectNode body, String key) throws InterruptedException {
        Optional<URI> uri = replicas.get(random.nextInt(2)).uri();
        if (uri.isEmpty()) {
            return Optional.empty();
        }
        HttpRequest request = HttpRequest.newBuilder(uri.get().resolve("/api/v1/role-requests"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .header("Prefer", random.nextInt(4) == 0 ? "respond-async" : "wait=20")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        CompletableFuture<HttpResponse<String>> exchange =
                http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
        try {
            // With the body, which the timeout of an HttpRequest leaves out.
            return Optional.of(exchange.get(LONGEST_EXCHANGE.toSeconds(), TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            // The replica was killed before it answered, or is not there.
            exchange.cancel(true);
            return Optional.empty();
        }
    }

    /** A request that has ended with 503 ends so for ever; one that cannot be read now has not ended. */
    private static boolean isFinal(HttpResponse<String> response) {
        return response.statusCode() != 503
                || json(response).has("requestId")
                        && !json(response).path("code").asString("").equals("database-unavailable");
    }

    private static JsonNode checked(HttpResponse<String> response) {
        assertThat(response.statusCode()).as("%s", response.body()).isNotEqualTo(500);
        return json(response);
    }

    private static JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (JacksonException e) {
            throw new AssertionError(response.statusCode() + " with a body that is no JSON: " + response.body(), e);
        }
    }

    /** Says so as a problem, and when to come again. */
    private static void assertUnavailable(HttpResponse<String> response) {
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(response.headers().firstValue("Retry-After"))
                .as("Retry-After of %s", response.body())
                .hasValueSatisfying(
                        seconds -> assertThat(Integer.parseInt(seconds)).isPositive());
        assertThat(json(response).path("status").asInt()).isEqualTo(503);
        assertThat(json(response).path("retryable").asBoolean())
                .as("%s", response.body())
                .isTrue();
    }
}
