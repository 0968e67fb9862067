package io.rolesmith.iam;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rolesmith.account.Account;
import io.rolesmith.iam.aws.SdkGateways;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.catalogue.ManagedPolicies;
import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.FaultProxy.Reach;
import io.rolesmith.support.MemoryIam;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is asked of IAM for documents and quotas, and how long its answers are believed. */
class PolicyLibraryTests {

    private static final String ACCOUNT = "123456789012";
    private static final String OWN = "arn:aws:iam::" + ACCOUNT + ":policy/assets";
    private static final String DOCUMENT =
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}";
    private static final String ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

    private final FaultProxy iam = FaultProxy.before(new MemoryIam(ACCOUNT));
    private final SdkGateways sdk = SdkGateways.open();
    private final IamGateways gateways = new IamGateways(List.of(sdk.factory()));
    private final Account account = SdkGateways.account(ACCOUNT, iam.endpoint(), null);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final PolicyLibrary library =
            new PolicyLibrary(ManagedPolicies.bundled(), gateways, SdkGateways.PROPERTIES, () -> now, meters);
    private final KnownQuotas quotas = new KnownQuotas(gateways, SdkGateways.PROPERTIES, () -> now, meters);

    @AfterEach
    void close() {
        sdk.close();
        iam.close();
    }

    @Test
    void documentsOfAwsAreReadWithoutAskingAnybody() {
        assertThat(library.document(account, ADMINISTRATOR).orElseThrow().statements())
                .hasSize(1);
        assertThat(iam.calls()).isEmpty();
    }

    @Test
    void documentsOfAwsInAnotherPartitionAreAskedFor() {
        assertThat(library.look(account, "arn:aws-cn:iam::aws:policy/AdministratorAccess"))
                .isEqualTo(new PolicyLibrary.Answer.Absent());
        assertThat(actions()).containsExactly("GetPolicy");
    }

    @Test
    void whatTheCatalogueDoesNotKnowIsAskedFor() {
        assertThat(library.document(account, "arn:aws:iam::aws:policy/MadeByAwsToday"))
                .isEmpty();
        assertThat(actions()).containsExactly("GetPolicy");
    }

    @Test
    void aDocumentOfTheAccountIsAskedForOnceInFiveMinutes() {
        make("assets", DOCUMENT);

        assertThat(library.document(account, OWN)).contains(PolicyDocument.parse(DOCUMENT));
        now = now.plus(Duration.ofMinutes(5)).minusNanos(1);
        assertThat(library.document(account, OWN)).isPresent();
        assertThat(actions()).containsExactly("GetPolicy", "GetPolicyVersion");

        now = now.plusNanos(1);
        assertThat(library.document(account, OWN)).isPresent();
        assertThat(actions()).hasSize(4);
        assertThat(meters.counter(PolicyLibrary.METER, "outcome", "found").count())
                .isEqualTo(2);
    }

    @Test
    void whatIsAbsentIsAskedForAgainSoon() {
        assertThat(library.look(account, OWN)).isEqualTo(new PolicyLibrary.Answer.Absent());
        make("assets", DOCUMENT);
        assertThat(library.document(account, OWN)).isEmpty();

        now = now.plusSeconds(10);
        assertThat(library.document(account, OWN)).isPresent();
        assertThat(meters.counter(PolicyLibrary.METER, "outcome", "absent").count())
                .isEqualTo(1);
    }

    @Test
    void whatMayNotBeReadConcernsThatPolicyOnly() {
        make("assets", DOCUMENT);
        make("other", DOCUMENT);
        iam.fail("GetPolicy", null, 1, new FaultProxy.Refused(403, "AccessDenied", "no"));

        assertThat(library.look(account, OWN)).isEqualTo(new PolicyLibrary.Answer.Unread("AccessDenied"));
        assertThat(library.document(account, "arn:aws:iam::" + ACCOUNT + ":policy/other"))
                .isPresent();
        assertThat(library.document(account, OWN)).as("still believed").isEmpty();
        assertThat(meters.counter(PolicyLibrary.METER, "outcome", "unread").count())
                .isEqualTo(1);
    }

    @Test
    void anIamThatIsAwayIsNotAskedForEachPolicyAnew() {
        make("other", DOCUMENT);
        iam.fail("GetPolicy", null, 3, new FaultProxy.Lost(Reach.NOT_DONE));

        assertThat(library.look(account, OWN)).isEqualTo(new PolicyLibrary.Answer.Unread("NoAnswer"));
        assertThat(library.look(account, "arn:aws:iam::" + ACCOUNT + ":policy/other"))
                .isEqualTo(new PolicyLibrary.Answer.Unread("NoAnswer"));
        assertThat(actions()).containsExactly("GetPolicy", "GetPolicy", "GetPolicy");

        now = now.plusSeconds(10);
        assertThat(library.document(account, "arn:aws:iam::" + ACCOUNT + ":policy/other"))
                .isPresent();
    }

    @Test
    void aDocumentThatCannotBeUnderstoodIsUnread() {
        make("assets", "{}");

        assertThat(library.look(account, OWN))
                .isInstanceOfSatisfying(
                        PolicyLibrary.Answer.Unread.class,
                        unread -> assertThat(unread.reason()).startsWith("its document is not understood: "));
    }

    @Test
    void quotasAreAskedForOnceInAnHour() {
        assertThat(quotas.of(account)).contains(new AccountQuotas(0, 1000, 20, 2048, 10_240));
        now = now.plus(Duration.ofHours(1)).minusNanos(1);
        quotas.of(account);
        assertThat(actions()).containsExactly("GetAccountSummary");

        now = now.plusNanos(1);
        quotas.of(account);
        assertThat(actions()).hasSize(2);
        assertThat(meters.counter(KnownQuotas.METER, "outcome", "found").count())
                .isEqualTo(2);
    }

    @Test
    void quotasThatCannotBeReadAreUnknownForAWhile() {
        iam.fail("GetAccountSummary", null, 1, new FaultProxy.Refused(403, "AccessDenied", "no"));

        assertThat(quotas.of(account)).isEmpty();
        assertThat(quotas.of(account)).isEmpty();
        assertThat(actions()).hasSize(1);
        now = now.plusSeconds(10);
        assertThat(quotas.of(account)).isPresent();
        assertThat(meters.counter(KnownQuotas.METER, "outcome", "unread").count())
                .isEqualTo(1);
    }

    @Test
    void ofTooManyAnswersThoseAskedForLastAreKept() {
        Remembered<Integer, String> remembered = new Remembered<>(() -> now, 2);
        remembered.keep(1, "one", Duration.ofSeconds(1));
        remembered.keep(2, "two", Duration.ofSeconds(1));
        remembered.find(1);
        remembered.keep(3, "three", Duration.ofSeconds(1));

        assertThat(remembered.find(1)).contains("one");
        assertThat(remembered.find(2)).isEmpty();
        assertThat(remembered.find(3)).contains("three");
    }

    private void make(String name, String document) {
        iam.ask("CreatePolicy", Map.of("PolicyName", name, "PolicyDocument", document));
    }

    private List<String> actions() {
        return iam.calls().stream().map(FaultProxy.Call::action).toList();
    }
}
