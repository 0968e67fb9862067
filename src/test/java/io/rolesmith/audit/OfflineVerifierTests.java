package io.rolesmith.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rolesmith.support.Jdk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** An export of five events, checkpoints of the third and the fifth, and what may have been done to them. */
class OfflineVerifierTests {

    private static final TestKey KEY = TestKey.random("Ed25519");
    private static final AuditProperties SIGNING = AuditTrail.properties(KEY.privatePem(), null);
    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    @TempDir
    private Path directory;

    private final AuditTrail trail = new AuditTrail(2);
    private final List<String> checkpoints = new ArrayList<>();
    private List<String> export = List.of();
    private String publicKey = "";

    private record Verdict(int code, String out, String err) {}

    @BeforeEach
    void record() throws IOException {
        trail.append("a");
        trail.audit.appendAlone(AuditTrail.entry("b")
                .account("123456789012")
                .role("r\u00f4le\0\uD800")
                .before(
                        JSON.readTree(
                                "{\"\\u0000\": 1, \"\\ufffd\": 2, \"a\": null, \"n\": [1e2, 0.10, 12345678901234567890, -0.0]}"))
                .detail("\u2028\"\\\\u0000\""));
        trail.append("c");
        keepCheckpoint();
        trail.append("d", "e");
        keepCheckpoint();
        export = exported();
        publicKey = file("key.pem", List.of(TestKey.random("Ed25519").publicPem(), KEY.publicPem()));
    }

    @AfterEach
    void close() {
        trail.close();
    }

    private void keepCheckpoint() {
        if (trail.checkpoint(SIGNING) instanceof Checkpoints.Attempt.Written(Checkpoint written)) {
            checkpoints.add(written.json());
        }
    }

