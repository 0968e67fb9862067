package io.rolesmith.quickstart;

import io.rolesmith.RolesmithApplication;
import io.rolesmith.support.TestDatabase;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.OAuth2Config;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Rolesmith on an embedded PostgreSQL, with the issuer of the compose stack and a sandbox account. Listens on loopback only,
 * at {@code ROLESMITH_PORT} and {@code ISSUER_PORT}; 0 chooses a free one. When it is ready it writes down where it is.
 */
final class Quickstart {

    private Quickstart() {}

    /**
     * Starts everything.
     *
     * @param args the file to write the addresses to, once everything is ready
     */
    public static void main(String[] args) throws Exception {
        MockOAuth2Server issuer = new MockOAuth2Server(
                OAuth2Config.Companion.fromJson(Files.readString(Path.of("src/main/docker/issuer/config.json"))));
        issuer.start(InetAddress.getLoopbackAddress(), port("ISSUER_PORT", "8090"));
        String issuerUri = "http://localhost:" + issuer.url("/").port() + "/rolesmith";
        TestDatabase database = TestDatabase.create();
        ConfigurableApplicationContext rolesmith = new SpringApplicationBuilder(RolesmithApplication.class)
                .run(
                        "--server.address=127.0.0.1",
                        "--server.port=" + port("ROLESMITH_PORT", "8080"),
                        "--spring.datasource.url=" + database.jdbcUrl(),
                        "--spring.datasource.username=" + TestDatabase.RUNTIME,
                        "--spring.flyway.user=" + TestDatabase.OWNER,
                        "--spring.jackson.serialization.indent-output=true",
                        "--rolesmith.installation=quickstart",
                        "--rolesmith.accounts[0].id=123456789012",
                        "--rolesmith.accounts[0].name=retail-dev",
                        "--rolesmith.accounts[0].kind=sandbox",
                        "--rolesmith.accounts[0].teams[0]=retail-store",
                        "--rolesmith.security.issuers[0].uri=" + issuerUri);
        Files.writeString(Path.of(args[0]), """
                ROLESMITH=http://localhost:%s
                ISSUER=%s
                """.formatted(
                        rolesmith.getEnvironment().getProperty("local.server.port"), issuerUri));
    }

    private static int port(String variable, String otherwise) {
        return Integer.parseInt(System.getenv().getOrDefault(variable, otherwise));
    }
}
