package io.rolesmith.iam.sandbox;

import io.rolesmith.account.Account;
import io.rolesmith.iam.AccountQuotas;
import io.rolesmith.iam.IamAnswer;
import io.rolesmith.iam.IamGateway;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.iam.InstanceProfile;
import io.rolesmith.role.Change;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RoleState;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A strict IAM in our own database. It plays a system far away: each call is a transaction of its own, and a caller who holds
 * one open across a call is told so, since before the real IAM that would hold it for as long as AWS likes.
 */
final class SandboxIamGateway implements IamGateway {

    private final SandboxIam iam;
    private final String principalArn;
    private final TransactionTemplate writing;
    private final TransactionTemplate reading;

    SandboxIamGateway(Account account, SandboxIam iam, PlatformTransactionManager transactions) {
        this.iam = iam;
        this.principalArn = SandboxIam.provisionerArn(account);
        this.writing = new TransactionTemplate(transactions);
        this.reading = new TransactionTemplate(transactions);
        // One moment for all of what is read.
        reading.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        reading.setReadOnly(true);
    }

    @Override
    public IamAnswer apply(Change change, BooleanSupplier inTime) {
        assertNoTransaction();
        if (!inTime.getAsBoolean()) {
            return IamAnswer.Unsent.tooLate();
        }
        String requestId = UUID.randomUUID().toString();
        try {
            return new IamAnswer.Accepted(requestId, writing.execute(_ -> iam.make(change)));
        } catch (Refusal e) {
            return new IamAnswer.Refused(e.code(), e.words(), e.httpStatus(), requestId);
        } catch (CannotCreateTransactionException e) {
            return new IamAnswer.Unsent("NoConnection", String.valueOf(e.getMessage()));
        } catch (DataAccessException | TransactionException e) {
            return new IamAnswer.Unknown(IamReadException.NO_ANSWER, String.valueOf(e.getMessage()), null);
        }
    }

    @Override
    public Optional<RoleState> observe(RoleName role, boolean withInstanceProfiles) {
        return read(() -> iam.role(role.value(), withInstanceProfiles));
    }

    @Override
    public Optional<RoleState> outline(RoleName role) {
        return read(() -> iam.outline(role.value()));
    }

    @Override
    public Optional<InstanceProfile> instanceProfile(String name) {
        return read(() -> iam.instanceProfile(name));
    }

    @Override
    public Optional<String> policyDocument(String arn) {
        return read(() -> iam.policyDocument(arn));
    }

    @Override
    public AccountQuotas quotas() {
        return read(iam::quotas);
    }

    private <T> T read(Supplier<T> reads) {
        assertNoTransaction();
        try {
            return Objects.requireNonNull(reading.execute(_ -> reads.get()));
        } catch (Refusal e) {
            throw new IamReadException(e.code(), e.words(), UUID.randomUUID().toString(), e);
        } catch (DataAccessException | TransactionException e) {
            throw new IamReadException(IamReadException.NO_ANSWER, String.valueOf(e.getMessage()), null, e);
        }
    }

    @Override
    public String principalArn() {
        return principalArn;
    }

    @Override
    public Optional<String> assumingPrincipalArn() {
        return Optional.empty();
    }

    private static void assertNoTransaction() {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("A transaction is held across a call to IAM");
        }
    }
}
