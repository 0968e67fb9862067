package io.rolesmith.api.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.rolesmith.audit.OfflineVerifier;
import io.rolesmith.support.TestDatabase;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webmvc.autoconfigure.WebMvcProperties;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** The trail of a running Rolesmith: kept elsewhere, taken away, tampered with, and not to be written to. */
@ExtendWith(OutputCaptureExtension.class)
class AuditWeatherIntegrationTests {

    @TempDir
    private Path directory;

    @Test
    void aRunningTrailIsKeptElsewhereAndItsRewritingIsFoundThere(CapturedOutput output) throws Exception {
        KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Queue<String> received = new ConcurrentLinkedQueue<>();
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/checkpoints", exchange -> {
            received.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        receiver.start();
        String exportAtTheEnd;
        try (TestRolesmith rolesmith = TestRolesmith.start(Map.of(
                "rolesmith.audit.checkpoint-key",
                        pem("PRIVATE", key.getPrivate().getEncoded()),
                "rolesmith.audit.checkpoint-interval", "1s",
                "logging.level.rolesmith.audit.checkpoint", "INFO",
                "rolesmith.audit.checkpoint-webhook",
                        "http://127.0.0.1:" + receiver.getAddress().getPort() + "/checkpoints",
                "rolesmith.accounts[0].teams[0]", "retail-store"))) {
            assertThat(submit(rolesmith, "kept", "/").status()).isEqualTo(201);
            assertThat(submit(rolesmith, "refused", "no path").status()).isEqualTo(422);
            await().until(() -> !received.isEmpty());

            assertThat(verification(rolesmith).get("intact").asBoolean()).isTrue();
            assertThat(rolesmith.get("//actuator/health", "").json().at("/components/unsafeSettings"))
                    .hasToString("{\"status\":\"UP\"}");
            // Or an export would end in the middle of a long trail.
            assertThat(rolesmith
                            .context()
                            .getBean(WebMvcProperties.class)
                            .getAsync()
                            .getRequestTimeout())
                    .isZero();
            MeterRegistry meters = rolesmith.context().getBean(MeterRegistry.class);
            await().until(() -> meters.get("rolesmith.audit.head").gauge().value() > 0);
            assertThat(meters.get("rolesmith.audit.unsealed").gauge().value()).isGreaterThanOrEqualTo(0);
            assertThat(meters.get("rolesmith.audit.checkpoints")
                            .tag("outcome", "written")
                            .counter()
                            .count())
                    .isPositive();

            // Once more when it stops: this event is younger than a second.
            submit(rolesmith, "last", "no path");
            exportAtTheEnd = export(rolesmith);
        } finally {
            receiver.stop(0);
        }

        long last = exportAtTheEnd.lines().count();
        assertThat(received).last().asString().contains("\"sequence\":" + last + ",");
        assertThat(output.getOut()
                        .lines()
                        .filter(line -> line.contains("rolesmith.audit.checkpoint") && line.contains("{")))
                .hasSameSizeAs(received);
        assertThat(output.getAll())
                .doesNotContain(
                        Base64.getEncoder().encodeToString(key.getPrivate().getEncoded()));

        String checkpoints = write("checkpoints", String.join("\n", received));
        String publicKey = write("key.pem", pem("PUBLIC", key.getPublic().getEncoded()));
        assertThat(verifyOffline(exportAtTheEnd, "--checkpoints", checkpoints, "--public-key", publicKey))
                .startsWith("INTACT: " + last + " events");
        assertThat(verifyOffline(
                        exportAtTheEnd.replaceFirst("\"name\":\"kept\"", "\"name\":\"lost\""),
                        "--checkpoints",
                        checkpoints,
                        "--public-key",
                        publicKey))
                .startsWith("BROKEN. Event ")
                .contains("Its content is not what was sealed.");
    }

