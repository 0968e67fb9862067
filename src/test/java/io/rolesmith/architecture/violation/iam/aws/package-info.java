/** Breaks a rule on purpose. */
@NullMarked
package io.rolesmith.architecture.violation.iam.aws;

import org.jspecify.annotations.NullMarked;
