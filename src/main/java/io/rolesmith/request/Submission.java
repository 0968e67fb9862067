package io.rolesmith.request;

import io.rolesmith.caller.Team;
import io.rolesmith.provisioning.RoleVersion;
import io.rolesmith.role.LiveSessions;
import io.rolesmith.role.RoleDraft;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request as it was submitted, shaped but unchecked.
 *
 * @param accounts ids or configured names
 * @param variables what {@code ${var.…}} stands for, beside what comes from each account
 * @param keep whether accounts that succeeded are kept when another one fails
 * @param sessions what becomes of open sessions where a trust policy loses somebody
 * @param expected how each role must be found, or nothing is written; empty if it does not matter
 */
public record Submission(
        RequestAction action,
        List<String> accounts,
        Team team,
        @Nullable String reason,
        Map<String, String> variables,
        Wish wish,
        boolean keep,
        LiveSessions sessions,
        Optional<RoleVersion> expected) {

    public Submission {
        accounts = List.copyOf(accounts);
        variables = Map.copyOf(variables);
    }

    /** What roles are meant. */
    public sealed interface Wish {

        /** Spelled out. */
        record Roles(List<RoleDraft> roles) implements Wish {
            public Roles {
                roles = List.copyOf(roles);
            }
        }

        /** By name only, to be deleted. */
        record Names(List<String> names) implements Wish {
            public Names {
                names = List.copyOf(names);
            }
        }

        /** As a blueprint makes them. */
        record FromBlueprint(String blueprint, @Nullable ObjectNode parameters) implements Wish {}
    }
}
