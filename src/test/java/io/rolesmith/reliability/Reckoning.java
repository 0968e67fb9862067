package io.rolesmith.reliability;

import static java.util.Objects.requireNonNull;

import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.FaultProxy.By;
import io.rolesmith.support.FaultProxy.Call;
import io.rolesmith.support.IamBackend;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.TestDatabase;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * Holds what Rolesmith says of requests that have ended against what IAM has and did, as the proxies saw it: the live roles,
 * the audit trail call by call, and what belongs to strangers. It knows nothing of how the requests were made, so that it can be
 * asked after any of them, if roles of theirs are asked for by nobody else and the proxies were not reset.
 *
 * <p>It says what is wrong, one sentence each; nothing if all is right.
 */
public final class Reckoning {

    private static final String INSTALLATION = "test";

    private static final Pattern QUOTED = Pattern.compile("^'(.*)'");

    /** Of a refusal that lasts; any other is one that may pass. */
    private static final String EXPLICIT_DENY = "explicit deny";

    /** The reads that show a role's RoleId and what it is. */
    private static final String LOOK = "GetRole";

    private final World world;
    private final String portal;
    private final String auditor;
    private final boolean killed;
    private final Map<String, JsonNode> ended = new HashMap<>();

    private Reckoning(World world, boolean killed) {
        this.world = world;
        // Once, since a token takes longer to sign than most of what is asked with it.
        this.portal = world.rolesmith().portal();
        this.auditor = world.rolesmith().auditor();
        this.killed = killed;
    }

    public static Reckoning of(World world) {
        return new Reckoning(world, false);
    }

    /** Where workers were killed: what IAM answered to one that was gone by then is only known by reading. */
    public static Reckoning ofKilled(World world) {
        return new Reckoning(world, true);
    }

    /** A row of the trail on one write. */
    private record Row(
            String request,
            String action,
            String outcome,
            @Nullable String awsRequestId,
            boolean undo,
            boolean oneWay) {

        static Row of(JsonNode event) {
            return new Row(
                    event.get("requestId").asString(),
                    event.get("action").asString().substring("iam.".length()),
                    event.get("outcome").asString(),
                    event.hasNonNull("awsRequestId") ? event.get("awsRequestId").asString() : null,
                    event.path("detail").asString("").startsWith("undo"),
                    isOneWay(event));
        }

        /** Whether no single write takes it back. */
        private static boolean isOneWay(JsonNode event) {
            return switch (event.get("action").asString()) {
                case "iam.DeleteInstanceProfile" -> true;
                case "iam.TagRole" -> {
                    JsonNode before = event.at("/before/tags");
                    yield !before.isEmpty()
                            && before.size() != event.at("/after/tags").size();
                }
                default -> false;
            };
        }

        /** Whether this row says what became of the write of which {@code unknown} says that nobody knows. */
        boolean resolves(Row unknown) {
            return request.equals(unknown.request)
                    && action.equals(unknown.action)
                    && awsRequestId == null
                    && !outcome.equals("UNKNOWN");
        }

        @Override
        public String toString() {
            return action + " " + outcome + (undo ? " undo" : "");
        }
    }

    /** A role in an account, by its name in lower case. */
    private record Place(String account, String name) {

        @Override
        public String toString() {
            return account + "/" + name;
        }
    }

    /** A request that has ended, with what it asked of one role and how that ended. */
    private record Turn(Asked asked, JsonNode request, JsonNode role, Instant end) {

        String status() {
            return role.get("status").asString();
        }

        /** Whether it came to nothing before anything was planned, perhaps without ever having had the role. */
        private boolean isRefused() {
            return status().equals("FAILED") && role.get("changes").isEmpty();
        }

        @Override
        public String toString() {
            return (asked.isDeletion() ? "deletion " : "request ") + asked.id() + " (" + status() + ")";
        }
    }

    /** All that is wrong with these requests and their roles. */
    public List<String> complaints(Collection<Asked> asked) {
        List<String> complaints = new ArrayList<>();
        Map<Place, List<Turn>> turns = new LinkedHashMap<>();
        for (Asked one : asked.stream().distinct().toList()) {
            JsonNode request = request(one.id());
            if (!request.hasNonNull("finishedAt")) {
                complaints.add("The request " + one.id() + " has not ended: " + request.get("status"));
                continue;
            }
            Instant end = Instant.parse(request.get("finishedAt").asString());
            World.stream(request.get("roles"))
                    .forEach(role -> turns.computeIfAbsent(place(role), _ -> new ArrayList<>())
                            .add(new Turn(one, request, role, end)));
        }
        turns.forEach((place, those) -> {
            those.sort(Comparator.comparing(Turn::end));
            new RoleReckoning(place, those, complaints).reckon();
        });
        unfinished(asked, complaints);
        return complaints;
    }

