package io.rolesmith.policy.catalogue;

import java.util.Optional;

/**
 * What kind of access an action gives, as AWS sorts them.
 *
 * @see <a href=
 *     "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html">access
 *     levels in policy summaries</a>
 */
public enum AccessLevel {
    LIST("List"),
    READ("Read"),
    WRITE("Write"),
    PERMISSIONS_MANAGEMENT("PermissionsManagement"),
    TAGGING("Tagging");

    private static final AccessLevel[] ALL = values();

    private final String word;

    AccessLevel(String word) {
        this.word = word;
    }

    static Optional<AccessLevel> named(String word) {
        for (AccessLevel level : ALL) {
            if (level.word.equals(word)) {
                return Optional.of(level);
            }
        }
        return Optional.empty();
    }
}
