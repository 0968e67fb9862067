package io.rolesmith.caller;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScopeTests {

    @Test
    void isSpelledAsTheDesignSays() {
        assertThat(Scope.values())
                .extracting(Scope::value)
                .containsExactly("roles:read", "roles:request", "roles:approve", "audit:read", "admin");
    }

    @Test
    void isFoundByItsSpelling() {
        for (Scope scope : Scope.values()) {
            assertThat(Scope.find(scope.value())).hasValue(scope);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Admin", "ADMIN", "roles", "roles:read ", "roles:*", "openid", "ROLES_READ"})
    void isNotFoundByAnotherSpelling(String value) {
        assertThat(Scope.find(value)).isEmpty();
    }
}