    /** Whether the audit chain is whole; said apart, since it is one for all requests. */
    public List<String> chainComplaints() {
        JsonNode verification = world.rolesmith()
                .post("/audit-chain/verification", auditor, "{}")
                .json();
        return verification.path("intact").asBoolean(false)
                ? List.of()
                : List.of("The audit chain is broken: " + verification);
    }

    /**
     * Requests that need attention although nobody else worked on their roles, IAM refused nothing for good that was to be
     * undone or deleted, and nothing was done that has no way back. Not to be asked where faults outlast what is tried.
     */
    public List<String> needlessAttention(Collection<Asked> asked) {
        List<String> complaints = new ArrayList<>();
        for (Asked one : asked.stream().distinct().toList()) {
            JsonNode request = request(one.id());
            World.stream(request.get("roles"))
                    .filter(role -> role.get("status").asString().equals("NEEDS_ATTENTION"))
                    .map(Reckoning::place)
                    .filter(place -> !reckoning(place).isExcused(one) && !couldNotGoBack(one, place, request))
                    .forEach(place -> complaints.add(place + ": " + one.id() + " needs attention for no reason: "
                            + request.get("roles") + " " + request.get("failure")));
        }
        return complaints;
    }

    /** The request as it is shown, however busy the machine is: where no connection is free in time, a read may be repeated. */
    static JsonNode read(World world, String id, String token) {
        for (int attempt = 1; ; attempt++) {
            TestRolesmith.Answer answer = world.rolesmith().get("/role-requests/" + id, token);
            if (answer.status() != 503 || attempt == 10) {
                return answer.json();
            }
        }
    }

    /** Whether the role had passed a change that has no way back when another one of the request, or of this role, failed. */
    private boolean couldNotGoBack(Asked asked, Place place, JsonNode request) {
        return reckoning(place).hasPassedOneWay(asked)
                && World.stream(request.get("roles"))
                        .map(Reckoning::place)
                        .map(this::reckoning)
                        .anyMatch(role -> role.wasDisturbed() || role.wasRefused(asked));
    }

    private RoleReckoning reckoning(Place place) {
        return new RoleReckoning(place, List.of(), new ArrayList<>());
    }

    private static Place place(JsonNode role) {
        return new Place(
                role.get("account").asString(), role.get("name").asString().toLowerCase(Locale.ROOT));
    }

    private JsonNode request(String id) {
        JsonNode known = ended.get(id);
        if (known != null) {
            return known;
        }
        JsonNode request = read(world, id, portal);
        if (request.hasNonNull("finishedAt")) {
            ended.put(id, request);
        }
        return request;
    }

