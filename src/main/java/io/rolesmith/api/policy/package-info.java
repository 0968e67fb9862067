/** The policy language over HTTP, for whoever writes policies: checks, comparisons and simulations. Nothing here writes. */
@NullMarked
package io.rolesmith.api.policy;

import org.jspecify.annotations.NullMarked;
