package io.rolesmith.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;

class CheckpointTests {

    private static final Checkpoint UNSIGNED =
            new Checkpoint(7, "ab".repeat(32), AuditTrail.NOW, "platform-prod", null, null);
    private static final CheckpointSigner SIGNER = signer(TestKey.RFC_8032.privatePem());

    @TempDir
    private Path directory;

    /** What the format promises to whoever verifies it elsewhere; it may never change. */
    @Test
    void theTextAndTheSignatureArePinned() {
        String text = "{\"at\":\"2026-11-23T10:15:30.123456Z\",\"hash\":\"" + "ab".repeat(32)
                + "\",\"installation\":\"platform-prod\",";
        String keyId = "\"keyId\":\"" + SIGNER.keyId() + "\",";
        Checkpoint signed = SIGNER.sign(UNSIGNED);

        assertThat(UNSIGNED.json()).isEqualTo(text + "\"sequence\":7}");
        assertThat(signed.signedText()).isEqualTo(text + keyId + "\"sequence\":7}");
        assertThat(signed.json())
                .isEqualTo(text + keyId + "\"sequence\":7,\"signature\":\"" + signed.signature() + "\"}");
        assertThat(SIGNER.keyId()).isEqualTo("06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9");
        assertThat(signed.signature())
                .isEqualTo("Z9gERwLX39fkYGVBwvD112/igyDLCuTLeC0Ho5rwKpKxVXC3id1vC31XXl5rcXigfwQwluLeHqgzmyzG3t7ODg==");
    }

    @Test
    void thePublicKeyOfTheVectorIsDerivedFromItsPrivateKey() {
        assertThat(CheckpointKey.read(TestKey.RFC_8032.publicPem()))
                .singleElement()
                .satisfies(key -> assertThat(key.id()).isEqualTo(SIGNER.keyId()))
                .satisfies(key -> assertThat(key.signed(SIGNER.sign(UNSIGNED))).isTrue());
    }

