package io.rolesmith.audit;

import static io.rolesmith.audit.AuditTrail.NOW;
import static io.rolesmith.audit.AuditTrail.PORTAL;
import static io.rolesmith.audit.AuditTrail.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.caller.Team;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.support.JdbcTransactionManager;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AuditRepositoryTests {

    private static final UUID REQUEST = UUID.fromString("0198f0c2-7a3e-7c41-9d53-0c8f2b6a1e01");

    private final AuditTrail trail = new AuditTrail(4);
    private final AuditRepository audit = trail.audit;

    @AfterEach
    void close() {
        trail.close();
    }

    @Test
    void anEventStandsForEachEntryOfACommittedTransaction() {
        trail.append("request.submitted", "request.planned");

        assertThat(trail.actions()).containsExactly("request.submitted", "request.planned");
    }

    @Test
    void noEventIsLeftOfATransactionThatIsRolledBack() {
        trail.transaction.executeWithoutResult(state -> {
            audit.append(entry("request.submitted"));
            state.setRollbackOnly();
        });

        assertThat(trail.actions()).isEmpty();
        assertThat(audit.verify(null).intact()).isTrue();
    }

    @Test
    void appendingOutsideATransactionIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> audit.append(entry("request.submitted")))
                .withMessage("The audit entry request.submitted needs the transaction of the state that it describes");
        assertThat(trail.actions()).isEmpty();
    }

    @Test
    void whatIsAppendedAloneStaysWhenTheTransactionAroundItIsRolledBack() {
        trail.transaction.executeWithoutResult(state -> {
            audit.append(entry("request.submitted"));
            audit.appendAlone(entry("access.denied"));
            state.setRollbackOnly();
        });

        assertThat(trail.actions()).containsExactly("access.denied");
    }

    @Test
    void whatCannotBeWrittenIsAFailureOfTheDatabase() {
        trail.as("rolesmith_owner")
                .sql("REVOKE INSERT (content) ON audit.event FROM rolesmith")
                .update();

        assertThatExceptionOfType(DataAccessResourceFailureException.class)
                .isThrownBy(() -> audit.appendAlone(entry("request.refused")))
                .withMessage("The audit entry request.refused cannot be written");
        assertThatExceptionOfType(DataAccessResourceFailureException.class)
                .isThrownBy(() -> trail.append("request.submitted"));
    }

    @Test
    void everythingThatWasRecordedComesBack() {
        audit.appendAlone(fullEntry());

        AuditEvent event = audit.find(AuditQuery.all(1)).items().getFirst();
        assertThat(event)
                .isEqualTo(new AuditEvent(
                        1,
                        Instant.parse("2026-11-23T10:15:30.123456Z"),
                        new AuditActor("https://idp.example", "portal", List.of("platform", "retail-store")),
                        "iam.CreateRole",
                        "123456789012",
                        "retailStoreEcsTaskRole",
                        REQUEST,
                        AuditOutcome.SUCCEEDED,
                        "b25f48e8-84fd-11e6-80d9-574e0c4664cb",
                        json("{}"),
                        json("{\"trustPolicy\":\"{\\\"Version\\\":\\\"2012-10-17\\\"}\",\"maxSessionSeconds\":3600}"),
                        "Created the rôle \"retailStoreEcsTaskRole\".",
                        event.contentHash(),
                        "0".repeat(64),
                        event.hash()));
        assertThat(audit.find(1)).contains(event);
        assertThat(audit.find(2)).isEmpty();
    }

    @Test
    void whatWasAbsentComesBackAbsent() {
        audit.appendAlone(entry("access.denied").before(json("null")));

        AuditEvent event = sealed(1);
        assertThat(Stream.of(
                        event.account(),
                        event.role(),
                        event.requestId(),
                        event.awsRequestId(),
                        event.before(),
                        event.after(),
                        event.detail()))
                .containsOnlyNulls();
    }

    /** What the format promises to whoever recomputes it elsewhere; it may never change. */
    @Test
    void theTextAndTheHashesOfAnEventArePinned() {
        audit.appendAlone(fullEntry());
        AuditEvent event = sealed(1);

        assertThat(trail.jdbc
                        .sql("SELECT content FROM audit.event")
                        .query(String.class)
                        .single())
                .isEqualTo("{\"account\":\"123456789012\",\"action\":\"iam.CreateRole\",\"actor\":{"
                        + "\"issuer\":\"https://idp.example\",\"subject\":\"portal\","
                        + "\"teams\":[\"platform\",\"retail-store\"]},"
                        + "\"after\":{\"maxSessionSeconds\":3600,"
                        + "\"trustPolicy\":\"{\\\"Version\\\":\\\"2012-10-17\\\"}\"},"
                        + "\"awsRequestId\":\"b25f48e8-84fd-11e6-80d9-574e0c4664cb\",\"before\":{},"
                        + "\"detail\":\"Created the rôle \\\"retailStoreEcsTaskRole\\\".\","
                        + "\"occurredAt\":\"2026-11-23T10:15:30.123456Z\",\"outcome\":\"SUCCEEDED\","
                        + "\"requestId\":\"0198f0c2-7a3e-7c41-9d53-0c8f2b6a1e01\","
                        + "\"role\":\"retailStoreEcsTaskRole\"}");
        assertThat(event.contentHash()).isEqualTo("3f13271d9f4476814f81ef671f57f5524f0b18f8ff1973c285086611f242a00b");
        assertThat(event.hash()).isEqualTo("ec3685fedb7e7461cf29b44996fc89b8bd085b53da876d2f8227c77614c4ebd9");
    }

    @Test
    void aWholeSecondIsWrittenWithSixDigits() {
        var repository = new AuditRepository(
                trail.jdbc,
                new JdbcTransactionManager(trail.runtime),
                () -> NOW.truncatedTo(ChronoUnit.SECONDS),
                trail.checkpoints(AuditTrail.UNSIGNED),
                new SimpleMeterRegistry());
        repository.appendAlone(entry("request.submitted"));

        assertThat(trail.jdbc
                        .sql("SELECT content::jsonb ->> 'occurredAt' FROM audit.event")
                        .query(String.class)
                        .single())
                .isEqualTo("2026-11-23T10:15:30.000000Z");
        assertThat(audit.verify(null).intact()).isTrue();
    }

    @Test
    void charactersThatTheDatabaseCannotHoldAreReplaced() {
        audit.appendAlone(entry("request.refused")
                .role("a\0b")
                .detail("half \uD83D of \uD83D\uDE00, and \\u0000 spelled out")
                .after(json("{\"a\\u0000\":[\"\\ud800\"], \"a\\ufffd\": \"\\\\u0000\"}")));

        AuditEvent event = sealed(1);
        assertThat(event.role()).isEqualTo("a\uFFFDb");
        assertThat(event.detail()).isEqualTo("half \uFFFD of \uD83D\uDE00, and \\u0000 spelled out");
        assertThat(Objects.requireNonNull(event.after()).toString())
                .contains("\uFFFD")
                .doesNotContain("\\ud800");
        assertThat(audit.find(query("role", "A\0B")).items()).containsExactly(event);
        assertThat(audit.verify(null).intact()).isTrue();
    }

    @Test
    void namesOfAnyLengthAreRecordedAndFound() {
        String name = random(5_000);
        AuditActor actor = new AuditActor("https://idp.example", name, List.of());
        audit.appendAlone(
                AuditEntry.of(actor, name, AuditOutcome.REFUSED).account(name).role(name));

        for (String filter : List.of("account", "role", "actor", "action")) {
            assertThat(audit.find(query(filter, name)).items())
                    .as(filter)
                    .singleElement()
                    .extracting(AuditEvent::role)
                    .isEqualTo(name);
        }
        assertThat(audit.verify(null).intact()).isTrue();
    }

    @Test
    void aNumberThatIsNoDoubleIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> audit.appendAlone(entry("request.submitted").after(json("9".repeat(400)))))
                .withMessage("An audit entry holds a number beyond the doubles of RFC 8785");
    }

    @Test
    void contentThatCannotBeSearchedByFailsItsOwnAppend() {
        for (String content : List.of(
                "no JSON",
                "[]",
                "{\"action\":\"forged\"}",
                "{\"occurredAt\":\"some day\",\"actor\":{\"subject\":\"s\"},\"action\":\"a\",\"outcome\":\"FAILED\"}")) {
            assertThatExceptionOfType(DataAccessException.class)
                    .as(content)
                    .isThrownBy(() -> trail.jdbc
                            .sql("INSERT INTO audit.event (content) VALUES (:content)")
                            .param("content", content)
                            .update());
        }
        trail.append("request.submitted");
        assertThat(trail.actions()).containsExactly("request.submitted");
    }

    @Test
    void theActorOfACallerHasTheirTeamsInOrder() {
        Set<Team> teams = Set.of(new Team("retail"), new Team("billing"), new Team("platform"));

        assertThat(AuditActor.of(new Caller("https://idp.example", "portal", teams, Set.of(Scope.ROLES_READ))))
                .isEqualTo(new AuditActor("https://idp.example", "portal", List.of("billing", "platform", "retail")));
    }

    @Test
    void eachFilterAndEachPairOfFiltersLetsThroughWhatItNamesAndNothingElse() {
        long seed = 20_261_123;
        Random random = new Random(seed);
        List<String> accounts = List.of("111111111111", "222222222222");
        List<String> roles = List.of("web", "WEB", "worker");
        List<UUID> requests = List.of(new UUID(0, 1), new UUID(0, 2), new UUID(0, 3));
        Instant[] now = {NOW};
        var repository = new AuditRepository(
                trail.jdbc,
                new JdbcTransactionManager(trail.runtime),
                () -> now[0],
                trail.checkpoints(AuditTrail.UNSIGNED),
                new SimpleMeterRegistry());
        trail.transaction.executeWithoutResult(state -> IntStream.range(0, 300).forEach(index -> {
            now[0] = NOW.plusSeconds(random.nextInt(100));
            AuditActor actor = new AuditActor("https://idp.example", "subject-" + random.nextInt(3), List.of());
            repository.append(AuditEntry.of(actor, "action." + random.nextInt(3), one(random, AuditOutcome.values()))
                    .account(oneOrNull(random, accounts))
                    .role(oneOrNull(random, roles))
                    .request(oneOrNull(random, requests)));
        }));
        List<AuditEvent> all = everything(AuditQuery.all(200));
        assertThat(all).hasSize(300);

        Instant from = NOW.plusSeconds(30).truncatedTo(ChronoUnit.MICROS);
        Instant to = NOW.plusSeconds(60).truncatedTo(ChronoUnit.MICROS);
        record Filter(AuditQuery query, Predicate<AuditEvent> passes) {}
        List<Filter> filters = List.of(
                new Filter(
                        query("account", accounts.getFirst()),
                        e -> accounts.getFirst().equals(e.account())),
                new Filter(query("role", "Web"), e -> "web".equalsIgnoreCase(e.role())),
                new Filter(query("actor", "subject-1"), e -> e.actor().subject().equals("subject-1")),
                new Filter(query("action", "action.2"), e -> e.action().equals("action.2")),
                new Filter(query("outcome", AuditOutcome.REFUSED), e -> e.outcome() == AuditOutcome.REFUSED),
                new Filter(
                        AuditQuery.ofRequest(requests.getLast()),
                        e -> requests.getLast().equals(e.requestId())),
                new Filter(query("from", from), e -> !e.occurredAt().isBefore(from)),
                new Filter(query("to", to), e -> e.occurredAt().isBefore(to)));
        for (Filter one : filters) {
            for (Filter other : filters) {
                List<AuditEvent> wanted =
                        all.stream().filter(one.passes).filter(other.passes).toList();
                AuditQuery both = both(one.query, other.query);
                assertThat(wanted).as("%s, seed %d", both, seed).isNotEmpty().hasSizeLessThan(all.size());
                assertThat(everything(both)).as("%s, seed %d", both, seed).isEqualTo(wanted);
            }
        }
    }

    @Test
    void pagesGiveEverythingExactlyOnceInOrderWhateverTheirSize() {
        trail.append(IntStream.range(0, 23).mapToObj(index -> "action." + index).toArray(String[]::new));

        for (int pageSize : List.of(1, 7, 22, 23, 24)) {
            assertThat(everything(AuditQuery.all(pageSize)))
                    .extracting(AuditEvent::sequence)
                    .as("pages of %d", pageSize)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 23).boxed().toList());
        }
        assertThat(audit.find(AuditQuery.all(22)).nextSequence()).isEqualTo(22);
        assertThat(audit.find(AuditQuery.all(23)).nextSequence()).isNull();
        assertThat(audit.find(AuditQuery.all(5).after(23L)).items()).isEmpty();
    }

    @Test
    void aPageHas1To200Events() {
        for (int pageSize : List.of(-1, 0, 201)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> AuditQuery.all(pageSize))
                    .withMessage("A page has 1 to 200 events, got " + pageSize);
        }
        assertThat(AuditQuery.all(1).pageSize()).isEqualTo(1);
        assertThat(AuditQuery.all(200).pageSize()).isEqualTo(200);
    }

    /** The pool has one connection, which who is written to can only get if the export does not hold it. */
    @Test
    void anExportGivesEverythingCommittedBeforeItAndHoldsNoConnectionMeanwhile() throws IOException {
        try (AuditTrail small = new AuditTrail(1)) {
            small.append(
                    IntStream.range(0, 450).mapToObj(index -> "action." + index).toArray(String[]::new));
            var exported = new ByteArrayOutputStream();
            var slow = new OutputStream() {
                private int appended;

                @Override
                public void write(int character) {
                    if (character == '\n' && appended++ < 3) {
                        small.audit.appendAlone(entry("appended.later"));
                        small.audit.seal();
                    }
                    exported.write(character);
                }
            };

            small.audit.export(AuditQuery.all(1).after(10L), slow);

            assertThat(exported.toString(StandardCharsets.UTF_8).lines())
                    .extracting(line -> json(line).path("action").asString())
                    .containsExactlyElementsOf(IntStream.range(10, 450)
                            .mapToObj(index -> "action." + index)
                            .toList());
        }
    }

    /** A line holds the text that was hashed, between what the chain says of it. */
    @Test
    void theLineOfAnExportIsPinned() throws IOException {
        audit.appendAlone(fullEntry());
        var exported = new ByteArrayOutputStream();
        audit.export(AuditQuery.all(1), exported);

        String content = trail.jdbc
                .sql("SELECT content FROM audit.event")
                .query(String.class)
                .single();
        assertThat(exported.toString(StandardCharsets.UTF_8))
                .isEqualTo("{\"sequence\":1,%s,\"contentHash\":\"%s\",\"previousHash\":\"%s\",\"hash\":\"%s\"}\n"
                        .formatted(
                                content.substring(1, content.length() - 1),
                                "3f13271d9f4476814f81ef671f57f5524f0b18f8ff1973c285086611f242a00b",
                                "0".repeat(64),
                                "ec3685fedb7e7461cf29b44996fc89b8bd085b53da876d2f8227c77614c4ebd9"));
    }

    /** The runtime login may insert what it likes; the database only wants JSON that names what is searched by. */
    @Test
    void anEventThatWeDidNotWriteTakesOneLineOfAnExportToo() throws IOException {
        trail.append("a");
        trail.jdbc
                .sql(
                        "INSERT INTO audit.event (content) SELECT E' \\n' || replace(content, ',', E',\\n\\r') || ' ' FROM audit.event")
                .update();
        var exported = new ByteArrayOutputStream();
        audit.export(AuditQuery.all(1), exported);

        List<String> lines = exported.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(json(lines.get(1)).path("action").asString()).isEqualTo("a");
        assertThat(json(lines.get(1)).path("sequence").asLong()).isEqualTo(2);
    }

    /** Events without the filters' values between those that have them, more than a page looks at. */
    @Test
    void whatIsRareTogetherIsFoundOverPagesThatMayBeEmpty() {
        many(3 * AuditSearch.REACH, i -> i % (2 * AuditSearch.REACH) == 7 ? "both" : i % 2 == 0 ? "first" : "second");
        AuditQuery query = new AuditQuery(null, null, "first", "second", null, null, null, null, null, 10);

        AuditPage page = audit.find(query);
        List<Integer> sizes = new ArrayList<>(List.of(page.items().size()));
        List<Long> found =
                new ArrayList<>(page.items().stream().map(AuditEvent::sequence).toList());
        while (page.nextSequence() != null) {
            page = audit.find(query.after(page.nextSequence()));
            sizes.add(page.items().size());
            page.items().forEach(event -> found.add(event.sequence()));
        }
        assertThat(found).containsExactly(8L, 2L * AuditSearch.REACH + 8);
        assertThat(sizes).hasSizeBetween(2, 5);
    }

    /** Clocks differ and transactions last, so an event may stand among much later ones. */
    @Test
    void aSpanOfTimeHoldsEventsThatStandFarFromTheirTime() {
        many(4_000, i -> "x");
        trail.tamper(
                "UPDATE audit.seal SET occurred_at = occurred_at + sequence * interval '1 second'",
                "UPDATE audit.seal SET occurred_at = timestamptz '2026-11-23T10:15:30Z' + interval '500 seconds' WHERE sequence = 3500",
                "DELETE FROM audit.span",
                "INSERT INTO audit.span SELECT (sequence - 1) / 1000 * 1000 + 1, min(occurred_at), max(occurred_at) FROM audit.seal GROUP BY 1");
        Instant begin = Instant.parse("2026-11-23T10:15:30Z");

        assertThat(everything(query("from", begin.plusSeconds(3_990))))
                .extracting(AuditEvent::sequence)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(3_990, 4_000).boxed().toList());
        assertThat(everything(both(query("from", begin.plusSeconds(499)), query("to", begin.plusSeconds(501)))))
                .extracting(AuditEvent::sequence)
                .containsExactly(499L, 500L, 3_500L);
        assertThat(everything(query("to", begin))).isEmpty();
        assertThat(everything(query("from", begin.plusSeconds(5_000)))).isEmpty();
    }

    private void many(int count, IntFunction<String> name) {
        trail.transaction.executeWithoutResult(state -> IntStream.range(0, count)
                .forEach(i -> {
                    String actor = name.apply(i);
                    audit.append(AuditEntry.of(
                            new AuditActor("https://idp.example", actor.equals("both") ? "first" : actor, List.of()),
                            actor.equals("both") ? "second" : actor,
                            AuditOutcome.SUCCEEDED));
                }));
        audit.seal();
    }

    private AuditEvent sealed(long sequence) {
        audit.seal();
        return audit.find(sequence).orElseThrow();
    }

    private List<AuditEvent> everything(AuditQuery query) {
        List<AuditEvent> events = new ArrayList<>();
        Long after = null;
        do {
            AuditPage page = audit.find(query.after(after));
            events.addAll(page.items());
            after = page.nextSequence();
        } while (after != null);
        return events;
    }

    private static AuditEntry fullEntry() {
        return AuditEntry.of(PORTAL, "iam.CreateRole", AuditOutcome.SUCCEEDED)
                .account("123456789012")
                .role("retailStoreEcsTaskRole")
                .request(REQUEST)
                .awsRequest("b25f48e8-84fd-11e6-80d9-574e0c4664cb")
                .before(json("{}"))
                .after(json("{\"trustPolicy\":\"{\\\"Version\\\":\\\"2012-10-17\\\"}\",\"maxSessionSeconds\":3600}"))
                .detail("Created the rôle \"retailStoreEcsTaskRole\".");
    }

    private static AuditQuery query(String filter, Object value) {
        return switch (filter) {
            case "account" -> new AuditQuery((String) value, null, null, null, null, null, null, null, null, 50);
            case "role" -> new AuditQuery(null, (String) value, null, null, null, null, null, null, null, 50);
            case "actor" -> new AuditQuery(null, null, (String) value, null, null, null, null, null, null, 50);
            case "action" -> new AuditQuery(null, null, null, (String) value, null, null, null, null, null, 50);
            case "outcome" -> new AuditQuery(null, null, null, null, (AuditOutcome) value, null, null, null, null, 50);
            case "from" -> new AuditQuery(null, null, null, null, null, null, (Instant) value, null, null, 50);
            case "to" -> new AuditQuery(null, null, null, null, null, null, null, (Instant) value, null, 50);
            default -> throw new IllegalArgumentException(filter);
        };
    }

    private static AuditQuery both(AuditQuery one, AuditQuery other) {
        return new AuditQuery(
                first(one.account(), other.account()),
                first(one.role(), other.role()),
                first(one.actor(), other.actor()),
                first(one.action(), other.action()),
                first(one.outcome(), other.outcome()),
                first(one.requestId(), other.requestId()),
                first(one.from(), other.from()),
                first(one.to(), other.to()),
                null,
                7);
    }

    private static <T> @Nullable T first(@Nullable T one, @Nullable T other) {
        return one == null ? other : one;
    }

    private static <T> T one(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }

    private static <T> @Nullable T oneOrNull(Random random, List<T> values) {
        int index = random.nextInt(values.size() + 1);
        return index == values.size() ? null : values.get(index);
    }

    private static String random(int length) {
        return new Random(1)
                .ints(length, 0x10000, 0x10400)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
