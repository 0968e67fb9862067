package io.rolesmith.policy;

/** How bad a {@link Finding} is, in the words of IAM Access Analyzer. Only {@link #ERROR} refuses. */
public enum Severity {
    ERROR("error"),
    SECURITY_WARNING("security-warning"),
    WARNING("warning"),
    SUGGESTION("suggestion");

    private final String label;

    Severity(String label) {
        this.label = label;
    }

    /** The name on the wire: {@code error}, {@code security-warning}, {@code warning}, {@code suggestion}. */
    public String label() {
        return label;
    }
}
