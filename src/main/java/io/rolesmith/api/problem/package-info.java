/** Errors as RFC 9457 problem details: one table of codes, one shape, one page for each. */
@NullMarked
package io.rolesmith.api.problem;

import org.jspecify.annotations.NullMarked;
