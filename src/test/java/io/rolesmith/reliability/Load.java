package io.rolesmith.reliability;

import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Clients that submit at the same time, each of them one request after the other, to both replicas. */
final class Load implements AutoCloseable {

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<List<Submission>>> clients = new ArrayList<>();

    private Load() {}

    /** Begins to submit so many requests of some of the roles, shared among the clients. */
    static Load begin(Replicas replicas, int clients, int requests, List<String> roles, long seed) {
        Load load = new Load();
        Random seeds = new Random(seed);
        for (int i = 0; i < clients; i++) {
            String token = replicas.world()
                    .rolesmith()
                    .issuer()
                    .token("client-" + i, "roles:read roles:request", "retail-store");
            Client client = new Client(replicas, load.http, token, seeds.nextLong());
            Wishes wishes = new Wishes(roles, seeds.nextLong());
            int each = requests / clients + (i < requests % clients ? 1 : 0);
            load.clients.add(load.threads.submit(() -> {
                List<Submission> submissions = new ArrayList<>();
                for (int j = 0; j < each; j++) {
                    submissions.add(client.submit(wishes.next()));
                }
                return submissions;
            }));
        }
        return load;
    }

    /** What was submitted, once the last client has its last answer. */
    List<Submission> finish() throws InterruptedException {
        List<Submission> all = new ArrayList<>();
        for (Future<List<Submission>> client : clients) {
            try {
                all.addAll(client.get());
            } catch (ExecutionException e) {
                throw new AssertionError("A client was not answered as it should", e.getCause());
            }
        }
        return all;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        http.shutdownNow();
    }
}