    private void unfinished(Collection<Asked> asked, List<String> complaints) {
        UUID[] ids =
                asked.stream().map(one -> UUID.fromString(one.id())).distinct().toArray(UUID[]::new);
        JdbcClient jdbc = JdbcClient.create(world.rolesmith().database().as(TestDatabase.OWNER));
        jdbc.sql("""
                        SELECT h.account || '/' || h.name_key || ' is held by ' || h.job || ', which is ' || j.status
                        FROM rolesmith.role_hold h JOIN rolesmith.job j ON j.id = h.job
                        JOIN rolesmith.job_role r
                          ON r.job = h.job AND r.account = h.account AND r.name_key = h.name_key
                        WHERE h.job = ANY (:ids) AND (j.status <> 'NEEDS_ATTENTION' OR r.status <> 'NEEDS_ATTENTION')
                        """).param("ids", ids).query(String.class).list().forEach(complaints::add);
        jdbc.sql("""
                        SELECT 'The journal of ' || job || ' was left at ' || kind || ' ' || c.status
                        FROM rolesmith.change c JOIN rolesmith.job_role r USING (job, ordinal)
                        WHERE job = ANY (:ids) AND c.status IN ('STARTED', 'UNDOING') AND r.status <> 'NEEDS_ATTENTION'
                        """).param("ids", ids).query(String.class).list().forEach(complaints::add);
        // The place in the queue is taken before the commit, so that two that were asked for at the same time have no
        // order.
        jdbc.sql("""
                        SELECT 'The request ' || a.id || ' was asked for before ' || b.id || ' and planned after it'
                        FROM rolesmith.job a JOIN rolesmith.job b ON a.queued < b.queued
                        WHERE a.id = ANY (:ids) AND b.id = ANY (:ids)
                          AND EXISTS (SELECT FROM rolesmith.job_role x JOIN rolesmith.job_role y USING (account, name_key)
                                      WHERE x.job = a.id AND y.job = b.id)
                          AND (SELECT created_at FROM rolesmith.role_request WHERE id = a.id) + interval '1 second'
                            < (SELECT created_at FROM rolesmith.role_request WHERE id = b.id)
                          AND coalesce(b.failure, '') NOT LIKE '%ROLE_NEEDS_ATTENTION%'
                          AND coalesce(a.failure, '') NOT LIKE '%ROLE_NEEDS_ATTENTION%'
                          AND (SELECT min(sequence) FROM audit.seal
                               WHERE request_id = a.id AND action = 'request.planned')
                            > (SELECT min(sequence) FROM audit.seal
                               WHERE request_id = b.id AND action = 'request.planned')
                        """).param("ids", ids).query(String.class).list().forEach(complaints::add);
    }

    /** The reckoning of one role. */
    private final class RoleReckoning {

        private final Place place;
        private final List<Turn> turns;
        private final List<String> complaints;
        private final FaultProxy iam;
        private final List<Call> log;
        private final List<Row> rows;

        /** The row that speaks of each write that IAM did. */
        private final Map<Call, Row> told = new HashMap<>();

        RoleReckoning(Place place, List<Turn> turns, List<String> complaints) {
            this.place = place;
            this.turns = turns;
            this.complaints = complaints;
            this.iam = place.account().equals(TestRolesmith.ACCOUNT) ? world.iam() : world.other();
            this.log = iam.log(place.name());
            this.rows = rows(place);
        }

        void reckon() {
            answers();
            trail();
            states();
        }

        private boolean isExcused(Asked asked) {
            return wasDisturbed()
                    || of(asked).filter(row -> row.undo() || asked.isDeletion()).anyMatch(this::isForGood);
        }

        private boolean wasDisturbed() {
            return log.stream().anyMatch(call -> !ours(call));
        }

        private boolean wasRefused(Asked asked) {
            return of(asked).anyMatch(this::isForGood);
        }

        private boolean hasPassedOneWay(Asked asked) {
            return of(asked).anyMatch(row -> row.outcome().equals("SUCCEEDED") && !row.undo() && row.oneWay());
        }

        private Stream<Row> of(Asked asked) {
            return rows.stream().filter(row -> row.request().equals(asked.id()));
        }

        private boolean isForGood(Row row) {
            return row.outcome().equals("FAILED")
                    && log.stream()
                            .filter(call -> call.reply() != null
                                    && requireNonNull(call.reply()).requestId().equals(row.awsRequestId()))
                            .anyMatch(call -> requireNonNull(call.reply()).xml().contains(EXPLICIT_DENY));
        }

        private void complain(String what) {
            complaints.add(place + ": " + what);
        }

        private boolean ours(Call call) {
            return call.by() == By.US;
        }

        private boolean isWrite(Call call) {
            return call.form().writes();
        }

        /** Each answer to a write is in one row of the trail, with its outcome. */
        private void answers() {
            for (Call call : log) {
                if (!ours(call) || !isWrite(call) || call.reply() == null) {
                    continue;
                }
                int status = call.reply().status();
                String outcome = status < 300 ? "SUCCEEDED" : status < 500 ? "FAILED" : "UNKNOWN";
                List<Row> found = rows.stream()
                        .filter(row -> requireNonNull(call.reply()).requestId().equals(row.awsRequestId()))
                        .toList();
                boolean right = found.size() == 1
                        && found.getFirst().outcome().equals(outcome)
                        && found.getFirst().action().equals(call.action());
                if (!right && !(found.isEmpty() && (killed || isMute(call)))) {
                    complain(call.action() + " was answered with " + status + ", and the trail has of that " + found);
                }
            }
        }

