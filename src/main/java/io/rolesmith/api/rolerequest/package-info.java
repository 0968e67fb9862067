/** Role requests, and plans of them, over HTTP. */
@NullMarked
package io.rolesmith.api.rolerequest;

import org.jspecify.annotations.NullMarked;
