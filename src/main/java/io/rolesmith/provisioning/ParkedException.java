package io.rolesmith.provisioning;

/** The job does not go on now, for a reason that lies with us and passes; what was done so far stands in the journal. */
final class ParkedException extends RuntimeException {

    private final boolean doubted;

    /** @param doubted whether the write at hand may have been sent, so that only reading tells what became of it */
    ParkedException(String message, boolean doubted) {
        super(message);
        this.doubted = doubted;
    }

    boolean isDoubted() {
        return doubted;
    }
}
