package io.rolesmith.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.support.TestRolesmith;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.OAuth2Config;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The curl lines of the documents, run by a shell as they stand, as against a {@code ./quickstart}. */
class DocumentedCommandsIntegrationTests {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");

    /** The variable by which the API's address is named. */
    private static final Pattern OF_THE_API = Pattern.compile("\\bROLESMITH\\b");

    /** Writes the status of each answer down, and otherwise is the one that it calls. */
    private static final String CURL = """
        curl() {
            local headers="$WORK/headers-$RANDOM$RANDOM"
            command curl --dump-header "$headers" "$@" || return $?
            printf '%s %s\\n' "$(sed -n 's|^HTTP/[0-9.]* \\([0-9]*\\).*|\\1|p' "$headers" | tail -n 1)" "$(tr '\\n' ' ' <<<"$*")" >>"$WORK/statuses"
        }
        """;

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/api.md"})
    void areAnsweredWithSuccess(String document, @TempDir Path work) throws Exception {
        List<String> blocks = BLOCK.matcher(Files.readString(Path.of(document)))
                .results()
                .map((MatchResult block) -> block.group(1))
                .filter(block -> OF_THE_API.matcher(block).find())
                .toList();
        MockOAuth2Server issuer = new MockOAuth2Server(
                OAuth2Config.Companion.fromJson(Files.readString(Path.of("src/main/docker/issuer/config.json"))));
        issuer.start();
        try (TestRolesmith rolesmith = TestRolesmith.start(Map.of(
                "rolesmith.accounts[0].teams[0]", "retail-store",
                "spring.jackson.serialization.indent-output", "true",
                "rolesmith.security.issuers[0].uri",
                        issuer.issuerUrl("rolesmith").toString()))) {
            String script = (CURL + String.join("\n", blocks))
                    .replace("http://localhost:8080/", rolesmith.uri("/").toString())
                    .replace("http://localhost:8090/", issuer.url("/").toString());

            String said = run(script, work);

            List<String> statuses = Files.readAllLines(work.resolve("statuses"));
            assertThat(statuses).hasSizeGreaterThanOrEqualTo((int) curls(blocks));
            assertThat(statuses).as(said).allSatisfy(line -> assertThat(line).matches("20[0-9] .*"));
        } finally {
            issuer.shutdown();
        }
    }

    private static long curls(List<String> blocks) {
        return Pattern.compile("(?m)^(\\w+=\\$\\()?curl ")
                .matcher(String.join("\n", blocks))
                .results()
                .count();
    }

    private static String run(String script, Path work) throws IOException, InterruptedException {
        Path output = work.resolve("output");
        ProcessBuilder shell = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        shell.environment().put("WORK", work.toString());
        Process process = shell.start();
        boolean ended = process.waitFor(2, TimeUnit.MINUTES);
        process.destroyForcibly();
        String said = Files.readString(output);
        assertThat(ended).as(said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
