package io.rolesmith.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.openapi.NodeTools.Run;
import io.rolesmith.support.ApiDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The document as Spectral sees it: the rules of src/test/openapi/.spectral.yaml. */
class SpectralTests {

    @BeforeAll
    static void install() throws IOException {
        NodeTools.install();
    }

    private static Run lint(Path document) throws IOException {
        return NodeTools.tool(
                "spectral",
                "lint",
                "--fail-severity=hint",
                document.toAbsolutePath().toString());
    }

    @Test
    void findsNothingInTheDocument() throws IOException {
        Run lint = lint(ApiDocument.COMMITTED);

        assertThat(lint.status()).as(lint.output()).isZero();
    }

    @Test
    void findsAnExampleThatItsSchemaDoesNotDescribe() throws IOException {
        Path broken = NodeTools.WORK.resolve("broken.yaml");
        Files.writeString(
                broken, Files.readString(ApiDocument.COMMITTED).replaceFirst("status: APPLIED", "status: NEARLY"));

        Run lint = lint(broken);

        assertThat(lint.status()).isNotZero();
        assertThat(lint.output()).contains("oas3-valid-media-example");
    }
}
