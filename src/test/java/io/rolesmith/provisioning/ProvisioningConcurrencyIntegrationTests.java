package io.rolesmith.provisioning;

import static io.rolesmith.support.World.body;
import static io.rolesmith.support.World.inline;
import static io.rolesmith.support.World.role;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.FaultProxy.Held;
import io.rolesmith.support.FaultProxy.Reach;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.TestDatabase;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import io.rolesmith.support.World;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Many requests at once, on one Rolesmith and on two that share a database. */
class ProvisioningConcurrencyIntegrationTests {

    private static final MemoryIam IAM = new MemoryIam(TestRolesmith.ACCOUNT);
    private static @Nullable World first;
    private static @Nullable World second;

    @BeforeAll
    static void start() {
        first = World.over(IAM);
        FaultProxy iam = FaultProxy.before(IAM);
        FaultProxy other = FaultProxy.before(new MemoryIam(World.OTHER_ACCOUNT));
        Map<String, String> properties = World.properties(iam, other);
        properties.put("db-scheduler.polling-interval", "50ms");
        second = new World(iam, other, TestRolesmith.start(first.rolesmith().database(), properties));
    }

    @AfterAll
    static void stop() {
        second().close();
        first().close();
    }

    private static World first() {
        return Objects.requireNonNull(first);
    }

    private static World second() {
        return Objects.requireNonNull(second);
    }

    @BeforeEach
    void forget() {
        first().iam().reset();
        second().iam().reset();
    }

    private static List<Answer> atOnce(int count, IntFunction<Answer> submission) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Answer>> answers = IntStream.range(0, count)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> submission.apply(i), threads))
                    .toList();
            return answers.stream().map(CompletableFuture::join).toList();
        }
    }

    private static Stream<FaultProxy.Call> writes() {
        return Stream.of(first(), second()).flatMap(world -> world.iam().writes().stream());
    }

    @Test
    void oneOfManyRequestsForARoleMakesIt() {
        List<Answer> answers = atOnce(
                32,
                i -> (i % 2 == 0 ? first() : second())
                        .submit(body(inline(role("busyRole"), "assets")), "Prefer", "wait=60"));

        assertThat(answers).extracting(Answer::status).containsOnly(201);
        assertThat(answers.stream()
                        .map(answer ->
                                answer.json().get("roles").get(0).get("status").asString())
                        .collect(Collectors.groupingBy(status -> status, Collectors.counting())))
                .isEqualTo(Map.of("APPLIED", 1L, "UNCHANGED", 31L));
        assertThat(writes().map(FaultProxy.Call::action)).containsExactly("CreateRole", "PutRolePolicy");
        first().assertNothingIsStuck();
    }

    @Test
    void namesThatDifferInLetterCaseAreOneRole() {
        List<Answer> answers = atOnce(
                32, i -> first().submit(body(role(i % 2 == 0 ? "casedRole" : "CASEDrole")), "Prefer", "wait=60"));

        assertThat(answers.stream()
                        .map(answer ->
                                answer.status() + answer.json().path("code").asString("")))
                .containsOnly("201", "409role-cannot-be-renamed")
                .filteredOn("201"::equals)
                .hasSize(16);
        assertThat(writes().map(FaultProxy.Call::action)).containsExactly("CreateRole");
        first().assertNothingIsStuck();
    }

    @Test
    void makesManyRolesAtOnceOnTwoReplicasEachOnce() {
        // As many as one caller may wait for at two replicas, and not quite.
        List<Answer> answers = atOnce(
                120,
                i -> (i % 2 == 0 ? first() : second())
                        .submit(body(inline(role("many" + i), "assets")), "Prefer", "wait=60"));

        assertThat(answers).extracting(Answer::status).containsOnly(201);
        assertThat(answers)
                .allSatisfy(answer ->
                        assertThat(answer.json().get("status").asString()).isEqualTo("APPLIED"));
        assertThat(writes().collect(Collectors.groupingBy(FaultProxy.Call::toString, Collectors.counting())))
                .hasSize(240)
                .allSatisfy((call, times) -> assertThat(times).isEqualTo(1));
        assertThat(first().iam().writes()).as("what the first replica did").isNotEmpty();
        assertThat(second().iam().writes()).as("what the second replica did").isNotEmpty();
        first().assertNothingIsStuck();
    }

    @Test
    void requestsOnDifferentRolesDoNotWaitForEachOther() {
        Held create = first().iam().hold("CreateRole", "slowRole", Reach.NOT_DONE);
        Held elsewhere = second().iam().hold("CreateRole", "slowRole", Reach.NOT_DONE);
        CompletableFuture<Answer> slow =
                CompletableFuture.supplyAsync(() -> first().submit(body(role("slowRole")), "Prefer", "wait=60"));
        Answer quick = first().submit(body(role("quickRole")));
        assertThat(quick.status()).isEqualTo(201);
        assertThat(slow).isNotDone();
        create.release();
        elsewhere.release();
        assertThat(slow.join().status()).isEqualTo(201);
    }

    /** Who had the role may let go of it between the try to take it and the look whether that succeeded. */
    @Test
    void writesARoleOnlyWhileItHoldsIt() throws SQLException {
        JdbcClient owner = JdbcClient.create(first().rolesmith().database().as(TestDatabase.OWNER));
        try (Connection gate =
                        first().rolesmith().database().as(TestDatabase.OWNER).getConnection();
                Statement statement = gate.createStatement()) {
            Answer earlier = first().submit(body(role("otherRole")));
            owner.sql("""
                            INSERT INTO rolesmith.role_hold (account, name_key, job)
                            VALUES (:account, 'handedonrole', :job)
                            """)
                    .param("account", TestRolesmith.ACCOUNT)
                    .param("job", UUID.fromString(earlier.json().get("id").asString()))
                    .update();
            statement.execute("SELECT pg_advisory_lock(4711)");
            statement.execute("""
                    CREATE FUNCTION rolesmith.test_gate() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        PERFORM pg_advisory_xact_lock_shared(4711);
                        RETURN NULL;
                    END $$;
                    CREATE TRIGGER test_gate AFTER INSERT ON rolesmith.role_hold
                        FOR EACH STATEMENT EXECUTE FUNCTION rolesmith.test_gate();
                    """);
            List<Held> calls = Stream.of(first(), second())
                    .map(world -> world.iam().hold("CreateRole", "handedOnRole", Reach.NOT_DONE))
                    .toList();
            CompletableFuture<Answer> answer =
                    CompletableFuture.supplyAsync(() -> first().submit(body(role("handedOnRole"))));
            await().until(() -> owner.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                            .query(Long.class)
                            .single()
                    > 0);
            owner.sql("DELETE FROM rolesmith.role_hold WHERE name_key = 'handedonrole'")
                    .update();
            statement.execute("SELECT pg_advisory_unlock(4711)");
            await().until(() -> calls.stream().anyMatch(Held::hasArrived));

            assertThat(owner.sql("SELECT count(*) FROM rolesmith.role_hold WHERE name_key = 'handedonrole'")
                            .query(Long.class)
                            .single())
                    .isEqualTo(1);

            calls.forEach(Held::release);
            assertThat(answer.join().status()).isEqualTo(201);
            statement.execute("DROP TRIGGER test_gate ON rolesmith.role_hold");
        }
    }
}
