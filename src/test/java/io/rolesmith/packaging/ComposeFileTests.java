package io.rolesmith.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class ComposeFileTests {

    private static final ProjectFile FILE = new ProjectFile("docker-compose.yml");
    private static final JsonNode SERVICES = FILE.yaml().path("services");
    private static final JsonNode ROLESMITH = SERVICES.path("rolesmith");

    static Stream<String> services() {
        return SERVICES.propertyNames().stream();
    }

    @Test
    void isRolesmithAndWhatItNeeds() {
        assertThat(services()).containsExactly("rolesmith", "postgres", "localstack", "issuer");
    }

    @ParameterizedTest
    @MethodSource("services")
    void everyServiceHasAHealthCheckOfItsOwnOrOfTheImageThatWeBuild(String name) {
        JsonNode service = SERVICES.path(name);
        if (service.has("build")) {
            String dockerfile = service.path("build").path("dockerfile").asString("Dockerfile");
            assertThat(Dockerfile.parse(new ProjectFile(dockerfile).text()).get("HEALTHCHECK"))
                    .contains("CMD [");
        } else {
            assertThat(service.path("healthcheck").path("test").path(0).asString())
                    .isEqualTo("CMD");
        }
    }

    @ParameterizedTest
    @MethodSource("services")
    void everyImageIsPinnedAndComesFromTheDefaultRegistry(String name) {
        assertThat(new ImageName(SERVICES.path(name).path("image").asString()).complaints())
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("services")
    void nothingIsReachableFromAnotherMachine(String name) {
        assertThat(SERVICES.path(name).path("ports").values())
                .allSatisfy(port -> assertThat(port.asString()).startsWith("127.0.0.1:"));
    }

    @Test
    void rolesmithStartsOnlyWhenAllOthersAreHealthy() {
        JsonNode dependsOn = ROLESMITH.path("depends_on");

        assertThat(dependsOn.propertyNames()).containsExactly("postgres", "localstack", "issuer");
        assertThat(dependsOn.values())
                .allSatisfy(dependency ->
                        assertThat(dependency.path("condition").asString()).isEqualTo("service_healthy"));
    }

    @ParameterizedTest
    @MethodSource("services")
    void noPasswordStandsThere(String name) {
        // LocalStack's credentials are exempt: it accepts any, and this pair is the one that its documentation uses.
        List<Map.Entry<String, JsonNode>> secrets = SERVICES.path(name).path("environment").properties().stream()
                .filter(entry -> entry.getKey().toUpperCase(Locale.ROOT).matches(".*(PASSWORD|SECRET|TOKEN|KEY).*"))
                .filter(entry -> !entry.getKey().startsWith("AWS_")
                        || !entry.getValue().asString().equals("test"))
                .toList();

        assertThat(secrets).isEmpty();
    }

    @Test
    void aDatabaseThatTrustsEveryoneIsReachedByRolesmithAlone() {
        JsonNode postgres = SERVICES.path("postgres");

        assertThat(postgres.has("ports")).isFalse();
        assertThat(postgres.path("networks").values())
                .extracting(JsonNode::asString)
                .containsExactly("database");
        assertThat(FILE.yaml()
                        .path("networks")
                        .path("database")
                        .path("internal")
                        .asBoolean())
                .isTrue();
        assertThat(services()
                        .filter(name -> SERVICES.path(name)
                                .path("networks")
                                .valueStream()
                                .anyMatch(network -> network.asString("").equals("database"))))
                .containsExactly("rolesmith", "postgres");
    }

    @Test
    void migrationAndWorkUseTheTwoLoginsThatTheInitScriptMakes() {
        JsonNode environment = ROLESMITH.path("environment");
        String logins = new ProjectFile("src/main/resources/db/logins.sql").text();

        assertThat(environment.path("SPRING_DATASOURCE_USERNAME").asString()).isEqualTo("rolesmith");
        assertThat(environment.path("SPRING_FLYWAY_USER").asString()).isEqualTo("rolesmith_owner");
        assertThat(logins).contains("CREATE ROLE rolesmith LOGIN;", "CREATE ROLE rolesmith_owner LOGIN;");
        assertThat(SERVICES.path("postgres").path("volumes").values())
                .extracting(JsonNode::asString)
                .containsExactly(
                        "./src/main/resources/db/logins.sql:/docker-entrypoint-initdb.d/1-logins.sql:ro",
                        "./src/main/docker/database.sql:/docker-entrypoint-initdb.d/2-database.sql:ro")
                .allSatisfy(volume -> assertThat(
                                new ProjectFile(volume.substring(0, volume.indexOf(':'))).absolutePath())
                        .isRegularFile());
    }

    @Test
    void theIssuerHasTheSameNameInsideAndOutside() {
        URI uri = URI.create(ROLESMITH
                .path("environment")
                .path("ROLESMITH_SECURITY_ISSUERS_0_URI")
                .asString());
        JsonNode issuer = SERVICES.path("issuer");

        assertThat(uri.getHost()).endsWith(".localhost");
        assertThat(issuer.path("networks").path("default").path("aliases").values())
                .extracting(JsonNode::asString)
                .containsExactly(uri.getHost());
        assertThat(issuer.path("ports").values())
                .extracting(JsonNode::asString)
                .containsExactly("127.0.0.1:" + uri.getPort() + ":" + uri.getPort());
        assertThat(Dockerfile.parse(new ProjectFile("src/main/docker/issuer/Dockerfile").text())
                        .get("ENV"))
                .contains("SERVER_PORT=" + uri.getPort());
    }

    @Test
    void imagesThatWeBuildCarryTheProjectsVersion() {
        String version = new ProjectFile("pom.xml").xml("/project/version");

        assertThat(ROLESMITH.path("image").asString()).isEqualTo("rolesmith:" + version);
        assertThat(SERVICES.path("issuer").path("image").asString()).isEqualTo("rolesmith-issuer:" + version);
    }
}
