package io.rolesmith.blueprint;

import java.util.List;

/** Says that the catalogue of blueprints is not usable, and why: the service does not start with it. */
public class InvalidCatalogueException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** One line for each problem, which names file and place. */
    InvalidCatalogueException(List<String> problems) {
        super("The catalogue of blueprints is not valid:\n  " + String.join("\n  ", problems));
    }
}