        /** What IAM did for us is what the trail says that it did, one to one and in order. */
        private void trail() {
            List<Call> done = log.stream()
                    .filter(call -> ours(call) && isWrite(call) && call.done())
                    .toList();
            boolean interfered = log.stream().anyMatch(call -> !ours(call));
            int next = 0;
            for (int i = 0; i < rows.size(); i++) {
                Row row = rows.get(i);
                boolean resolved = i + 1 < rows.size() && rows.get(i + 1).resolves(row);
                if (row.outcome().equals("UNKNOWN") && !resolved) {
                    if (next < done.size() && isTold(done.get(next), row)) {
                        told.put(done.get(next++), row);
                    }
                } else if (row.outcome().equals("SUCCEEDED")) {
                    // A stranger may have undone what got no answer, so that reading did not show it.
                    while (interfered && next < done.size() && !isTold(done.get(next), row) && isMute(done.get(next))) {
                        next++;
                    }
                    if (next < done.size() && isTold(done.get(next), row)) {
                        told.put(done.get(next++), row);
                    } else if (!interfered || row.awsRequestId() != null) {
                        complain("The trail says " + rows + ", and IAM did " + texts(done) + "; they part at the row "
                                + i);
                        return;
                    }
                }
            }
            while (interfered && next < done.size() && isMute(done.get(next))) {
                next++;
            }
            if (next < done.size()) {
                complain("The trail says " + rows + ", and IAM did more: " + texts(done));
            }
        }

        /**
         * Whether the caller does not know by an answer that it was done; so it is where the answer came when the caller had
         * given up, which happens on a slow machine.
         */
        private boolean isMute(Call call) {
            return call.reply() == null
                    || !call.reply().succeeded()
                    || rows.stream()
                                    .noneMatch(row -> requireNonNull(call.reply())
                                            .requestId()
                                            .equals(row.awsRequestId()))
                            && rows.stream()
                                    .anyMatch(row -> row.action().equals(call.action())
                                            && row.outcome().equals("UNKNOWN")
                                            && row.awsRequestId() == null);
        }

        private boolean isTold(Call call, Row row) {
            if (!call.action().equals(row.action())) {
                return false;
            }
            return row.awsRequestId() == null
                    ? killed || isMute(call)
                    : call.reply() != null && call.reply().requestId().equals(row.awsRequestId());
        }

        /** The role before and after each request, as it follows from what IAM did. */
        private void states() {
            MemoryIam twin = new MemoryIam(place.account());
            Wanted wanted = Wanted.NOTHING;
            boolean strangers = false;
            int at = 0;
            Instant free = Instant.MIN;
            for (Turn turn : turns) {
                if (turn.isRefused()) {
                    if (rows.stream()
                            .anyMatch(row -> row.request().equals(turn.asked().id()))) {
                        complain("The " + turn + " planned nothing and wrote");
                    }
                    free = turn.end();
                    continue;
                }
                int begin = at;
                while (begin < log.size()
                        && !ours(log.get(begin))
                        && !log.get(begin).at().isAfter(turn.end())) {
                    begin++;
                }
                int end = begin;
                while (end < log.size() && !log.get(end).at().isAfter(turn.end())) {
                    end++;
                }
                strangers = replay(twin, log.subList(at, begin), strangers);
                Facets before = Facets.of(twin, place.name());
                List<Call> during = log.subList(begin, end);
                foreignRoles(turn, during, strangers);
                undone(turn, during);
                boolean theirs = strangers;
                strangers = replay(twin, during, strangers);
                Facets after = Facets.of(twin, place.name());
                claim(turn, before, after, during, free, wanted, theirs);
                if (turn.status().equals("APPLIED") || turn.status().equals("UNCHANGED")) {
                    wanted = turn.asked().isDeletion()
                            ? Wanted.NOTHING
                            : Wanted.of(turn.asked().role(place.name()).orElseThrow());
                }
                at = end;
                free = turn.end();
            }
            List<Call> rest = log.subList(at, log.size());
            rest.stream()
                    .filter(call -> ours(call) && isWrite(call) && call.done())
                    .forEach(call -> complain(call.action() + " was done after all requests had ended"));
            replay(twin, rest, strangers);
            Facets reckoned = Facets.of(twin, place.name());
            Facets live = Facets.of(asked(), place.name());
            Set<String> differing = live.differingFrom(reckoned);
            if (!differing.isEmpty()) {
                complain("IAM has what nobody was seen to write: " + live.described(differing, reckoned));
            }
        }

