package io.rolesmith.policy.catalogue;

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

    private final String word;

    AccessLevel(String word) {
        this.word = word;
    }

    /** The level's name in the catalogue's file. */
    String word() {
        return word;
    }
}
