package io.rolesmith.account;

import io.rolesmith.caller.Team;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An AWS account that Rolesmith may reach.
 *
 * @param name the configured name, which requests may use in place of the id
 * @param region the default of {@code ${var.aws_region}}, and the region of STS
 * @param endpoint where IAM and STS are spoken to, absent: AWS's own endpoints
 * @param roleArn the role that is assumed to get in, absent: our own credentials are the account's
 * @param externalId the external id shown when assuming {@code roleArn}
 * @param teams the teams that may have roles there, absent: every team
 * @param managedPolicies sandbox only: customer managed policies that are there, name to document
 * @param limits what the roles there must keep to
 */
public record Account(
        AccountId id,
        String name,
        AccountKind kind,
        Partition partition,
        String region,
        @Nullable URI endpoint,
        @Nullable String roleArn,
        @Nullable String externalId,
        @Nullable Set<Team> teams,
        Map<String, String> managedPolicies,
        Limits limits) {

    /**
     * What every role that we make in an account must keep to, so that our own power there can be limited to it.
     *
     * @param pathPrefix what the path of each role begins with; {@code /} lets them all
     * @param permittedBoundaries ARNs of the permissions boundaries of which each role must have one; none: a role needs no
     *     boundary
     */
    public record Limits(String pathPrefix, List<String> permittedBoundaries) {

        /** Any path, and no boundary. */
        public static final Limits NONE = new Limits("/", List.of());

        public Limits {
            permittedBoundaries = List.copyOf(permittedBoundaries);
        }
    }

    public Account {
        teams = teams == null ? null : Set.copyOf(teams);
        managedPolicies = Map.copyOf(managedPolicies);
    }

    /** Whether {@code team} may have roles here. */
    public boolean admits(Team team) {
        return teams == null || teams.contains(team);
    }

    /** What {@code ${var.aws_account_id}}, {@code ${var.aws_partition}} and {@code ${var.aws_region}} are here. */
    public Map<String, String> variables() {
        return Map.of("aws_account_id", id.value(), "aws_partition", partition.id(), "aws_region", region);
    }
}
