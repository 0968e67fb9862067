package io.rolesmith.request;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.rolesmith.iam.IamProperties;
import io.rolesmith.provisioning.Provisioning;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Stops the work when Rolesmith stops: no new task is taken, what is in hand may end for a while or is parked, and whoever
 * waits over HTTP is answered with how it stands then. Before the sealer's last run, so that it finds the last events.
 */
@Component
class WorkStop implements SmartLifecycle {

    /** The web server's graceful shutdown has it too, and phases are stopped as one: those who wait are answered meanwhile. */
    private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

    private static final Logger LOG = LoggerFactory.getLogger(WorkStop.class);

    private final Scheduler scheduler;
    private final Provisioning provisioning;
    private final Completions completions;
    private final Duration work;
    private volatile boolean running;

    WorkStop(
            Scheduler scheduler,
            Provisioning provisioning,
            Completions completions,
            RequestProperties properties,
            IamProperties iam,
            @Value("${db-scheduler.shutdown-max-wait}") Duration longestStop,
            @Value("${spring.lifecycle.timeout-per-shutdown-phase}") Duration phase) {
        this.scheduler = scheduler;
        this.provisioning = provisioning;
        this.completions = completions;
        this.work = properties.shutdown().work();
        Duration needed = work.plus(iam.callTimeout());
        if (longestStop.compareTo(needed) < 0) {
            throw new InvalidConfigurationPropertyValueException(
                    "db-scheduler.shutdown-max-wait",
                    longestStop,
                    "it must be at least " + needed
                            + ", which is rolesmith.shutdown.work and rolesmith.iam.call-timeout, or"
                            + " calls to IAM are cut off when Rolesmith stops");
        }
        if (phase.compareTo(longestStop) < 0) {
            throw new InvalidConfigurationPropertyValueException(
                    "spring.lifecycle.timeout-per-shutdown-phase",
                    phase,
                    "it must not be shorter than db-scheduler.shutdown-max-wait, which is " + longestStop);
        }
        if (phase.compareTo(properties.shutdown().pause()) < 0) {
            throw new InvalidConfigurationPropertyValueException(
                    "rolesmith.shutdown.pause",
                    properties.shutdown().pause(),
                    "it must not be longer than spring.lifecycle.timeout-per-shutdown-phase, which is " + phase);
        }
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** The scheduler is started by its own starter, once the context is ready. */
    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop(Runnable stopped) {
        Thread.ofVirtual().name("work-stop").start(() -> {
            try {
                stop();
            } finally {
                stopped.run();
            }
        });
    }

    @Override
    public void stop() {
        running = false;
        try {
            provisioning.stopAfter(work);
            if (!scheduler.getSchedulerState().isShuttingDown()) {
                scheduler.stop();
            }
        } catch (RuntimeException e) {
            LOG.warn("The work could not be stopped in order; it is taken up again", e);
        } finally {
            completions.stop();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
