package io.rolesmith.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.rolesmith.support.ApiDocument;
import io.rolesmith.support.ApiDocument.Operation;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The document's examples, run one after the other against one Rolesmith, as one caller's story: each is answered as it says,
 * but for ids, hashes and times, and as the schema of its answer says.
 */
class ExamplesIntegrationTests {

    private static final Path DIRECTORY = Path.of("src/main/resources/openapi/examples");

    /** Set to {@code true} to have the answers in the examples written anew. */
    private static final String REWRITE = "REWRITE_REPORTS";

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private static TestRolesmith rolesmith;

    private final Map<String, JsonNode> answers = new HashMap<>();
    private final ExampleValues values = new ExampleValues();

    @BeforeAll
    static void start() {
        rolesmith = TestRolesmith.start(Map.of("rolesmith.accounts[0].teams[0]", "retail-store"));
    }

    @AfterAll
    static void stop() {
        rolesmith.close();
    }

    /**
     * One example.
     *
     * @param ids examples by the parameters, or members of the body, that are to hold the ids that these were answered with
     * @param troubled whether the role requests of these ids are first left for a person to judge
     * @param paused whether nothing that is queued begins meanwhile
     */
    private record Step(String example, Map<String, String> ids, boolean troubled, boolean paused) {

        static Step of(String example) {
            return new Step(example, Map.of(), false, false);
        }

        Step with(String name, String other) {
            return new Step(example, Map.of(name, other), troubled, paused);
        }

        Step afterTrouble() {
            return new Step(example, ids, true, paused);
        }

        Step whilePaused() {
            return new Step(example, ids, troubled, true);
        }
    }

    /** In the order in which they are run. */
    private static final List<Step> STORY = List.of(
            Step.of("getCaller/portal"),
            Step.of("listAccounts/all"),
            Step.of("getProvisionerPolicy/of-a-sandbox"),
            Step.of("listBlueprints/all"),
            Step.of("getBlueprint/ec2-instance"),
            Step.of("checkPolicy/pasted-text"),
            Step.of("checkPolicy/trust-policy"),
            Step.of("comparePolicies/one-action-more"),
            Step.of("simulateAccess/policies-and-boundary"),
            Step.of("submitRoleRequest/pasted-policy"),
            Step.of("verifyAuditChain/whole-chain"),
            Step.of("getAuditEvent/first"),
            Step.of("listAuditEvents/creation-of-a-role"),
            Step.of("exportAuditEvents/end-of-a-request").with("requestId", "submitRoleRequest/pasted-policy"),
            Step.of("getRoleRequest/applied").with("id", "submitRoleRequest/pasted-policy"),
            Step.of("getRoleRequest/unknown"),
            Step.of("listRoleRequests/applied"),
            Step.of("submitRoleRequest/refused"),
            Step.of("submitRoleRequest/spelled-out"),
            Step.of("submitRoleRequest/by-blueprint"),
            Step.of("submitRoleRequest/without-waiting").whilePaused(),
            Step.of("cancelRoleRequest/queued")
                    .with("id", "submitRoleRequest/without-waiting")
                    .whilePaused(),
            Step.of("makePlan/by-blueprint"),
            Step.of("makePlan/new-role"),
            Step.of("getPlan/new-role").with("id", "makePlan/new-role"),
            Step.of("submitRoleRequest/plan").with("planId", "makePlan/new-role"),
            Step.of("listRoles/by-name"),
            Step.of("getRole/of-the-team"),
            Step.of("putRole/wanted-state"),
            Step.of("simulateAccess/live-role"),
            Step.of("deleteRole/moved"),
            Step.of("submitRoleRequest/deletion"),
            Step.of("retryRoleRequest/looked-at")
                    .with("id", "submitRoleRequest/pasted-policy")
                    .afterTrouble()
                    .whilePaused(),
            Step.of("abandonRoleRequest/mended-by-hand")
                    .with("id", "submitRoleRequest/plan")
                    .afterTrouble());

