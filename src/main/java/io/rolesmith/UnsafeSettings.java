package io.rolesmith;

import io.rolesmith.account.Account;
import io.rolesmith.account.Accounts;
import io.rolesmith.audit.AuditSafety;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Lists the settings that work but are not safe, by the names of their properties: in the log at start, and in the health
 * component {@code unsafeSettings}. That one is always up, since a service that somebody chose to run so must run.
 */
@Component("unsafeSettings")
class UnsafeSettings implements HealthIndicator {

    private static final Logger LOG = LoggerFactory.getLogger(UnsafeSettings.class);

    private final Accounts accounts;
    private final AuditSafety audit;
    private Optional<Map<String, String>> known = Optional.empty();

    UnsafeSettings(Accounts accounts, AuditSafety audit) {
        this.accounts = accounts;
        this.audit = audit;
    }

    @EventListener(ApplicationReadyEvent.class)
    void listAtStart() {
        find();
    }

    @Override
    public Health health() {
        return find().map(settings -> Health.up().withDetails(settings).build())
                .orElseGet(() -> Health.up()
                        .withDetail("spring.datasource", "the database is away and cannot be asked yet")
                        .build());
    }

    /** Found once and kept, since settings do not change; empty as long as the database cannot be asked. */
    private synchronized Optional<Map<String, String>> find() {
        if (known.isEmpty()) {
            try {
                Map<String, String> settings = new LinkedHashMap<>(openAccounts());
                settings.putAll(audit.unsafeSettings());
                settings.forEach((property, why) -> LOG.warn("Unsafe: {} {}", property, why));
                known = Optional.of(settings);
            } catch (DataAccessException | TransactionException e) {
                LOG.warn("Unsafe settings are not known yet: {}", e.toString());
            }
        }
        return known;
    }

    private Map<String, String> openAccounts() {
        Map<String, String> settings = new LinkedHashMap<>();
        for (Account account : accounts.all()) {
            if (account.teams() == null) {
                settings.put(
                        "rolesmith.accounts[" + account.name() + "].teams",
                        "is not set: every team may have roles there");
            }
        }
        return settings;
    }
}
