package io.rolesmith.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.caller.Team;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** What becomes of the configuration as an operator writes it. */
class AccountPropertiesTests {

    @Test
    void makeAccountsOfTheDocumentedYaml() {
        started("""
                rolesmith:
                  account-defaults:
                    role-arn: arn:${partition}:iam::${account}:role/RolesmithProvisioner
                  accounts:
                    - id: "123456789012"
                      name: retail-dev
                      kind: aws
                      partition: aws-us-gov
                      region: us-gov-east-1
                      endpoint: http://127.0.0.1:4566
                      external-id: rolesmith-1
                      role-path-prefix: /retail/
                      permitted-boundaries: ["arn:${partition}:iam::${account}:policy/team-boundary"]
                      teams: [retail-store]
                    - id: "012345678901"
                      kind: sandbox
                      managed-policies: {team-boundary: "{}"}
                """).run(context -> {
            Accounts accounts = context.getBean(Accounts.class);
            assertThat(accounts.all())
                    .containsExactly(
                            new Account(
                                    new AccountId("123456789012"),
                                    "retail-dev",
                                    AccountKind.AWS,
                                    Partition.AWS_US_GOV,
                                    "us-gov-east-1",
                                    URI.create("http://127.0.0.1:4566"),
                                    "arn:aws-us-gov:iam::123456789012:role/RolesmithProvisioner",
                                    "rolesmith-1",
                                    Set.of(new Team("retail-store")),
                                    Map.of(),
                                    new Account.Limits(
                                            "/retail/",
                                            List.of("arn:aws-us-gov:iam::123456789012:policy/team-boundary"))),
                            new Account(
                                    new AccountId("012345678901"),
                                    "012345678901",
                                    AccountKind.SANDBOX,
                                    Partition.AWS,
                                    "us-east-1",
                                    null,
                                    null,
                                    null,
                                    null,
                                    Map.of("team-boundary", "{}"),
                                    Account.Limits.NONE));
        });
    }

    @Test
    void makeNoAccountsOfNothing() {
        started("spring.application.name: rolesmith")
                .run(context ->
                        assertThat(context.getBean(Accounts.class).all()).isEmpty());
    }

    /** YAML reads the first as an octal number, which has other digits. */
    @ParameterizedTest
    @ValueSource(strings = {"012345670123", "000000000000", "\"12345678901\"", "\"1234567890123\"", "\"12345678901x\""})
    void refuseAnIdThatIsNotTwelveDigitsAndSayToQuoteIt(String id) {
        refused("rolesmith.accounts: [{id: " + id + "}]", "must be twelve digits; quote it in YAML");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 1223, 1224})
    void takeAnExternalIdAsStsDoes(int length) {
        started(externalId("x".repeat(length)))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1225})
    void refuseAnExternalIdOfALengthThatStsRefuses(int length) {
        refused(externalId("x".repeat(length)), "must have 2 to 1224 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a#b", "é-é"})
    void refuseAnExternalIdOfCharactersThatStsRefuses(String externalId) {
        refused(externalId(externalId), "may have letters, digits and _+=,.@:/- only");
    }

    @Test
    void refuseTheSameIdTwice() {
        refused("""
                rolesmith:
                  accounts:
                    - {id: "123456789012", name: a}
                    - {id: "123456789012", name: b}
                """, "rolesmith.accounts: the id 123456789012 stands there twice");
    }

    private static String externalId(String value) {
        return "rolesmith.accounts: [{id: \"123456789012\", external-id: \"" + value + "\"}]";
    }

    private static void refused(String yaml, String message) {
        started(yaml).run(context -> assertThat(context).getFailure().hasStackTraceContaining(message));
    }

    private static ApplicationContextRunner started(String yaml) {
        return new ApplicationContextRunner()
                .withInitializer(context -> load(yaml)
                        .forEach(source ->
                                context.getEnvironment().getPropertySources().addFirst(source)))
                .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
                .withUserConfiguration(Configuration.class);
    }

    private static List<PropertySource<?>> load(String yaml) {
        try {
            return new YamlPropertySourceLoader()
                    .load("test", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @EnableConfigurationProperties(AccountProperties.class)
    @Import(Accounts.class)
    static class Configuration {}
}