    @Test
    void everyOperationHasExamplesAndEachIsRun() throws IOException {
        List<String> files;
        try (Stream<Path> all = Files.walk(DIRECTORY)) {
            files = all.filter(Files::isRegularFile)
                    .map(file -> DIRECTORY.relativize(file).toString().replace(".json", ""))
                    .toList();
        }

        assertThat(STORY.stream().map(Step::example)).containsExactlyInAnyOrderElementsOf(files);
        assertThat(ApiDocument.committed().operations())
                .extracting(Operation::id)
                .containsExactlyInAnyOrderElementsOf(files.stream()
                        .map(example -> example.substring(0, example.indexOf('/')))
                        .collect(Collectors.toSet()));
    }

    @TestFactory
    Stream<DynamicTest> eachIsAnsweredAsItSays() {
        ApiDocument document =
                ApiDocument.of(rolesmith.get("//v3/api-docs.yaml", "").body());
        return STORY.stream().map(step -> DynamicTest.dynamicTest(step.example(), () -> run(step, document)));
    }

    private void run(Step step, ApiDocument document) throws IOException {
        Path file = DIRECTORY.resolve(step.example() + ".json");
        ObjectNode example = (ObjectNode) JSON.readTree(Files.readString(file));
        ObjectNode call = example.deepCopy();
        step.ids().forEach((name, other) -> {
            String id =
                    Objects.requireNonNull(answers.get(other), other).get("id").asString();
            if (step.troubled()) {
                rolesmith.leaveForAPerson(id);
            }
            for (String part : List.of("parameters", "request")) {
                if (call.path(part).has(name)) {
                    ((ObjectNode) call.get(part)).put(name, id);
                    ((ObjectNode) example.get(part)).put(name, values.shown(name, id));
                }
            }
        });
        Operation operation = document.operation(step.example().split("/", 2)[0]);

        Answer answer = send(operation, call, step.paused());

        assertThat(document.violations(operation, answer.status(), answer.header("Content-Type"), answer.body()))
                .as(answer.toString())
                .isEmpty();
        answers.put(step.example(), answer.json());
        example.put("status", answer.status()).set("response", values.shown(answer.json()));
        if ("true".equals(System.getenv(REWRITE))) {
            Files.writeString(file, JSON.writeValueAsString(example) + "\n");
        }
        assertThat(JSON.readTree(Files.readString(file)))
                .as(
                        "%s. Have it written anew, look at what changed, and then do the same with the document:"
                                + " %s=true mvn test -Dtest=%s",
                        file, REWRITE, getClass().getSimpleName())
                .isEqualTo(example);
    }

    private static Answer send(Operation operation, JsonNode call, boolean paused) {
        String path = operation.path();
        Map<String, String> query = new LinkedHashMap<>();
        Map<String, String> headers = new LinkedHashMap<>();
        for (JsonNode parameter : operation.tree().path("parameters")) {
            String name = parameter.get("name").asString();
            JsonNode value = call.path("parameters").get(name);
            if (value == null) {
                continue;
            }
            switch (parameter.get("in").asString()) {
                case "path" -> path = path.replace("{" + name + "}", value.asString());
                case "query" -> query.put(name, URLEncoder.encode(value.asString(), StandardCharsets.UTF_8));
                default -> headers.put(name, value.asString());
            }
        }
        String address = path
                + query.entrySet().stream()
                        .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
                        .collect(Collectors.joining("&", query.isEmpty() ? "" : "?", ""));
        HttpRequest.Builder request = rolesmith
                .request("/" + address, token(operation))
                .method(
                        operation.method().toUpperCase(Locale.ROOT),
                        call.has("request")
                                ? HttpRequest.BodyPublishers.ofString(
                                        call.get("request").toString())
                                : HttpRequest.BodyPublishers.noBody());
        headers.forEach(request::header);
        if (call.has("request")) {
            request.header("Content-Type", "application/json");
        }
        Scheduler scheduler = rolesmith.context().getBean(Scheduler.class);
        if (paused) {
            scheduler.pause();
        }
        try {
            return rolesmith.send(request);
        } finally {
            scheduler.resume();
        }
    }

    private static String token(Operation operation) {
        return switch (operation.id()) {
            case "retryRoleRequest", "abandonRoleRequest", "getProvisionerPolicy" ->
                rolesmith.issuer().token("operator", "admin");
            case "listAuditEvents", "getAuditEvent", "exportAuditEvents", "verifyAuditChain" -> rolesmith.auditor();
            default -> rolesmith.portal();
        };
    }
}
