package io.rolesmith.policy.catalogue;

import io.rolesmith.policy.Wildcards;

/** A pattern for names in lower case, looked at once, so that it can be held against very many. */
final class NamePattern {

    private final String pattern;
    private final String beginning;
    private final int shortest;

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
    }

    /** What every name begins with that is covered; all of the pattern when it has no wildcard. */
    String beginning() {
        return beginning;
    }

    boolean isPlain() {
        return beginning.length() == pattern.length();
    }

    boolean covers(String name) {
        return name.length() >= shortest && name.startsWith(beginning) && Wildcards.matches(pattern, name);
    }
}
