package io.rolesmith.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.support.TestRolesmith.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Rolesmith between its callers and IAM: two accounts, each behind a proxy that records what is asked of IAM and fails what
 * a test wants to fail.
 *
 * @param iam the account {@value TestRolesmith#ACCOUNT}
 * @param other the account {@value #OTHER_ACCOUNT}
 */
public record World(FaultProxy iam, FaultProxy other, TestRolesmith rolesmith) implements AutoCloseable {

    public static final String OTHER_ACCOUNT = "210987654321";

    public static final String ECS_EXECUTION_POLICY =
            "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

    private static final JsonMapper JSON = new JsonMapper();

    static {
        System.setProperty("aws.accessKeyId", "AKIDEXAMPLE");
        System.setProperty("aws.secretAccessKey", "secret");
    }

    /** A new Rolesmith, with IAM in memory behind the other account. */
    public static World over(IamBackend backend) {
        FaultProxy iam = FaultProxy.before(backend);
        FaultProxy other = FaultProxy.before(new MemoryIam(OTHER_ACCOUNT));
        return new World(iam, other, TestRolesmith.start(properties(iam, other)));
    }

    /** What lets a Rolesmith reach IAM through the proxies, patient enough for no test to wait long. */
    public static Map<String, String> properties(FaultProxy iam, FaultProxy other) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("rolesmith.accounts[0].kind", "aws");
        properties.put("rolesmith.accounts[0].endpoint", iam.endpoint().toString());
        properties.put("rolesmith.accounts[1].id", OTHER_ACCOUNT);
        properties.put("rolesmith.accounts[1].name", "retail-prod");
        properties.put("rolesmith.accounts[1].kind", "aws");
        properties.put("rolesmith.accounts[1].endpoint", other.endpoint().toString());
        for (String limit : List.of("writes-per-second", "write-burst", "reads-per-second", "read-burst")) {
            properties.put("rolesmith.iam.budget." + limit, "1000");
        }
        properties.put("rolesmith.provisioning.backoff", "4ms");
        properties.put("rolesmith.provisioning.propagation", "3s");
        properties.put("rolesmith.provisioning.tag-propagation", "1s");
        properties.put("rolesmith.provisioning.patience", "100ms");
        properties.put("rolesmith.requests.busy-retry", "20ms");
        return properties;
    }

    /** A role that ECS tasks assume, with these managed policies. */
    public static ObjectNode role(String name, String... managedPolicyArns) {
        ObjectNode role = JSON.createObjectNode().put("name", name);
        role.set("trustPolicy", JSON.readTree("""
                        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                         "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
                        """));
        ArrayNode managed = role.putArray("managedPolicyArns");
        Arrays.stream(managedPolicyArns).forEach(managed::add);
        return role;
    }

    /** The same role with an inline policy more. */
    public static ObjectNode inline(ObjectNode role, String policy) {
        role.withObject("/inlinePolicies").set(policy, JSON.readTree("""
                                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                                 "Action": "s3:GetObject", "Resource": "arn:aws:s3:::retail-store-assets/*"}]}
                                """));
        return role;
    }

    /** The two ECS roles of the retail store as its onboarding has them, under names of the test's own. */
    public static ObjectNode ecsRoles(String execution, String task) {
        ObjectNode taskRole = role(task);
        taskRole.withObject("/inlinePolicies").put("ecs-exec", pasted());
        return body(role(execution, ECS_EXECUTION_POLICY), taskRole);
    }

    private static String pasted() {
        try {
            return Files.readString(
                    Path.of("src/test/resources/retail-store/task-role-inline-policy.txt"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static ObjectNode body(ObjectNode... roles) {
        ObjectNode body = JSON.createObjectNode().put("team", "retail-store");
        body.putArray("accounts").add(TestRolesmith.ACCOUNT);
        ArrayNode all = body.putArray("roles");
        Arrays.stream(roles).forEach(all::add);
        return body;
    }

    public static ObjectNode inBothAccounts(ObjectNode body) {
        body.withArray("/accounts").add(OTHER_ACCOUNT);
        return body;
    }

    public Answer submit(ObjectNode body, String... headers) {
        return rolesmith.post("/role-requests", rolesmith.portal(), body.toString(), headers);
    }

    /** The request that was answered, read anew at its Location. */
    public JsonNode read(Answer answer) {
        String location = answer.header("Location");
        assertThat(location).as("the Location of %s", answer).isNotEmpty();
        return rolesmith
                .get(location.substring("/api/v1".length()), rolesmith.portal())
                .json();
    }

    /** How each change of the role stands, in order, such as {@code CreateRole APPLIED}. */
    public static List<String> changes(JsonNode request, String role) {
        return stream(request.get("roles"))
                .filter(there -> there.get("name").asString().equals(role))
                .flatMap(there -> stream(there.get("changes")))
                .map(change -> change.get("kind").asString() + " "
                        + change.get("status").asString())
                .toList();
    }

    /** The audit events of the request, in order. */
    public List<JsonNode> events(JsonNode request) {
        return stream(rolesmith
                        .get(
                                "/audit-events?pageSize=200&requestId="
                                        + request.get("id").asString(),
                                rolesmith.auditor())
                        .json()
                        .get("items"))
                .toList();
    }

    /** Those of the audit events that are about the role, such as {@code CreateRole SUCCEEDED}. */
    public List<String> trail(JsonNode request, String role) {
        return events(request).stream()
                .filter(event -> event.path("role").asString("").equalsIgnoreCase(role))
                .map(event -> event.get("action").asString().substring("iam.".length()) + " "
                        + event.get("outcome").asString() + (isUndo(event) ? " undo" : ""))
                .toList();
    }

    private static boolean isUndo(JsonNode event) {
        return event.path("detail").asString("").startsWith("undo");
    }

    /** The audit events of the request that are about it as a whole. */
    public List<String> story(JsonNode request) {
        return events(request).stream()
                .map(event -> event.get("action").asString() + " "
                        + event.get("outcome").asString())
                .filter(event -> event.startsWith("request."))
                .toList();
    }

    /**
     * Holds the trail against the wire: what IAM did, by the proxies since they were reset, is for each role in its order what
     * the trail of these requests says was done.
     */
    public void assertTrailIsWhatIamDid(JsonNode... requests) {
        Map<String, List<String>> done = new TreeMap<>();
        List.of(iam, other)
                .forEach(account -> account.writes().stream()
                        .filter(FaultProxy.Call::done)
                        .forEach(call -> done.computeIfAbsent(
                                        (account == iam ? TestRolesmith.ACCOUNT : OTHER_ACCOUNT) + " " + call.role(),
                                        _ -> new ArrayList<>())
                                .add(call.action())));
        Map<String, List<String>> said = Arrays.stream(requests)
                .flatMap(request -> events(request).stream())
                .filter(event -> event.get("action").asString().startsWith("iam."))
                .filter(event -> event.get("outcome").asString().equals("SUCCEEDED"))
                .collect(Collectors.groupingBy(
                        event -> event.get("account").asString() + " "
                                + event.get("role").asString(),
                        TreeMap::new,
                        Collectors.mapping(
                                event -> event.get("action").asString().substring("iam.".length()),
                                Collectors.toList())));
        assertThat(said).isEqualTo(done);
    }

    /** Nobody holds a role any more but for a person to look at, and no task is left. */
    public void assertNothingIsStuck() {
        JdbcClient jdbc = JdbcClient.create(rolesmith.database().as(TestDatabase.OWNER));
        assertThat(jdbc.sql("""
                                SELECT count(*) FROM rolesmith.role_hold h JOIN rolesmith.job j ON j.id = h.job
                                WHERE j.status <> 'NEEDS_ATTENTION'
                                """).query(Long.class).single()).isZero();
        assertThat(jdbc.sql("SELECT count(*) FROM rolesmith.role_request WHERE finished_at IS NULL")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    public static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    @Override
    public void close() {
        rolesmith.close();
        iam.close();
        other.close();
    }
}
