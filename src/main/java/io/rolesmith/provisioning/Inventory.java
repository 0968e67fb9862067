package io.rolesmith.provisioning;

import io.rolesmith.account.AccountId;
import io.rolesmith.caller.Team;
import io.rolesmith.role.RoleName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The roles that are ours. */
@Repository
public class Inventory {

    private final JdbcClient jdbc;

    Inventory(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The managed role of that name, whatever its letter case. */
    public Optional<ManagedRole> find(AccountId account, String name) {
        return jdbc.sql("SELECT * FROM rolesmith.managed_role WHERE account = :account AND name_key = :key")
                .param("account", account.value())
                .param("key", name.toLowerCase(Locale.ROOT))
                .query(Inventory::managedRole)
                .optional();
    }

    /**
     * Managed roles in the order of account and name.
     *
     * @param teams only roles of these; null for all
     * @param account only this account's, if given
     * @param name only roles of this name, whatever its letter case, if given
     * @param after the last role of the page before: only roles behind it, if given
     * @param limit how many at most
     */
    public List<ManagedRole> list(
            @Nullable Collection<Team> teams,
            @Nullable AccountId account,
            @Nullable String name,
            @Nullable Position after,
            int limit) {
        String[] teamNames =
                teams == null ? null : teams.stream().map(Team::name).toArray(String[]::new);
        return jdbc.sql("""
                        SELECT * FROM rolesmith.managed_role
                        WHERE (:teams::text[] IS NULL OR team = ANY (:teams::text[]))
                          AND (:account::text IS NULL OR account = :account)
                          AND (:name::text IS NULL OR name_key = :name)
                          AND (:afterAccount::text IS NULL OR (account, name_key) > (:afterAccount, :afterKey))
                        ORDER BY account, name_key
                        LIMIT :limit
                        """)
                .param("teams", teamNames)
                .param("account", account == null ? null : account.value())
                .param("name", name == null ? null : name.toLowerCase(Locale.ROOT))
                .param("afterAccount", after == null ? null : after.account())
                .param("afterKey", after == null ? null : after.key())
                .param("limit", limit)
                .query(Inventory::managedRole)
                .list();
    }

    /** A place in the order of {@link #list}. */
    public record Position(String account, String key) {

        public static Position of(ManagedRole role) {
            return new Position(role.account().value(), role.wanted().name().key());
        }
    }

    /** Records that {@code role} is ours and as wanted; joins the caller's transaction. */
    void put(ManagedRole role) {
        RoleName name = role.wanted().name();
        jdbc.sql("""
                        INSERT INTO rolesmith.managed_role
                            (account, name_key, name, arn, role_id, team, wanted, request_id, last_applied_at, version)
                        VALUES (:account, :key, :name, :arn, :roleId, :team, :wanted, :request, :at, 1)
                        ON CONFLICT (account, name_key) DO UPDATE SET
                            name = excluded.name, arn = excluded.arn, role_id = excluded.role_id, team = excluded.team,
                            wanted = excluded.wanted, request_id = excluded.request_id,
                            last_applied_at = excluded.last_applied_at, version = managed_role.version + 1
                        """)
                .param("account", role.account().value())
                .param("key", name.key())
                .param("name", name.value())
                .param("arn", role.arn())
                .param("roleId", role.roleId())
                .param("team", role.team().name())
                .param("wanted", Json.write(role.wanted()))
                .param("request", role.requestId())
                .param("at", role.lastAppliedAt().atOffset(ZoneOffset.UTC))
                .update();
    }

    /** Records that {@code role} is not there any more; joins the caller's transaction. */
    void remove(ManagedRole role) {
        jdbc.sql("""
                        DELETE FROM rolesmith.managed_role
                        WHERE account = :account AND name_key = :key AND role_id = :roleId
                        """)
                .param("account", role.account().value())
                .param("key", role.wanted().name().key())
                .param("roleId", role.roleId())
                .update();
    }

    private static ManagedRole managedRole(ResultSet row, int number) throws SQLException {
        Instant lastAppliedAt =
                row.getObject("last_applied_at", OffsetDateTime.class).toInstant();
        return new ManagedRole(
                new AccountId(row.getString("account")),
                row.getString("arn"),
                row.getString("role_id"),
                new Team(row.getString("team")),
                Json.readSpec(row.getString("wanted")),
                row.getObject("request_id", UUID.class),
                lastAppliedAt,
                row.getLong("version"));
    }
}
