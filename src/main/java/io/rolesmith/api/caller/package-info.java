/** The caller, as Rolesmith sees them, over HTTP. */
@NullMarked
package io.rolesmith.api.caller;

import org.jspecify.annotations.NullMarked;
