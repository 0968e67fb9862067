package io.rolesmith.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class CheckpointWriterTests {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final AuditProperties SIGNING = AuditTrail.properties(TestKey.RFC_8032.privatePem(), null);

    private final AuditTrail trail = new AuditTrail(4);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ListAppender<ILoggingEvent> checkpoints = new ListAppender<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final CountDownLatch running = new CountDownLatch(1);
    private final Queue<Integer> answers = new ConcurrentLinkedQueue<>();
    private final Queue<String> received = new ConcurrentLinkedQueue<>();
    private HttpServer receiver;
    private Instant now = AuditTrail.NOW;

    @BeforeEach
    void listen() throws IOException {
        checkpoints.start();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(CheckpointWriter.LOGGER);
        logger.setLevel(Level.INFO);
        logger.addAppender(checkpoints);
        ((Logger) LoggerFactory.getLogger(CheckpointWriter.class)).addAppender(log);
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/token-in-the-path", exchange -> {
            received.add(exchange.getRequestMethod() + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            Integer answer = answers.poll();
            exchange.sendResponseHeaders(answer == null ? 204 : answer, -1);
            exchange.close();
        });
        receiver.start();
    }

    @AfterEach
    void close() {
        ((Logger) LoggerFactory.getLogger(CheckpointWriter.LOGGER)).detachAppender(checkpoints);
        ((Logger) LoggerFactory.getLogger(CheckpointWriter.class)).detachAppender(log);
        receiver.stop(0);
        trail.close();
    }

    @Test
    void anEmptyChainHasNoCheckpoint() throws InterruptedException {
        writer(SIGNING).write(MINUTE, running);

        assertThat(checkpoints.list).isEmpty();
        assertThat(kept()).isEmpty();
    }

    @Test
    void theHeadIsKeptInTheTableAndInTheLogAndSigned() throws InterruptedException {
        append("a", "b");
        writer(SIGNING).write(MINUTE, running);

        assertThat(checkpoints.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.INFO);
            Checkpoint logged = Checkpoint.parse(line.getFormattedMessage());
            assertThat(logged.sequence()).isEqualTo(2);
            assertThat(logged.hash()).isEqualTo(trail.audit.verify(null).head().hash());
            assertThat(logged.installation()).isEqualTo("test");
            assertThat(CheckpointKey.read(TestKey.RFC_8032.publicPem())
                            .getFirst()
                            .signed(logged))
                    .isTrue();
            assertThat(trail.checkpoints(SIGNING).lastBefore(3)).contains(logged);
        });
        assertThat(count(CheckpointWriter.CHECKPOINTS, "written")).isEqualTo(1);
    }

    @Test
    void withoutAKeyTheHeadIsKeptUnsigned() throws InterruptedException {
        append("a");
        writer(AuditTrail.UNSIGNED).write(MINUTE, running);

        Checkpoint logged = Checkpoint.parse(checkpoints.list.getFirst().getFormattedMessage());
        assertThat(logged.keyId()).isNull();
        assertThat(logged.signature()).isNull();
        assertThat(trail.checkpoints(SIGNING).lastBefore(2)).contains(logged);
    }

    @Test
    void theNextOneIsWrittenWhenTheIntervalIsOverAndTheChainHasGrown() throws InterruptedException {
        CheckpointWriter writer = writer(SIGNING);
        append("a");
        writer.write(MINUTE, running);
        now = now.plus(MINUTE);
        writer.write(MINUTE, running);
        assertThat(kept()).as("not grown").containsExactly(1L);

        now = AuditTrail.NOW.plus(MINUTE).minusMillis(1);
        append("b");
        writer.write(MINUTE, running);
        assertThat(kept()).as("too early").containsExactly(1L);

        now = now.plusMillis(2);
        writer.write(MINUTE, running);
        assertThat(kept()).containsExactly(1L, 2L);
    }

    @Test
    void oneOfSeveralReplicasWritesIt() throws Exception {
        append("a");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> replicas = IntStream.range(0, 8)
                    .<Future<?>>mapToObj(replica -> threads.submit(() -> {
                        for (int i = 0; i < 20; i++) {
                            writer(SIGNING).write(Duration.ZERO, running);
                        }
                        return null;
                    }))
                    .toList();
            for (Future<?> replica : replicas) {
                replica.get();
            }
        }

        assertThat(kept()).containsExactly(1L);
        assertThat(checkpoints.list).hasSize(1);
        assertThat(log.list).isEmpty();
    }

    @Test
    void aLastOneIsWrittenWhenTheApplicationStops() throws InterruptedException {
        append("a");
        CheckpointWriter writer = writer(SIGNING);
        writer.write(MINUTE, running);
        writer.start();
        writer.start();
        assertThat(writer.isRunning()).isTrue();
        append("b");

        writer.stop();

        assertThat(writer.isRunning()).isFalse();
        assertThat(kept()).containsExactly(1L, 2L);
    }

    @Test
    void itStopsAfterTheSealer() {
        assertThat(writer(SIGNING).getPhase()).isLessThan(new AuditSealer(trail.audit, meters).getPhase());
    }

    @Test
    void theWebhookGetsTheLineThatIsLogged() throws InterruptedException {
        append("a");
        writer(webhook()).write(MINUTE, running);

        assertThat(received)
                .containsExactly(
                        "POST application/json " + checkpoints.list.getFirst().getFormattedMessage());
        assertThat(count(CheckpointWriter.DELIVERIES, "delivered")).isEqualTo(1);
    }

    @Test
    void aDeliveryIsTriedThreeTimes() throws InterruptedException {
        append("a");
        answers.addAll(List.of(503, 302));
        writer(webhook()).write(MINUTE, running);

        assertThat(received).hasSize(3);
        assertThat(count(CheckpointWriter.DELIVERIES, "delivered")).isEqualTo(1);
        assertThat(log.list).isEmpty();
    }

    @Test
    void aDeliveryThatFailsIsLoggedAndCountedAndTheCheckpointStays() throws InterruptedException {
        append("a");
        answers.addAll(List.of(500, 500, 403));
        writer(webhook()).write(MINUTE, running);

        assertThat(received).hasSize(3);
        assertThat(count(CheckpointWriter.DELIVERIES, "failed")).isEqualTo(1);
        assertThat(kept()).containsExactly(1L);
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "rolesmith.audit.checkpoint-webhook did not take the checkpoint of event 1: it answered 403");
    }

    @Test
    void aReceiverThatIsAwayIsNotNamedWithItsPath() throws InterruptedException {
        append("a");
        AuditProperties away = webhook();
        receiver.stop(0);
        writer(away).write(MINUTE, running);

        assertThat(log.list)
                .singleElement()
                .satisfies(line -> assertThat(line.getFormattedMessage())
                        .startsWith("rolesmith.audit.checkpoint-webhook did not take the checkpoint of event 1: ")
                        .doesNotContain("token-in-the-path"));
    }

    @Test
    void whileItStopsADeliveryIsTriedOnce() throws InterruptedException {
        append("a");
        answers.addAll(List.of(500, 500, 500));
        running.countDown();
        writer(webhook()).write(Duration.ZERO, running);

        assertThat(received).hasSize(1);
    }

    @Test
    void aReceiverThatHangsHoldsUpNoSealing() throws Exception {
        var hanging = new CountDownLatch(1);
        receiver.createContext("/hangs", exchange -> {
            received.add("hangs");
            try {
                hanging.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        append("a");
        CheckpointWriter writer = writer(AuditTrail.properties(null, uri("/hangs")));
        var sealer = new AuditSealer(trail.audit, meters);
        sealer.start();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> writing = threads.submit(() -> {
                writer.write(MINUTE, running);
                return null;
            });
            await().until(() -> !received.isEmpty());
            trail.append("b");
            await().until(() -> trail.audit.find(2).isPresent());
            assertThat(writing.isDone()).isFalse();
            hanging.countDown();
            running.countDown();
        } finally {
            sealer.stop();
        }
    }

    @Test
    void aChainThatIsNotTheOneOfTheLastCheckpointIsNotVouchedFor() throws InterruptedException {
        CheckpointWriter writer = writer(SIGNING);
        append("a", "b");
        writer.write(MINUTE, running);
        trail.tamper("UPDATE audit.event SET content = replace(content, '\"a\"', '\"x\"') WHERE id = 1");
        trail.rewriteChain();
        append("c");

        assertNothingMoreIsWritten(writer);
        assertThat(trail.audit(SIGNING).verify(null).intact()).isFalse();
    }

    @Test
    void aForgedCheckpointIsNotBuiltUpon() throws InterruptedException {
        CheckpointWriter writer = writer(SIGNING);
        append("a", "b");
        writer.write(MINUTE, running);
        trail.tamper("UPDATE audit.event SET content = replace(content, '\"a\"', '\"x\"') WHERE id = 1");
        trail.rewriteChain();
        trail.tamper("UPDATE audit.checkpoint SET hash = seal.hash FROM audit.seal WHERE seal.sequence = 2");
        append("c");

        assertNothingMoreIsWritten(writer);
    }

    private void assertNothingMoreIsWritten(CheckpointWriter writer) throws InterruptedException {
        now = now.plus(MINUTE);
        writer.write(MINUTE, running);
        writer.write(MINUTE, running);

        assertThat(kept()).containsExactly(2L);
        assertThat(checkpoints.list).hasSize(1);
        assertThat(count(CheckpointWriter.CHECKPOINTS, "failed")).isEqualTo(2);
        assertThat(log.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.ERROR);
            assertThat(line.getFormattedMessage())
                    .startsWith(
                            "No checkpoints are written any more. The chain is not the one of the last checkpoint, {");
        });
    }

    @Test
    void aFailureIsLoggedOnceAndCountedUntilItIsOver() throws InterruptedException {
        append("a");
        CheckpointWriter writer = writer(SIGNING);
        trail.as("rolesmith_owner")
                .sql("REVOKE INSERT ON audit.checkpoint FROM rolesmith")
                .update();
        writer.write(MINUTE, running);
        writer.write(MINUTE, running);
        assertThat(log.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN);
        assertThat(count(CheckpointWriter.CHECKPOINTS, "failed")).isEqualTo(2);

        trail.as("rolesmith_owner")
                .sql("GRANT INSERT ON audit.checkpoint TO rolesmith")
                .update();
        writer.write(MINUTE, running);
        assertThat(kept()).containsExactly(1L);
    }

    private CheckpointWriter writer(AuditProperties properties) {
        return new CheckpointWriter(trail.checkpoints(properties), properties, () -> now, meters, Duration.ofMillis(1));
    }

    private AuditProperties webhook() {
        return AuditTrail.properties(null, uri("/token-in-the-path"));
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + path);
    }

    private void append(String... actions) {
        trail.append(actions);
        trail.audit.seal();
    }

    private List<Long> kept() {
        return trail.jdbc
                .sql("SELECT sequence FROM audit.checkpoint ORDER BY sequence")
                .query((resultSet, row) -> resultSet.getLong("sequence"))
                .list();
    }

    private double count(String meter, String outcome) {
        return meters.counter(meter, "outcome", outcome).count();
    }
}
