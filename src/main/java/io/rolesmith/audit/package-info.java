/** The append-only, sealed trail of everything that was asked, refused and done. */
@NullMarked
@ApplicationModule(allowedDependencies = {"caller"})
package io.rolesmith.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
