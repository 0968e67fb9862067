package io.rolesmith.request;

import io.rolesmith.caller.Team;
import io.rolesmith.role.RoleDraft;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request as it was submitted, shaped but unchecked.
 *
 * @param accounts ids or configured names
 * @param variables what {@code ${var.…}} stands for, beside what comes from each account
 * @param keep whether accounts that succeeded are kept when another one fails
 */
public record Submission(
        RequestAction action,
        List<String> accounts,
        Team team,
        @Nullable String reason,
        Map<String, String> variables,
        Wish wish,
        boolean keep) {

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

        /** As a blueprint makes them. */
        record FromBlueprint(String blueprint, @Nullable ObjectNode parameters) implements Wish {}
    }
}
