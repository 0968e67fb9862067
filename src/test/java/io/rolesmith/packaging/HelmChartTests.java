package io.rolesmith.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
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
import org.junit.jupiter.params.provider.ValueSource;
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

    private static final String EVERYTHING = """
            autoscaling: {enabled: true, maxReplicas: 4}
            ingress: {enabled: true, host: roles.example, tlsSecret: roles-tls}
            serviceMonitor: {enabled: true}
            audit: {checkpointKey: {existingSecret: rolesmith-checkpoint}}
            networkPolicy:
              metricsFrom: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]
              egress: [{ports: [{port: 4318, protocol: TCP}]}]
            affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
              {matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]}]}}}
            """;

    /** Reads Kubernetes' own types without the drawer into which they put what they do not know. */
    private static final ObjectMapper KUBERNETES = com.fasterxml.jackson.databind.json.JsonMapper.builder()
            .enable(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(com.fasterxml.jackson.databind.introspect.Annotated annotated) {
                    return false;
                }
            })
            .build();

    private static Map<String, Class<?>> kinds() {
        return Map.ofEntries(
                Map.entry("ServiceAccount", ServiceAccount.class),
                Map.entry("ConfigMap", ConfigMap.class),
                Map.entry("Service", Service.class),
                Map.entry("NetworkPolicy", NetworkPolicy.class),
                Map.entry("PodDisruptionBudget", PodDisruptionBudget.class),
                Map.entry("HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
                Map.entry("Ingress", Ingress.class),
                Map.entry("ServiceMonitor", ServiceMonitor.class),
                Map.entry("Deployment", Deployment.class),
                Map.entry("Job", Job.class),
                Map.entry("Pod", Pod.class));
    }

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
                        "NetworkPolicy platform-rolesmith",
                        "PodDisruptionBudget platform-rolesmith",
                        "Deployment platform-rolesmith",
                        "Job platform-rolesmith-migration",
                        "Pod platform-rolesmith-test");
        assertThat(render(REQUIRED, EVERYTHING))
                .extracting(object -> object.path("kind").asString())
                .contains("HorizontalPodAutoscaler", "Ingress", "ServiceMonitor");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "replicas: 0",
                "autoscaling: {enabled: true}",
                "image: {tag: 1.2.3, pullPolicy: Always}\nimagePullSecrets: [{name: registry-login}]",
                "ingress: {enabled: true, host: roles.example}",
                "ingress: {enabled: true, host: roles.example, className: nginx, tlsSecret: roles-tls, annotations: {a: b}}",
                "networkPolicy: {enabled: false}",
                "networkPolicy: {from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress}}}]}",
                "serviceMonitor: {enabled: true, labels: {release: prometheus}}",
                "audit: {checkpointKey: {existingSecret: rolesmith-checkpoint}}",
                "environment: {JDK_JAVA_OPTIONS: \"-Xlog:gc\"}\npodAnnotations: {a: b}",
                "nodeSelector: {kubernetes.io/arch: arm64}\ntolerations: [{key: a, operator: Exists, effect: NoSchedule}]",
                EVERYTHING
            })
    void everyObjectIsOneThatKubernetesKnowsToItsLastField(String deviation) {
        for (JsonNode object : render(REQUIRED, deviation)) {
            String kind = object.path("kind").asString();
            assertThatCode(() -> KUBERNETES.readValue(object.toString(), kinds().get(kind)))
                    .as("%s", kind)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void anObjectWithAFieldThatKubernetesDoesNotKnowWouldBeNoticed() {
        String object = only(render(REQUIRED), "Deployment")
                .toString()
                .replace("\"readOnlyRootFilesystem\"", "\"readOnlyRootFileSystem\"");

        assertThatThrownBy(() -> KUBERNETES.readValue(object, Deployment.class))
                .hasMessageContaining("readOnlyRootFileSystem");
    }

    @Test
    void onlyTheMigrationKnowsTheOwnersLogin() {
        List<JsonNode> objects = render(REQUIRED);

        assertThat(only(objects, "Deployment").toString()).doesNotContain("rolesmith-owner");
        JsonNode job = only(objects, "Job");
        assertThat(job.at("/metadata/annotations").path("hook").asString()).isEqualTo("pre-install,pre-upgrade");
        assertThat(secrets(container(job.at("/spec/template/spec"))))
                .containsExactly(
                        "SPRING_DATASOURCE_USERNAME rolesmith-runtime username",
                        "SPRING_FLYWAY_USER rolesmith-owner username",
                        "SPRING_FLYWAY_PASSWORD rolesmith-owner password");
        assertThat(container(job.at("/spec/template/spec")).path("args").values())
                .extracting(JsonNode::asString)
                .containsExactly("migrate");
    }

    @Test
    void theServiceDoesNotSelectThePodsOfHooks() {
        List<JsonNode> objects = render(REQUIRED);
        var selected = only(objects, "Service").at("/spec/selector").properties();

        assertThat(only(objects, "Job").at("/spec/template/metadata/labels").properties())
                .doesNotContainAnyElementsOf(selected.stream()
                        .filter(label -> label.getKey().endsWith("/name"))
                        .toList());
        assertThat(only(objects, "Pod").at("/metadata/labels").properties())
                .doesNotContainAnyElementsOf(selected.stream()
                        .filter(label -> label.getKey().endsWith("/name"))
                        .toList());
    }

    @Test
    void theKeyOfCheckpointsComesFromASecret() {
        assertThat(secrets(container(
                        pod(render(REQUIRED, "audit: {checkpointKey: {existingSecret: checkpoint, key: pem}}")))))
                .contains("ROLESMITH_AUDIT_CHECKPOINTKEY checkpoint pem");
    }

    @Test
    void theAutoscalerAndNotTheDeploymentSaysHowManyReplicas() {
        List<JsonNode> objects = render(REQUIRED, "autoscaling: {enabled: true}");

        assertThat(only(objects, "Deployment").path("spec").has("replicas")).isFalse();
        assertThat(only(objects, "HorizontalPodAutoscaler")
                        .at("/spec/minReplicas")
                        .asInt())
                .isEqualTo(2);
        assertThatThrownBy(() -> render(REQUIRED, "autoscaling: {enabled: true, maxReplicas: 1}"))
                .hasMessageContaining("autoscaling.maxReplicas is less than replicas");
    }

    @Test
    void anIngressNeedsItsHost() {
        assertThatThrownBy(() -> render(REQUIRED, "ingress: {enabled: true}"))
                .hasMessageContaining("ingress.host is required");
    }

    @Test
    void everyPodIsRestricted() {
        List<JsonNode> objects = render(REQUIRED);

        assertThat(List.of(
                        only(objects, "Job").at("/spec/template/spec"),
                        only(objects, "Pod").path("spec")))
                .allSatisfy(HelmChartTests::assertIsRestricted);
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
            autoscaling: {targetCPUUtilizationPercentage: 0}      | /autoscaling/targetCPUUtilizationPercentage
            ingress: {host: "https://roles.example"}              | /ingress/host
            networkPolicy: {databasePort: "5432"}                 | /networkPolicy/databasePort
            serviceMonitor: {interval: often}                     | /serviceMonitor/interval
            audit: {checkpointKey: {value: secret}}               | /audit/checkpointKey
            environment: {SPRING_DATASOURCE_PASSWORD: secret}     | SPRING_DATASOURCE_PASSWORD
            environment: {debug: "true"}                          | invalid propertyName 'debug'
            """)
    void refusesNonsenseAndNamesIt(String deviation, String named) {
        assertThatThrownBy(() -> render(REQUIRED, deviation))
                .hasMessageContaining("values don't meet the specifications of the schema")
                .hasMessageContaining(named);
    }

    @Test
    void thePodHasNoPrivilegesAndCannotChangeItsFileSystem() {
        assertIsRestricted(pod(render(REQUIRED)));
    }

    private static void assertIsRestricted(JsonNode pod) {
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
    void theDatabaseLoginComesFromASecretByReference() {
        JsonNode container = container(pod(render(REQUIRED)));

        assertThat(secrets(container))
                .containsExactly(
                        "SPRING_DATASOURCE_USERNAME rolesmith-runtime username",
                        "SPRING_DATASOURCE_PASSWORD rolesmith-runtime password");
        assertThat(container.path("env").values())
                .filteredOn(variable -> variable.has("value"))
                .extracting(variable -> variable.path("name").asString())
                .containsExactly(
                        "SPRING_CONFIG_ADDITIONAL_LOCATION",
                        "MANAGEMENT_SERVER_PORT",
                        "SPRING_FLYWAY_ENABLED",
                        "SPRING_DATASOURCE_URL");
    }

    private static List<String> secrets(JsonNode container) {
        return container.path("env").values().stream()
                .filter(variable -> variable.has("valueFrom"))
                .map(variable -> variable.path("name").asString()
                        + " " + variable.at("/valueFrom/secretKeyRef/name").asString()
                        + " " + variable.at("/valueFrom/secretKeyRef/key").asString())
                .toList();
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

        assertThat(container.at("/startupProbe/httpGet/path").asString()).isEqualTo("/startupz");
        assertThat(container.at("/livenessProbe/httpGet/path").asString()).isEqualTo("/livez");
        assertThat(container.at("/readinessProbe/httpGet/path").asString()).isEqualTo("/readyz");
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
        var template = new Helm(withHooks()).template().withName("platform");
        for (int i = 0; i < values.length; i++) {
            template.withValuesFile(written("values-" + i + ".yaml", values[i]));
        }
        try (Stream<JsonNode> objects =
                new YAMLMapper().readerFor(JsonNode.class).<JsonNode>readValues(template.call()).readAll().stream()) {
            return objects.filter(JsonNode::isObject).toList();
        }
    }

    /** The chart with its hooks as ordinary objects, since the library renders no others. */
    private Path withHooks() {
        Path copy = directory.resolve("chart");
        try (Stream<Path> files = Files.walk(CHART.absolutePath())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = copy.resolve(CHART.absolutePath().relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.writeString(to, Files.readString(file).replace("helm.sh/hook", "hook"));
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
