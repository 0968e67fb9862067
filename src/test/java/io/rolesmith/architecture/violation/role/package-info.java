/** Breaks a rule on purpose. */
@NullMarked
package io.rolesmith.architecture.violation.role;

import org.jspecify.annotations.NullMarked;
