package io.rolesmith.provisioning;

import static io.rolesmith.support.FaultProxy.Refused.DENIED;
import static io.rolesmith.support.FaultProxy.Refused.THROTTLED;
import static io.rolesmith.support.World.ECS_EXECUTION_POLICY;
import static io.rolesmith.support.World.body;
import static io.rolesmith.support.World.changes;
import static io.rolesmith.support.World.inline;
import static io.rolesmith.support.World.role;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.FaultProxy.Held;
import io.rolesmith.support.FaultProxy.Reach;
import io.rolesmith.support.FaultProxy.Refused;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.ObservedRole;
import io.rolesmith.support.TestDatabase;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import io.rolesmith.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Who may write on a role, for how long, and in whose turn: two replicas on one database. */
class LeaseIntegrationTests {

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration CALL = Duration.ofSeconds(10);

    private static final MemoryIam IAM = new MemoryIam(TestRolesmith.ACCOUNT);
    private static @Nullable World first;
    private static @Nullable World second;

    @BeforeAll
    static void start() {
        first = replica(TestDatabase.create());
        second = replica(first.rolesmith().database());
    }

    private static World replica(TestDatabase database) {
        FaultProxy iam = FaultProxy.before(IAM);
        FaultProxy other = FaultProxy.before(new MemoryIam(World.OTHER_ACCOUNT));
        Map<String, String> properties = World.properties(iam, other);
        properties.put("db-scheduler.polling-interval", "50ms");
        properties.put("rolesmith.provisioning.patience", "3s");
        return new World(iam, other, TestRolesmith.start(database, properties));
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

    private static JdbcClient owner() {
        return JdbcClient.create(first().rolesmith().database().as(TestDatabase.OWNER));
    }

    private static Journal journal() {
        return first().rolesmith().context().getBean(Journal.class);
    }

    private static JobId job(Answer answer) {
        return new JobId(UUID.fromString(answer.json().get("id").asString()));
    }

    private static void leasedUntil(JobId job, String sql) {
        owner().sql("UPDATE rolesmith.job SET leased_until = clock_timestamp() " + sql + " WHERE id = :id")
                .param("id", job.value())
                .update();
    }

    private static void givenToAnotherWorker(JobId job) {
        owner().sql("UPDATE rolesmith.job SET worker = :worker WHERE id = :id")
                .param("worker", UUID.randomUUID())
                .param("id", job.value())
                .update();
    }

    private static Lease take(JobId job, Duration lease) {
        return Lease.take(journal(), job, lease, CALL, () -> false)
                .orElseThrow()
                .lease();
    }

    private static boolean isFree(JobId job) {
        return Lease.take(journal(), job, LEASE, CALL, () -> false).isPresent();
    }

    // --- The lease itself

    @ParameterizedTest
    @CsvSource({
        "+ interval '29 s', false",
        "- interval '0.1 s', false",
        "- interval '9 s', false",
        "- interval '10.1 s', true"
    })
    void aSuccessorWaitsForTheLeaseAndForTheCallThatMayBeUnderWay(String until, boolean free) {
        JobId job = job(first().submit(body(role("leased" + until.hashCode()))));
        take(job, LEASE);
        leasedUntil(job, until);

        assertThat(isFree(job)).isEqualTo(free);
    }

    @Test
    void aLeaseThatWasTakenOverIsLostAndOneThatOnlyRanOutIsNot() {
        JobId job = job(first().submit(body(role("lost"))));
        Lease lease = take(job, Duration.ZERO);
        leasedUntil(job, "- interval '9 s'");
        lease.keep(false);
        leasedUntil(job, "- interval '11 s'");
        Lease successor = take(job, Duration.ZERO);

        assertThatThrownBy(() -> lease.keep(false)).isInstanceOf(Lease.LeaseLostException.class);
        lease.end();
        successor.keep(false);
        leasedUntil(job, "+ interval '1 s'");
        assertThat(isFree(job)).as("the loser cannot end it").isFalse();
        successor.end();
        assertThat(isFree(job)).isTrue();
    }

    /** Or what waits for its turn would be sent after the lease, and might still be under way when the successor writes. */
    @Test
    void aLeaseIsRenewedWhenAThirdOfItIsOver() {
        JobId job = job(first().submit(body(role("renewed"))));
        Lease lease = take(job, Duration.ofMillis(300));
        await().pollDelay(Duration.ofMillis(110)).until(() -> true);
        leasedUntil(job, "- interval '1 h'");

        lease.keep(false);

        assertThat(owner().sql(
                                "SELECT leased_until > clock_timestamp() - interval '1 s' FROM rolesmith.job WHERE id = :id")
                        .param("id", job.value())
                        .query(Boolean.class)
                        .single())
                .isTrue();
        lease.end();
    }

    // --- A worker without its lease

    /** The trail then says what IAM did, and not what it would have answered to the same again. */
    @Test
    void aRemovalThatAPredecessorSentIsReadAndNotSentAgain() {
        String name = "removed";
        assertThat(first().submit(body(role(name, World.ECS_EXECUTION_POLICY))).status())
                .isEqualTo(201);
        forget();
        List<Held> calls = Stream.of(first(), second())
                .map(world -> world.iam().hold("DetachRolePolicy", name, Reach.DONE))
                .toList();
        ObjectNode deletion = body().put("action", "delete");
        deletion.withArray("/roles").addObject().put("name", name);
        Answer accepted = first().submit(deletion, "Prefer", "respond-async");
        await().until(() -> calls.stream().anyMatch(Held::hasArrived));
        JobId job = job(accepted);
        givenToAnotherWorker(job);
        leasedUntil(job, "- interval '1 h'");
        calls.forEach(Held::release);

        await().until(() -> first().read(accepted).hasNonNull("finishedAt"));

        assertThat(writes()).containsExactly("DetachRolePolicy", "DeleteRole");
        assertThat(first().trail(first().read(accepted), name))
                .containsExactly("DetachRolePolicy SUCCEEDED", "DeleteRole SUCCEEDED");
    }

    @Test
    void aWorkerThatLostItsLeaseRecordsNothingAndMakesNoFurtherCall() {
        String name = "takenOver";
        List<Held> calls = Stream.of(first(), second())
                .map(world -> world.iam().hold("CreateRole", name, Reach.DONE))
                .toList();
        Answer accepted = first().submit(body(inline(role(name), "assets")), "Prefer", "respond-async");
        await().until(() -> calls.stream().anyMatch(Held::hasArrived));
        JobId job = job(accepted);
        givenToAnotherWorker(job);
        // For longer than anybody waits here, so that no successor comes by itself.
        leasedUntil(job, "+ interval '1 h'");
        calls.forEach(Held::release);

        await().until(() -> owner().sql("""
                                SELECT consecutive_failures FROM rolesmith.scheduled_tasks WHERE task_instance = :id
                                """)
                        .param("id", job.value().toString())
                        .query(Integer.class)
                        .single()
                > 0);
        assertThat(writes()).containsExactly("CreateRole");
        assertThat(changes(first().read(accepted), name))
                .containsExactly("CreateRole STARTED", "PutRolePolicy PLANNED");

        leasedUntil(job, "- interval '1 h'");
        await().until(() -> first().read(accepted).get("status").asString().equals("APPLIED"));
        // Whichever replica went on; the trail has their order.
        assertThat(writes()).containsExactlyInAnyOrder("CreateRole", "PutRolePolicy");
        assertThat(first().trail(first().read(accepted), name))
                .containsExactly("CreateRole SUCCEEDED", "PutRolePolicy SUCCEEDED");
    }

    /** Of both replicas, in their order. */
    private static List<String> writes() {
        return Stream.of(first(), second())
                .flatMap(world -> world.iam().writes().stream())
                .sorted(Comparator.comparingLong(FaultProxy.Call::begun))
                .map(FaultProxy.Call::action)
                .toList();
    }

    // --- Turns

    @Test
    void requestsOnARoleAreAnsweredInTheirOrderOnWhateverReplica() {
        List<Held> calls = Stream.of(first(), second())
                .map(world -> world.iam().hold("CreateRole", "inTurn", Reach.NOT_DONE))
                .toList();
        List<Answer> accepted = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ObjectNode role = role("inTurn").put("description", "turn " + i);
            accepted.add((i % 2 == 0 ? first() : second()).submit(body(role), "Prefer", "respond-async"));
            if (i == 0) {
                await().until(() -> calls.stream().anyMatch(Held::hasArrived));
            }
        }
        assertThat(accepted).extracting(Answer::status).containsOnly(202);
        assertThat(accepted.subList(1, 8))
                .allSatisfy(
                        answer -> assertThat(first().read(answer).get("status").asString())
                                .isEqualTo("QUEUED"));
        calls.forEach(Held::release);
        await().until(() -> accepted.stream()
                .allMatch(
                        answer -> first().read(answer).get("status").asString().equals("APPLIED")));

        List<JsonNode> requests =
                accepted.stream().map(answer -> first().read(answer)).toList();
        assertThat(requests)
                .extracting(request -> request.get("finishedAt").asString())
                .isSorted();
        List<String> ended = World.stream(first().rolesmith()
                        .get(
                                "/audit-events?pageSize=200&action=request.applied",
                                first().rolesmith().auditor())
                        .json()
                        .get("items"))
                .map(event -> event.get("requestId").asString())
                .toList();
        assertThat(ended)
                .containsSubsequence(
                        accepted.stream().map(answer -> job(answer).toString()).toList());
        List<FaultProxy.Call> written = Stream.of(first(), second())
                .flatMap(world -> world.iam().writes().stream())
                .sorted(Comparator.comparingLong(FaultProxy.Call::ended))
                .toList();
        assertThat(written)
                .extracting(call -> call.form().get("Description"))
                .containsExactly("turn 0", "turn 1", "turn 2", "turn 3", "turn 4", "turn 5", "turn 6", "turn 7");
        assertThat(ObservedRole.of(IAM, "inTurn").orElseThrow().description()).isEqualTo("turn 7");
    }

