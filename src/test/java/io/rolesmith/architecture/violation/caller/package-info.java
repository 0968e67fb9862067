/** Breaks a rule on purpose: may use nothing, and uses role. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.rolesmith.architecture.violation.caller;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
