package io.rolesmith.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class ComposeFileTests {

    private static final ProjectFile FILE = new ProjectFile("docker-compose.yml");
    private static final JsonNode SERVICES = FILE.yaml().path("services");
    private static final JsonNode ROLESMITH = SERVICES.path("rolesmith");

    private static final Schema SPECIFICATION = specification();

    /** As the compose specification publishes it, without its address, which is none; NOTICE says whose it is. */
    private static Schema specification() {
        ObjectNode schema = (ObjectNode) new ProjectFile("src/test/resources/compose/compose-spec.json").yaml();
        schema.remove(List.of("$id", "$schema"));
        return SchemaRegistry.withDialect(Dialects.getDraft7()).getSchema(schema);
    }

    static Stream<String> services() {
        return SERVICES.propertyNames().stream();
    }

    @Test
    void isWhatTheComposeSpecificationAllows() {
        assertThat(complaints(FILE.yaml())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        depends_on: {postgres: {condition: healthy}}       | /services/rolesmith/depends_on/postgres/condition
        helthcheck: {test: [CMD, "true"]}                  | helthcheck
        ports: 8080                                        | /services/rolesmith/ports
        read_only: {yes: no}                               | /services/rolesmith/read_only
        healthcheck: {tests: [CMD, "true"]}                | /services/rolesmith/healthcheck
        """)
    void aSlipWouldBeNoticedWhereItIs(String slip, String where) {
        ObjectNode file = (ObjectNode) FILE.yaml();
        ((ObjectNode) file.path("services").path("rolesmith")).setAll((ObjectNode) new YAMLMapper().readTree(slip));

        assertThat(complaints(file))
                .anySatisfy(complaint -> assertThat(complaint).contains(where));
    }

    private static List<String> complaints(JsonNode file) {
        return SPECIFICATION.validate(file).stream().map(Object::toString).toList();
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
        // LocalStack's credentials are exempt: it accepts any, and takes the key id for the account.
        List<Map.Entry<String, JsonNode>> secrets = SERVICES.path(name).path("environment").properties().stream()
                .filter(entry -> entry.getKey().toUpperCase(Locale.ROOT).matches(".*(PASSWORD|SECRET|TOKEN|KEY).*"))
                .filter(entry -> !entry.getKey().startsWith("AWS_")
                        || !entry.getValue().asString().matches("test|123456789012"))
                .toList();

        assertThat(secrets).isEmpty();
    }

    @Test
    void aDatabaseThatTrustsEveryoneIsReachedByRolesmithAndTheIssuerAlone() {
        JsonNode postgres = SERVICES.path("postgres");

        assertThat(postgres.has("ports")).isFalse();
        assertThat(networks("postgres")).containsExactly("database");
        assertThat(FILE.yaml()
                        .path("networks")
                        .path("database")
                        .path("internal")
                        .asBoolean())
                .isTrue();
        assertThat(services().filter(name -> networks(name).contains("database")))
                .containsExactly("postgres", "issuer");
        assertThat(ROLESMITH.path("network_mode").asString()).isEqualTo("service:issuer");
    }

    private static List<String> networks(String service) {
        return SERVICES.path(service)
                .path("networks")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
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

    /** So that the curl lines of README.md, which are written for the quickstart, work with it too. */
    @Test
    void isFoundWhereTheQuickstartWouldBeAndUnderTheSameNames() {
        String readme = new ProjectFile("README.md").text();
        JsonNode environment = ROLESMITH.path("environment");
        URI issuer =
                URI.create(environment.path("ROLESMITH_SECURITY_ISSUERS_0_URI").asString());

        assertThat(SERVICES.path("issuer").path("ports").values())
                .extracting(JsonNode::asString)
                .containsExactly("127.0.0.1:8080:8080", "127.0.0.1:8090:8090");
        assertThat(readme).contains("ROLESMITH=http://localhost:8080/api/v1", "curl -s " + issuer + "/token");
        assertThat(Dockerfile.parse(new ProjectFile("src/main/docker/issuer/Dockerfile").text())
                        .get("ENV"))
                .contains("SERVER_PORT=" + issuer.getPort());
        assertThat(readme)
                .contains("/accounts/"
                        + environment.path("ROLESMITH_ACCOUNTS_0_NAME").asString() + "/roles/");
        assertThat(environment.path("ROLESMITH_ACCOUNTS_0_ID").asString())
                .isEqualTo(environment.path("AWS_ACCESS_KEY_ID").asString());
    }

    @Test
    void imagesThatWeBuildCarryTheProjectsVersion() {
        String version = new ProjectFile("pom.xml").xml("/project/version");

        assertThat(ROLESMITH.path("image").asString()).isEqualTo("rolesmith:" + version);
        assertThat(SERVICES.path("issuer").path("image").asString()).isEqualTo("rolesmith-issuer:" + version);
    }
}
