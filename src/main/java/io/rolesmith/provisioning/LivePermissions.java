package io.rolesmith.provisioning;

import io.rolesmith.account.Account;
import io.rolesmith.iam.IamGateways;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.iam.PolicyLibrary;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.access.NamedPolicy;
import io.rolesmith.policy.access.Permissions;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RoleState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Reads what a live role's policies grant. */
@Component
public class LivePermissions {

    private final IamGateways gateways;
    private final RoleReader reader;
    private final PolicyLibrary library;

    LivePermissions(IamGateways gateways, RoleReader reader, PolicyLibrary library) {
        this.gateways = gateways;
        this.reader = reader;
        this.library = library;
    }

    /**
     * The policies and the boundary that the role has now; empty if IAM knows no such role. A managed policy whose
     * document cannot be read is in there by its name only.
     *
     * @throws IamReadException if the role cannot be read
     */
    public Optional<Permissions> of(Account account, RoleName role) {
        return reader.read(gateways.of(account), role, false).map(state -> permissions(account, state));
    }

    private Permissions permissions(Account account, RoleState state) {
        List<NamedPolicy> policies = new ArrayList<>();
        state.inlinePolicies().forEach((name, text) -> policies.add(inline(name, text)));
        state.managedPolicyArns().forEach(arn -> policies.add(managed(account, arn)));
        return new Permissions(
                policies, Optional.ofNullable(state.permissionsBoundaryArn()).map(arn -> managed(account, arn)));
    }

    /** What somebody else put there need not be readable to us. */
    private static NamedPolicy inline(String name, String text) {
        return new NamedPolicy(name, PolicyDocument.find(text));
    }

    private NamedPolicy managed(Account account, String arn) {
        return new NamedPolicy(arn, library.document(account, arn));
    }
}