    // --- Patience

    @Test
    void undoingIsTriedForLongerThanAChangeIs() {
        everywhere("PutRolePolicy", "patient", 1, DENIED);
        everywhere("DeleteRole", "patient", 6, THROTTLED);

        Answer answer = first().submit(body(inline(role("patient"), "assets")));

        assertThat(answer.status()).as("%s", answer).isEqualTo(502);
        JsonNode request = first().read(answer);
        assertThat(request.get("status").asString()).isEqualTo("ROLLED_BACK");
        assertThat(first().trail(request, "patient"))
                .filteredOn("DeleteRole FAILED undo"::equals)
                .as("more than the five attempts that a change has")
                .hasSizeGreaterThanOrEqualTo(6);
        assertThat(ObservedRole.of(IAM, "patient")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void patienceEndsWithAPerson(boolean deletes) {
        String name = deletes ? "neverDeleted" : "neverUndone";
        if (deletes) {
            assertThat(first().submit(body(role(name, ECS_EXECUTION_POLICY))).status())
                    .isEqualTo(201);
        } else {
            everywhere("PutRolePolicy", name, 1, DENIED);
        }
        everywhere("DeleteRole", name, 100_000, THROTTLED);
        ObjectNode deletion = body().put("action", "delete");
        deletion.withArray("/roles").addObject().put("name", name);

        Answer answer = first().submit(deletes ? deletion : body(inline(role(name), "assets")));

        assertThat(answer.status()).as("%s", answer).isEqualTo(502);
        assertThat(answer.json().get("code").asString()).isEqualTo("needs-attention");
        List<FaultProxy.Call> tried = Stream.of(first(), second())
                .flatMap(world -> world.iam().writes().stream())
                .filter(call -> call.action().equals("DeleteRole"))
                .toList();
        assertThat(tried).hasSizeGreaterThan(5);
        assertThat(Duration.ofNanos(tried.getLast().ended() - tried.getFirst().begun()))
                .isBetween(Duration.ofMillis(2900), Duration.ofSeconds(30));
        assertThat(ObservedRole.of(IAM, name)).isPresent();
        JsonNode request = first().read(answer);
        assertThat(changes(request, name).getLast()).isEqualTo(deletes ? "DeleteRole FAILED" : "PutRolePolicy FAILED");
    }

    private static void everywhere(String action, String role, int times, Refused refusal) {
        Stream.of(first(), second()).forEach(world -> world.iam().fail(action, role, times, refusal));
    }
}
