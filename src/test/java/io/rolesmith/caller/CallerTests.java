package io.rolesmith.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CallerTests {

    private static final Team RETAIL = new Team("retail-store");
    private static final Team BILLING = new Team("billing");

    @Test
    void passesWithAnyOfTheScopes() {
        Caller portal = caller(Set.of(RETAIL), Scope.ROLES_READ);

        assertThatCode(() -> portal.require(Scope.ROLES_READ)).doesNotThrowAnyException();
        assertThatCode(() -> portal.require(Scope.ROLES_REQUEST, Scope.ROLES_READ))
                .doesNotThrowAnyException();
    }

    @Test
    void isRefusedWithoutTheScope() {
        Caller portal = caller(Set.of(RETAIL), Scope.ROLES_READ);

        assertThatExceptionOfType(ForbiddenException.class)
                .isThrownBy(() -> portal.require(Scope.ROLES_REQUEST))
                .withMessage("The token of 'portal' lacks the scope roles:request")
                .satisfies(refusal -> {
                    assertThat(refusal.reason()).isEqualTo(ForbiddenException.Reason.SCOPE_MISSING);
                    assertThat(refusal.caller()).isEqualTo(portal);
                });
        assertThatExceptionOfType(ForbiddenException.class)
                .isThrownBy(() -> portal.require(Scope.ROLES_APPROVE, Scope.AUDIT_READ))
                .withMessage("The token of 'portal' lacks the scope roles:approve or audit:read");
        assertThatExceptionOfType(ForbiddenException.class)
                .isThrownBy(() -> caller(Set.of(RETAIL)).require(Scope.ADMIN))
                .withMessage("The token of 'portal' lacks the scope admin");
    }

    @ParameterizedTest
    @EnumSource(Scope.class)
    void hasEveryScopeAsAdmin(Scope scope) {
        assertThatCode(() -> caller(Set.of(), Scope.ADMIN).require(scope)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource(value = Scope.class, names = "ADMIN", mode = EnumSource.Mode.EXCLUDE)
    void isNoAdminByAnyOtherScope(Scope scope) {
        assertThatExceptionOfType(ForbiddenException.class)
                .isThrownBy(() -> caller(Set.of(RETAIL), scope).require(Scope.ADMIN));
        assertThat(caller(Set.of(RETAIL), scope).sees(BILLING)).isFalse();
    }

    @Test
    void actsForTheirOwnTeams() {
        assertThatCode(() -> caller(Set.of(RETAIL, BILLING)).requireMembership(BILLING))
                .doesNotThrowAnyException();
    }

    @Test
    void actsForNoOtherTeam() {
        Caller portal = caller(Set.of(RETAIL), Scope.ROLES_REQUEST);

        assertThatExceptionOfType(ForbiddenException.class)
                .isThrownBy(() -> portal.requireMembership(BILLING))
                .withMessage("The caller 'portal' is not of the team 'billing'")
                .satisfies(refusal -> {
                    assertThat(refusal.reason()).isEqualTo(ForbiddenException.Reason.TEAM_NOT_YOURS);
                    assertThat(refusal.caller()).isEqualTo(portal);
                });
        assertThatExceptionOfType(ForbiddenException.class)
                .isThrownBy(() -> portal.requireMembership(new Team("Retail-Store")));
    }

    @Test
    void isOfNoTeamByBeingAdmin() {
        assertThatExceptionOfType(ForbiddenException.class)
                .isThrownBy(() -> caller(Set.of(), Scope.ADMIN).requireMembership(RETAIL));
    }

    @Test
    void seesWhatBelongsToTheirTeams() {
        assertThat(caller(Set.of(RETAIL), Scope.ROLES_READ).sees(RETAIL)).isTrue();
        assertThat(caller(Set.of(RETAIL), Scope.ROLES_READ).sees(BILLING)).isFalse();
    }

    @Test
    void seesEverythingAsAdmin() {
        assertThat(caller(Set.of(), Scope.ADMIN).sees(BILLING)).isTrue();
    }

    @Test
    void cannotBeGivenMoreAfterwards() {
        Set<Team> teams = new HashSet<>(Set.of(RETAIL));
        Set<Scope> scopes = new HashSet<>();
        Caller portal = new Caller("https://idp.example", "portal", teams, scopes);

        teams.add(BILLING);
        scopes.add(Scope.ADMIN);

        assertThat(portal.teams()).containsExactly(RETAIL);
        assertThat(portal.scopes()).isEmpty();
    }

    private static Caller caller(Set<Team> teams, Scope... scopes) {
        return new Caller("https://idp.example", "portal", teams, Set.of(scopes));
    }
}
