package io.rolesmith.reliability;

import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.FaultProxy.Call;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import io.rolesmith.support.World;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Lets a schedule happen, and says what came of it. */
final class ScheduleRun {

    /** How a schedule ended: what is wrong, and how its requests ended, by status. */
    record Result(Schedule schedule, List<String> complaints, Map<String, Integer> statuses, String story) {}

    private final World world;
    private final Schedule schedule;
    private final String portal;
    private final Map<String, FaultProxy> accounts;
    private final Map<String, RoleWeather> weather = new LinkedHashMap<>();
    private final List<Stranger> strangers = new ArrayList<>();
    private final List<Asked> asked = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();
    private final Map<String, Integer> statuses = new TreeMap<>();

    private ScheduleRun(World world, Schedule schedule) {
        this.world = world;
        this.schedule = schedule;
        this.portal = world.rolesmith().portal();
        this.accounts = Map.of(Schedule.ACCOUNTS.get(0), world.iam(), Schedule.ACCOUNTS.get(1), world.other());
    }

    /** What a Rolesmith is given so that faults pass quickly, and only those last that are meant to. */
    static Map<String, String> properties(FaultProxy iam, FaultProxy other) {
        Map<String, String> properties = World.properties(iam, other);
        for (String limit : List.of("writes-per-second", "write-burst", "reads-per-second", "read-burst")) {
            properties.put("rolesmith.iam.budget." + limit, "100000");
        }
        properties.put("rolesmith.iam.call-timeout", "2s");
        properties.put("rolesmith.provisioning.propagation", "8s");
        properties.put("rolesmith.provisioning.tag-propagation", "8s");
        properties.put("rolesmith.provisioning.patience", "10s");
        return properties;
    }

    static Result of(World world, Schedule schedule) {
        return new ScheduleRun(world, schedule).run();
    }

    private Result run() {
        accounts.forEach((account, iam) -> schedule.roles().forEach(role -> {
            Random random = schedule.numbers(account, role);
            Stranger stranger = new Stranger(iam, role, random);
            RoleWeather of = new RoleWeather(schedule.kind(), random, stranger);
            weather.put(account + "/" + role, of);
            strangers.add(stranger);
            iam.weather(role, of);
        }));
        try {
            Random between = schedule.numbers("between", "waves");
            for (Schedule.Wave wave : schedule.waves()) {
                wave(wave);
                if (wave.awaited()) {
                    awaitEnds();
                    if (schedule.kind().strangers > 0 && between.nextBoolean()) {
                        answers.add("between waves a stranger "
                                + strangers
                                        .get(between.nextInt(strangers.size()))
                                        .meddle());
                    }
                }
            }
            awaitEnds();
        } catch (ConditionTimeoutException e) {
            complaints.add("Requests do not end: " + e.getMessage());
        }
        accounts.values().forEach(iam -> schedule.roles().forEach(iam::calm));
        Reckoning reckoning = Reckoning.of(world);
        complaints.addAll(reckoning.complaints(asked));
        if (schedule.kind() != Schedule.Kind.STORM) {
            complaints.addAll(reckoning.needlessAttention(asked));
        }
        asked.stream().map(Asked::id).distinct().map(this::read).forEach(request -> {
            statuses.merge(request.get("status").asString(), 1, Integer::sum);
            if (request.hasNonNull("failure")) {
                statuses.merge("failure " + request.get("failure").get("code").asString(), 1, Integer::sum);
            }
        });
        String story = complaints.isEmpty() ? "" : story();
        accounts.values().forEach(iam -> schedule.roles().forEach(iam::forget));
        return new Result(schedule, complaints, statuses, story);
    }

