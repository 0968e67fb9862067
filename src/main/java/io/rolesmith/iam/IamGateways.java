package io.rolesmith.iam;

import io.rolesmith.account.Account;
import io.rolesmith.account.AccountId;
import io.rolesmith.account.AccountKind;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** The gateway of each account, opened at first use and kept. */
@Component
public class IamGateways {

    private final Map<AccountKind, IamGatewayFactory> factories;
    private final Map<AccountId, IamGateway> gateways = new ConcurrentHashMap<>();

    public IamGateways(List<IamGatewayFactory> factories) {
        this.factories =
                factories.stream().collect(Collectors.toUnmodifiableMap(IamGatewayFactory::kind, Function.identity()));
    }

    /** @throws IllegalStateException if no adapter serves the account's kind */
    public IamGateway of(Account account) {
        return gateways.computeIfAbsent(account.id(), id -> {
            IamGatewayFactory factory = factories.get(account.kind());
            if (factory == null) {
                throw new IllegalStateException("No IAM adapter for accounts of kind " + account.kind());
            }
            return new TimedGateway(factory.open(account));
        });
    }
}
