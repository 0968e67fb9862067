package io.rolesmith.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.support.ApiDocument;
import io.rolesmith.support.TestRolesmith;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The committed document of the API is the one that Rolesmith serves. */
class OpenApiDocumentIntegrationTests {

    private static final Path COMMITTED = ApiDocument.COMMITTED;

    /** Set to {@code true} to have the committed document written anew. */
    private static final String REWRITE = "REWRITE_REPORTS";

    private static TestRolesmith rolesmith;

    @BeforeAll
    static void start() {
        rolesmith = TestRolesmith.start();
    }

    @AfterAll
    static void stop() {
        rolesmith.close();
    }

    @Test
    void theCommittedDocumentIsTheOneThatIsServed() throws IOException {
        String served = rolesmith.get("//v3/api-docs.yaml", "").body();
        if ("true".equals(System.getenv(REWRITE))) {
            Files.writeString(COMMITTED, served);
        }

        assertThat(Files.readString(COMMITTED))
                .as(
                        "%s. Have it written anew: %s=true mvn test -Dtest=%s",
                        COMMITTED, REWRITE, OpenApiDocumentIntegrationTests.class.getSimpleName())
                .isEqualTo(served);
    }
}
