/** What a role should be, what it is, and the ordered changes between the two, pure. */
@NullMarked
@ApplicationModule(allowedDependencies = {"policy"})
package io.rolesmith.role;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
