package io.rolesmith.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import io.rolesmith.RolesmithApplication;
import io.rolesmith.support.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What the chart makes of its values is what Rolesmith takes, to the last setting. */
class HelmConfigurationIntegrationTests {

    private static final YAMLMapper YAML = new YAMLMapper();

    /** One value at least for everything below config: in the chart's schema. */
    private static final String VALUES = """
        config:
          installation: platform-prod
          account-defaults:
            role-arn: "arn:${partition}:iam::${account}:role/RolesmithProvisioner"
            role-path-prefix: /rolesmith/
            permitted-boundaries: ["arn:${partition}:iam::${account}:policy/team-boundary"]
          accounts:
            - {id: "012345678901", name: retail-dev, kind: aws, partition: aws, region: eu-central-1,
               endpoint: "http://127.0.0.1:1", external-id: "ab", teams: [retail-store],
               role-arn: "arn:aws:iam::012345678901:role/RolesmithProvisioner"}
            - {id: "000000000000", name: play, kind: sandbox, managed-policies: {team-boundary: "{}"}}
          security:
            issuers: [{uri: "http://127.0.0.1:1", audience: roles, team-claim: groups, scope-claim: scp}]
            subjects: {"system:serviceaccount:ci:onboarding": [retail-store]}
          provisioning:
            {attempts: 4, backoff: 100ms, absence-reads: 3, propagation: 10s, tag-propagation: 5s, patience: 5s, sight: 30s, lease: 40s}
          requests: {settle-after: 20s, idempotency-retention: 7d, plan-retention: 1h, busy-retry: 2s}
          api: {body-size: 512KB, header-count: 50, concurrent-waits: 8}
          shutdown: {pause: 1s, work: 15s}
          iam:
            connections: 32
            call-timeout: 9s
            read-timeout: 20s
            policy-retention: 1m
            quota-retention: 2h
            budget: {writes-per-second: 4.5, write-burst: 10, reads-per-second: 9, read-burst: 30, longest-wait: 4s}
          audit: {checkpoint-interval: 5m, checkpoint-webhook: "http://127.0.0.1:1/checkpoints"}
          policy: {unknown-names: refuse}
        database:
          url: jdbc:postgresql://postgresql.example:5432/rolesmith
          runtime: {existingSecret: rolesmith-runtime}
          owner: {existingSecret: rolesmith-owner}
        """;

    @TempDir
    Path directory;

    @Test
    void rolesmithStartsWithAllThatTheChartCanBeTold() throws IOException {
        Files.writeString(directory.resolve("application.yaml"), rendered());
        TestDatabase database = TestDatabase.create();

        try (ConfigurableApplicationContext rolesmith = new SpringApplicationBuilder(RolesmithApplication.class)
                .run(
                        "--spring.config.additional-location=file:" + directory + "/",
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--spring.datasource.url=" + database.jdbcUrl(),
                        "--spring.datasource.username=" + TestDatabase.RUNTIME,
                        "--spring.flyway.user=" + TestDatabase.OWNER)) {
            assertThat(rolesmith.getEnvironment().getProperty("rolesmith.iam.budget.writes-per-second"))
                    .isEqualTo("4.5");
            assertThat(rolesmith.getEnvironment().getProperty("rolesmith.accounts[0].id"))
                    .isEqualTo("012345678901");
        }
    }

    /** Spring leaves alone what it does not know, so that a setting of another name would be without any effect. */
    @Test
    void theSchemaKnowsTheSettingsThatRolesmithHasAndNoOthers() {
        TreeSet<String> settings = new TreeSet<>();
        YAML.readTree(resource("META-INF/spring-configuration-metadata.json"))
                .path("properties")
                .valueStream()
                .map(property -> property.path("name").asString())
                .filter(name -> name.startsWith("rolesmith."))
                // A secret, which comes from a Secret.
                .filter(name -> !name.equals("rolesmith.audit.checkpoint-key"))
                .forEach(settings::add);

        assertThat(leaves("rolesmith", schema().at("/properties/config"))).containsExactlyElementsOf(settings);
    }

    @Test
    void theValuesOfTheseTestsLeaveNothingOut() {
        TreeSet<String> left = new TreeSet<>(leaves("config", schema().at("/properties/config")));
        left.removeIf(setting ->
                !YAML.readTree(VALUES).at("/" + setting.replace('.', '/')).isMissingNode());

        // A directory of its own, for which there are tests of its own.
        assertThat(left).containsExactly("config.policy.catalogue");
    }

    private static JsonNode schema() {
        return new JsonMapper().readTree(new ProjectFile("helm/rolesmith/values.schema.json").text());
    }

    /** The settings below {@code node}, lists and maps being one each. */
    private static List<String> leaves(String path, JsonNode node) {
        JsonNode properties = node.path("properties");
        return properties.isMissingNode()
                ? List.of(path)
                : properties.properties().stream()
                        .flatMap(entry -> leaves(path + "." + entry.getKey(), entry.getValue()).stream())
                        .sorted()
                        .toList();
    }

    private static String resource(String name) {
        try (var in = RolesmithApplication.class.getClassLoader().getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String rendered() throws IOException {
        Path values = Files.writeString(directory.resolve("values.yaml"), VALUES);
        String objects = new Helm(new ProjectFile("helm/rolesmith").absolutePath())
                .template()
                .withName("platform")
                .withValuesFile(values)
                .call();
        try (Stream<JsonNode> all = YAML.readerFor(JsonNode.class).<JsonNode>readValues(objects).readAll().stream()) {
            return all.filter(object -> object.path("kind").asString().equals("ConfigMap"))
                    .map(object -> object.path("data").path("application.yaml").asString())
                    .findFirst()
                    .orElseThrow();
        }
    }
}
