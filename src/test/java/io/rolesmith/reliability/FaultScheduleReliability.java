package io.rolesmith.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Twenty thousand of the schedules of {@link FaultScheduleIntegrationTests}, or {@code -Dreliability.schedules}; as many at once as
 * {@code -Dreliability.lanes}, since they mostly wait.
 */
class FaultScheduleReliability {

    @Test
    void nothingIsLostAndNothingHalfMadeWhateverIamDoes() {
        int schedules = Integer.getInteger("reliability.schedules", 20_000);
        long first = Long.getLong("reliability.first", 1);

        Schedules.Outcome outcome =
                Schedules.run(Schedules.seeds(first, schedules), Integer.getInteger("reliability.lanes", 24));

        assertThat(outcome.failures()).isEmpty();
    }
}
