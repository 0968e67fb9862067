/** Role requests over HTTP. */
@NullMarked
package io.rolesmith.api.rolerequest;

import org.jspecify.annotations.NullMarked;
