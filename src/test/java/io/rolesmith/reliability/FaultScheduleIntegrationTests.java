package io.rolesmith.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** A hundred schedules of requests and faults, told by their seeds. {@code -Dreliability.seed=7} replays one. */
class FaultScheduleIntegrationTests {

    private static final int SCHEDULES = 100;

    @Test
    void aSeedAlwaysTellsTheSameSchedule() {
        assertThat(Schedule.of(7)).isEqualTo(Schedule.of(7)).isNotEqualTo(Schedule.of(8));
    }

    @Test
    void nothingIsLostAndNothingHalfMadeWhateverIamDoes() {
        Schedules.Outcome outcome = Schedules.run(Schedules.seeds(1, SCHEDULES), 12);

        assertThat(outcome.failures()).isEmpty();
        Map<String, Integer> statuses = outcome.statuses();
        if (outcome.schedules() == SCHEDULES) {
            // Else they show less than they should. One or two end partly applied, which hangs on who comes first.
            assertThat(statuses).containsKeys("APPLIED", "ROLLED_BACK", "FAILED", "NEEDS_ATTENTION");
        }
    }
}
