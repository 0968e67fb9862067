/** Who is calling and what they may do, pure. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.rolesmith.caller;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
