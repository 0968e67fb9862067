package io.rolesmith.provisioning;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Work on several roles of a job at once. */
final class SideBySide {

    private SideBySide() {}

    /** Runs {@code work} for each role on a thread of its own, and ends when all have; the first exception is thrown on. */
    static void run(JobTrace trace, List<RoleRun> roles, Consumer<RoleRun> work) {
        if (roles.size() == 1) {
            work.accept(roles.getFirst());
            return;
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<? extends Future<?>> running = roles.stream()
                    .map(role -> threads.submit(() -> trace.within(() -> {
                        work.accept(role);
                        return role;
                    })))
                    .toList();
            for (Future<?> future : running) {
                future.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Stopped while roles were made; the job is taken up again", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }
}
