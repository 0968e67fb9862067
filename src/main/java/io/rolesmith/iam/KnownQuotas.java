package io.rolesmith.iam;

import io.micrometer.core.instrument.MeterRegistry;
import io.rolesmith.account.Account;
import io.rolesmith.account.AccountId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * What each account lets roles have, asked for when somebody wants to know and kept for a while.
 *
 * <p>Calls are counted in the meter {@value #METER}, apart from those that provisioning makes.
 */
@Component
public class KnownQuotas {

    static final String METER = "rolesmith.iam.quota.reads";

    private static final Logger LOG = LoggerFactory.getLogger(KnownQuotas.class);

    private static final int ROOM = 10_000;

    private static final Duration DOUBT = Duration.ofSeconds(10);

    private final IamGateways gateways;
    private final Duration retention;
    private final MeterRegistry meters;
    private final Remembered<AccountId, Optional<AccountQuotas>> known;

    KnownQuotas(IamGateways gateways, IamProperties properties, InstantSource clock, MeterRegistry meters) {
        this.gateways = gateways;
        this.retention = properties.quotaRetention();
        this.meters = meters;
        this.known = new Remembered<>(clock, ROOM);
        List.of("found", "unread").forEach(outcome -> meters.counter(METER, "outcome", outcome));
    }

    /** The account's quotas; empty if IAM could not be read, which is tried again after {@code 10 s}. */
    public Optional<AccountQuotas> of(Account account) {
        Optional<Optional<AccountQuotas>> kept = known.find(account.id());
        return kept.isPresent() ? kept.get() : ask(account);
    }

    private Optional<AccountQuotas> ask(Account account) {
        try {
            Optional<AccountQuotas> quotas = Optional.of(gateways.of(account).quotas());
            meters.counter(METER, "outcome", "found").increment();
            known.keep(account.id(), quotas, retention);
            return quotas;
        } catch (IamReadException e) {
            LOG.warn(
                    "Account {}: its quotas cannot be read ({}); AWS's defaults are assumed", account.name(), e.code());
            meters.counter(METER, "outcome", "unread").increment();
            known.keep(account.id(), Optional.empty(), DOUBT);
            return Optional.empty();
        }
    }
}
