/** The strictness of the sandbox. */
@NullMarked
package io.rolesmith.iam.sandbox;

import org.jspecify.annotations.NullMarked;
