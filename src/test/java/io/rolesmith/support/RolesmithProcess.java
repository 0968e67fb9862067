package io.rolesmith.support;

import io.rolesmith.RolesmithApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A Rolesmith that is a process of its own, to be sent signals, beside one in this JVM whose database and issuer it shares. */
public record RolesmithProcess(Process process, int port) {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    /** Starts it, with its log in {@code log}; it is not ready yet. */
    public static RolesmithProcess start(
            TestRolesmith front, Map<String, String> properties, ProcessBuilder.Redirect log) {
        List<String> command = new ArrayList<>();
        command.add(Jdk.tool("java"));
        command.addAll(
                List.of("-XX:TieredStopAtLevel=1", "-Daws.accessKeyId=AKIDEXAMPLE", "-Daws.secretAccessKey=secret"));
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                RolesmithApplication.class.getName()));
        int port = freePort();
        Map<String, String> all = new HashMap<>();
        for (String same : List.of(
                "server.address",
                "spring.datasource.url",
                "spring.datasource.username",
                "spring.flyway.user",
                "rolesmith.installation",
                "rolesmith.accounts[0].id",
                "rolesmith.accounts[0].name",
                "rolesmith.security.issuers[0].uri")) {
            all.put(same, front.context().getEnvironment().getRequiredProperty(same));
        }
        all.put("server.port", Integer.toString(port));
        all.putAll(properties);
        all.forEach((property, value) -> command.add("--" + property + "=" + value));
        try {
            return new RolesmithProcess(
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(log)
                            .start(),
                    port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(90));
    }

    /** What it answers. */
    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The status of what it answers to a GET; 0 if it does not. */
    public int status(String path) {
        try {
            return send(request(path)).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
