package io.rolesmith.policy.catalogue;

import java.util.Optional;

/**
 * A condition key as AWS documents it.
 *
 * <p>A key may have a variable part, written {@code ${TagKey}} for one, and then stands for many.
 *
 * @param name with its service's prefix, {@code aws:RequestTag/${TagKey}} for one
 * @param multivalued whether a request may carry several values, so that {@code ForAllValues} and {@code ForAnyValue}
 *     are for it
 */
public record ConditionKey(String name, ValueType type, boolean multivalued) {

    private static final String VARIABLE = "${";

    /** What a key's values are. */
    public enum ValueType {
        STRING("String"),
        ARN("ARN"),
        BOOL("Bool"),
        /** A moment; {@code aws:EpochTime} takes numeric operators too. */
        DATE("Date"),
        NUMERIC("Numeric"),
        IP_ADDRESS("IPAddress"),
        BINARY("Binary");

        private static final ValueType[] ALL = values();

        private final String word;

        ValueType(String word) {
            this.word = word;
        }

        static Optional<ValueType> named(String word) {
            for (ValueType type : ALL) {
                if (type.word.equals(word)) {
                    return Optional.of(type);
                }
            }
            return Optional.empty();
        }
    }

    /** Whether a part of the name is to be chosen by whoever writes the condition. */
    public boolean isVariable() {
        return name.contains(VARIABLE);
    }

    /** Whether {@code key} of a condition is this one, in any case, with at least one character for a variable part. */
    public boolean matches(String key) {
        int same = 0;
        int shorter = Math.min(key.length(), name.length());
        while (same < shorter && name.charAt(same) != '$' && isSame(key.charAt(same), name.charAt(same))) {
            same++;
        }
        // Nearly all keys differ before anything else need be looked at.
        if (same < shorter && name.charAt(same) != '$') {
            return false;
        }
        int open = name.indexOf(VARIABLE);
        if (open < 0) {
            return key.length() == name.length() && sameAt(key, 0, 0, name.length());
        }
        int suffix = name.length() - afterVariable();
        return key.length() > open + suffix
                && sameAt(key, 0, 0, open)
                && sameAt(key, key.length() - suffix, name.length() - suffix, suffix);
    }

    /** What stands before the variable part, all where there is none. */
    String beforeVariable() {
        int open = name.indexOf(VARIABLE);
        return open < 0 ? name : name.substring(0, open);
    }

    private int afterVariable() {
        return name.indexOf('}') + 1;
    }

    /** Whether nothing follows the variable part. */
    boolean endsInVariable() {
        return isVariable() && afterVariable() == name.length();
    }

    /** Why the name cannot be one, empty when it can. */
    Optional<String> fault() {
        int open = name.indexOf(VARIABLE);
        if (name.indexOf(':') < 1) {
            return Optional.of("has no prefix");
        }
        if (open >= 0 && (name.indexOf(VARIABLE, open + 1) >= 0 || name.indexOf('}') < open)) {
            return Optional.of("has more than one variable part, or one that never ends");
        }
        return Optional.empty();
    }

    private boolean sameAt(String key, int offset, int start, int length) {
        for (int i = 0; i < length; i++) {
            if (!isSame(key.charAt(offset + i), name.charAt(start + i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(char left, char right) {
        return left == right || folded(left) == folded(right);
    }

    private static int folded(char character) {
        return character >= 'A' && character <= 'Z' ? character + ('a' - 'A') : character;
    }
}
