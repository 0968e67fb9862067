package io.rolesmith.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.rolesmith.support.Jdk;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HttpProbeTests {

    private record Answer(int exitStatus, String output) {}

    @Test
    void aReadyServiceIsWell() throws Exception {
        assertThat(probeOfServiceAnswering(200).exitStatus()).isZero();
    }

    @Test
    void aServiceThatIsNotReadyIsNot() throws Exception {
        Answer answer = probeOfServiceAnswering(503);

        assertThat(answer.exitStatus()).isEqualTo(1);
        assertThat(answer.output()).endsWith("/actuator/health/readiness answered 503");
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        assertThat(probeOfServiceAnswering(302).exitStatus()).isEqualTo(1);
    }

    @Test
    void aServiceThatAcceptsButNeverAnswersIsNotWell() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Answer answer = probe("http://127.0.0.1:" + silent.getLocalPort());

            assertThat(answer.exitStatus()).isEqualTo(1);
            assertThat(answer.output()).endsWith("did not answer: Read timed out");
        }
    }

    private static Answer probeOfServiceAnswering(int status) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/actuator/health/readiness", exchange -> {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.createContext("/elsewhere", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try {
            return probe("http://127.0.0.1:" + server.getAddress().getPort() + "/actuator/health/readiness");
        } finally {
            server.stop(0);
        }
    }

    private static Answer probe(String url) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Jdk.tool("java"),
                        new ProjectFile("src/main/docker/HttpProbe.java")
                                .absolutePath()
                                .toString(),
                        url)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), output.strip());
    }
}
