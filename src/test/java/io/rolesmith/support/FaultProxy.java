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
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
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
    public record Refused(int status, String code, String message) implements Fault {

        public static final Refused THROTTLED = new Refused(400, "Throttling", "Rate exceeded");

        /** For good. */
        public static final Refused DENIED = new Refused(
                403,
                "AccessDenied",
                "User is not authorized to perform: iam on resource: role with an explicit deny in a service control policy");

        /** Whether it is there or not; it may have been made a moment ago. */
        public static final Refused UNSEEN = new Refused(404, "NoSuchEntity", "The role with name x cannot be found.");

        /** No tag is seen that would allow the call; it may have been set a moment ago. */
        public static final Refused UNTAGGED = new Refused(
                403,
                "AccessDenied",
                "User is not authorized to perform: iam on resource: role because no identity-based policy allows the action");
    }

    /** The connection ends without an answer. */
    public record Lost(Reach reach) implements Fault {}

    /** IAM fails with HTTP 500, which says nothing about what it did. */
    public record Failed(Reach reach) implements Fault {}

    /** The answer comes when nobody waits for it any more, or does not come. */
    public record Slow(Duration delay, Reach reach) implements Fault {}

    /** The connection ends without an answer, and IAM does what is asked only when the role is looked at again. */
    public record Late(int looks) implements Fault {}

    /** What is read is what was there before so many writes on the role. */
    public record Lagging(int writes) implements Fault {}

    /** The role is shown with its unique id in the place of its ARN, as IAM shows one that it made a moment ago. */
    public record Making() implements Fault {}

    /** Whether IAM does what is asked, although the answer does not say so. */
    public enum Reach {
        DONE,
        NOT_DONE
    }

    /** What becomes of the calls for one role, each in its turn; asked by one thread at a time. */
    @FunctionalInterface
    public interface Weather {

        /** Nothing if the call is to be passed on. */
        @Nullable
        Fault of(QueryForm call);
    }

    /** What we are not allowed to ask of IAM. */
    @FunctionalInterface
    public interface Law {

        /** IAM's answer, where it does not do what is asked because we may not ask it. */
        Optional<QueryReply> refusal(QueryForm call);
    }

    /** Who called. */
    public enum By {
        US,
        STRANGER
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
     * @param reply what was answered; absent if the caller got no answer
     * @param stale whether the answer is not how it was then
     * @param begun in nanoseconds of this JVM's clock
     * @param at when it ended; for a write that was done, before anybody could know of it
     */
    public record Call(
            QueryForm form,
            By by,
            boolean done,
            @Nullable QueryReply reply,
            boolean stale,
            long begun,
            long ended,
            Instant at) {

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

    /** A write that lands when the role is looked at so often. */
    private record Pending(QueryForm form, AtomicInteger looks, long begun) {}

    private record Rule(String action, @Nullable String role, AtomicInteger left, Fault fault) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final IamBackend backend;
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<Held> holds = new CopyOnWriteArrayList<>();
    private final Map<String, Weather> weather = new ConcurrentHashMap<>();
    private final Map<String, Pending> pending = new ConcurrentHashMap<>();
    private final Map<String, Object> locks = new ConcurrentHashMap<>();
    private volatile Duration latency = Duration.ZERO;
    private volatile Law law = _ -> Optional.empty();

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
        weather.clear();
        pending.clear();
        latency = Duration.ZERO;
    }

    /** Lets IAM do for us only what {@code law} allows, from now on; the test and strangers may do anything. */
    public void police(Law law) {
        this.law = law;
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

    /** Lets the calls of ours for the role fare as {@code weather} says, where no fault comes first. */
    public void weather(String role, Weather weather) {
        this.weather.put(key(role), weather);
    }

    /** Ends the role's weather; what was late lands now. */
    public void calm(String role) {
        weather.remove(key(role));
        synchronized (lock(role)) {
            Pending late = pending.remove(key(role));
            if (late != null) {
                land(late);
            }
        }
    }

    /** Forgets the calls for the role. */
    public void forget(String role) {
        calls.removeIf(call -> call.role().equalsIgnoreCase(role));
        locks.remove(key(role));
    }

    /** The calls to IAM in the order in which they ended; STS is not counted. */
    public List<Call> calls() {
        return calls.stream()
                .filter(call -> call.by() == By.US && !call.action().equals("GetCallerIdentity"))
                .toList();
    }

    /** The calls for the role, of strangers too, in the order in which IAM saw them. */
    public List<Call> log(String role) {
        return calls.stream().filter(call -> call.role().equalsIgnoreCase(role)).toList();
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

    /** Asks IAM as somebody else would. */
    public QueryReply stranger(String action, Map<String, String> members) {
        QueryForm form = QueryForm.of(action, members);
        synchronized (lock(form.role())) {
            long begun = System.nanoTime();
            QueryReply reply = backend.answer(form);
            record(new Call(form, By.STRANGER, reply.succeeded(), reply, false, begun, System.nanoTime(), now()));
            return reply;
        }
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
                QueryReply refusal = QueryReply.error(status, code, message);
                record(form, false, refusal, begun);
                yield refusal;
            }
            case Lost(Reach reach) -> {
                reach(form, reach, null, begun);
                yield null;
            }
            case Failed(Reach reach) -> {
                QueryReply failure = QueryReply.error(500, "ServiceFailure", "Internal Failure");
                reach(form, reach, failure, begun);
                yield failure;
            }
            case Slow(Duration delay, Reach reach) -> {
                reach(form, reach, null, begun);
                TimeUnit.NANOSECONDS.sleep(delay.toNanos());
                yield null;
            }
            case Late(int looks) -> {
                pending.put(key(form.role()), new Pending(form, new AtomicInteger(looks), begun));
                yield null;
            }
            case Lagging(int writes) -> {
                QueryReply reply = backend.answerAsOf(form, writes);
                record(new Call(form, By.US, false, reply, true, begun, System.nanoTime(), now()));
                yield reply;
            }
            case Making _ -> {
                QueryReply reply = passOn(form, begun);
                yield new QueryReply(
                        reply.status(), reply.xml().replaceAll("<Arn>arn:[^<]*:role/[^<]*<", "<Arn>AROAEXAMPLE<"));
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

    /** @param answer what the caller is told, whatever IAM did */
    private void reach(QueryForm form, Reach reach, @Nullable QueryReply answer, long begun) {
        switch (reach) {
            case DONE -> {
                synchronized (lock(form.role())) {
                    boolean done = lawfully(form).succeeded();
                    record(form, done, answer, begun);
                }
            }
            case NOT_DONE -> record(form, false, answer, begun);
        }
    }

    private QueryReply passOn(QueryForm form, long begun) {
        synchronized (lock(form.role())) {
            landWhatIsLookedAt(form);
            QueryReply reply = lawfully(form);
            record(form, reply.succeeded(), reply, begun);
            return reply;
        }
    }

    private QueryReply lawfully(QueryForm form) {
        return law.refusal(form).orElseGet(() -> backend.answer(form));
    }

    private void landWhatIsLookedAt(QueryForm look) {
        Pending late = pending.get(key(look.role()));
        boolean looks = look.action().equals("GetRole") || look.action().equals("GetInstanceProfile");
        if (late != null && looks && late.looks.decrementAndGet() <= 0) {
            pending.remove(key(look.role()));
            land(late);
        }
    }

    private void land(Pending late) {
        boolean done = lawfully(late.form).succeeded();
        record(late.form, done, null, late.begun);
    }

    private void record(QueryForm form, boolean done, @Nullable QueryReply reply, long begun) {
        record(new Call(form, By.US, done, reply, false, begun, System.nanoTime(), now()));
    }

    private void record(Call call) {
        calls.add(call);
    }

    private static Instant now() {
        return InstantSource.system().instant();
    }

    private Object lock(String role) {
        return locks.computeIfAbsent(key(role), _ -> new Object());
    }

    private static String key(String role) {
        return role.toLowerCase(Locale.ROOT);
    }

    private @Nullable Fault fault(QueryForm form) {
        for (Rule rule : rules) {
            boolean meant =
                    rule.action.equals(form.action()) && (rule.role == null || rule.role.equalsIgnoreCase(form.role()));
            if (meant && rule.left.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                return rule.fault;
            }
        }
        Weather of = weather.get(key(form.role()));
        if (of == null) {
            return null;
        }
        synchronized (of) {
            return of.of(form);
        }
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
