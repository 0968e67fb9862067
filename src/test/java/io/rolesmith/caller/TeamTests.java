package io.rolesmith.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TeamTests {

    @ParameterizedTest
    @ValueSource(ints = {1, 255, 256})
    void hasUpTo256Characters(int length) {
        assertThat(new Team("t".repeat(length)).name()).hasSize(length);
    }

    @Test
    void hasNo257Characters() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Team("t".repeat(257)))
                .withMessageStartingWith("A team's name has 1 to 256 characters, got 'ttt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void isNotBlank(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Team(name))
                .withMessage("A team's name has 1 to 256 characters, got '" + name + "'");
    }

    @Test
    void isComparedExactly() {
        assertThat(new Team("retail")).isEqualTo(new Team("retail")).isNotEqualTo(new Team("Retail"));
        assertThat(new Team("retail")).hasToString("retail");
    }
}