    private void wave(Schedule.Wave wave) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Two may be alike.
            Map<Schedule.Ask, List<Future<Answer>>> sent = new IdentityHashMap<>();
            for (Schedule.Ask ask : wave.asks()) {
                Callable<Answer> send = () -> send(ask);
                List<Future<Answer>> copies = new ArrayList<>();
                for (int i = 0; i < ask.copies(); i++) {
                    copies.add(threads.submit(send));
                }
                sent.put(ask, copies);
            }
            sent.forEach((ask, copies) -> {
                List<String> ids = new ArrayList<>();
                copies.forEach(copy -> ids.add(answered(ask, copy)));
                if (ids.stream().distinct().count() > 1) {
                    complaints.add("One key stands for several requests: " + ids);
                }
            });
        }
    }

    /** The request's id; empty if none was made. */
    private String answered(Schedule.Ask ask, Future<Answer> future) {
        Answer answer;
        try {
            answer = future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        answers.add(ask.verb() + " " + answer);
        String location = answer.header("Location");
        if (location.isEmpty()) {
            statuses.merge("answered with " + answer.status(), 1, Integer::sum);
            if (answer.status() < 400 || answer.status() == 500) {
                complaints.add("No request came of it: " + ask + " was answered with " + answer);
            }
            return "";
        }
        String id = location.substring(location.lastIndexOf('/') + 1);
        asked.add(new Asked(id, ask.body()));
        if (answer.status() == 201 && !read(id).get("status").asString().equals("APPLIED")) {
            complaints.add("Said to be applied, and is not: " + read(id));
        }
        return id;
    }

    private Answer send(Schedule.Ask ask) {
        TestRolesmith rolesmith = world.rolesmith();
        ObjectNode body = ask.body();
        HttpRequest.Builder request = switch (ask.verb()) {
            case POST ->
                rolesmith.request("/role-requests", portal).POST(HttpRequest.BodyPublishers.ofString(body.toString()));
            case PUT -> {
                ObjectNode role = ((ObjectNode) body.get("roles").get(0)).deepCopy();
                role.remove("name");
                role.put("team", body.get("team").asString());
                yield rolesmith
                        .request(address(body), portal)
                        .PUT(HttpRequest.BodyPublishers.ofString(role.toString()));
            }
            case DELETE -> rolesmith.request(address(body), portal).DELETE();
        };
        if (ask.verb() != Schedule.Verb.DELETE) {
            request.header("Content-Type", "application/json");
        }
        if (ask.key() != null) {
            request.header("Idempotency-Key", ask.key());
        }
        if (ask.async()) {
            request.header("Prefer", "respond-async");
        }
        if (ask.ifMatch() != null) {
            request.header("If-Match", ask.ifMatch());
        }
        return rolesmith.send(request);
    }

    private static String address(JsonNode body) {
        return "/accounts/" + body.get("accounts").get(0).asString() + "/roles/"
                + body.get("roles").get(0).get("name").asString();
    }

    private void awaitEnds() {
        asked.stream()
                .map(Asked::id)
                .distinct()
                .forEach(id -> Awaitility.await("the end of " + id)
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(100))
                        .atMost(Duration.ofSeconds(90))
                        .until(() -> read(id).hasNonNull("finishedAt")));
    }

    private JsonNode read(String id) {
        return Reckoning.read(world, id, portal);
    }

    private String story() {
        StringBuilder story = new StringBuilder();
        answers.forEach(answer -> story.append("\n  ").append(answer));
        weather.forEach((place, of) -> {
            String account = place.substring(0, place.indexOf('/'));
            String role = place.substring(place.indexOf('/') + 1);
            List<Call> log = accounts.get(account) == null
                    ? List.of()
                    : accounts.getOrDefault(account, world.iam()).log(role);
            if (!log.isEmpty()) {
                story.append("\n  ").append(place);
                of.happened()
                        .forEach(what -> story.append("\n    fault at call ").append(what));
                log.forEach(call -> story.append("\n    ")
                        .append(call.at())
                        .append(' ')
                        .append(call.by())
                        .append(' ')
                        .append(call.action())
                        .append(call.done() ? " done" : "")
                        .append(call.stale() ? " stale" : "")
                        .append(
                                call.reply() == null
                                        ? " unanswered"
                                        : " " + call.reply().status()));
            }
        });
        asked.stream()
                .map(Asked::id)
                .distinct()
                .forEach(id -> story.append("\n  ").append(read(id)));
        return story.toString();
    }
}
