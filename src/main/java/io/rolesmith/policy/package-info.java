/** The IAM policy language, pure: documents are read, made canonical and compared here, and what is wrong is said as findings. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.rolesmith.policy;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
