package io.rolesmith.watching;

import static io.rolesmith.support.World.body;
import static io.rolesmith.support.World.inline;
import static io.rolesmith.support.World.role;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import io.rolesmith.support.World;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log as the image writes it, by Spring Boot's own encoder with our settings. */
class LogIntegrationTests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String TRACEPARENT = "00-" + TRACE + "-b7ad6b7169203331-00";

    /** The SDK's own line for each request, written by the thread that sends it. */
    private static final String CALLS = "software.amazon.awssdk.request";

    private static final String PROBLEMS = "io.rolesmith.api.problem.ProblemLog";

    private final World world = World.over(new MemoryIam(TestRolesmith.ACCOUNT));
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();

    @BeforeEach
    void listen() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        StructuredLogEncoder encoder = new StructuredLogEncoder();
        encoder.setContext(context);
        encoder.setFormat("ecs");
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(log);
        appender.start();
        logger(CALLS).setLevel(Level.DEBUG);
        logger(CALLS).addAppender(appender);
        logger(PROBLEMS).addAppender(appender);
    }

    @AfterEach
    void close() {
        logger(CALLS).setLevel(null);
        logger(CALLS).detachAppender(appender);
        logger(PROBLEMS).detachAppender(appender);
        world.close();
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    private List<JsonNode> lines(String logger) {
        return log.toString(StandardCharsets.UTF_8)
                .lines()
                .map(JSON::readTree)
                .filter(line -> line.at("/log/logger").asString().equals(logger))
                // Which asks now and then who we are.
                .filter(line -> !line.at("/process/thread/name").asString().startsWith("scheduling"))
                .toList();
    }

    @Test
    void linesOfAWorkerBearTheRequestAndItsTrace() {
        Answer answer = world.submit(
                body(inline(role("logged"), "assets"), inline(role("logged2"), "assets")), "traceparent", TRACEPARENT);

        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        String id = answer.json().get("id").asString();
        // Of both roles, which are worked on side by side: a line before each of two calls, and one after it.
        assertThat(lines(CALLS)).hasSize(8).allSatisfy(line -> {
            assertThat(line.get("trace.id").asString()).isEqualTo(TRACE);
            assertThat(line.get("span.id").asString()).hasSize(16);
            assertThat(line.at("/rolesmith/requestId").asString()).isEqualTo(id);
            assertThat(line.at("/service/name").asString()).isEqualTo("rolesmith");
            assertThat(line.at("/ecs/version").asString()).isNotEmpty();
        });
    }

    @Test
    void linesOfAnAnswerBearTheRequestThatItIsAbout() {
        String id = UUID.randomUUID().toString();
        Answer answer = world.rolesmith()
                .send(world.rolesmith()
                        .request("/role-requests/" + id, world.rolesmith().portal())
                        .header("traceparent", TRACEPARENT));
        assertThat(answer.status()).isEqualTo(404);
        world.rolesmith().get("/blueprints/none", world.rolesmith().portal());

        List<JsonNode> lines = lines(PROBLEMS);
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst().get("trace.id").asString()).isEqualTo(TRACE);
        assertThat(lines.getFirst().at("/rolesmith/requestId").asString()).isEqualTo(id);
        assertThat(lines.getLast().has("rolesmith")).isFalse();
    }
}
