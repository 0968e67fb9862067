/** The house and its arrows, held against the code; and one violation of each rule, to show that it bites. */
@NullMarked
package io.rolesmith.architecture;

import org.jspecify.annotations.NullMarked;
