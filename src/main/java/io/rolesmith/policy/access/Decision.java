package io.rolesmith.policy.access;

/** What IAM would answer. */
public enum Decision {
    ALLOWED("allowed"),
    /** A statement denies it, whatever allows it. */
    EXPLICIT_DENY("explicitDeny"),
    /** Nothing allows it, or the boundary does not. */
    IMPLICIT_DENY("implicitDeny"),
    /** It hangs on something that is not known; never to be taken for allowed. */
    UNDETERMINED("undetermined");

    private final String word;

    Decision(String word) {
        this.word = word;
    }

    /** The word on the wire. */
    public String word() {
        return word;
    }
}