    private List<String> exported() throws IOException {
        var out = new ByteArrayOutputStream();
        trail.audit.export(AuditQuery.all(200), out);
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void anExportWithItsCheckpointsIsIntact() throws IOException {
        assertThat(verify(export, "--checkpoints", kept(), "--public-key", publicKey))
                .isEqualTo(new Verdict(0, """
                        INTACT: 5 events, the last with the hash %s.
                        2 checkpoints hold, the last for event 5.
                        """.formatted(head()), ""));
    }

    @Test
    void whatCannotBeSeenIsSaid() throws IOException {
        assertThat(verify(export)).isEqualTo(new Verdict(0, """
                INTACT: 5 events, the last with the hash %s.
                Not checked, since no checkpoints were given: whether the export's end was removed, and whether the whole chain was rewritten.
                """.formatted(head()), ""));
        assertThat(verify(export, "--checkpoints", kept())).isEqualTo(new Verdict(0, """
                INTACT: 5 events, the last with the hash %s.
                2 checkpoints hold, the last for event 5.
                Not checked, since no public key was given: the checkpoints' signatures.
                """.formatted(head()), ""));
    }

    @Test
    void checkpointsAreFoundInLinesOfTheLog() throws IOException {
        List<String> log = checkpoints.stream()
                .map(json ->
                        "2026-11-23T10:15:30.123Z  INFO 1 --- [rolesmith] [audit-checkpoints] rolesmith.audit.checkpoint : "
                                + json)
                .toList();
        assertThat(verify(export, "--checkpoints", file("log", log), "--public-key", publicKey)
                        .code())
                .isZero();
    }

    @Test
    void checkpointsAreFoundInLinesOfTheLogInEcs() throws IOException {
        List<String> log = checkpoints.stream()
                .map(json -> JSON.writeValueAsString(Map.of(
                        "@timestamp",
                        "2026-11-23T10:15:30.123Z",
                        "log",
                        Map.of("level", "INFO", "logger", "rolesmith.audit.checkpoint"),
                        "message",
                        json)))
                .toList();
        assertThat(verify(export, "--checkpoints", file("log", log), "--public-key", publicKey)
                        .code())
                .isZero();
    }

    @Test
    void anExportThatWentOnSinceTheCheckpointsIsIntact() throws IOException {
        trail.append("f");
        assertThat(verify(exported(), "--checkpoints", kept(), "--public-key", publicKey)
                        .out())
                .startsWith("INTACT: 6 events");
    }

    @Test
    void anEmptyExportIsIntactUnlessACheckpointSaysOtherwise() throws IOException {
        assertThat(verify(List.of()).out()).startsWith("INTACT: 0 events");
        assertBroken(
                List.of(),
                "Event 1 is missing: the checkpoint of 2026-11-23T10:15:30.123456Z names event 3. The end was removed, or the export is older.",
                0,
                "--checkpoints",
                kept());
    }

    @Test
    void everyChangeOfAnEventIsFound() throws IOException {
        for (String change : List.of(
                "\"action\":\"b\"=\"action\":\"x\"",
                "\"account\":\"123456789012\",=",
                "30.123456Z=30.123457Z",
                "30.123456Z=30.1234561Z",
                "\"portal\"=\"other\"",
                "[1=[2",
                "\"outcome\"=\"more\":1,\"outcome\"")) {
            String[] parts = change.split("=", -1);
            String changed = export.get(1).replace(parts[0], parts[1]);
            assertThat(changed).as(change).isNotEqualTo(export.get(1));
            assertBroken(with(1, changed), "Event 2 (line 2): Its content is not what was sealed.", 1);
        }
    }

    @Test
    void aChangedHashIsFound() throws IOException {
        String hash = trail.audit.find(2).orElseThrow().hash();
        assertBroken(
                with(1, export.get(1).replace(hash, "0".repeat(64))),
                "Event 2 (line 2): Its hash does not follow from its previous hash, sequence and content hash.",
                1);
        assertBroken(
                with(2, export.get(2).replace(hash, "0".repeat(64))),
                "Event 3 (line 3): Its previous hash is not the hash of the event before it.",
                2);
    }

    @Test
    void anAmbiguousLineIsNotBelieved() throws IOException {
        assertBroken(
                with(1, export.get(1).replace("\"action\":\"b\"", "\"action\":\"x\",\"action\":\"b\"")),
                "Line 2 cannot be read: it is no JSON object, or was cut off.",
                1);
    }

    @Test
    void aLineThatWasCutOffIsFound() throws IOException {
        assertBroken(
                with(4, export.get(4).substring(0, 50)),
                "Line 5 cannot be read: it is no JSON object, or was cut off.",
                4);
        for (String line : List.of("", "7", "{}", "{\"sequence\":\"5\"}")) {
            assertThat(verify(with(4, line)).out())
                    .as(line)
                    .contains("BROKEN. Line 5 ", "Verified before that: 4 events.");
        }
    }

    @Test
    void aMissingEventIsFoundAndAFilteredExportIsExplained() throws IOException {
        String filters = " An export with filters has such gaps, and cannot be verified; export without filters.";
        assertBroken(without(1), "Event 2 is missing: after 1 comes 3 (line 2)." + filters, 1);
        assertBroken(without(0), "Event 1 is missing: after 0 comes 2 (line 1)." + filters, 0);
    }

    @Test
    void reorderedAndDoubledEventsAreFound() throws IOException {
        List<String> swapped = with(1, export.get(2));
        swapped.set(2, export.get(1));
        assertThat(verify(swapped).out()).startsWith("BROKEN. Event 2 is missing: after 1 comes 3 (line 2).");
        List<String> doubled = new ArrayList<>(export);
        doubled.add(1, export.getFirst());
        assertThat(verify(doubled).out()).startsWith("BROKEN. Event 2 is missing: after 1 comes 1 (line 2).");
    }

    @Test
    void aRemovedEndIsFoundByACheckpointOrByTheExpectedHead() throws IOException {
        assertThat(verify(without(4)).code()).isZero();
        assertBroken(
                without(4),
                "Event 5 is missing: the checkpoint of 2026-11-23T10:15:30.123456Z names event 5. The end was removed, or the export is older.",
                4,
                "--checkpoints",
                kept());
        assertBroken(
                without(4),
                "The expected head is not the hash of any event: the end was removed or rewritten, or the export is older.",
                4,
                "--expected-head",
                head());
        assertThat(verify(export, "--expected-head", head()).code()).isZero();
    }

    /** The table of checkpoints was rewritten too, so that the service finds nothing: only the copy elsewhere tells. */
    @Test
    void aRewrittenChainIsFoundByACheckpointThatWasKeptElsewhere() throws IOException {
        trail.tamper("UPDATE audit.event SET content = replace(content, '\"d\"', '\"x\"') WHERE id = 4");
        trail.rewriteChain();
        trail.tamper(
                "UPDATE audit.checkpoint SET hash = seal.hash, key_id = NULL, signature = NULL FROM audit.seal WHERE seal.sequence = checkpoint.sequence");
        assertThat(trail.audit(SIGNING).verify(null).intact()).isTrue();

        List<String> rewritten = exported();
        assertThat(verify(rewritten).code()).isZero();
        assertBroken(
                rewritten,
                "Event 5 (line 5): Its hash is not the one in the checkpoint of 2026-11-23T10:15:30.123456Z: it, or an event after 3, was rewritten.",
                4,
                "--checkpoints",
                kept(),
                "--public-key",
                publicKey);
    }

    @Test
    void aCheckpointThatIsNotSignedByAGivenKeyIsFound() throws IOException {
        String other = file("other.pem", List.of(TestKey.random("Ed25519").publicPem()));
        assertBroken(
                export,
                "The checkpoint of event 3 is not signed by a key that was given.",
                0,
                "--checkpoints",
                kept(),
                "--public-key",
                other);
        checkpoints.set(0, new Checkpoint(3, head(), AuditTrail.NOW, "test", null, null).json());
        assertBroken(
                export,
                "The checkpoint of event 3 is not signed by a key that was given.",
                0,
                "--checkpoints",
                kept(),
                "--public-key",
                publicKey);
    }

    @Test
    void whatCannotBeVerifiedIsNotCalledIntact() throws IOException {
        String file = file("export", export);
        assertUsage("One export is needed, got 0");
        assertUsage("One export is needed, got 2", file, file);
        assertUsage("There is no option --force", file, "--force");
        assertUsage("--checkpoints needs a value", file, "--checkpoints");
        assertUsage("--expected-head needs one hash, 64 hex digits", file, "--expected-head", "abc");
        assertUsage("Cannot be read: java.nio.file.NoSuchFileException: nothing", "nothing");
        assertUsage("Cannot be read: java.nio.file.NoSuchFileException: nothing", file, "--checkpoints", "nothing");
        String empty = file("empty", List.of("", " "));
        assertUsage(empty + " holds no checkpoint", file, "--checkpoints", empty);
        String other = file("other", List.of(checkpoints.getFirst(), "Started Rolesmith"));
        assertUsage(other + ", line 2 is no checkpoint: It is no checkpoint", file, "--checkpoints", other);
        assertUsage(other + ": There is no PEM block PUBLIC KEY", file, "--public-key", other);
    }

    /** As {@code java -jar rolesmith.jar verify-export} runs it: nothing of Rolesmith is configured, or starts. */
    @Test
    void mainVerifiesWithoutStartingRolesmith() throws Exception {
        assertThat(main(file("export", export), "--checkpoints", kept(), "--public-key", publicKey))
                .isEqualTo(new Verdict(0, """
                        INTACT: 5 events, the last with the hash %s.
                        2 checkpoints hold, the last for event 5.
                        """.formatted(head()), ""));
        assertThat(main(file("export", without(2))).code()).isEqualTo(1);
        assertThat(main().code()).isEqualTo(2);
    }

    private Verdict main(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Jdk.tool("java"),
                "-cp",
                System.getProperty("java.class.path"),
                "io.rolesmith.RolesmithApplication",
                "verify-export"));
        command.addAll(Arrays.asList(arguments));
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Verdict(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private void assertUsage(String message, String... arguments) {
        Verdict verdict = run(arguments);
        assertThat(verdict.code()).as(message).isEqualTo(2);
        assertThat(verdict.out()).isEmpty();
        assertThat(verdict.err().lines().findFirst()).contains(message);
    }

    private void assertBroken(List<String> lines, String reason, long verified, String... options) throws IOException {
        assertThat(verify(lines, options))
                .isEqualTo(
                        new Verdict(1, "BROKEN. " + reason + "\nVerified before that: " + verified + " events.\n", ""));
    }

    private Verdict verify(List<String> lines, String... options) throws IOException {
        return run(Stream.concat(Stream.of(file("export", lines)), Stream.of(options))
                .toArray(String[]::new));
    }

    private static Verdict run(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = OfflineVerifier.run(
                List.of(arguments),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Verdict(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private String kept() throws IOException {
        return file("checkpoints", checkpoints);
    }

    private String file(String name, List<String> lines) throws IOException {
        return Files.write(directory.resolve(name), lines).toString();
    }

    private String head() {
        return trail.audit.find(5).orElseThrow().hash();
    }

    private List<String> with(int index, String line) {
        List<String> lines = new ArrayList<>(export);
        lines.set(index, line);
        return lines;
    }

    private List<String> without(int index) {
        List<String> lines = new ArrayList<>(export);
        lines.remove(index);
        return lines;
    }
}
