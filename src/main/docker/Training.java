import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains the start of the service: runs {@code rolesmith.jar} of the working directory once, without a database and without
 * a network, asks it what is asked at each start, and stops it, so that the JVM keeps what it loaded, linked and profiled on
 * the way. The first argument is the cache to write, the others are options of the JVM, the same as it will run with.
 *
 * <p>Exits 0 only if the service came up and went down in order: the JVM writes a cache of a start that failed, too.
 */
public final class Training {

    private static final int LONGEST_START_SECONDS = 600;
    private static final int TIMEOUT_MILLIS = 30_000;

    /** 128 and the number of SIGTERM: how a JVM ends that was asked to, its shutdown hooks being through. */
    private static final int ENDED_IN_ORDER = 143;

    /** What probes and callers without a token ask. */
    private static final List<String> QUESTIONS =
            List.of("/actuator/health/liveness", "/actuator/health/readiness", "/api/v1/caller");

    private Training() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path cache = Path.of(arguments[0]);
        int port = freePort();
        Process service = new ProcessBuilder(command(cache, List.of(arguments).subList(1, arguments.length), port))
                .inheritIO()
                .start();
        boolean alive = isAlive(service, port);
        if (alive) {
            QUESTIONS.forEach(question -> System.out.println(question + " is answered with " + status(port, question)));
        }
        service.destroy();
        int exitStatus = service.waitFor();
        if (!alive || exitStatus != ENDED_IN_ORDER || !Files.exists(cache)) {
            Files.deleteIfExists(cache);
            System.err.println("The training failed: the service "
                    + (alive ? "ended with " + exitStatus : "did not start, and ended with " + exitStatus));
            System.exit(1);
        }
    }

    private static List<String> command(Path cache, List<String> options, int port) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
                "-XX:AOTCacheOutput=" + cache,
                "-jar",
                "rolesmith.jar",
                "--server.address=127.0.0.1",
                "--server.port=" + port,
                // A port at which nobody listens says so at once.
                "--spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none",
                "--spring.datasource.hikari.connection-timeout=250",
                "--spring.flyway.enabled=false",
                "--rolesmith.shutdown.pause=0s",
                "--rolesmith.installation=training",
                "--rolesmith.accounts[0].id=000000000000",
                "--rolesmith.accounts[0].name=training",
                "--rolesmith.accounts[0].kind=sandbox",
                "--rolesmith.security.issuers[0].uri=http://127.0.0.1:1"));
        return command;
    }

    private static boolean isAlive(Process service, int port) throws InterruptedException {
        for (int second = 0; second < LONGEST_START_SECONDS && service.isAlive(); second++) {
            if (status(port, "/actuator/health/liveness") == 200) {
                return true;
            }
            Thread.sleep(1_000);
        }
        return false;
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /** The status of the answer; 0 when there is none. */
    private static int status(int port, String path) {
        try {
            var connection = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port + path).toURL().openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            return connection.getResponseCode();
        } catch (IOException e) {
            return 0;
        }
    }
}
