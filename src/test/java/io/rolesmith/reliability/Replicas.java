package io.rolesmith.reliability;

import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.TestDatabase;
import io.rolesmith.support.TestIssuer;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.World;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Two processes of the real jar on one PostgreSQL, before an IAM that outlives them. A pair serves all suites of a test run that
 * can use it, since starting it takes longer than most of what is done with it; it is started at first use and goes with the
 * test JVM.
 */
final class Replicas {

    /** How long a call to IAM may take where a worker may be killed; what is held up on its way arrives before. */
    static final Duration CALL_TIMEOUT = Duration.ofSeconds(3);

    private final Path directory =
            Path.of("target", "reliability", UUID.randomUUID().toString());
    private final Map<String, String> settings;

    private final StoppablePostgres postgres = StoppablePostgres.start(directory.resolve("data"));
    private final TestIssuer issuer = TestIssuer.start();
    private final World world = new World(
            FaultProxy.before(new MemoryIam(TestRolesmith.ACCOUNT)),
            FaultProxy.before(new MemoryIam(World.OTHER_ACCOUNT)),
            TestRolesmith.elsewhere(issuer, postgres.database(), this::anyUri));
    private final List<Replica> all =
            IntStream.range(0, 2).mapToObj(Replica::new).toList();

    private Replicas(Map<String, String> settings) {
        this.settings = settings;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> all.forEach(Replica::kill)));
        all.forEach(Replica::launch);
        all.forEach(Replica::awaitReady);
    }

    /** A pair, both of it ready, with its default settings, and as the chart has it a pause at a stop. */
    static Replicas asShipped() {
        return AsShipped.REPLICAS;
    }

    private static final class AsShipped {
        static final Replicas REPLICAS = new Replicas(Map.of("rolesmith.shutdown.pause", "5s"));
    }

    /** A pair, both of it ready, that notices soon when one of it is dead or the database away. */
    static Replicas quickToNotice() {
        return QuickToNotice.REPLICAS;
    }

    private static final class QuickToNotice {
        static final Replicas REPLICAS = new Replicas(Map.of(
                // As quick as db-scheduler can be told to be.
                "db-scheduler.heartbeat-interval",
                "500ms",
                "db-scheduler.polling-interval",
                "100ms",
                "rolesmith.iam.call-timeout",
                CALL_TIMEOUT.toMillis() + "ms",
                "rolesmith.iam.budget.longest-wait",
                "2s",
                "rolesmith.provisioning.lease",
                "3500ms",
                "spring.datasource.hikari.connection-timeout",
                "5000"));
    }

    /** A place in the pair, and whichever process has it. */
    final class Replica {
        private final AtomicInteger starts = new AtomicInteger();
        private final int number;
        private final Line line;
        private volatile Optional<ShippedRolesmith> process = Optional.empty();

        private Replica(int number) {
            this.number = number;
            this.line = new Line(world.iam().endpoint(), number);
        }

        /** Its way to IAM. */
        Line line() {
            return line;
        }

        /** Where it serves; empty while it does not. */
        Optional<URI> uri() {
            return process.flatMap(ShippedRolesmith::uri);
        }

        void kill() {
            process.ifPresent(ShippedRolesmith::kill);
            process = Optional.empty();
        }

        /** SIGTERM. Returns once it is gone, with what it ended with. */
        int terminate() {
            int exitStatus = process.orElseThrow().terminate();
            process = Optional.empty();
            return exitStatus;
        }

        void suspend(Duration time) throws InterruptedException {
            process.orElseThrow().suspend(time);
        }

        void launch() {
            process = Optional.of(ShippedRolesmith.launch(
                    directory.resolve("replica-" + number + "-" + starts.incrementAndGet() + ".log"), properties()));
        }

        void awaitReady() {
            process.orElseThrow().awaitReady();
        }

        Optional<String> hangs() throws InterruptedException {
            return process.orElseThrow().hangs();
        }

        private Map<String, String> properties() {
            Map<String, String> properties = World.properties(world.iam(), world.other());
            properties.put("rolesmith.accounts[0].endpoint", line.uri().toString());
            properties.put("server.port", "0");
            properties.put("server.address", "127.0.0.1");
            properties.put("spring.datasource.url", postgres.database().jdbcUrl());
            properties.put("spring.datasource.username", TestDatabase.RUNTIME);
            properties.put("spring.flyway.user", TestDatabase.OWNER);
            properties.put("rolesmith.installation", "test");
            properties.put("rolesmith.accounts[0].id", TestRolesmith.ACCOUNT);
            properties.put("rolesmith.accounts[0].name", "retail-dev");
            properties.put("rolesmith.security.issuers[0].uri", issuer.uri());
            properties.remove("rolesmith.requests.busy-retry");
            properties.putAll(settings);
            return properties;
        }

        @Override
        public String toString() {
            return "replica " + number;
        }
    }

    List<Replica> all() {
        return all;
    }

    Replica get(int number) {
        return all.get(number);
    }

    StoppablePostgres postgres() {
        return postgres;
    }

    /** IAM and what it did, and Rolesmith as a whole, whichever replica answers. */
    World world() {
        return world;
    }

    private URI anyUri() {
        return all.stream()
                .flatMap(replica -> replica.uri().stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No replica is there"));
    }

    JdbcClient database() {
        return JdbcClient.create(postgres.database().as(TestDatabase.OWNER));
    }

    /** How long a call to IAM takes at most, each way. */
    void latency(Duration longest) {
        all.forEach(replica -> replica.line.longest(longest));
    }
}
