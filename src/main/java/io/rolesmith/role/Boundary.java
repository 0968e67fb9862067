package io.rolesmith.role;

/** What a spec says of the permissions boundary. */
public sealed interface Boundary {

    /** Nothing: the one that is there stays, and a new role has none. */
    record Unchanged() implements Boundary {}

    /** There shall be none; removing one widens what the role may do. */
    record None() implements Boundary {}

    /** This policy shall be the boundary. */
    record Policy(PolicyArn arn) implements Boundary {}
}
