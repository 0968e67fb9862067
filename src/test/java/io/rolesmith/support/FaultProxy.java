package io.rolesmith.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** IAM at an address of its own: records every call, passes it on, and fails those that it is told to fail. */
public final class FaultProxy implements AutoCloseable {

    /** What becomes of a call instead of being passed on and answered. */
    public sealed interface Fault {}

    /** IAM says no, and does nothing. */
    public record Refused(int status, String code, String message) implements Fault {}

    /** The connection ends without an answer. */
    public record Lost(Reach reach) implements Fault {}

    /** IAM fails with HTTP 500, which says nothing about what it did. */
    public record Failed(Reach reach) implements Fault {}

    /** Whether IAM does what is asked, although the answer does not say so. */
    public enum Reach {
        DONE,
        NOT_DONE
    }

    /** The call waits, for as long as the test wants it to. */
    public static final class Held implements Fault {
        private final Reach reach;
        private final CountDownLatch arrived = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        private Held(Reach reach) {
            this.reach = reach;
        }

        /** Returns once the call has come, and IAM has done it if it does it before it waits. */
        public void awaitArrival() {
            await(arrived);
        }

        public boolean hasArrived() {
            return arrived.getCount() == 0;
        }

        public void release() {
            released.countDown();
        }
    }

    /**
     * A call that came.
     *
     * @param done whether IAM did what was asked
     * @param begun in nanoseconds of this JVM's clock
     */
    public record Call(QueryForm form, boolean done, long begun, long ended) {

        public String action() {
            return form.action();
        }

        public String role() {
            return form.role();
        }

        @Override
        public String toString() {
            return action() + " " + role();
        }
    }

    private record Rule(String action, @Nullable String role, AtomicInteger left, Fault fault) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final IamBackend backend;
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<Held> holds = new CopyOnWriteArrayList<>();
    private volatile Duration latency = Duration.ZERO;

    private FaultProxy(HttpServer server, IamBackend backend) {
        this.server = server;
        this.backend = backend;
    }

    public static FaultProxy before(IamBackend backend) {
        // Or each answer waits 40 ms for an acknowledgement; the server reads the property once, when its class is
        // loaded.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
            FaultProxy proxy = new FaultProxy(server, backend);
            server.setExecutor(proxy.threads);
            server.createContext("/", proxy::handle);
            server.start();
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Forgets what came, and passes on everything from now on. */
    public void reset() {
        rules.clear();
        calls.clear();
        latency = Duration.ZERO;
    }

    /** How long each call takes at least. */
    public void latency(Duration latency) {
        this.latency = latency;
    }

    /** Lets the next {@code times} calls of the action for the role, or for any, fare so; earlier faults come first. */
    public void fail(String action, @Nullable String role, int times, Fault fault) {
        rules.add(new Rule(action, role, new AtomicInteger(times), fault));
    }

    public void fail(String action, @Nullable String role, Fault fault) {
        fail(action, role, 1, fault);
    }

    /** Lets the next call of the action for the role wait, after IAM has done it or before it fares as if it had not waited. */
    public Held hold(String action, String role, Reach reach) {
        Held held = new Held(reach);
        holds.add(held);
        fail(action, role, held);
        return held;
    }

    /** The calls to IAM in the order in which they ended; STS is not counted. */
    public List<Call> calls() {
        return calls.stream()
                .filter(call -> !call.action().equals("GetCallerIdentity"))
                .toList();
    }

    /** The calls that would change IAM. */
    public List<Call> writes() {
        return calls().stream().filter(call -> call.form().writes()).toList();
    }

    /** Asks IAM without being recorded. */
    public QueryReply ask(String action, Map<String, String> members) {
        return ask(backend, action, members);
    }

    /** Asks a backend that may have no proxy. */
    public static QueryReply ask(IamBackend backend, String action, Map<String, String> members) {
        return backend.answer(QueryForm.of(action, members));
    }

    /** Whether IAM has a role of that name. */
    public boolean hasRole(String name) {
        return ask("GetRole", Map.of("RoleName", name)).succeeded();
    }

    private void handle(HttpExchange exchange) throws IOException {
        QueryForm form = QueryForm.read(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        long begun = System.nanoTime();
        @Nullable QueryReply reply;
        try {
            if (!latency.isZero()) {
                TimeUnit.NANOSECONDS.sleep(latency.toNanos());
            }
            reply = reply(form, begun);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reply = null;
        }
        if (reply != null) {
            byte[] body = reply.xml().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/xml");
            exchange.sendResponseHeaders(reply.status(), body.length);
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private @Nullable QueryReply reply(QueryForm form, long begun) throws InterruptedException {
        return switch (fault(form)) {
            case null -> passOn(form, begun);
            case Refused(int status, String code, String message) -> {
                record(form, false, begun);
                yield QueryReply.error(status, code, message);
            }
            case Lost(Reach reach) -> {
                reach(form, reach, begun);
                yield null;
            }
            case Failed(Reach reach) -> {
                reach(form, reach, begun);
                yield QueryReply.error(500, "ServiceFailure", "Internal Failure");
            }
            case Held held -> held(form, held, begun);
        };
    }

    private @Nullable QueryReply held(QueryForm form, Held held, long begun) throws InterruptedException {
        return switch (held.reach) {
            case NOT_DONE -> {
                held.arrived.countDown();
                yield held.released.await(2, TimeUnit.MINUTES) ? reply(form, begun) : null;
            }
            case DONE -> {
                QueryReply reply = passOn(form, begun);
                held.arrived.countDown();
                yield held.released.await(2, TimeUnit.MINUTES) ? reply : null;
            }
        };
    }

    private void reach(QueryForm form, Reach reach, long begun) {
        switch (reach) {
            case DONE -> passOn(form, begun);
            case NOT_DONE -> record(form, false, begun);
        }
    }

    private QueryReply passOn(QueryForm form, long begun) {
        QueryReply reply = backend.answer(form);
        record(form, reply.succeeded(), begun);
        return reply;
    }

    private void record(QueryForm form, boolean done, long begun) {
        calls.add(new Call(form, done, begun, System.nanoTime()));
    }

    private @Nullable Fault fault(QueryForm form) {
        for (Rule rule : rules) {
            boolean meant =
                    rule.action.equals(form.action()) && (rule.role == null || rule.role.equalsIgnoreCase(form.role()));
            if (meant && rule.left.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                return rule.fault;
            }
        }
        return null;
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("The call that is waited for did not come within a minute");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        holds.forEach(Held::release);
        server.stop(0);
        threads.shutdownNow();
    }
}
