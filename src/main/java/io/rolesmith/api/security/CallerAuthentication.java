package io.rolesmith.api.security;

import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.caller.Team;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.oauth2.jwt.Jwt;

/** A caller whose token was verified. */
final class CallerAuthentication extends AbstractAuthenticationToken {

    private final transient Caller caller;

    private CallerAuthentication(Caller caller) {
        super(List.of());
        this.caller = caller;
        setAuthenticated(true);
    }

    /** Who the verified token says the caller is. */
    static CallerAuthentication of(Jwt token, SecurityProperties.Issuer issuer, SecurityProperties properties) {
        String subject = Objects.requireNonNull(token.getSubject(), "validated by the decoder");
        Stream<String> teams = token.hasClaim(issuer.teamClaim())
                ? texts(token, issuer.teamClaim())
                : properties.subjects().getOrDefault(subject, List.of()).stream();
        Set<Team> teamSet = teams.filter(name -> !name.isBlank() && name.length() <= Team.MAX_LENGTH)
                .map(Team::new)
                .collect(Collectors.toUnmodifiableSet());
        Set<Scope> scopes = texts(token, issuer.scopeClaim())
                .flatMap(text -> Arrays.stream(text.split(" ", -1)))
                .map(Scope::find)
                .flatMap(Optional::stream)
                .collect(Collectors.toUnmodifiableSet());
        return new CallerAuthentication(new Caller(issuer.uri().toString(), subject, teamSet, scopes));
    }

    private static Stream<String> texts(Jwt token, String claim) {
        return switch (token.getClaims().get(claim)) {
            case String text -> Stream.of(text);
            case Collection<?> list ->
                list.stream().filter(String.class::isInstance).map(String.class::cast);
            case null, default -> Stream.empty();
        };
    }

    @Override
    public Caller getPrincipal() {
        return caller;
    }

    /** The token is not kept. */
    @Override
    public @Nullable Object getCredentials() {
        return null;
    }

    @Override
    public String getName() {
        return caller.subject();
    }
}
