package io.rolesmith.api.rolerequest;

import io.rolesmith.api.ApiProperties;
import io.rolesmith.api.problem.TooManyWaitsException;
import io.rolesmith.caller.Caller;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Bounds how many answers one caller may wait for at once, so that none takes up all there is of threads and polls. */
@Component
class Waits {

    private record Who(String issuer, String subject) {}

    private final int most;
    private final ConcurrentMap<Who, Integer> waiting = new ConcurrentHashMap<>();

    Waits(ApiProperties properties) {
        this.most = properties.concurrentWaits();
    }

    /**
     * Does what makes the caller wait.
     *
     * @throws TooManyWaitsException instead of doing it, if he waits for as many as he may
     */
    <T> T within(Caller caller, Supplier<T> wait) {
        Who who = new Who(caller.issuer(), caller.subject());
        if (waiting.merge(who, 1, Integer::sum) > most) {
            leave(who);
            throw new TooManyWaitsException(most);
        }
        try {
            return wait.get();
        } finally {
            leave(who);
        }
    }

    private void leave(Who who) {
        waiting.computeIfPresent(who, (_, count) -> count == 1 ? null : count - 1);
    }
}
