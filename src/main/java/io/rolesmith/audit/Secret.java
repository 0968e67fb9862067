package io.rolesmith.audit;

/** Text that must not appear in a log or a message, wherever it is printed. */
record Secret(String text) {

    /** Public, or Spring would not find it and could not bind a property to it. */
    public static Secret of(String text) {
        return new Secret(text);
    }

    @Override
    public String toString() {
        return "…";
    }
}