    @Test
    void whatWasWrittenIsReadBack() {
        assertThat(Checkpoint.parse(UNSIGNED.json())).isEqualTo(UNSIGNED);
        assertThat(Checkpoint.parse(SIGNER.sign(UNSIGNED).json())).isEqualTo(SIGNER.sign(UNSIGNED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "7",
                "{}",
                "{\"sequence\":7}",
                "{\"at\":\"2026-11-23T10:15:30Z\",\"hash\":\"HASH\",\"installation\":\"i\",\"sequence\":0}",
                "{\"at\":\"2026-11-23T10:15:30Z\",\"hash\":\"HASH\",\"installation\":\"i\",\"sequence\":\"7\"}",
                "{\"at\":\"2026-11-23T10:15:30Z\",\"hash\":\"AB\",\"installation\":\"i\",\"sequence\":7}",
                "{\"at\":\"yesterday\",\"hash\":\"HASH\",\"installation\":\"i\",\"sequence\":7}",
                "{\"at\":\"2026-11-23T10:15:30Z\",\"hash\":\"HASH\",\"sequence\":7}",
                "{\"at\":\"2026-11-23T10:15:30Z\",\"hash\":\"HASH\",\"installation\":\"i\",\"sequence\":7,\"more\":1}",
                "{\"at\":\"2026-11-23T10:15:30Z\",\"hash\":\"HASH\",\"installation\":\"i\",\"sequence\":7,\"sequence\":7}",
                "{\"at\":\"2026-11-23T10:15:30Z\",\"hash\":\"HASH\",\"installation\":\"i\",\"sequence\":7} more"
            })
    void whatIsNoCheckpointIsRefused(String json) {
        assertThatIllegalArgumentException().isThrownBy(() -> Checkpoint.parse(json.replace("HASH", "ab".repeat(32))));
    }

    @Test
    void aSignatureCoversEveryField() {
        Checkpoint signed = SIGNER.sign(UNSIGNED);
        for (String change : List.of("7", "ab\",", "30.123456", "platform-prod")) {
            String changed = signed.json()
                    .replaceFirst(
                            change.equals("7") ? "\"sequence\":7" : change,
                            switch (change) {
                                case "7" -> "\"sequence\":8";
                                case "ab\"," -> "ac\",";
                                case "30.123456" -> "30.123457";
                                default -> "platform-test";
                            });
            assertThat(SIGNER.isForged(Checkpoint.parse(changed))).as(changed).isTrue();
        }
        assertThat(SIGNER.isForged(signed)).isFalse();
    }

    @Test
    void aKeyThatIsNamedMustHaveSigned() {
        Checkpoint other = signer(TestKey.random("Ed25519").privatePem()).sign(UNSIGNED);
        Checkpoint claimed =
                new Checkpoint(7, other.hash(), other.at(), other.installation(), SIGNER.keyId(), other.signature());

        assertThat(SIGNER.isForged(claimed)).isTrue();
        assertThat(SIGNER.isForged(new Checkpoint(
                        7, other.hash(), other.at(), other.installation(), SIGNER.keyId(), "no base64!")))
                .isTrue();
        assertThat(SIGNER.isForged(other)).as("another key").isFalse();
        assertThat(SIGNER.isForged(UNSIGNED)).as("no key").isFalse();
    }

    @Test
    void withoutAKeyNothingIsSigned() {
        for (CheckpointSigner signer : List.of(new CheckpointSigner(AuditTrail.UNSIGNED), signer(" "))) {
            assertThat(signer.hasKey()).isFalse();
            assertThat(signer.sign(UNSIGNED)).isEqualTo(UNSIGNED);
        }
    }

    @Test
    void theKeyMayStandInAFileOrInOneLine() throws IOException {
        Path file = Files.writeString(directory.resolve("key.pem"), TestKey.RFC_8032.privatePem());

        assertThat(List.of(
                        file.toString(),
                        "file:" + file,
                        file.toUri().toString(),
                        TestKey.RFC_8032.privatePem().replace("\n", "\\n"),
                        TestKey.RFC_8032.privatePem().replace("\n", " ")))
                .allSatisfy(location -> assertThat(signer(location).keyId()).isEqualTo(SIGNER.keyId()));
    }

    @Test
    void aWrongKeyStopsTheStartByTheNameOfItsPropertyAndIsNotShown() {
        String noKey =
                "rolesmith.audit.checkpoint-key holds no Ed25519 private key: a PEM block PRIVATE KEY (PKCS#8, not"
                        + " encrypted) is needed";
        String noFile =
                "rolesmith.audit.checkpoint-key is neither a PEM text nor the location of a file that can be read";
        String secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ";
        assertStops(TestKey.random("RSA").privatePem(), noKey);
        assertStops(TestKey.random("Ed448").privatePem(), noKey);
        assertStops(TestKey.RFC_8032.publicPem(), noKey);
        assertStops("-----BEGIN PRIVATE KEY-----\n" + secret + "\n-----END PRIVATE KEY-----", noKey);
        assertStops("-----BEGIN PRIVATE KEY-----\n" + secret, noKey);
        assertStops(secret, noFile);
        assertStops("file:/no/such/" + secret, noFile);
        assertStops("\0" + secret, noFile);
    }

    private static void assertStops(String key, String message) {
        String body = key.replaceAll("-----[A-Z ]+-----", "")
                .strip()
                .lines()
                .findFirst()
                .orElseThrow();
        new ApplicationContextRunner()
                .withUserConfiguration(Signing.class)
                // Not as "name=value", which would trim and escape it.
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new MapPropertySource("test", Map.of("rolesmith.audit.checkpoint-key", key))))
                .run(context -> {
                    Throwable failure = Objects.requireNonNull(context.getStartupFailure());
                    assertThat(failure).rootCause().hasMessage(message);
                    StringWriter trace = new StringWriter();
                    failure.printStackTrace(new PrintWriter(trace));
                    assertThat(trace.toString()).doesNotContain(body);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "checkpoint-interval=999ms",
                "checkpoint-interval=-1m",
                "checkpoint-webhook=ftp://somewhere",
                "checkpoint-webhook=/path",
                "checkpoint-webhook=https:///path"
            })
    void otherSettingsThatCannotWorkStopTheStart(String setting) {
        new ApplicationContextRunner()
                .withUserConfiguration(Signing.class)
                .withPropertyValues("rolesmith.audit." + setting)
                .run(context -> assertThatThrownBy(() -> context.getBean(CheckpointSigner.class))
                        .rootCause()
                        .hasMessageContaining(
                                setting.startsWith("checkpoint-i") ? "checkpointInterval" : "checkpointWebhook"));
    }

    @Test
    void settingsNeverShowTheKey() {
        assertThat(AuditTrail.properties("the key", null).toString()).doesNotContain("the key");
    }

    private static CheckpointSigner signer(String key) {
        return new CheckpointSigner(AuditTrail.properties(key, null));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(AuditProperties.class)
    @Import(CheckpointSigner.class)
    static class Signing {}
}
