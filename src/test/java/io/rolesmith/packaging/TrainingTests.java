package io.rolesmith.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.rolesmith.support.Jdk;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The training of the image's start, on small programs in the place of Rolesmith. */
class TrainingTests {

    @TempDir
    Path directory;

    /** Comes up, and goes down when it is told. */
    static final class Well {
        public static void main(String[] arguments) throws IOException {
            int port = 0;
            for (String argument : arguments) {
                if (argument.startsWith("--server.port=")) {
                    port = Integer.parseInt(argument.substring("--server.port=".length()));
                }
            }
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            server.createContext("/", exchange -> {
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            server.start();
        }
    }

    /** Does not come up. */
    static final class Unwell {
        public static void main(String[] arguments) {
            System.exit(3);
        }
    }

    @Test
    void aStartThatSucceedsLeavesItsCache() throws Exception {
        assertThat(train(Well.class)).isZero();
        assertThat(directory.resolve("app.aot")).isNotEmptyFile();
    }

    /** The JVM itself leaves one of this start, too. */
    @Test
    void aStartThatFailsEndsTheBuildAndLeavesNoCache() throws Exception {
        assertThat(train(Unwell.class)).isEqualTo(1);
        assertThat(directory.resolve("app.aot")).doesNotExist();
    }

    private int train(Class<?> program) throws IOException, InterruptedException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, program.getName());
        String file = program.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(directory.resolve("rolesmith.jar"));
                JarOutputStream jar = new JarOutputStream(out, manifest);
                var code = Objects.requireNonNull(program.getClassLoader().getResourceAsStream(file))) {
            jar.putNextEntry(new JarEntry(file));
            code.transferTo(jar);
        }
        return new ProcessBuilder(
                        Jdk.tool("java"),
                        new ProjectFile("src/main/docker/Training.java")
                                .absolutePath()
                                .toString(),
                        directory.resolve("app.aot").toString())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start()
                .waitFor();
    }
}
