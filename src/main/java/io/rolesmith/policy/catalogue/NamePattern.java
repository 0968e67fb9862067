package io.rolesmith.policy.catalogue;

import io.rolesmith.policy.Wildcards;
import org.jspecify.annotations.Nullable;

/** A pattern for names in lower case, looked at once, so that it can be held against very many. */
final class NamePattern {

    private final String pattern;
    private final String beginning;
    private final int shortest;

    /** What follows on the star, where that is the only wildcard, as in most patterns. */
    private final @Nullable String ending;

    NamePattern(String text) {
        StringBuilder collapsed = new StringBuilder();
        int characters = 0;
        int wildcard = -1;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (wildcard < 0 && (character == '*' || character == '?')) {
                wildcard = i;
            }
            characters += character == '*' ? 0 : 1;
            // Many stars say no more than one, and each would be gone through for each name.
            if (character != '*' || i == 0 || text.charAt(i - 1) != '*') {
                collapsed.append(character);
            }
        }
        this.pattern = collapsed.toString();
        this.beginning = wildcard < 0 ? pattern : text.substring(0, wildcard);
        this.shortest = characters;
        this.ending = pattern.startsWith("*", beginning.length())
                        && !Wildcards.isPattern(pattern.substring(beginning.length() + 1))
                ? pattern.substring(beginning.length() + 1)
                : null;
    }

    /** What every name begins with that is covered; all of the pattern when it has no wildcard. */
    String beginning() {
        return beginning;
    }

    boolean isPlain() {
        return beginning.length() == pattern.length();
    }

    boolean covers(String name) {
        return name.length() >= shortest
                && name.startsWith(beginning)
                && (ending == null ? Wildcards.matches(pattern, name) : name.endsWith(ending));
    }
}
