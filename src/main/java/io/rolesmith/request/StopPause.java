package io.rolesmith.request;

import java.time.Duration;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Holds back the stop for a moment, in which everything goes on but readiness is down already: who sends us requests learns of
 * that with a delay, and what he sends until then must find an open door.
 */
@Component
class StopPause implements SmartLifecycle {

    private final Duration pause;
    private volatile boolean running;

    StopPause(RequestProperties properties) {
        this.pause = properties.shutdown().pause();
    }

    /** The last to start and the first to stop. */
    @Override
    public int getPhase() {
        return SmartLifecycle.DEFAULT_PHASE;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
