package io.rolesmith.benchmark;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rolesmith.support.IamBackend;
import io.rolesmith.support.QueryForm;
import io.rolesmith.support.QueryReply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/** IAM's wire protocol in front of some IAM: every call is recorded, and takes as long as it is told to. */
final class RecordingIam implements AutoCloseable {

    static {
        // Or each answer waits 40 ms for the acknowledgement of its head.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final IamBackend backend;
    private final HttpServer server;
    private final List<String> calls = new ArrayList<>();
    private volatile Duration latency = Duration.ZERO;

    RecordingIam(IamBackend backend) throws IOException {
        this.backend = backend;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        QueryForm form = QueryForm.read(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        synchronized (calls) {
            calls.add(form.action());
        }
        if (latency.isPositive()) {
            LockSupport.parkNanos(latency.toNanos());
        }
        QueryReply reply = backend.answer(form);
        byte[] answer = reply.xml().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/xml");
        exchange.sendResponseHeaders(reply.status(), answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** How long a call takes from now on. */
    void latency(Duration latency) {
        this.latency = latency;
    }

    /** The operations that were called since the last time that this was asked. */
    List<String> calls() {
        synchronized (calls) {
            List<String> since = List.copyOf(calls);
            calls.clear();
            return since;
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
