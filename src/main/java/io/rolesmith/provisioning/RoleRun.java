package io.rolesmith.provisioning;

import io.rolesmith.account.Account;
import io.rolesmith.iam.IamAnswer;
import io.rolesmith.iam.IamGateway;
import io.rolesmith.role.Change;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RolePlan;
import io.rolesmith.role.RoleSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One role of a job while it is worked on. Used by one thread at a time. */
final class RoleRun {

    /** One change of the journal and how far it came. */
    static final class Step {
        private final int position;
        private final Change change;
        private ChangeStatus status;

        Step(int position, Change change, ChangeStatus status) {
            this.position = position;
            this.change = change;
            this.status = status;
        }

        int position() {
            return position;
        }

        Change change() {
            return change;
        }

        ChangeStatus status() {
            return status;
        }

        void status(ChangeStatus status) {
            this.status = status;
        }
    }

    private final JobId job;
    private final int ordinal;
    private final Account account;
    private final RoleSpec spec;
    private final IamGateway gateway;
    private final List<Step> steps = new ArrayList<>();
    private volatile RoleStatus status;
    private volatile @Nullable String roleId;
    private volatile @Nullable String arn;

    RoleRun(JobId job, Journal.RoleRow row, Account account, IamGateway gateway) {
        this.job = job;
        this.ordinal = row.ordinal();
        this.account = account;
        this.spec = row.spec();
        this.gateway = gateway;
        this.status = row.status();
        this.roleId = row.roleId();
        this.arn = row.arn();
        row.changes().forEach(change -> steps.add(new Step(change.position(), change.change(), change.status())));
    }

    void plan(RolePlan plan) {
        for (Change change : plan.changes()) {
            steps.add(new Step(steps.size(), change, ChangeStatus.PLANNED));
        }
        status = RoleStatus.APPLYING;
    }

    void is(IamAnswer.CreatedRole role) {
        roleId = role.roleId();
        arn = role.arn();
    }

    JobId job() {
        return job;
    }

    int ordinal() {
        return ordinal;
    }

    Account account() {
        return account;
    }

    RoleName name() {
        return spec.name();
    }

    RoleSpec spec() {
        return spec;
    }

    IamGateway gateway() {
        return gateway;
    }

    /** In the order in which they are to be made. */
    List<Step> steps() {
        return steps;
    }

    RoleStatus status() {
        return status;
    }

    void status(RoleStatus status) {
        this.status = status;
    }

    /** The ARN that the role will have, or has. */
    String expectedArn() {
        return spec.arn(account.partition().id(), account.id().value());
    }

    @Nullable
    String roleId() {
        return roleId;
    }

    @Nullable
    String arn() {
        return arn;
    }

    /** Whether the role's instance profiles matter to the job. */
    boolean concernsInstanceProfile() {
        return spec.instanceProfile();
    }
}
