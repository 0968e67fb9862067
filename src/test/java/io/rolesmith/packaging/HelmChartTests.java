package io.rolesmith.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.ByteArrayResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class HelmChartTests {

    private static final ProjectFile CHART = new ProjectFile("helm/rolesmith");

    /** All that has no default. */
    private static final String REQUIRED = """
            config:
              installation: platform-prod
              accounts:
                - {id: "012345678901", name: retail-dev, kind: aws, region: us-east-1, teams: [retail-store]}
                - {id: "000000000000", name: play, kind: sandbox}
              security:
                issuers: [{uri: "https://idp.example/realms/platform", audience: rolesmith}]
                subjects: {"system:serviceaccount:ci:onboarding": [retail-store]}
            database:
              url: jdbc:postgresql://postgresql.example:5432/rolesmith
              runtime: {existingSecret: rolesmith-runtime}
              owner: {existingSecret: rolesmith-owner}
            """;

    @TempDir
    Path directory;

    @Test
    void lintsStrictly() {
        LintResult result = new Helm(CHART.absolutePath()).lint().strict().call();

        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
    }

    @Test
    void rendersWhatRunsRolesmith() {
        assertThat(render(REQUIRED))
                .extracting(object -> object.path("kind").asString() + " "
                        + object.path("metadata").path("name").asString())
                .containsExactlyInAnyOrder(
                        "ServiceAccount platform-rolesmith",
                        "ConfigMap platform-rolesmith",
                        "Service platform-rolesmith",
                        "Deployment platform-rolesmith");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            config: {installation: ""}               | config.installation is required
            config: {accounts: []}                   | config.accounts is required
            config: {security: {issuers: []}}        | config.security.issuers is required
            database: {url: ""}                      | database.url is required
            database: {runtime: {existingSecret: ""}} | database.runtime.existingSecret is required
            database: {owner: {existingSecret: ""}}  | database.owner.existingSecret is required
            """)
    void asksForEachValueThatHasNoDefault(String deviation, String message) {
        assertThatThrownBy(() -> render(REQUIRED, deviation)).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            replicas: two                                         | /replicas
            replicas: -1                                          | /replicas
            replicaCount: 3                                       | replicaCount
            image: {pullPolicy: Sometimes}                        | /image/pullPolicy
            config: {instalation: prod}                           | instalation
            config: {accounts: [{id: 123456789012, name: a, kind: aws}]} | /config/accounts/0/id
            config: {accounts: [{id: "1234", name: a, kind: aws}]} | /config/accounts/0/id
            config: {accounts: [{id: "123456789012", name: a, kind: azure}]} | /config/accounts/0/kind
            config: {accounts: [{id: "123456789012", name: a, kind: aws, region: mars}]} | /config/accounts/0/region
            config: {security: {issuers: [{uri: "idp.example", audience: a}]}} | /config/security/issuers/0/uri
            config: {security: {issuers: [{uri: "https://idp.example"}]}} | audience
            config: {security: {enabled: false}}                  | enabled
            config: {audit: {checkpoint-key: secret}}             | audit
            database: {url: "jdbc:mysql://db/rolesmith"}          | /database/url
            database: {url: "jdbc:postgresql://db/rolesmith?user=a&password=b"} | /database/url
            database: {owner: {password: secret}}                 | password
            service: {port: 65536}                                | /service/port
            resources: {limits: {memory: much}}                   | /resources/limits/memory
            """)
    void refusesNonsenseAndNamesIt(String deviation, String named) {
        assertThatThrownBy(() -> render(REQUIRED, deviation))
                .hasMessageContaining("values don't meet the specifications of the schema")
                .hasMessageContaining(named);
    }

    @Test
    void thePodHasNoPrivilegesAndCannotChangeItsFileSystem() {
        JsonNode pod = pod(render(REQUIRED));
        JsonNode ofPod = pod.path("securityContext");
        JsonNode ofContainer = container(pod).path("securityContext");

        assertThat(ofPod.path("runAsNonRoot").asBoolean()).isTrue();
        assertThat(ofPod.path("seccompProfile").path("type").asString()).isEqualTo("RuntimeDefault");
        assertThat(ofContainer.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(ofContainer.path("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(ofContainer.path("capabilities").path("drop").values())
                .extracting(JsonNode::asString)
                .containsExactly("ALL");
        assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    }

    @Test
    void thePodRunsAsTheUserOfTheImage() {
        JsonNode securityContext = pod(render(REQUIRED)).path("securityContext");

        assertThat(Dockerfile.parse(new ProjectFile("Dockerfile").text()).get("USER"))
                .isEqualTo(securityContext.path("runAsUser").asInt() + ":"
                        + securityContext.path("runAsGroup").asInt());
    }

    @Test
    void bothDatabaseLoginsComeFromSecretsByReference() {
        JsonNode environment = container(pod(render(REQUIRED))).path("env");

        assertThat(environment.values())
                .filteredOn(variable -> variable.has("valueFrom"))
                .extracting(variable -> variable.path("name").asString()
                        + " " + variable.at("/valueFrom/secretKeyRef/name").asString()
                        + " " + variable.at("/valueFrom/secretKeyRef/key").asString())
                .containsExactly(
                        "SPRING_DATASOURCE_USERNAME rolesmith-runtime username",
                        "SPRING_DATASOURCE_PASSWORD rolesmith-runtime password",
                        "SPRING_FLYWAY_USER rolesmith-owner username",
                        "SPRING_FLYWAY_PASSWORD rolesmith-owner password");
        assertThat(environment.values())
                .filteredOn(variable -> variable.has("value"))
                .extracting(variable -> variable.path("name").asString())
                .containsExactly("SPRING_CONFIG_ADDITIONAL_LOCATION", "SPRING_DATASOURCE_URL");
    }

    @Test
    void theConfigMapIsReadBySpringAsTheConfigurationThatWasGiven() throws IOException {
        Binder configuration = mountedConfiguration(render(REQUIRED));

        assertThat(configuration.bind("rolesmith.installation", String.class).get())
                .isEqualTo("platform-prod");
        // Ids that begin with a zero: unquoted they would be octal numbers.
        assertThat(configuration.bind("rolesmith.accounts[0].id", String.class).get())
                .isEqualTo("012345678901");
        assertThat(configuration.bind("rolesmith.accounts[1].id", String.class).get())
                .isEqualTo("000000000000");
        assertThat(configuration
                        .bind(
                                "rolesmith.security.subjects",
                                Bindable.<Map<String, List<String>>>of(ResolvableType.forClassWithGenerics(
                                        Map.class,
                                        ResolvableType.forClass(String.class),
                                        ResolvableType.forClassWithGenerics(List.class, String.class))))
                        .get())
                .containsExactly(Map.entry("system:serviceaccount:ci:onboarding", List.of("retail-store")));
    }

    @Test
    void theConfigMapIsMountedWhereSpringLooks() {
        JsonNode pod = pod(render(REQUIRED));

        assertThat(container(pod).path("env").path(0).path("value").asString()).isEqualTo("file:/etc/rolesmith/");
        assertThat(container(pod).path("volumeMounts").path(0).path("mountPath").asString())
                .isEqualTo("/etc/rolesmith");
        assertThat(pod.path("volumes").path(0).path("configMap").path("name").asString())
                .isEqualTo("platform-rolesmith");
    }

    @Test
    void aChangeOfConfigurationStartsNewPods() {
        assertThat(checksum(render(REQUIRED))).isEqualTo(checksum(render(REQUIRED)));
        assertThat(checksum(render(REQUIRED, "config: {installation: other}")))
                .isNotEqualTo(checksum(render(REQUIRED)));
    }

    @Test
    void probesAskRolesmithItself() {
        JsonNode container = container(pod(render(REQUIRED)));

        assertThat(container.at("/livenessProbe/httpGet/path").asString()).isEqualTo("/actuator/health/liveness");
        assertThat(container.at("/readinessProbe/httpGet/path").asString()).isEqualTo("/actuator/health/readiness");
    }

    @Test
    void theServiceSelectsThePods() {
        List<JsonNode> objects = render(REQUIRED);
        JsonNode selector = only(objects, "Service").path("spec").path("selector");
        JsonNode deployment = only(objects, "Deployment");

        assertThat(selector).isEqualTo(deployment.at("/spec/selector/matchLabels"));
        assertThat(deployment.at("/spec/template/metadata/labels").properties()).containsAll(selector.properties());
    }

    @Test
    void theServiceAccountCarriesItsAnnotations() {
        JsonNode account = only(
                render(
                        REQUIRED,
                        "serviceAccount: {name: smith, annotations: {eks.amazonaws.com/role-arn: \"arn:aws:iam::1:role/R\"}}"),
                "ServiceAccount");

        assertThat(account.at("/metadata/name").asString()).isEqualTo("smith");
        assertThat(account.path("metadata")
                        .path("annotations")
                        .path("eks.amazonaws.com/role-arn")
                        .asString())
                .isEqualTo("arn:aws:iam::1:role/R");
    }

    @Test
    void runsTheProjectsVersionUnlessTold() {
        String version = new ProjectFile("pom.xml").xml("/project/version");

        assertThat(container(pod(render(REQUIRED))).path("image").asString()).isEqualTo("rolesmith:" + version);
        assertThat(container(pod(render(REQUIRED, "image: {repository: team/rolesmith, tag: 1.2.3}")))
                        .path("image")
                        .asString())
                .isEqualTo("team/rolesmith:1.2.3");
    }

    private List<JsonNode> render(String... values) {
        var template = new Helm(CHART.absolutePath()).template().withName("platform");
        for (int i = 0; i < values.length; i++) {
            template.withValuesFile(written("values-" + i + ".yaml", values[i]));
        }
        try (Stream<JsonNode> objects =
                new YAMLMapper().readerFor(JsonNode.class).<JsonNode>readValues(template.call()).readAll().stream()) {
            return objects.filter(JsonNode::isObject).toList();
        }
    }

    private Path written(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Binder mountedConfiguration(List<JsonNode> objects) throws IOException {
        String yaml =
                only(objects, "ConfigMap").path("data").path("application.yaml").asString();
        var sources = new YamlPropertySourceLoader()
                .load("config", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
        return new Binder(ConfigurationPropertySources.from(sources));
    }

    private static String checksum(List<JsonNode> objects) {
        return only(objects, "Deployment")
                .at("/spec/template/metadata/annotations")
                .path("checksum/config")
                .asString();
    }

    private static JsonNode pod(List<JsonNode> objects) {
        return only(objects, "Deployment").at("/spec/template/spec");
    }

    private static JsonNode container(JsonNode pod) {
        assertThat(pod.path("containers").size()).isEqualTo(1);
        return pod.path("containers").path(0);
    }

    private static JsonNode only(List<JsonNode> objects, String kind) {
        return objects.stream()
                .filter(object -> object.path("kind").asString().equals(kind))
                .reduce((one, other) -> {
                    throw new AssertionError("more than one " + kind);
                })
                .orElseThrow();
    }
}
