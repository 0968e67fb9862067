package io.rolesmith.policy.catalogue;

/** A file of the catalogue cannot be used; the message names the file, the line where there is one, and what is wrong. */
public final class BrokenCatalogueException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BrokenCatalogueException(String message) {
        super(message);
    }

    BrokenCatalogueException(String message, Throwable cause) {
        super(message, cause);
    }
}
