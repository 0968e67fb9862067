package io.rolesmith.request;

import org.jspecify.annotations.Nullable;

/**
 * Which requests; an absent part excludes none.
 *
 * @param account the twelve digits
 * @param role a role's name, whatever its letter case
 * @param before only requests submitted before the one of this sequence
 * @param limit how many at most
 */
public record RequestQuery(
        @Nullable RequestStatus status,
        @Nullable String team,
        @Nullable String account,
        @Nullable String role,
        @Nullable Long before,
        int limit) {}
