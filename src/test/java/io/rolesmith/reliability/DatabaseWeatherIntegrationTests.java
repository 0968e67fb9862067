package io.rolesmith.reliability;

import static io.rolesmith.support.World.body;
import static io.rolesmith.support.World.inline;
import static io.rolesmith.support.World.role;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.FaultProxy.Held;
import io.rolesmith.support.FaultProxy.Reach;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.TestDatabase;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import io.rolesmith.support.Wire;
import io.rolesmith.support.World;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** The database is not there at start, goes away in the middle, comes back, or has no connection left. */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseWeatherIntegrationTests {

    private static final String UNAVAILABLE = "database-unavailable";

    private final TestDatabase database = TestDatabase.create();
    private final FaultProxy iam = FaultProxy.before(new MemoryIam(TestRolesmith.ACCOUNT));
    private final FaultProxy other = FaultProxy.before(new MemoryIam(World.OTHER_ACCOUNT));

    @Test
    void isWaitedForAtStartAndWhenItVanishes(CapturedOutput output) {
        int postgres = Integer.parseInt(database.jdbcUrl().replaceFirst(".*:([0-9]+)/.*", "$1"));
        try (Wire wire = new Wire(postgres)) {
            Map<String, String> properties = World.properties(iam, other);
            properties.put("spring.datasource.url", database.jdbcUrl().replace(":" + postgres, ":" + wire.port()));
            properties.put("spring.datasource.hikari.connection-timeout", "500");
            properties.put("spring.datasource.hikari.validation-timeout", "250");
            properties.put("db-scheduler.heartbeat-interval", "1s");
            // A successor waits for both.
            properties.put("rolesmith.iam.call-timeout", "5s");
            properties.put("rolesmith.provisioning.lease", "6s");
            properties.put("rolesmith.iam.budget.longest-wait", "4s");
            CompletableFuture<TestRolesmith> starting =
                    CompletableFuture.supplyAsync(() -> TestRolesmith.start(database, properties));
            await().atMost(Duration.ofMinutes(1)).until(() -> output.getOut().contains("Retrying in 1 sec"));
            wire.mend();
            World world = new World(iam, other, starting.join());
            try (world) {
                vanishes(world, wire);
            }
        }
        assertThat(output.getOut()).contains("Sealing audit events again");
    }

    private void vanishes(World world, Wire wire) {
        TestRolesmith rolesmith = world.rolesmith();
        Held held = iam.hold("CreateRole", "held", Reach.DONE);
        CompletableFuture<Answer> waiting = CompletableFuture.supplyAsync(() ->
                world.submit(body(inline(role("held"), "assets")), "Idempotency-Key", "held", "Prefer", "wait=3"));
        held.awaitArrival();
        wire.cut();

        List<Answer> answers = new ArrayList<>();
        answers.add(waiting.join());
        assertThat(answers.getFirst().header("Location")).startsWith("/api/v1/role-requests/");
        answers.add(rolesmith.get("/role-requests", rolesmith.portal()));
        answers.add(rolesmith.get("/roles", rolesmith.portal()));
        answers.add(rolesmith.get("/audit-events", rolesmith.auditor()));
        // Neither a denial nor a refusal is told that cannot be recorded.
        answers.add(rolesmith.get("/audit-events", rolesmith.portal()));
        answers.add(world.submit(body(role("new"))));
        answers.add(world.submit(body(role("new")).put("unknown", 1)));
        answers.add(
                rolesmith.post("/plans", rolesmith.portal(), body(role("new")).toString()));
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.status()).as("%s", answer).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("5");
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.json().get("code").asString()).isEqualTo(UNAVAILABLE);
            assertThat(answer.body()).doesNotContainIgnoringCase("exception", "jdbc", "select", "hikari", "postgres");
        });

        Answer readiness = rolesmith.get("//actuator/health/readiness", "");
        assertThat(readiness.status()).isEqualTo(503);
        assertThat(readiness.json().at("/components/db/details/reason").asString())
                .isEqualTo("no connection to the database could be had: it is away, or all connections of the pool are"
                        + " in use");
        assertThat(rolesmith.get("//actuator/health/liveness", "").status()).isEqualTo(200);
        MeterRegistry meters = rolesmith.context().getBean(MeterRegistry.class);
        assertThat(meters.get("rolesmith.queue.depth").gauge().value()).isNaN();
        held.release();

        wire.mend();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> rolesmith.get("//actuator/health/readiness", "").status() == 200);
        String path = answers.getFirst().header("Location").substring("/api/v1".length());
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            JsonNode request = rolesmith.get(path, rolesmith.portal()).json();
            return request.get("status").asString().equals("APPLIED");
        });
        JsonNode request = rolesmith.get(path, rolesmith.portal()).json();
        assertThat(world.trail(request, "held")).containsExactly("CreateRole SUCCEEDED", "PutRolePolicy SUCCEEDED");
        assertThat(world.submit(body(inline(role("held"), "assets")), "Idempotency-Key", "held")
                        .status())
                .isEqualTo(201);
        assertThat(world.submit(body(role("new"))).status()).isEqualTo(201);
        world.assertNothingIsStuck();
        assertThat(rolesmith
                        .post("/audit-chain/verification", rolesmith.auditor(), "{}")
                        .json()
                        .get("intact")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void aPoolWithoutAConnectionIsAnsweredSoonAndIamIsNotPartOfReadiness() throws Exception {
        Map<String, String> properties = World.properties(iam, other);
        properties.put("spring.datasource.hikari.maximum-pool-size", "2");
        properties.put("spring.datasource.hikari.connection-timeout", "300");
        properties.put("spring.datasource.hikari.validation-timeout", "250");
        try (World world = new World(iam, other, TestRolesmith.start(database, properties))) {
            TestRolesmith rolesmith = world.rolesmith();
            DataSource pool = rolesmith.context().getBean(DataSource.class);
            try (Connection one = take(pool);
                    Connection two = take(pool)) {
                assertThat(List.of(one, two)).doesNotContainNull();
                Answer answer = rolesmith.get("/role-requests", rolesmith.portal());
                assertThat(answer.status()).as("%s", answer).isEqualTo(503);
                assertThat(answer.json().get("code").asString()).isEqualTo(UNAVAILABLE);
                assertThat(rolesmith.get("//actuator/health/readiness", "").status())
                        .isEqualTo(503);
            }
            assertThat(rolesmith.get("/role-requests", rolesmith.portal()).status())
                    .isEqualTo(200);

            iam.close();
            other.close();
            assertThat(rolesmith.get("//actuator/health/readiness", "").status())
                    .isEqualTo(200);
        }
    }

    /** Others want connections too, and time out. */
    private static Connection take(DataSource pool) {
        return await().ignoreExceptions().until(pool::getConnection, connection -> connection != null);
    }
}
