package io.rolesmith.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OwnershipTests {

    private final Ownership ownership = new Ownership("platform-prod", "retail-store", "0198f0c2");

    @Test
    void isThreeTags() {
        assertThat(ownership.tags())
                .containsExactly(
                        Map.entry("rolesmith:installation", "platform-prod"),
                        Map.entry("rolesmith:team", "retail-store"),
                        Map.entry("rolesmith:request", "0198f0c2"));
        assertThat(RoleLimits.MAX_TAGS - ownership.tags().size()).isEqualTo(RoleLimits.MAX_USER_TAGS);
    }

    @Test
    void isOnTheRoleThatTheVeryRequestMade() {
        Map<String, String> tags = new HashMap<>(ownership.tags());
        tags.put("service", "retail-store");

        assertThat(ownership.isOn(tags)).isTrue();
    }

    @Test
    void isOnNoRoleOfAnotherRequestOrInstallation() {
        assertThat(new Ownership("platform-prod", "retail-store", "0198f0c3").isOn(ownership.tags()))
                .isFalse();
        assertThat(new Ownership("platform-test", "retail-store", "0198f0c2").isOn(ownership.tags()))
                .isFalse();
    }

    @Test
    void isOnNoRoleThatLacksTheTags() {
        for (String tag : new String[] {"rolesmith:installation", "rolesmith:request"}) {
            Map<String, String> tags = new HashMap<>(ownership.tags());
            tags.remove(tag);

            assertThat(ownership.isOn(tags)).as("without %s", tag).isFalse();
        }
        assertThat(ownership.isOn(Map.of())).isFalse();
    }
}
