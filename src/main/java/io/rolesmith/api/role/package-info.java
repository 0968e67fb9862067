/** The inventory of managed roles over HTTP. */
@NullMarked
package io.rolesmith.api.role;

import org.jspecify.annotations.NullMarked;
