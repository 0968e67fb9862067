package io.rolesmith.api.problem;

/** A caller waits for as many requests at once as he may. Nothing was submitted. */
public final class TooManyWaitsException extends RuntimeException {

    public TooManyWaitsException(int most) {
        super("You wait for " + most + " requests already. Nothing was submitted; send Prefer: respond-async to be"
                + " answered without a wait");
    }
}
