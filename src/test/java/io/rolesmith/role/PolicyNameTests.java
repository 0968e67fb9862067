package io.rolesmith.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyNameTests {

    @ParameterizedTest
    @ValueSource(strings = {"a", "Z", "0", "_", "+", "=", ",", ".", "@", "-"})
    void hasAsciiLettersDigitsAndSomeSigns(String name) {
        assertThat(new PolicyName(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "/", "\\", "*", "?", ":", "!", "é"})
    void hasNothingElse(String sign) {
        assertThat(PolicyName.violation("a" + sign))
                .hasValue("The policy name 'a" + sign + "' contains '" + sign
                        + "'; IAM allows ASCII letters, digits and _+=,.@-");
    }

    @Test
    void has1To128Characters() {
        assertThat(new PolicyName("x".repeat(127)).value()).hasSize(127);
        assertThat(new PolicyName("x".repeat(128)).value()).hasSize(128);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PolicyName("x".repeat(129)))
                .withMessageEndingWith("has 129 characters; IAM allows 1 to 128");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PolicyName(""))
                .withMessage("The policy name '' has 0 characters; IAM allows 1 to 128");
    }

    @Test
    void hasOneKeyInEveryCaseOfLetters() {
        assertThat(new PolicyName("ECS-Exec").key()).isEqualTo(new PolicyName("ecs-exec").key());
    }
}
