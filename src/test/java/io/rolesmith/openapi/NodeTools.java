package io.rolesmith.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The npm packages of src/test/openapi, installed below target and run there. */
final class NodeTools {

    /** Beside the clients that the build generates, so that what is compiled finds them. */
    static final Path WORK = Path.of("target/openapi");

    private static final Path SOURCE = Path.of("src/test/openapi");

    private NodeTools() {}

    /** What a program said, and whether it was content. */
    record Run(int status, String output) {}

    /** Makes the packages ready to run; skips the test where there is no Node.js. */
    static void install() throws IOException {
        assumeTrue(
                Stream.of("node", "npm").allMatch(NodeTools::isThere),
                "node and npm are not on the PATH: the document is not linted, and the TypeScript client not tried");
        Path lock = WORK.resolve("package-lock.json");
        boolean installed = Files.exists(WORK.resolve("node_modules/.package-lock.json"))
                && Files.exists(lock)
                && Files.mismatch(SOURCE.resolve("package-lock.json"), lock) == -1;
        Files.createDirectories(WORK);
        try (Stream<Path> files = Files.list(SOURCE)) {
            for (Path file : files.toList()) {
                Files.copy(file, WORK.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (!installed) {
            // Packages' own scripts are not run.
            Run install = run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
            assertThat(install.status()).as(install.output()).isZero();
        }
    }

    private static boolean isThere(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /** Runs a program of the packages. */
    static Run tool(String name, String... arguments) throws IOException {
        return run(Stream.concat(Stream.of("node_modules/.bin/" + name), Stream.of(arguments))
                .toArray(String[]::new));
    }

    static Run run(String... command) throws IOException {
        Path output = Files.createTempFile("rolesmith-node", ".log");
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .directory(WORK.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " did not end: " + Files.readString(output));
            }
            return new Run(process.exitValue(), Files.readString(output));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            Files.delete(output);
        }
    }
}