        private IamBackend asked() {
            return form -> iam.ask(form.action(), form.members());
        }

        /** Does on the twin what was done to the role; whether the role is a stranger's afterwards. */
        private boolean replay(MemoryIam twin, List<Call> calls, boolean strangers) {
            boolean theirs = strangers;
            for (Call call : calls) {
                if (isWrite(call) && call.done()) {
                    twin.answer(call.form());
                    if (call.action().equals("CreateRole")) {
                        theirs = !ours(call);
                    } else if (call.action().equals("DeleteRole")) {
                        theirs = false;
                    }
                }
            }
            return theirs;
        }

        /** A role that is somebody else's is written to only by whoever could not know. */
        private void foreignRoles(Turn turn, List<Call> during, boolean strangersBefore) {
            boolean theirs = strangersBefore;
            boolean seen = strangersBefore;
            long seenAt = Long.MIN_VALUE;
            for (Call call : during) {
                if (!ours(call) && call.done() && call.action().equals("CreateRole")) {
                    theirs = true;
                    seen = false;
                } else if (!ours(call) && call.done() && call.action().equals("DeleteRole")) {
                    theirs = false;
                } else if (ours(call) && call.action().equals(LOOK) && call.done()) {
                    seenAt = seen ? seenAt : call.ended();
                    seen = true;
                } else if (ours(call) && isWrite(call) && call.done() && isOnRole(call)) {
                    if (theirs && seen && seenAt <= call.begun()) {
                        complain(call.action() + " of the " + turn + " was done to a role of a stranger that was seen");
                    }
                    theirs = theirs && !call.action().equals("DeleteRole");
                }
            }
        }

        private boolean isOnRole(Call call) {
            return call.form().members().containsKey("RoleName")
                    && !call.action().equals("RemoveRoleFromInstanceProfile")
                    && !call.action().equals("CreateRole");
        }

        private static boolean asksAllThat(Call call, @Nullable Call other) {
            return other != null
                    && call.action().equals(other.action())
                    && call.form()
                            .members()
                            .entrySet()
                            .containsAll(other.form().members().entrySet());
        }

        /** What is undone was looked at before, and is left alone if it is not ours any more. */
        private void undone(Turn turn, List<Call> during) {
            Set<String> ofStrangers = new HashSet<>();
            Set<String> strangersSeen = new HashSet<>();
            Map<String, Call> strangersLast = new HashMap<>();
            // What got no answer and is as we asked, nobody can tell from what we did.
            Set<String> unanswered = new HashSet<>();
            boolean looked = false;
            long seenAt = Long.MIN_VALUE;
            for (Call call : during) {
                Row row = told.get(call);
                if (ours(call)
                        && isWrite(call)
                        && (call.reply() == null || call.reply().status() >= 500)) {
                    unanswered.addAll(facets(call));
                }
                if (!ours(call)) {
                    if (call.done()) {
                        ofStrangers.addAll(facets(call));
                        facets(call).forEach(facet -> strangersLast.put(facet, call));
                    }
                } else if (call.action().equals(LOOK)) {
                    looked = true;
                    if (call.done()) {
                        seenAt = strangersSeen.equals(ofStrangers) ? seenAt : call.ended();
                        strangersSeen = new HashSet<>(ofStrangers);
                    } else if (showsNoRole(call)) {
                        ofStrangers.clear();
                        strangersSeen.clear();
                    }
                } else if (row != null && row.undo()) {
                    if (!looked) {
                        complain(row + " of the " + turn + " was done without a look at the role");
                    }
                    Set<String> overwritten = new TreeSet<>(facets(call));
                    overwritten.retainAll(strangersSeen);
                    overwritten.removeAll(unanswered);
                    // A stranger may write what was there before us.
                    overwritten.removeIf(facet -> asksAllThat(call, strangersLast.get(facet)));
                    // What lands late may have been sent before the look.
                    if (!overwritten.isEmpty() && seenAt <= call.begun()) {
                        complain(row + " of the " + turn + " overwrote what a stranger had written: " + overwritten);
                    }
                } else if (isWrite(call) && call.done()) {
                    looked = false;
                    ofStrangers.removeAll(facets(call));
                    strangersSeen.removeAll(facets(call));
                    if (call.reply() != null && call.reply().status() < 300) {
                        unanswered.removeAll(facets(call));
                    }
                }
            }
        }

