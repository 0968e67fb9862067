package io.rolesmith.iam.aws;

import java.util.function.BooleanSupplier;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Asks once more whether a call may be sent, when it is signed and nothing but a connection is left. A process may stand still
 * at any place, and a call that was in order when it was begun may be one too many when it goes on.
 */
final class LastCheck implements ExecutionInterceptor {

    /** Bound for calls that may come too late. */
    static final ScopedValue<BooleanSupplier> IN_TIME = ScopedValue.newInstance();

    static final class TooLateException extends RuntimeException {}

    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        if (IN_TIME.isBound() && !IN_TIME.get().getAsBoolean()) {
            throw new TooLateException();
        }
    }
}
