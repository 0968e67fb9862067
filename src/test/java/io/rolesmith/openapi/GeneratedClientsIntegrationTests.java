package io.rolesmith.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.openapi.NodeTools.Run;
import io.rolesmith.support.TestRolesmith;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The clients that the build generates from the committed document: they compile, and what src/test/openapi has for them to do
 * with the retail store's roles they do against a running Rolesmith.
 */
class GeneratedClientsIntegrationTests {

    private static final Path CLIENTS = Path.of("target/openapi");

    private static TestRolesmith rolesmith;

    @BeforeAll
    static void start() {
        rolesmith = TestRolesmith.start();
    }

    @AfterAll
    static void stop() {
        rolesmith.close();
    }

    private static String pasted() throws IOException {
        return Files.readString(Path.of("src/test/resources/retail-store/task-role-inline-policy.txt"));
    }

    private static String address() {
        String address = rolesmith.uri("/").toString();
        return address.substring(0, address.length() - 1);
    }

    @Test
    void theJavaClientProvisionsTheRetailStoresRoles() throws Exception {
        Path classes = compiled();

        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            loader.loadClass("RetailStore").getMethod("main", String[].class).invoke(null, (Object)
                    new String[] {address(), rolesmith.portal(), rolesmith.auditor(), pasted()});
        }

        assertEverythingWasDone("Onboard the retail store with the Java client");
    }

    private static Path compiled() throws IOException {
        List<Path> sources;
        try (Stream<Path> generated = Files.walk(CLIENTS.resolve("java/src/main/java"))) {
            sources = Stream.concat(generated, Stream.of(Path.of("src/test/openapi/RetailStore.java")))
                    .filter(file -> file.toString().endsWith(".java"))
                    .toList();
        }
        Path classes = Files.createDirectories(CLIENTS.resolve("java-classes"));
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            Boolean done = compiler.getTask(
                            said,
                            files,
                            null,
                            List.of("-proc:none", "-d", classes.toString()),
                            null,
                            files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(done).as(said.toString()).isTrue();
        }
        return classes;
    }

    @Test
    void theTypeScriptClientProvisionsTheRetailStoresRoles() throws IOException {
        NodeTools.install();

        Run compilation = NodeTools.tool("tsc", "--project", "tsconfig.json");
        assertThat(compilation.status()).as(compilation.output()).isZero();
        Run run = NodeTools.run(
                "node", "compiled/retail-store.js", address(), rolesmith.portal(), rolesmith.auditor(), pasted());

        assertThat(run.status()).as(run.output()).isZero();
        assertEverythingWasDone("Onboard the retail store with the TypeScript client");
    }

    /** Not only by the client's word. */
    private static void assertEverythingWasDone(String reason) {
        assertThat(rolesmith
                        .get("/role-requests?status=APPLIED", rolesmith.portal())
                        .json()
                        .get("items")
                        .valueStream()
                        .filter(request -> request.path("reason").asString("").equals(reason))
                        .flatMap(request -> request.get("roles").findValuesAsString("kind").stream()))
                .contains("CreateRole", "AttachRolePolicy", "PutRolePolicy", "AddRoleToInstanceProfile", "DeleteRole");
        assertThat(rolesmith.get("/roles", rolesmith.portal()).json().get("items"))
                .isEmpty();
    }
}
