package io.rolesmith.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.OAuth2Config;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The issuer of the try-out stack, as its configuration makes it. */
class ComposeIssuerTests {

    private final MockOAuth2Server issuer = new MockOAuth2Server(
            OAuth2Config.Companion.fromJson(new ProjectFile("src/main/docker/issuer/config.json").text()));

    @BeforeEach
    void start() throws Exception {
        issuer.start(InetAddress.getLoopbackAddress(), 0);
    }

    @AfterEach
    void stop() {
        issuer.shutdown();
    }

    @Test
    void thePortalMayAskForRolesOfTheRetailStore() throws Exception {
        JWTClaimsSet claims = tokenOf("portal");

        assertThat(claims.getSubject()).isEqualTo("portal");
        assertThat(claims.getAudience()).containsExactly("rolesmith");
        assertThat(claims.getStringListClaim("teams")).containsExactly("retail-store");
        assertThat(claims.getStringClaim("scope")).isEqualTo("roles:read roles:request");
    }

    @Test
    void theAuditorReadsTheAuditTrailAndNothingElse() throws Exception {
        JWTClaimsSet claims = tokenOf("auditor");

        assertThat(claims.getAudience()).containsExactly("rolesmith");
        assertThat(claims.getClaim("teams")).isNull();
        assertThat(claims.getStringClaim("scope")).isEqualTo("audit:read");
    }

    @Test
    void theOperatorIsAnAdmin() throws Exception {
        JWTClaimsSet claims = tokenOf("operator");

        assertThat(claims.getAudience()).containsExactly("rolesmith");
        assertThat(List.of(claims.getStringClaim("scope").split(" "))).contains("admin");
    }

    @Test
    void aTokenOfAnybodyElseIsNotForRolesmith() throws Exception {
        assertThat(tokenOf("stranger").getAudience()).isEmpty();
    }

    @Test
    void theIssuerOfATokenIsTheNameByWhichItWasAskedFor() throws Exception {
        String port = ":" + issuer.url("/").port() + "/rolesmith";

        assertThat(tokenOf("portal", "http://localhost" + port).getIssuer()).isEqualTo("http://localhost" + port);
        assertThat(tokenOf("portal", "http://127.0.0.1" + port).getIssuer()).isEqualTo("http://127.0.0.1" + port);
    }

    @Test
    void itIsTheVersionThatTheTestsUse() {
        assertThat(new ProjectFile("src/main/docker/issuer/pom.xml")
                        .xml("/project/properties/mock-oauth2-server.version"))
                .isNotEmpty()
                .isEqualTo(new ProjectFile("pom.xml").xml("/project/properties/mock-oauth2-server.version"));
    }

    private JWTClaimsSet tokenOf(String client) throws Exception {
        return tokenOf(client, issuer.issuerUrl("rolesmith").toString());
    }

    private static JWTClaimsSet tokenOf(String client, String issuerUrl) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(issuerUrl + "/token"))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "grant_type=client_credentials&client_secret=any&client_id=" + client))
                    .build();
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            String token = JsonMapper.shared()
                    .readTree(response.body())
                    .path("access_token")
                    .asString();
            return SignedJWT.parse(token).getJWTClaimsSet();
        }
    }
}
