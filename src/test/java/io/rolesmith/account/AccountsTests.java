package io.rolesmith.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rolesmith.caller.Team;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccountsTests {

    private static final String DEV = "123456789012";
    private static final String PROD = "210987654321";
    private static final String PROVISIONER = "arn:${partition}:iam::${account}:role/RolesmithProvisioner";

    @Test
    void areFoundByIdAndByName() {
        Accounts accounts = accounts(entry(DEV).name("retail-dev"), entry(PROD).name("retail-prod"));

        assertThat(accounts.find(PROD)).map(Account::name).hasValue("retail-prod");
        assertThat(accounts.find("retail-dev")).map(Account::id).hasValue(new AccountId(DEV));
        assertThat(accounts.get(new AccountId(DEV)).name()).isEqualTo("retail-dev");
    }

    @Test
    void areNotFoundByAnythingElse() {
        Accounts accounts = accounts(entry(DEV).name("retail-dev"));

        assertThat(accounts.find("Retail-Dev")).isEmpty();
        assertThat(accounts.find(PROD)).isEmpty();
        assertThat(accounts.find("")).isEmpty();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> accounts.get(new AccountId(PROD)))
                .withMessage("The account 210987654321 is no longer configured under rolesmith.accounts");
    }

    @Test
    void keepTheOrderOfConfiguration() {
        assertThat(accounts(entry(PROD), entry(DEV)).all())
                .extracting(account -> account.id().value())
                .containsExactly(PROD, DEV);
        assertThat(accounts().all()).isEmpty();
    }

    @Test
    void haveTheirIdForANameWhereNoneIsGiven() {
        assertThat(accounts(entry(DEV)).find(DEV)).map(Account::name).hasValue(DEV);
        assertThat(accounts(entry(DEV).name("  ")).find(DEV)).map(Account::name).hasValue(DEV);
    }

    @Nested
    class AreRefused {

        @Test
        void whenTwoShareAnId() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> accounts(entry(DEV).name("a"), entry(DEV).name("b")))
                    .withMessage("rolesmith.accounts: the id 123456789012 stands there twice");
        }

        @Test
        void whenTwoShareAName() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            accounts(entry(DEV).name("retail"), entry(PROD).name("retail")))
                    .withMessage("rolesmith.accounts: the name retail stands there twice");
        }

        @Test
        void whenANameIsTheIdOfALaterOne() {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> accounts(entry(DEV).name(PROD), entry(PROD).name("retail-prod")))
                    .withMessage("rolesmith.accounts: the name of 123456789012 is the id of another account,"
                            + " 210987654321");
        }

        @Test
        void whenANameIsTheIdOfAnEarlierOne() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            accounts(entry(PROD).name("retail-prod"), entry(DEV).name(PROD)))
                    .withMessage("rolesmith.accounts: the name of 123456789012 is the id of another account,"
                            + " 210987654321");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> accounts(entry(PROD), entry(DEV).name(PROD)))
                    .withMessage("rolesmith.accounts: the name 210987654321 stands there twice");
        }
    }

    @Nested
    class AreEntered {

        @ParameterizedTest
        @CsvSource({
            "AWS, arn:aws:iam::123456789012:role/RolesmithProvisioner",
            "AWS_CN, arn:aws-cn:iam::123456789012:role/RolesmithProvisioner",
            "AWS_US_GOV, arn:aws-us-gov:iam::123456789012:role/RolesmithProvisioner",
            "AWS_EUSC, arn:aws-eusc:iam::123456789012:role/RolesmithProvisioner"
        })
        void byTheDefaultRoleWithPartitionAndAccountFilledIn(Partition partition, String arn) {
            assertThat(entered(PROVISIONER, entry(DEV).partition(partition))).isEqualTo(arn);
        }

        @Test
        void byARoleOfTheirOwnRatherThanTheDefault() {
            assertThat(entered(PROVISIONER, entry(DEV).roleArn("arn:aws:iam::123456789012:role/Own")))
                    .isEqualTo("arn:aws:iam::123456789012:role/Own");
            assertThat(entered(null, entry(DEV).roleArn("arn:${partition}:iam::${account}:role/${account}")))
                    .isEqualTo("arn:aws:iam::123456789012:role/123456789012");
        }

        @Test
        void withoutARoleWhereNoneIsSaid() {
            assertThat(entered(null, entry(DEV))).isNull();
            assertThat(entered("", entry(DEV))).isNull();
        }

        @Test
        void withoutARoleWhereABlankOneSaysThatTheDefaultDoesNotHold() {
            assertThat(entered(PROVISIONER, entry(DEV).roleArn(""))).isNull();
        }

        @Test
        void withoutARoleWhereTheyAreSandboxes() {
            assertThat(entered(PROVISIONER, entry(DEV).kind(AccountKind.SANDBOX).roleArn("arn:aws:iam::1:role/a")))
                    .isNull();
        }

        private @Nullable String entered(@Nullable String byDefault, EntryBuilder entry) {
            return accountsWithDefault(byDefault, entry).get(new AccountId(DEV)).roleArn();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "AWS, aws, us-east-1",
        "AWS_CN, aws-cn, cn-north-1",
        "AWS_US_GOV, aws-us-gov, us-gov-west-1",
        "AWS_EUSC, aws-eusc, eusc-de-east-1"
    })
    void haveTheHomeRegionOfTheirPartitionForADefault(Partition partition, String id, String region) {
        Account account = accounts(entry(DEV).partition(partition)).get(new AccountId(DEV));

        assertThat(account.variables())
                .isEqualTo(Map.of("aws_account_id", DEV, "aws_partition", id, "aws_region", region));
    }

    @Test
    void haveTheRegionThatIsSaid() {
        Account account = accounts(entry(DEV).region("eu-central-1")).get(new AccountId(DEV));

        assertThat(account.region()).isEqualTo("eu-central-1");
        assertThat(account.variables()).containsEntry("aws_region", "eu-central-1");
    }

    @Test
    void admitEveryTeamWhereNoneIsNamed() {
        assertThat(accounts(entry(DEV)).get(new AccountId(DEV)).admits(new Team("anyone")))
                .isTrue();
    }

    @Test
    void admitTheTeamsThatAreNamedAndNoOther() {
        Account account = accounts(entry(DEV).teams("retail-store", "billing")).get(new AccountId(DEV));

        assertThat(account.admits(new Team("billing"))).isTrue();
        assertThat(account.admits(new Team("Billing"))).isFalse();
        assertThat(account.admits(new Team("platform"))).isFalse();
    }

    @Test
    void admitNobodyWhereTheListIsEmpty() {
        assertThat(accounts(entry(DEV).teams()).get(new AccountId(DEV)).admits(new Team("retail-store")))
                .isFalse();
    }

    @Nested
    class LimitsOfAnAccount {

        @Test
        void areTheDefaultsUnlessItSaysOtherwise() {
            Accounts accounts = new Accounts(new AccountProperties(
                    new AccountProperties.Defaults(
                            null, "/workloads/", List.of("arn:${partition}:iam::${account}:policy/team-boundary")),
                    List.of(
                            entry(DEV).build(),
                            entry(PROD)
                                    .rolePathPrefix("/")
                                    .permittedBoundaries()
                                    .build())));

            assertThat(accounts.get(new AccountId(DEV)).limits())
                    .isEqualTo(new Account.Limits(
                            "/workloads/", List.of("arn:aws:iam::" + DEV + ":policy/team-boundary")));
            assertThat(accounts.get(new AccountId(PROD)).limits()).isEqualTo(Account.Limits.NONE);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "workloads/", "/workloads", "//", "/a//b/", "/*/", "/a b/"})
        void areRefusedWhereThePrefixIsNoPath(String prefix) {
            assertThatThrownBy(() -> accounts(entry(DEV).rolePathPrefix(prefix)))
                    .hasMessageStartingWith("rolesmith.accounts: the role-path-prefix '" + prefix + "' of " + DEV
                            + " must begin and end with a slash");
        }

        @Test
        void areRefusedWhereThePrefixIsTooLongForAPolicy() {
            accounts(entry(DEV).rolePathPrefix("/" + "p".repeat(126) + "/"));

            assertThatThrownBy(() -> accounts(entry(DEV).rolePathPrefix("/" + "p".repeat(127) + "/")))
                    .hasMessageContaining("no more than 128 characters");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "team-boundary",
                    "arn:aws:iam::123456789012:role/team-boundary",
                    "arn:aws:iam::123456789012:policy/*",
                    "arn:aws:iam::999999999999:policy/team-boundary",
                    "arn:aws-cn:iam::aws:policy/PowerUserAccess"
                })
        void areRefusedWhereABoundaryIsNoPolicyOfTheAccountOrOfAws(String arn) {
            assertThatThrownBy(() -> accounts(entry(DEV).permittedBoundaries(arn)))
                    .hasMessageStartingWith("rolesmith.accounts: '" + arn + "' among the permitted-boundaries of " + DEV
                            + " is not the ARN of a managed policy");
        }

        @Test
        void areRefusedWhereThereAreMoreBoundariesThanAPolicyHasRoomFor() {
            String[] many = IntStream.range(0, 60)
                    .mapToObj(i -> "arn:aws:iam::aws:policy/Boundary" + i)
                    .toArray(String[]::new);

            assertThatThrownBy(() -> accounts(entry(DEV).permittedBoundaries(many)))
                    .hasMessageEndingWith("Rolesmith's own policy has room for 2000");
        }
    }

    private static Accounts accounts(EntryBuilder... entries) {
        return accountsWithDefault(null, entries);
    }

    private static Accounts accountsWithDefault(@Nullable String roleArn, EntryBuilder... entries) {
        return new Accounts(new AccountProperties(
                new AccountProperties.Defaults(roleArn, "/", List.of()),
                Arrays.stream(entries).map(EntryBuilder::build).toList()));
    }

    private static EntryBuilder entry(String id) {
        return new EntryBuilder(id);
    }

    private static final class EntryBuilder {

        private final String id;
        private @Nullable String name;
        private AccountKind kind = AccountKind.AWS;
        private Partition partition = Partition.AWS;
        private @Nullable String region;
        private @Nullable String roleArn;
        private @Nullable List<String> teams;
        private @Nullable String rolePathPrefix;
        private @Nullable List<String> permittedBoundaries;

        EntryBuilder(String id) {
            this.id = id;
        }

        EntryBuilder name(String value) {
            name = value;
            return this;
        }

        EntryBuilder kind(AccountKind value) {
            kind = value;
            return this;
        }

        EntryBuilder partition(Partition value) {
            partition = value;
            return this;
        }

        EntryBuilder region(String value) {
            region = value;
            return this;
        }

        EntryBuilder roleArn(String value) {
            roleArn = value;
            return this;
        }

        EntryBuilder teams(String... names) {
            teams = List.of(names);
            return this;
        }

        EntryBuilder rolePathPrefix(String value) {
            rolePathPrefix = value;
            return this;
        }

        EntryBuilder permittedBoundaries(String... arns) {
            permittedBoundaries = List.of(arns);
            return this;
        }

        AccountProperties.Entry build() {
            return new AccountProperties.Entry(
                    id,
                    name,
                    kind,
                    partition,
                    region,
                    null,
                    roleArn,
                    null,
                    teams,
                    Map.of(),
                    rolePathPrefix,
                    permittedBoundaries);
        }
    }
}
