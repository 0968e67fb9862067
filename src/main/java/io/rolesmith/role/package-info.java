/** What a role should be, what it is, and the ordered changes between the two, pure. */
@NullMarked
@ApplicationModule(allowedDependencies = {"policy", "policy :: check", "policy :: access", "policy :: catalogue"})
package io.rolesmith.role;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
