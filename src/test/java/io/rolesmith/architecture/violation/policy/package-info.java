/** Breaks a rule on purpose. */
@NullMarked
package io.rolesmith.architecture.violation.policy;

import org.jspecify.annotations.NullMarked;
