package io.rolesmith.caller;

/** A team of the organisation, by the name that tokens and configuration use for it; compared exactly. */
public record Team(String name) {

    /** AWS's limit for a tag value, since a team is written into the role's tags. */
    public static final int MAX_LENGTH = 256;

    public Team {
        if (name.isBlank() || name.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "A team's name has 1 to " + MAX_LENGTH + " characters, got '" + name + "'");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
