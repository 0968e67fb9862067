package io.rolesmith.policy;

/** What a statement does with the requests it matches. */
public enum Effect {
    ALLOW("Allow"),
    DENY("Deny");

    private final String word;

    Effect(String word) {
        this.word = word;
    }

    /** The word in a document, whose case IAM insists on. */
    public String word() {
        return word;
    }
}
