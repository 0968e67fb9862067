package io.rolesmith.api.problem;

import java.sql.SQLException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;

/** Tells a database that is away from a statement that is wrong. */
public final class DatabaseFailures {

    /** What PostgreSQL says after a failover, as long as we are connected to what is a standby now. */
    private static final String READ_ONLY = "25006";

    private DatabaseFailures() {}

    /** Whether the same may pass later, unchanged: no connection, a lost one, or a server that stops, starts or is full. */
    public static boolean mayPass(RuntimeException e) {
        return switch (e) {
            case DataAccessResourceFailureException _,
                    TransientDataAccessException _,
                    RecoverableDataAccessException _,
                    TransactionException _ -> true;
            case DataAccessException other ->
                other.getMostSpecificCause() instanceof SQLException sql && READ_ONLY.equals(sql.getSQLState());
            default -> false;
        };
    }
}
