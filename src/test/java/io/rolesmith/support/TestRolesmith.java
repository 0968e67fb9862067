package io.rolesmith.support;

import io.rolesmith.RolesmithApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A whole Rolesmith, reached over HTTP only: a PostgreSQL database of its own with both logins, a real issuer, and the
 * sandbox account {@value #ACCOUNT} unless told otherwise.
 */
public final class TestRolesmith implements AutoCloseable {

    public static final String ACCOUNT = "123456789012";

    private static final JsonMapper JSON = new JsonMapper();

    static {
        // Or the client sends on a connection that the server closes in that moment, which it does after 20 seconds.
        System.setProperty("jdk.httpclient.keepalive.timeout", "10");
    }

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final TestIssuer issuer;
    private final TestDatabase database;
    private final Optional<ConfigurableApplicationContext> context;
    private final Supplier<URI> base;

    private TestRolesmith(
            TestIssuer issuer,
            TestDatabase database,
            Optional<ConfigurableApplicationContext> context,
            Supplier<URI> base) {
        this.issuer = issuer;
        this.database = database;
        this.context = context;
        this.base = base;
    }

    /** Rolesmith with one sandbox account for every team. */
    public static TestRolesmith start() {
        return start(Map.of());
    }

    /** Rolesmith with more properties, which win over the usual ones. */
    public static TestRolesmith start(Map<String, String> more) {
        return start(TestDatabase.create(), more);
    }

    /** One more Rolesmith on a database that may have others. */
    public static TestRolesmith start(TestDatabase database, Map<String, String> more) {
        TestIssuer issuer = TestIssuer.start();
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("server.port", "0");
        properties.put("server.address", "127.0.0.1");
        properties.put("spring.datasource.url", database.jdbcUrl());
        properties.put("spring.datasource.username", TestDatabase.RUNTIME);
        properties.put("spring.flyway.user", TestDatabase.OWNER);
        properties.put("rolesmith.installation", "test");
        properties.put("rolesmith.accounts[0].id", ACCOUNT);
        properties.put("rolesmith.accounts[0].name", "retail-dev");
        properties.put("rolesmith.accounts[0].kind", "sandbox");
        properties.put("rolesmith.security.issuers[0].uri", issuer.uri());
        properties.putAll(more);
        ConfigurableApplicationContext context = new SpringApplicationBuilder(RolesmithApplication.class)
                .run(properties.entrySet().stream()
                        .map(property -> "--" + property.getKey() + "=" + property.getValue())
                        .toArray(String[]::new));
        URI base = URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"));
        return new TestRolesmith(issuer, database, Optional.of(context), () -> base);
    }

    /** A Rolesmith that runs elsewhere; where, is asked for each request anew. */
    public static TestRolesmith elsewhere(TestIssuer issuer, TestDatabase database, Supplier<URI> base) {
        return new TestRolesmith(issuer, database, Optional.empty(), base);
    }

    public TestIssuer issuer() {
        return issuer;
    }

    public TestDatabase database() {
        return database;
    }

    public ConfigurableApplicationContext context() {
        return context.orElseThrow();
    }

    public URI uri(String path) {
        return base.get().resolve(path);
    }

    /** A caller of the team retail-store who may ask for roles and read them. */
    public String portal() {
        return issuer.token("portal", "roles:read roles:request", "retail-store");
    }

    /** A caller who may read the audit trail. */
    public String auditor() {
        return issuer.token("auditor", "audit:read");
    }

    /** What Rolesmith answered. */
    public record Answer(int status, Map<String, String> headers, String body) {

        private static Answer of(HttpResponse<String> response) {
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            response.headers().map().forEach((name, values) -> headers.put(name, values.getFirst()));
            return new Answer(response.statusCode(), headers, response.body());
        }

        /** Of an answer as it came over the wire; a chunked body is taken from its first brace to its last. */
        public static Answer parse(String text) {
            List<String> lines = text.lines().toList();
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            lines.stream().skip(1).takeWhile(line -> !line.isEmpty()).forEach(line -> {
                int colon = line.indexOf(':');
                headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
            });
            int status = Integer.parseInt(lines.getFirst().substring(9, 12));
            int begin = text.indexOf('{', text.indexOf("\r\n\r\n"));
            return new Answer(status, headers, begin < 0 ? "" : text.substring(begin, text.lastIndexOf('}') + 1));
        }

        public JsonNode json() {
            return JSON.readTree(body);
        }

        public String header(String name) {
            return headers.getOrDefault(name, "");
        }

        @Override
        public String toString() {
            return status + " " + body;
        }
    }

    public Answer get(String path, String token) {
        return send(request(path, token).GET());
    }

    /** What the JDK's client would not send: the path goes out as it is. */
    public Answer rawGet(String path, String token) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", uri("/").getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(("GET /api/v1" + path
                                    + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                                    + token + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return Answer.parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Posts {@code body} to a path below the API's prefix, with more headers as name and value in turn. */
    public Answer post(String path, String token, String body, String... headers) {
        HttpRequest.Builder request = request(path, token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** A request to a path below the API's prefix, or to another path if it begins with {@code //}. */
    public HttpRequest.Builder request(String path, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        uri(path.startsWith("//") ? path.substring(1) : "/api/v1" + path))
                .timeout(Duration.ofSeconds(90));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    public Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return Answer.of(response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * Has an applied request need attention, as if the answer to its last write had been lost and reading had not helped.
     *
     * @param id of a request that put an inline policy last
     */
    public void leaveForAPerson(String id) {
        JdbcClient jdbc = JdbcClient.create(database.as(TestDatabase.RUNTIME));
        for (String statement : List.of(
                "UPDATE rolesmith.job SET status = 'NEEDS_ATTENTION' WHERE id = :id",
                "UPDATE rolesmith.job_role SET status = 'NEEDS_ATTENTION' WHERE job = :id",
                "UPDATE rolesmith.change SET status = 'UNKNOWN' WHERE job = :id AND kind = 'PutRolePolicy'",
                "UPDATE rolesmith.role_request SET status = 'NEEDS_ATTENTION' WHERE id = :id",
                "INSERT INTO rolesmith.role_hold SELECT account, name_key, job FROM rolesmith.job_role WHERE job ="
                        + " :id")) {
            jdbc.sql(statement).param("id", UUID.fromString(id)).update();
        }
    }

    /** All events of the audit trail, the first first. */
    public JsonNode auditTrail() {
        return get("/audit-events?pageSize=200", auditor()).json().get("items");
    }

    @Override
    public void close() {
        context.ifPresent(ConfigurableApplicationContext::close);
        issuer.close();
    }
}