        /** With the role, all is gone that was written on it. */
        private boolean showsNoRole(Call look) {
            return look.reply() != null && look.reply().status() == 404 && !look.stale();
        }

        /** How the role must be by what is said of the request. */
        private void claim(
                Turn turn,
                Facets before,
                Facets after,
                List<Call> during,
                Instant own,
                Wanted wanted,
                boolean strangersRole) {
            Set<String> strangers = new HashSet<>();
            during.stream().filter(call -> !ours(call)).forEach(call -> strangers.addAll(facets(call)));
            if (strangers.contains(Facets.ROLE)) {
                return;
            }
            strangers.addAll(overlooked(during, own, turn.end()));
            // Nobody can give back what nobody saw.
            Set<String> unknown = new HashSet<>(strangers);
            unknown.addAll(unseen(during));
            switch (turn.status()) {
                case "APPLIED", "UNCHANGED" -> {
                    if (strangersRole && !(turn.asked().isDeletion() && !before.hasRole())) {
                        complain("The " + turn + " says so of a stranger's role");
                    }
                    Facets claimed = turn.asked().isDeletion()
                            ? wanted.deleted(before)
                            : wanted.applied(
                                    turn.asked().role(place.name()).orElseThrow(),
                                    before,
                                    turn.asked().body().get("team").asString(),
                                    INSTALLATION,
                                    turn.asked().id());
                    same(turn, after, claimed, strangers);
                    boolean wrote = during.stream().anyMatch(call -> ours(call) && isWrite(call));
                    if (turn.status().equals("UNCHANGED") && wrote) {
                        complain("The " + turn + " wrote");
                    }
                }
                case "ROLLED_BACK", "FAILED" -> same(turn, after, before, unknown);
                case "NEEDS_ATTENTION" -> {
                    Set<String> left = new HashSet<>(unknown);
                    World.stream(turn.role().get("attention").get("left"))
                            .forEach(text -> left.addAll(named(text.asString())));
                    Set<String> differing =
                            turn.asked().isDeletion() ? after.differingFrom(Facets.NONE) : after.differingFrom(before);
                    if (left.contains(Facets.ROLE) && turn.asked().isDeletion()) {
                        // Whatever others hung on the role stays there with it.
                        log.stream()
                                .filter(call -> !ours(call) && !call.at().isAfter(turn.end()))
                                .forEach(call -> left.addAll(facets(call)));
                    }
                    if (left.contains(Facets.ROLE)) {
                        // A role has these whenever it is there.
                        differing.removeIf(facet -> facet.startsWith("tag:")
                                || Set.of(Facets.ROLE, "trust", "session", "boundary")
                                        .contains(facet));
                    }
                    differing.removeAll(left);
                    if (!differing.isEmpty()) {
                        complain("The " + turn + " left what it does not name: "
                                + after.described(differing, before) + ", but names "
                                + turn.role().get("attention").get("left"));
                    }
                }
                default -> complain("The " + turn + " is no end");
            }
        }

        /**
         * What strangers had written since our last write before {@code during}, if the last look before our first write there
         * lagged: it may have shown the role just as we left it. What a look of this request showed before counts as seen, but
         * not what one of another request did, from which nothing is remembered.
         *
         * @param own since when all looks are those of this request
         */
        private Set<String> overlooked(List<Call> during, Instant own, Instant end) {
            Set<String> hidden = new HashSet<>();
            Set<String> shown = new HashSet<>();
            boolean lagged = false;
            for (Call call : log) {
                if (call.at().isAfter(end)) {
                    break;
                }
                if (!ours(call)) {
                    if (call.done()) {
                        hidden.addAll(facets(call));
                        shown.removeAll(facets(call));
                    }
                } else if (call.action().equals(LOOK)) {
                    hidden.removeAll(shown);
                    lagged = call.stale();
                    shown = call.done() && call.at().isAfter(own) ? new HashSet<>(hidden) : new HashSet<>();
                } else if (isWrite(call) && call.done()) {
                    if (during.contains(call)) {
                        break;
                    }
                    hidden.clear();
                } else if (call.reply() == null || call.reply().status() >= 500) {
                    // The rest of the look failed, so that it showed nothing.
                    shown.clear();
                }
            }
            return lagged ? hidden : Set.of();
        }

