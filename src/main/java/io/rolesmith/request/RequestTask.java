package io.rolesmith.request;

import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerCustomizer;
import com.github.kagkarlsson.scheduler.exceptions.ExecutionException;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.rolesmith.provisioning.ProvisioningOutcome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * The work on requests, as tasks of db-scheduler: one for each request, with its id as the instance's and no data. An
 * execution that died is run again, which is safe because work begins with what the journal says, whatever was done before.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class RequestTask {

    static final TaskDescriptor<Void> NAME = TaskDescriptor.of("role-request");

    /** How long a task that failed by our own fault, the database being away for one, waits before it is tried again. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    private static final int INSISTENCE = 60;

    private static final Logger LOG = LoggerFactory.getLogger(RequestTask.class);

    private final Requests requests;
    private final InstantSource clock;
    private final RequestProperties.Requests properties;

    RequestTask(Requests requests, InstantSource clock, RequestProperties properties) {
        this.requests = requests;
        this.clock = clock;
        this.properties = properties.requests();
    }

    @Bean
    Task<Void> roleRequestTask(RequestWork work) {
        return Tasks.custom(NAME)
                .onFailure((complete, operations) -> {
                    long seconds = Math.min(
                            LONGEST_RETRY.toSeconds(),
                            RETRY.toSeconds() << Math.min(complete.getExecution().consecutiveFailures, 6));
                    insist(() -> operations.reschedule(complete, clock.instant().plusSeconds(seconds)));
                })
                .onDeadExecutionRevive()
                .execute((instance, context) -> switch (work.resume(new RequestId(UUID.fromString(instance.getId())))) {
                    // Its task went with its end, in one transaction.
                    case ProvisioningOutcome.Finished _ -> (complete, operations) -> {};
                    case ProvisioningOutcome.Busy _ ->
                        (complete, operations) ->
                                operations.reschedule(complete, clock.instant().plus(properties.busyRetry()));
                    case ProvisioningOutcome.Parked parked -> {
                        LOG.debug("{} is parked: {}", instance.getId(), parked.reason());
                        yield (complete, operations) ->
                                operations.reschedule(complete, clock.instant().plus(spread(parked.rest())));
                    }
                });
    }

    /**
     * Does it once the database is back, if it is away for a short while. Else the task would stay with us, idle, until it counts
     * as dead. Who stops, or is too late, leaves it to that.
     */
    private static void insist(Runnable reschedule) {
        for (int attempt = 1; ; attempt++) {
            try {
                reschedule.run();
                return;
            } catch (ExecutionException e) {
                // Its end was committed after all, though nobody could tell us, and its task is not there any more.
                LOG.debug("{}", e.getMessage());
                return;
            } catch (RuntimeException e) {
                if (attempt == INSISTENCE) {
                    throw e;
                }
                pause(e);
            }
        }
    }

    private static void pause(RuntimeException why) {
        try {
            Thread.sleep(RETRY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw why;
        }
    }

    /** Up to half as much again, so that what was parked together does not come back together. */
    private static Duration spread(Duration rest) {
        return rest.plusMillis(ThreadLocalRandom.current().nextLong(rest.toMillis() / 2 + 1));
    }

    /** IAM work waits for the network most of the time, so its threads are virtual; their number stays bounded. */
    @Bean(destroyMethod = "")
    DbSchedulerCustomizer schedulerOnVirtualThreads() {
        return new DbSchedulerCustomizer() {
            @Override
            public Optional<ExecutorService> executorService() {
                return Optional.of(Executors.newVirtualThreadPerTaskExecutor());
            }

            /** Said outright, since finding it out opens a connection at start. */
            @Override
            public Optional<JdbcCustomization> jdbcCustomization() {
                return Optional.of(new PostgreSqlJdbcCustomization(false, false));
            }
        };
    }

    /** {@link WorkStop} stops it earlier, when there still is somebody to tell what became of the work. */
    @Bean
    static BeanFactoryPostProcessor schedulerStoppedByUs() {
        return factory -> ((AbstractBeanDefinition) factory.getBeanDefinition("scheduler")).setDestroyMethodName("");
    }

    @Scheduled(fixedDelayString = "PT1H")
    void forgetOldKeys() {
        requests.forgetKeysBefore(clock.instant().minus(properties.idempotencyRetention()));
    }
}