    @Test
    void aRemovedEndIsNamedOverTheApi() {
        try (TestRolesmith rolesmith = TestRolesmith.start(Map.of("rolesmith.audit.checkpoint-interval", "1s"))) {
            submit(rolesmith, "refused", "no path");
            JdbcClient owner = JdbcClient.create(rolesmith.database().as(TestDatabase.OWNER));
            await().until(() -> owner.sql("SELECT count(*) FROM audit.checkpoint")
                            .query(Long.class)
                            .single()
                    > 0);
            for (String table : List.of("event", "seal")) {
                owner.sql("ALTER TABLE audit." + table + " DISABLE TRIGGER USER")
                        .update();
                owner.sql("DELETE FROM audit." + table).update();
            }

            JsonNode verification = verification(rolesmith);

            assertThat(verification.get("intact").asBoolean()).isFalse();
            assertThat(verification.at("/firstBreak/sequence").asLong()).isEqualTo(1);
            assertThat(verification.at("/firstBreak/reason").asString())
                    .startsWith("No event stands here, but the checkpoint of ")
                    .endsWith("names event 1: the chain's end was removed.");
        }
    }

    /** Without its row nothing happens and nobody is told that it did: not the request, and not its refusal. */
    @Test
    void whatCannotBeRecordedDoesNotHappen() {
        try (TestRolesmith rolesmith = TestRolesmith.start()) {
            JdbcClient.create(rolesmith.database().as(TestDatabase.OWNER))
                    .sql("REVOKE INSERT ON audit.event FROM rolesmith")
                    .update();
            JdbcClient.create(rolesmith.database().as(TestDatabase.OWNER))
                    .sql("REVOKE INSERT (content) ON audit.event FROM rolesmith")
                    .update();

            Answer request = submit(rolesmith, "unrecorded", "/");
            Answer refusal = submit(rolesmith, "unrecorded", "no path");
            Answer denial = rolesmith.get("/audit-events", rolesmith.portal());

            assertThat(List.of(request, refusal)).allSatisfy(answer -> {
                assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
                assertThat(answer.json().get("code").asString()).isEqualTo("database-unavailable");
                assertThat(answer.body()).doesNotContain("request.", "INSERT", "permission");
            });
            // Not 403 as if it stood in the trail.
            assertThat(denial.status()).as(denial.toString()).isEqualTo(503);
            assertThat(rolesmith
                            .get("/role-requests", rolesmith.portal())
                            .json()
                            .get("items"))
                    .isEmpty();
        }
    }

    /** A write whose row cannot be written is not called done, nothing comes after it, and it is made good for later. */
    @Test
    void aWriteThatCannotBeRecordedIsNotCalledDone() throws InterruptedException {
        try (TestRolesmith rolesmith = TestRolesmith.start()) {
            JdbcClient owner = JdbcClient.create(rolesmith.database().as(TestDatabase.OWNER));
            owner.sql("""
                            CREATE FUNCTION audit.full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
                            BEGIN
                                RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'No space left';
                            END $$
                            """).update();
            owner.sql("""
                            CREATE TRIGGER full_disk BEFORE INSERT ON audit.event FOR EACH ROW
                            WHEN (NEW.content LIKE '%"iam.%') EXECUTE FUNCTION audit.full_disk()
                            """).update();

            String request = submit(rolesmith, "unrecorded", "/", "Prefer", "respond-async")
                    .json()
                    .get("id")
                    .asString();
            await().until(() -> owner.sql("SELECT count(*) FROM sandbox.role WHERE name = 'unrecorded'")
                            .query(Long.class)
                            .single()
                    == 1);
            // Some more attempts.
            Thread.sleep(3_000);

            JsonNode stuck = rolesmith
                    .get("/role-requests/" + request, rolesmith.portal())
                    .json();
            assertThat(stuck.get("status").asString()).isEqualTo("APPLYING");
            assertThat(stuck.at("/roles/0/changes"))
                    .extracting(change -> change.get("kind").asString() + " "
                            + change.get("status").asString())
                    .containsExactly("CreateRole STARTED", "PutRolePolicy PLANNED");
            owner.sql("DROP TRIGGER full_disk ON audit.event").update();

            await().atMost(Duration.ofSeconds(60))
                    .until(() -> rolesmith
                            .get("/role-requests/" + request, rolesmith.portal())
                            .json()
                            .get("status")
                            .asString()
                            .equals("APPLIED"));
            assertThat(rolesmith
                            .get("/audit-events?role=unrecorded", rolesmith.auditor())
                            .json()
                            .get("items"))
                    .extracting(event -> event.get("action").asString() + " "
                            + event.get("outcome").asString())
                    .contains("iam.CreateRole SUCCEEDED", "iam.PutRolePolicy SUCCEEDED")
                    .doesNotHaveDuplicates();
            assertThat(verification(rolesmith).get("intact").asBoolean()).isTrue();
        }
    }

