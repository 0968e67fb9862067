package io.rolesmith.support;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;

/** A real issuer of signed tokens, listening on loopback. */
public final class TestIssuer implements AutoCloseable {

    public static final String AUDIENCE = "rolesmith";

    private static final String ID = "test";

    private final MockOAuth2Server server = new MockOAuth2Server();

    private TestIssuer() {}

    public static TestIssuer start() {
        TestIssuer issuer = new TestIssuer();
        issuer.server.start(InetAddress.getLoopbackAddress(), 0);
        return issuer;
    }

    /** As it stands in its tokens and in Rolesmith's configuration. */
    public String uri() {
        return server.issuerUrl(ID).toString();
    }

    /** A token for {@code subject} of {@code teams} with {@code scopes}, separated by spaces. */
    public String token(String subject, String scopes, String... teams) {
        return token(subject, List.of(AUDIENCE), 3600, Map.of("scope", scopes, "teams", List.of(teams)));
    }

    /** A token of any kind; {@code lifetimeSeconds} may be negative. */
    public String token(String subject, List<String> audience, long lifetimeSeconds, Map<String, ?> claims) {
        return server.issueToken(
                        ID,
                        "test-client",
                        new DefaultOAuth2TokenCallback(
                                ID, subject, "JWT", audience, new TreeMap<>(claims), lifetimeSeconds))
                .serialize();
    }

    @Override
    public void close() {
        server.shutdown();
    }
}
