package io.rolesmith.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoleNameTests {

    @ParameterizedTest
    @ValueSource(strings = {"a", "Z", "0", "_", "+", "=", ",", ".", "@", "-", "retail_Store+=,.@-9"})
    void hasAsciiLettersDigitsAndSomeSigns(String name) {
        assertThat(RoleName.violation(name)).isEmpty();
        assertThat(new RoleName(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "/", ":", "*", "!", "#", "$", "(", ";", "<", "?", "[", "\\", "^", "`", "{", "|", "~"})
    void hasNoOtherSigns(String sign) {
        assertThat(RoleName.violation("a" + sign))
                .hasValue("The role name 'a" + sign + "' contains '" + sign
                        + "'; IAM allows ASCII letters, digits and _+=,.@-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"é", "ß", "テ", "٣", "Ａ", "😀"})
    void hasNoLettersBeyondAscii(String letter) {
        assertThat(RoleName.violation(letter))
                .hasValue("The role name '" + letter + "' contains '" + letter
                        + "'; IAM allows ASCII letters, digits and _+=,.@-");
    }

    @Test
    void showsTheCodePointOfWhatCannotBeSeen() {
        assertThat(RoleName.violation("a\u00a0b").orElseThrow()).contains("contains 'U+00A0'");
        assertThat(RoleName.violation("a\tb").orElseThrow()).contains("contains 'U+0009'");
        assertThat(RoleName.violation("a\u200bb").orElseThrow()).contains("contains 'U+200B'");
    }

    @Test
    void isCutShortInMessages() {
        assertThat(RoleName.violation("😀".repeat(100_000)))
                .hasValue("The role name '" + "😀".repeat(160) + "…' has 100000 characters; IAM allows 1 to 64");
    }

    @Test
    void cannotBeAnIllegalOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoleName(""))
                .withMessage("The role name '' has 0 characters; IAM allows 1 to 64");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoleName("x".repeat(65)))
                .withMessageEndingWith("has 65 characters; IAM allows 1 to 64");
        assertThat(new RoleName("x".repeat(64)).value()).hasSize(64);
    }

    @Test
    void hasOneKeyInEveryCaseOfLetters() {
        assertThat(new RoleName("RetailSTORE_I")).isNotEqualTo(new RoleName("retailStore_i"));
        assertThat(new RoleName("RetailSTORE_I").key())
                .isEqualTo(new RoleName("retailStore_i").key())
                .isEqualTo("retailstore_i");
        assertThat(new RoleName("retail-store").key()).isNotEqualTo(new RoleName("retail_store").key());
    }
}
