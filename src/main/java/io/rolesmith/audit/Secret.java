package io.rolesmith.audit;

/** Text that must not appear in a log or a message, wherever it is printed. */
record Secret(String text) {

    @Override
    public String toString() {
        return "…";
    }
}
