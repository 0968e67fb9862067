package io.rolesmith.policy;

import java.util.List;

/** Whom a statement speaks of, in its Principal or NotPrincipal element. */
public sealed interface Principals {

    /** Where the element stands in its document, empty when it does not. */
    String pointer();

    /** There is no such element. */
    record Absent() implements Principals {

        @Override
        public String pointer() {
            return "";
        }
    }

    /** The bare {@code "*"}, which is not the same as <code>{"AWS": "*"}</code>. */
    record Anyone(String pointer) implements Principals {}

    /** Principals by kind, in the document's order; there may be none at all. */
    record Listed(String pointer, List<Group> groups) implements Principals {

        public Listed {
            groups = List.copyOf(groups);
        }
    }

    /** The principals of one kind. */
    record Group(PrincipalType type, Values values) {}

    /** Whether the element stands in the document, be it empty. */
    default boolean isPresent() {
        return !(this instanceof Absent);
    }

    /** Whether it names nobody: the element is absent, or without a single value. */
    default boolean isEmpty() {
        return switch (this) {
            case Absent _ -> true;
            case Anyone _ -> false;
            case Listed listed ->
                listed.groups().stream().allMatch(group -> group.values().isEmpty());
        };
    }
}
