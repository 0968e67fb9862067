package io.rolesmith.architecture.violation.caller;

import io.rolesmith.architecture.violation.role.ImpureRole;
import java.time.Instant;

/** Sees another module, and asks the system what time it is. */
record ImpureCaller(ImpureRole role) {

    Instant time() {
        return Instant.now();
    }
}
