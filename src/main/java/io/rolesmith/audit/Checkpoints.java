package io.rolesmith.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** The heads of the chain that were kept, and where the chain is not what they say. */
@Component
final class Checkpoints {

    /** How many signatures a verification checks, from the last: it takes some 0.1 ms for each. */
    static final int SIGNATURES = 1_000;

    // Not the sealer's: nobody who seals waits for a checkpoint.
    static final long LOCK = AuditChain.LOCK + 1;

    private final JdbcClient jdbc;
    private final TransactionTemplate writing;
    private final CheckpointSigner signer;
    private final String installation;

    Checkpoints(
            JdbcClient jdbc,
            PlatformTransactionManager transactions,
            CheckpointSigner signer,
            AuditProperties properties) {
        this.jdbc = jdbc;
        this.writing = new TransactionTemplate(transactions);
        // What is read after the lock must be no older than the lock.
        writing.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
        writing.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.signer = signer;
        this.installation = properties.installation();
    }

    /** What became of the wish to write a checkpoint. */
    sealed interface Attempt {

        /** It stands in the table, and nowhere else yet. */
        record Written(Checkpoint checkpoint) implements Attempt {}

        /** The head stands in a checkpoint already, the last one is too young, or another replica is at it. */
        record NotDue() implements Attempt {}

        /** The chain is not the one of the last checkpoint: it must not be vouched for. */
        record Refused(String reason) implements Attempt {}
    }

    /** Keeps the chain's head, unless the last checkpoint is younger than {@code age}. */
    Attempt write(Instant now, Duration age) {
        return writing.execute(transaction -> {
            boolean locked = jdbc.sql("SELECT pg_try_advisory_xact_lock(:lock)")
                    .param("lock", LOCK)
                    .query(Boolean.class)
                    .single();
            return locked ? writeLocked(now, age) : new Attempt.NotDue();
        });
    }

    private Attempt writeLocked(Instant now, Duration age) {
        Optional<Checkpoint> last = last();
        if (last.isPresent()) {
            if (last.get().at().plus(age).isAfter(now)) {
                return new Attempt.NotDue();
            }
            if (signer.isForged(last.get()) || !stands(last.get())) {
                return new Attempt.Refused("The chain is not the one of the last checkpoint, "
                        + last.get().json());
            }
        }
        Optional<ChainLink> head = AuditChain.head(jdbc)
                .filter(link -> last.isEmpty() || link.sequence() > last.get().sequence());
        if (head.isEmpty()) {
            return new Attempt.NotDue();
        }
        Checkpoint checkpoint = signer.sign(Checkpoint.of(head.get(), now, installation));
        insert(checkpoint);
        return new Attempt.Written(checkpoint);
    }

    private void insert(Checkpoint checkpoint) {
        jdbc.sql("""
                        INSERT INTO audit.checkpoint (sequence, hash, written_at, installation, key_id, signature)
                        VALUES (:sequence, :hash, :writtenAt, :installation, :keyId, :signature)
                        """)
                .param("sequence", checkpoint.sequence())
                .param("hash", HexFormat.of().parseHex(checkpoint.hash()))
                .param("writtenAt", checkpoint.at().atOffset(ZoneOffset.UTC))
                .param("installation", checkpoint.installation())
                .param("keyId", checkpoint.keyId())
                .param("signature", checkpoint.signature())
                .update();
    }

    private boolean stands(Checkpoint checkpoint) {
        return jdbc.sql("SELECT EXISTS (SELECT FROM audit.seal WHERE sequence = :sequence AND hash = :hash)")
                .param("sequence", checkpoint.sequence())
                .param("hash", HexFormat.of().parseHex(checkpoint.hash()))
                .query(Boolean.class)
                .single();
    }

    private Optional<Checkpoint> last() {
        return lastBefore(Long.MAX_VALUE);
    }

    /** The last checkpoint of an event before {@code sequence}. */
    Optional<Checkpoint> lastBefore(long sequence) {
        return jdbc.sql("SELECT * FROM audit.checkpoint WHERE sequence < :sequence ORDER BY sequence DESC LIMIT 1")
                .param("sequence", sequence)
                .query((resultSet, row) -> checkpoint(resultSet))
                .optional();
    }

    /** The first checkpoint of an event up to {@code sequence} that has another hash now. */
    Optional<Checkpoint> firstContradicted(long sequence) {
        return jdbc.sql("""
                        SELECT checkpoint.* FROM audit.checkpoint JOIN audit.seal USING (sequence)
                        WHERE sequence <= :sequence AND seal.hash <> checkpoint.hash ORDER BY sequence LIMIT 1
                        """)
                .param("sequence", sequence)
                .query((resultSet, row) -> checkpoint(resultSet))
                .optional();
    }

    /** The last checkpoint of an event that is no longer there. */
    Optional<Checkpoint> lastWithoutEvent() {
        return jdbc.sql("""
                        SELECT * FROM audit.checkpoint
                        WHERE NOT EXISTS (SELECT FROM audit.seal WHERE seal.sequence = checkpoint.sequence)
                        ORDER BY sequence DESC LIMIT 1
                        """).query((resultSet, row) -> checkpoint(resultSet)).optional();
    }

    /** One of the last {@value #SIGNATURES} checkpoints that claim our key but do not bear its signature. */
    Optional<Checkpoint> forged() {
        try (Stream<Checkpoint> checkpoints = jdbc
                .sql("SELECT * FROM audit.checkpoint WHERE key_id = :keyId ORDER BY sequence DESC LIMIT :limit")
                .param("keyId", signer.keyId())
                .param("limit", SIGNATURES)
                .query((resultSet, row) -> checkpoint(resultSet))
                .stream()) {
            return checkpoints.filter(signer::isForged).reduce((later, earlier) -> earlier);
        }
    }

    private static Checkpoint checkpoint(ResultSet resultSet) throws SQLException {
        return new Checkpoint(
                resultSet.getLong("sequence"),
                HexFormat.of().formatHex(resultSet.getBytes("hash")),
                resultSet.getObject("written_at", OffsetDateTime.class).toInstant(),
                resultSet.getString("installation"),
                resultSet.getString("key_id"),
                resultSet.getString("signature"));
    }
}