        /** What strangers had written where we wrote {@code during} this, while all looks since showed how it was before. */
        private Set<String> unseen(List<Call> during) {
            Set<String> hidden = new HashSet<>();
            Set<String> unseen = new HashSet<>();
            for (Call call : log) {
                if (!ours(call)) {
                    if (call.done()) {
                        hidden.addAll(facets(call));
                    }
                } else if (call.action().equals(LOOK) && !call.stale()) {
                    hidden.clear();
                } else if (isWrite(call) && call.done()) {
                    if (during.contains(call)) {
                        facets(call).stream().filter(hidden::contains).forEach(unseen::add);
                    }
                    hidden.removeAll(facets(call));
                }
            }
            return unseen;
        }

        private void same(Turn turn, Facets after, Facets claimed, Set<String> strangers) {
            Set<String> differing = after.differingFrom(claimed);
            differing.removeAll(strangers);
            if (!differing.isEmpty()) {
                complain("After the " + turn + " the role is not as that says: " + after.described(differing, claimed));
            }
        }
    }

    /** The parts of the role that a write is about; {@link Facets#ROLE} if about all of it. */
    private static Set<String> facets(Call call) {
        return switch (call.action()) {
            case "CreateRole", "DeleteRole" -> Set.of(Facets.ROLE);
            case "UpdateAssumeRolePolicy" -> Set.of("trust");
            case "UpdateRole" -> Set.of("session");
            case "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary" -> Set.of("boundary");
            case "AttachRolePolicy", "DetachRolePolicy" ->
                Set.of("managed:" + call.form().get("PolicyArn"));
            case "PutRolePolicy", "DeleteRolePolicy" ->
                Set.of(Facets.inline(call.form().get("PolicyName")));
            case "TagRole", "UntagRole" -> {
                Set<String> keys = new HashSet<>();
                call.form().members().forEach((member, value) -> {
                    if (member.endsWith(".Key") || member.startsWith("TagKeys.")) {
                        keys.add(Facets.tag(value));
                    }
                });
                yield keys;
            }
            case "CreateInstanceProfile",
                    "DeleteInstanceProfile",
                    "AddRoleToInstanceProfile",
                    "RemoveRoleFromInstanceProfile" -> Set.of(Facets.PROFILE);
            default -> Set.of();
        };
    }

    /** The parts of the role that a sentence on what is left names. */
    private static Set<String> named(String left) {
        Matcher quoted = QUOTED.matcher(left);
        if (!quoted.find()) {
            return Set.of();
        }
        String summary = quoted.group(1);
        String last = summary.substring(summary.lastIndexOf(' ') + 1);
        if (summary.startsWith("Create the role") || summary.startsWith("Delete the role")) {
            return Set.of(Facets.ROLE);
        }
        if (summary.startsWith("Attach ") || summary.startsWith("Detach ")) {
            return Set.of("managed:" + last);
        }
        if (summary.contains("the inline policy ")) {
            return Set.of(Facets.inline(last));
        }
        if (summary.contains("trust policy")) {
            return Set.of("trust");
        }
        if (summary.startsWith("Set the description")) {
            return Set.of("session");
        }
        if (summary.contains("permissions boundary")) {
            return Set.of("boundary");
        }
        if (summary.contains("the instance profile")) {
            return Set.of(Facets.PROFILE);
        }
        Set<String> tags = new HashSet<>();
        for (String key : summary.replaceFirst("^(Set|Remove) the tags ", "").split(", ", -1)) {
            tags.add(Facets.tag(key));
        }
        return tags;
    }

    private List<Row> rows(Place place) {
        List<Row> rows = new ArrayList<>();
        Optional<String> page = Optional.of("");
        while (page.isPresent()) {
            JsonNode answer = world.rolesmith()
                    .get(
                            "/audit-events?pageSize=200&account=" + place.account() + "&role=" + place.name()
                                    + page.filter(token -> !token.isEmpty())
                                            .map(token -> "&pageToken=" + token)
                                            .orElse(""),
                            auditor)
                    .json();
            World.stream(answer.get("items"))
                    .filter(event -> event.get("action").asString().startsWith("iam."))
                    .forEach(event -> rows.add(Row.of(event)));
            page = Optional.ofNullable(answer.get("nextPageToken"))
                    .filter(JsonNode::isString)
                    .map(JsonNode::asString);
        }
        return rows;
    }

    private static List<String> texts(List<Call> calls) {
        return calls.stream().map(Call::action).toList();
    }
}
