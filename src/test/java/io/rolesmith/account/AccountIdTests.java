package io.rolesmith.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountIdTests {

    @ParameterizedTest
    @ValueSource(strings = {"123456789012", "000000000000", "012345670123"})
    void isTwelveDigits(String id) {
        assertThat(new AccountId(id)).hasToString(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12345678901", "1234567890123", "12345678901x", "1234-5678-9012", "١٢٣٤٥٦٧٨٩٠١٢"})
    void isNothingElse(String id) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AccountId(id))
                .withMessageStartingWith("An AWS account id has twelve digits, got '" + id + "'");
    }

    @Test
    void remindsOfOctalNumbers() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AccountId("1402433619"))
                .withMessage("An AWS account id has twelve digits, got '1402433619' (quote it in YAML: unquoted, a"
                        + " leading zero makes it an octal number)");
    }
}
