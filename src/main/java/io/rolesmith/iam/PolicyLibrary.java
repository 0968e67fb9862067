package io.rolesmith.iam;

import io.micrometer.core.instrument.MeterRegistry;
import io.rolesmith.account.Account;
import io.rolesmith.account.AccountId;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.catalogue.ManagedPolicies;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The documents of managed policies and boundaries, at as few calls to IAM as can be: AWS's own come from the catalogue,
 * all others are asked for once and kept for a while.
 *
 * <p>Calls are counted in the meter {@value #METER}, apart from those that provisioning makes. Nothing in here throws because
 * IAM is away; what could not be read is said to be unread.
 */
@Component
public class PolicyLibrary {

    static final String METER = "rolesmith.iam.policy.reads";

    /** What came of looking for a document. */
    public sealed interface Answer {

        /** This is it. */
        record Found(PolicyDocument document) implements Answer {}

        /** The account has no policy of that ARN. */
        record Absent() implements Answer {}

        /** There may be one: IAM could not be read, or its document cannot be. */
        record Unread(String reason) implements Answer {}
    }

    private static final Logger LOG = LoggerFactory.getLogger(PolicyLibrary.class);

    /** At IAM's largest document, 6,144 characters, some 60 MB with what is made of it. */
    private static final int ROOM = 1000;

    /** Long enough that a request with twenty policies waits once for an IAM that is away, and short for who asks again. */
    private static final Duration DOUBT = Duration.ofSeconds(10);

    private static final Duration SAID = Duration.ofHours(1);

    /** The catalogue knows the documents of this partition only; those of others name other ARNs. */
    private static final String CATALOGUED = "arn:aws:iam::aws:policy/";

    private record Key(String account, String arn) {}

    private final ManagedPolicies managedPolicies;
    private final IamGateways gateways;
    private final Duration retention;
    private final MeterRegistry meters;
    private final Remembered<Key, Answer> answers;
    private final Remembered<AccountId, Answer.Unread> silent;
    private final Remembered<Key, String> said;

    PolicyLibrary(
            ManagedPolicies managedPolicies,
            IamGateways gateways,
            IamProperties properties,
            InstantSource clock,
            MeterRegistry meters) {
        this.managedPolicies = managedPolicies;
        this.gateways = gateways;
        this.retention = properties.policyRetention();
        this.meters = meters;
        this.answers = new Remembered<>(clock, ROOM);
        this.silent = new Remembered<>(clock, ROOM);
        this.said = new Remembered<>(clock, ROOM);
        List.of("found", "absent", "unread").forEach(outcome -> meters.counter(METER, "outcome", outcome));
    }

    /** The document of the policy's default version; empty if there is none, or if it could not be read. */
    public Optional<PolicyDocument> document(Account account, String arn) {
        return look(account, arn) instanceof Answer.Found(PolicyDocument document)
                ? Optional.of(document)
                : Optional.empty();
    }

    /** The ARN of AWS's that was probably meant by one that no policy has: {@code service-role/} is left out easily. */
    public Optional<String> closest(String arn) {
        return managedPolicies.closest(arn);
    }

    /**
     * The document of the policy's default version, or why there is none. What is absent or unread now is asked for again
     * after {@code 10 s}; two threads that miss the same one both ask, and are told the same.
     *
     * @param arn of AWS's or of the account's own
     */
    public Answer look(Account account, String arn) {
        Optional<String> catalogued = arn.startsWith(CATALOGUED) ? managedPolicies.document(arn) : Optional.empty();
        Key key = new Key(catalogued.isPresent() ? "aws" : account.id().value(), arn);
        Optional<Answer> known = answers.find(key);
        if (known.isPresent()) {
            return known.get();
        }
        if (catalogued.isPresent()) {
            return kept(key, read(catalogued.get()));
        }
        Optional<Answer.Unread> silence = silent.find(account.id());
        return silence.isPresent() ? silence.get() : kept(key, ask(account, key));
    }

    private Answer kept(Key key, Answer answer) {
        answers.keep(
                key,
                answer,
                switch (answer) {
                    case Answer.Found _ -> retention;
                    case Answer.Absent _, Answer.Unread _ -> DOUBT;
                });
        return answer;
    }

    private Answer ask(Account account, Key key) {
        Answer answer;
        try {
            answer = gateways.of(account)
                    .policyDocument(key.arn())
                    .map(PolicyLibrary::read)
                    .orElseGet(Answer.Absent::new);
        } catch (IamReadException e) {
            Answer.Unread unread = new Answer.Unread(e.code());
            if (e.awsRequestId() == null || e.isThrottled()) {
                // Not this policy's matter: the next one would fare no better.
                silent.keep(account.id(), unread, DOUBT);
            }
            answer = unread;
        }
        meters.counter(
                        METER,
                        "outcome",
                        switch (answer) {
                            case Answer.Found _ -> "found";
                            case Answer.Absent _ -> "absent";
                            case Answer.Unread _ -> "unread";
                        })
                .increment();
        if (answer instanceof Answer.Unread(String reason) && said.find(key).isEmpty()) {
            said.keep(key, reason, SAID);
            LOG.warn("Account {}: the managed policy {} cannot be read ({})", account.name(), key.arn(), reason);
        }
        return answer;
    }

    /** What others wrote need not be what we can read. */
    private static Answer read(String text) {
        try {
            return new Answer.Found(PolicyDocument.parse(text));
        } catch (IllegalArgumentException e) {
            return new Answer.Unread("its document is not understood: " + e.getMessage());
        }
    }
}