    @Test
    void unsafeSettingsAreListedAtStartAndInHealthAndItIsReadyAllTheSame(CapturedOutput output) {
        try (TestRolesmith rolesmith = TestRolesmith.start(
                Map.of("spring.datasource.username", TestDatabase.OWNER, "spring.flyway.user", TestDatabase.OWNER))) {
            Map<String, String> unsafe = new LinkedHashMap<>();
            unsafe.put("rolesmith.accounts[retail-dev].teams", "is not set: every team may have roles there");
            unsafe.put(
                    "rolesmith.audit.checkpoint-key",
                    "is not set: checkpoints are not signed, so that whoever rewrites the audit trail can write fitting ones");
            unsafe.put(
                    "spring.flyway.user",
                    "is the runtime login: one login migrates, owns and works, and can rewrite the audit trail");
            unsafe.put(
                    "spring.datasource.username",
                    "is a login that can rewrite the audit trail: in the database it owns the tables of the trail, and can switch off their triggers");

            Answer health = rolesmith.get("//actuator/health", "");
            rolesmith.get("//actuator/health", "");

            assertThat(health.status()).isEqualTo(200);
            JsonNode component = health.json().at("/components/unsafeSettings");
            assertThat(component.get("status").asString()).isEqualTo("UP");
            assertThat(component.get("details").size()).isEqualTo(unsafe.size());
            unsafe.forEach((property, why) -> {
                assertThat(component.get("details").path(property).asString()).isEqualTo(why);
                assertThat(output.getOut().lines())
                        .filteredOn(line -> line.contains("Unsafe: " + property + " " + why))
                        .singleElement()
                        .asString()
                        .contains(" WARN ");
            });
            assertThat(rolesmith.get("//actuator/health/readiness", "").status())
                    .isEqualTo(200);
        }
    }

    private static Answer submit(TestRolesmith rolesmith, String name, String path, String... headers) {
        return rolesmith.post("/role-requests", rolesmith.portal(), """
                {"accounts": ["123456789012"], "team": "retail-store", "reason": "A test", "roles": [
                  {"name": "%s", "path": "%s", "inlinePolicies": {"p": {"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::kept/*"}]}}, "trustPolicy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                    "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}}]}""".formatted(name, path), headers);
    }

    private static JsonNode verification(TestRolesmith rolesmith) {
        return rolesmith
                .post("/audit-chain/verification", rolesmith.auditor(), "{}")
                .json();
    }

    private static String export(TestRolesmith rolesmith) {
        return rolesmith.get("/audit-events/export", rolesmith.auditor()).body();
    }

    private String verifyOffline(String export, String... options) throws IOException {
        var out = new ByteArrayOutputStream();
        List<String> arguments = new ArrayList<>(List.of(write("export.ndjson", export)));
        arguments.addAll(List.of(options));
        OfflineVerifier.run(arguments, new PrintStream(out, true, StandardCharsets.UTF_8), System.err);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private static String pem(String kind, byte[] encoded) {
        return "-----BEGIN " + kind + " KEY-----\n" + Base64.getEncoder().encodeToString(encoded) + "\n-----END " + kind
                + " KEY-----\n";
    }
}
