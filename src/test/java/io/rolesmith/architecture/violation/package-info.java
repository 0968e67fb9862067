/** One violation of each rule of the house. */
@NullMarked
package io.rolesmith.architecture.violation;

import org.jspecify.annotations.NullMarked;
