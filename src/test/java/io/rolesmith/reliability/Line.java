package io.rolesmith.reliability;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The way between one process and IAM. A call takes its time on the way there and on the way back, so that a process can be
 * killed before IAM did what it asked, and after. What is on its way when the process is killed still arrives, and may do so
 * long after its sender is dead.
 */
final class Line {

    private final HttpServer here;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI there;
    private final Random random;
    private final AtomicInteger calls = new AtomicInteger();
    private volatile long longestNanos;
    private volatile long heldUntil = System.nanoTime();

    Line(URI there, long seed) {
        this.there = there;
        this.random = new Random(seed);
        try {
            here = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        here.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        here.createContext("/", this::relay);
        here.start();
    }

    /** Where it begins. */
    URI uri() {
        return URI.create("http://127.0.0.1:" + here.getAddress().getPort());
    }

    /** How long a call takes at most, each way. */
    void longest(Duration longest) {
        longestNanos = longest.toNanos();
    }

    /** How many calls came so far. */
    int calls() {
        return calls.get();
    }

    /** What is on its way to IAM arrives only after that time. */
    void holdUp(Duration time) {
        heldUntil = System.nanoTime() + time.toNanos();
    }

    private void relay(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] call = exchange.getRequestBody().readAllBytes();
            calls.incrementAndGet();
            travel();
            for (long left = heldUntil - System.nanoTime(); left > 0; left = heldUntil - System.nanoTime()) {
                TimeUnit.NANOSECONDS.sleep(left);
            }
            HttpResponse<byte[]> reply = http.send(
                    HttpRequest.newBuilder(there)
                            .POST(HttpRequest.BodyPublishers.ofByteArray(call))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            travel();
            exchange.getResponseHeaders().set("Content-Type", "text/xml");
            exchange.sendResponseHeaders(reply.statusCode(), reply.body().length);
            exchange.getResponseBody().write(reply.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void travel() throws InterruptedException {
        long longest = longestNanos;
        if (longest > 0) {
            TimeUnit.NANOSECONDS.sleep(random.nextLong(longest));
        }
    }
}
