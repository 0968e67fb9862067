package io.rolesmith.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What must be true when all is quiet again, of what clients submitted while processes died: what {@link Reckoning} holds, and
 * that each submission became one request, which ended as it was answered and in its turn. IAM failed nobody, so neither may a
 * request.
 */
final class Aftermath {

    private static final Duration LONGEST_END = Duration.ofSeconds(60);

    private record Ended(String id, String status, Instant finishedAt) {}

    private final Replicas replicas;
    private final List<Submission> submissions;
    private final Map<String, Ended> ended = new HashMap<>();
    private final List<String> complaints = new ArrayList<>();

    private Aftermath(Replicas replicas, List<Submission> submissions) {
        this.replicas = replicas;
        this.submissions = submissions;
    }

    /** Waits, not for ever, until nothing is left to do. */
    static void awaitQuiet(Replicas replicas) {
        JdbcClient database = replicas.database();
        await().pollInterval(Duration.ofMillis(100)).atMost(LONGEST_END).untilAsserted(() -> {
            for (String left : List.of(
                    "rolesmith.role_request WHERE finished_at IS NULL",
                    "rolesmith.scheduled_tasks WHERE task_name = 'role-request'",
                    "rolesmith.role_hold",
                    "audit.unsealed")) {
                assertThat(database.sql("SELECT count(*) FROM " + left)
                                .query(Long.class)
                                .single())
                        .as(left)
                        .isZero();
            }
        });
    }

    /** All that is wrong; nobody else may have asked for the roles, and the record of their calls must be whole. */
    static List<String> complaints(Replicas replicas, List<Submission> submissions) {
        Aftermath aftermath = new Aftermath(replicas, submissions);
        aftermath.turnedAway();
        aftermath.requests();
        if (aftermath.complaints.isEmpty()) {
            aftermath.turns();
            Reckoning reckoning = Reckoning.ofKilled(replicas.world());
            aftermath.complaints.addAll(reckoning.complaints(
                    submissions.stream().map(Submission::asked).toList()));
            aftermath.complaints.addAll(reckoning.chainComplaints());
        }
        return aftermath.complaints;
    }

    private void turnedAway() {
        for (Submission submission : submissions) {
            // Whether a role is there when its deletion is asked for is left to chance.
            boolean wasNotThere =
                    submission.status() == 409 && submission.code().equals("role-not-ours");
            if (submission.id().isEmpty()
                    || !(submission.status() == 201 || submission.status() == 202 || wasNotThere)) {
                complaints.add("Turned away: " + submission);
            }
        }
    }

    /** Nothing that was answered is lost, nothing is there twice, and all came to the end that was said. */
    private void requests() {
        Set<String> roles = new TreeSet<>();
        submissions.forEach(submission -> roles.addAll(submission.roles()));
        replicas.database()
                .sql("""
                        SELECT q.id, q.status, q.finished_at FROM rolesmith.role_request q
                        WHERE EXISTS (SELECT FROM rolesmith.job_role r WHERE r.job = q.id AND r.name_key = ANY (:roles))
                        """)
                .param("roles", roles.toArray(String[]::new))
                .query((row, _) -> new Ended(
                        row.getObject("id", UUID.class).toString(),
                        row.getString("status"),
                        row.getTimestamp("finished_at").toInstant()))
                .list()
                .forEach(request -> ended.put(request.id(), request));
        Set<String> answered = new TreeSet<>();
        for (Submission submission : submissions) {
            Ended request = ended.get(submission.id());
            if (request == null) {
                complaints.add("Lost: " + submission);
            } else if (!isAsAnswered(submission, request)) {
                complaints.add(submission + " ended otherwise: " + request);
            }
            if (!answered.add(submission.id())) {
                complaints.add("Two submissions became one request: " + submission);
            }
        }
        ended.values().stream()
                .filter(request -> !answered.contains(request.id()))
                .forEach(request -> complaints.add("Submitted once and there twice: " + request));
    }

    private static boolean isAsAnswered(Submission submission, Ended request) {
        return switch (submission.status()) {
            case 201 -> request.status().equals("APPLIED");
            case 202 ->
                request.status().equals("APPLIED")
                        || (submission.asked().isDeletion() && request.status().equals("FAILED"));
            default -> request.status().equals("FAILED");
        };
    }

    /** What was answered before something else was asked for has ended before it. */
    private void turns() {
        Map<String, List<Submission>> byRole = new HashMap<>();
        submissions.forEach(submission -> submission
                .roles()
                .forEach(role ->
                        byRole.computeIfAbsent(role, _ -> new ArrayList<>()).add(submission)));
        byRole.forEach((role, those) -> {
            those.sort(Comparator.comparing(this::finishedAt));
            for (int i = 0; i < those.size(); i++) {
                for (int j = i + 1; j < those.size(); j++) {
                    if (those.get(j).answered() < those.get(i).began()) {
                        complaints.add(role + ": " + those.get(i) + " was done before " + those.get(j)
                                + ", which had been answered before it was asked for");
                    }
                }
            }
        });
    }

    private Instant finishedAt(Submission submission) {
        return ended.getOrDefault(submission.id(), new Ended("", "", Instant.EPOCH))
                .finishedAt();
    }
}
