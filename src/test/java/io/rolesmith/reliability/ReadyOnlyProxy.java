package io.rolesmith.reliability;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rolesmith.reliability.Replicas.Replica;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What stands before replicas: it asks each now and then whether it is ready, and passes requests to those that said so, one
 * after the other. It tries nothing twice. What it cannot pass on is answered with 502.
 */
final class ReadyOnlyProxy implements AutoCloseable {

    private static final Duration BETWEEN_PROBES = Duration.ofMillis(250);
    private static final Duration LONGEST_PROBE = Duration.ofSeconds(2);
    private static final Duration LONGEST_REQUEST = Duration.ofSeconds(90);
    private static final List<String> PASSED_ON =
            List.of("Authorization", "Content-Type", "Idempotency-Key", "Prefer", "Retry-After", "Location");

    private final Replicas replicas;
    private final HttpServer here;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger turn = new AtomicInteger();
    private volatile List<URI> ready = List.of();

    private ReadyOnlyProxy(Replicas replicas) {
        this.replicas = replicas;
        try {
            here = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        here.setExecutor(threads);
        here.createContext("/", this::pass);
    }

    /** Returns once it knows who is ready. */
    static ReadyOnlyProxy before(Replicas replicas) throws InterruptedException {
        ReadyOnlyProxy proxy = new ReadyOnlyProxy(replicas);
        proxy.probe();
        proxy.threads.execute(proxy::probeForEver);
        proxy.here.start();
        return proxy;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + here.getAddress().getPort());
    }

    /** Returns once it sends requests there. */
    void awaitSendingTo(Replica replica) throws InterruptedException {
        while (!ready.contains(replica.uri().orElseThrow())) {
            Thread.sleep(BETWEEN_PROBES);
        }
    }

    private void probeForEver() {
        try {
            while (true) {
                Thread.sleep(BETWEEN_PROBES);
                probe();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void probe() throws InterruptedException {
        List<URI> now = new ArrayList<>();
        for (Replica replica : replicas.all()) {
            Optional<URI> uri = replica.uri();
            if (uri.isPresent() && isReady(uri.get())) {
                now.add(uri.get());
            }
        }
        ready = List.copyOf(now);
    }

    private boolean isReady(URI replica) throws InterruptedException {
        HttpRequest probe = HttpRequest.newBuilder(replica.resolve("/actuator/health/readiness"))
                .timeout(LONGEST_PROBE)
                .build();
        try {
            return http.send(probe, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (HttpTimeoutException e) {
            // Slow is not gone, as Kubernetes takes it that asks three times.
            return ready.contains(replica);
        } catch (IOException e) {
            return false;
        }
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            List<URI> to = ready;
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (to.isEmpty()) {
                exchange.sendResponseHeaders(502, -1);
                return;
            }
            URI replica = to.get(Math.floorMod(turn.getAndIncrement(), to.size()));
            HttpRequest.Builder request = HttpRequest.newBuilder(replica.resolve(exchange.getRequestURI()))
                    .timeout(LONGEST_REQUEST)
                    .method(
                            exchange.getRequestMethod(),
                            body.length == 0
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofByteArray(body));
            exchange.getRequestHeaders().forEach((name, values) -> {
                if (PASSED_ON.stream().anyMatch(name::equalsIgnoreCase)) {
                    request.header(name, values.getFirst());
                }
            });
            HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            for (String name : PASSED_ON) {
                response.headers()
                        .firstValue(name)
                        .ifPresent(value -> exchange.getResponseHeaders().set(name, value));
            }
            exchange.sendResponseHeaders(
                    response.statusCode(), response.body().length == 0 ? -1 : response.body().length);
            exchange.getResponseBody().write(response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            if (exchange.getResponseCode() == -1) {
                exchange.sendResponseHeaders(502, -1);
            }
        }
    }

    @Override
    public void close() {
        here.stop(0);
        threads.shutdownNow();
        http.shutdownNow();
        try {
            threads.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
