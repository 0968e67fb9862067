/** The AWS accounts that Rolesmith may reach, their partition, and how it gets in. */
@NullMarked
@ApplicationModule(allowedDependencies = {"caller"})
package io.rolesmith.account;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
