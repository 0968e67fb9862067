package io.rolesmith.iam;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Adds up how long a piece of work was with IAM, waits for its turn included, on whatever threads it was. */
public final class IamTime {

    private static final ScopedValue<LongAdder> NANOS = ScopedValue.newInstance();

    private IamTime() {}

    /** Does {@code work}; the time of all calls to IAM that this thread makes for it, in nanoseconds, is added to {@code sum}. */
    public static <T> T addedTo(LongAdder sum, Supplier<T> work) {
        return ScopedValue.where(NANOS, sum).call(work::get);
    }

    static <T> T spent(Supplier<T> call) {
        long begun = System.nanoTime();
        try {
            return call.get();
        } finally {
            if (NANOS.isBound()) {
                NANOS.get().add(System.nanoTime() - begun);
            }
        }
    }
}
